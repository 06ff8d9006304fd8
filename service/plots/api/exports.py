"""``/api/exports``: files out."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from pydantic import AfterValidator
from sqlalchemy import Connection
from starlette.background import BackgroundTask

from data.codes import UnknownCodeError
from data.scratch import Scratch
from data.writing.dispatch import write
from data.writing.export_report import ExportReport
from gis.messages import Message
from service.accounts.api.deps import ExporterDep
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.codes.in_use import codes_in_use
from service.errors import Problem
from service.plots.acceptance import with_acceptances
from service.plots.api.filter_params import FileFilterDep
from service.plots.db import plots
from service.plots.db.plots import PlotFilter
from service.plots.frames import plots_frame, with_plan_numbers
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep, bad_query
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/exports", tags=["exports"], route_class=ThreadRoute)

FILES = {
    "shp": ("plots.shp.zip", "application/zip"),
    "geojson": ("plots.geojson", "application/geo+json"),
    "gpkg": ("plots.gpkg", "application/geopackage+sqlite3"),
}
# Schema of each media type in the OpenAPI document; only GeoJSON is not binary.
FILE_SCHEMAS: dict[str, dict[str, Any]] = {
    media_type: {"type": "string", "format": "binary"} for _, media_type in FILES.values()
}
FILE_SCHEMAS["application/geo+json"] = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": {"type": "object"}},
    },
}


UNREVIEWED = "含未审核图斑"


def _file_name(name: str, report: ExportReport) -> str:
    """The file's name, which says when plots in it are not approved."""
    if not report.unreviewed:
        return name
    stem, dot, suffixes = name.partition(".")
    return f"{stem}-{UNREVIEWED}{dot}{suffixes}"


def lower(word: str | None) -> str | None:
    """A word of a list, in any case."""
    return None if word is None else word.lower()


def _rows_of_file(
    connection: Connection, account: Account, filters: PlotFilter, limit: int
) -> list[Mapping[str, Any]]:
    """All plots of the filters. They are counted first, since reading too many takes long.

    Raises
    ------
    Problem
        422 ``too_many_plots``, also when others wrote plots after the count.
    """
    matched = plots.count_plots(connection, account, filters)
    rows: list[Mapping[str, Any]] = []
    if matched <= limit:
        rows = plots.list_records(connection, account, filters, limit=limit + 1)
    if max(matched, len(rows)) > limit:
        raise Problem(
            422,
            "too_many_plots",
            Message(
                f"超过 {limit} 个图斑，一个文件放不下（共 {matched} 个），请按行政区或年度筛选",
                f"more than {limit} plots, too many for one file ({matched} match): narrow it by "
                "district or year",
            ),
        )
    return rows


@router.get(
    "/plots",
    operation_id="exportPlots",
    response_class=FileResponse,
    responses={
        200: {"content": {kind: {"schema": schema} for kind, schema in FILE_SCHEMAS.items()}}
    },
)
@in_lane("heavy")
def export_plots(
    account: ExporterDep,
    connection: ConnectionDep,
    filters: FileFilterDep,
    settings: SettingsDep,
    format: Literal["shp", "geojson", "gpkg"] = "shp",  # noqa: A002 - the contract's name
    schema: Annotated[
        str | None,
        AfterValidator(lower),
        Query(max_length=32, description="shp: zaolin, lcxzgx."),
    ] = None,
    encoding: Literal["UTF-8", "GBK"] = "UTF-8",
    crs: Annotated[str | None, Query(max_length=64, description="`EPSG:4530` …; CGCS2000.")] = None,
) -> Any:
    """The approved plots that the filters match, as a file; refused whole when there are too many.

    `version=working`, or a `review` other than `approved`, asks for others too: the file's name
    then says 含未审核图斑. The header `Luotu-Export` counts the rows, those that are not approved,
    and those of stages that the schema does not take.

    For planners, inspectors, GIS staff and administrators; a viewer reads page by page.
    """
    rows = _rows_of_file(connection, account, filters, settings.export_limit)
    name, media_type = FILES[format]
    scratch = Scratch()
    folder = scratch.path
    try:
        frame, checks = with_acceptances(
            connection, with_plan_numbers(connection, plots_frame(rows)), filters.as_of
        )
        with codes_in_use(connection):
            report = write(
                frame,
                folder / name,
                format=format,
                schema=schema,
                encoding=encoding,
                crs=crs,
                tables={"acceptances": checks},
            )
    except UnknownCodeError as error:
        scratch.remove()
        raise bad_query("schema", error.message, "unknown_schema") from None
    except BaseException:
        scratch.remove()
        raise
    counts = {"rows": report.rows, "unreviewed": report.unreviewed, "left-out": report.left_out}
    note(connection, account, "export", {"file": name, **counts})
    return FileResponse(
        folder / name,
        media_type=media_type,
        filename=_file_name(name, report),
        headers={
            "Cache-Control": "private, no-store",
            "Luotu-Export": ", ".join(f"{word}={count}" for word, count in counts.items()),
        },
        background=BackgroundTask(scratch.remove),
    )
