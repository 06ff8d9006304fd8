"""``/api/exports/ledger``: the ledger of a district as a file."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BeforeValidator

from data.districts.code_patterns import DISTRICT
from data.scratch import Scratch
from data.years import FIRST_YEAR, LAST_YEAR
from service.accounts.api.deps import ExporterDep
from service.accounts.db.audit import note
from service.ledger.ledger import county_ledger
from service.ledger.tables import LedgerFormat, ledger_file, ledger_geopackage
from service.plots.filters import counties_below
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep
from service.web.file_answers import file_answers
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/exports", tags=["exports"], route_class=ThreadRoute)

MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}


@router.get(
    "/ledger",
    operation_id="exportLedger",
    response_class=Response,
    responses=file_answers(MEDIA.values()),
)
@in_lane("heavy")
def export_ledger(
    account: ExporterDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    district: Annotated[str, Query(pattern=DISTRICT, description="County or above.")],
    year: Annotated[
        int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Task year of the holder.")
    ] = None,
    format: Annotated[LedgerFormat, BeforeValidator(str.lower)] = "csv",  # noqa: A002
) -> Response:
    """Who holds which ground in the counties of a district; a GeoPackage has its shapes."""
    counties = counties_below(connection, district, account)
    ledger = county_ledger(connection, counties, year, exact_cells=settings.coverage_exact_cells)
    name = f"ledger.{format}"
    note(connection, account, "export", {"file": name, "rows": len(ledger.rows)})
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    if format != "gpkg":
        return Response(ledger_file(ledger, format), media_type=MEDIA[format], headers=headers)
    with Scratch() as folder:
        ledger_geopackage(connection, ledger, counties, folder / name)
        content = (folder / name).read_bytes()
    return Response(content, media_type=MEDIA[format], headers=headers)
