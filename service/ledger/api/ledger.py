"""``/api/ledger``: who holds credit on which ground."""

from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Query, Request, Response
from pydantic_core import to_json
from sqlalchemy import Connection

from data.districts.code_patterns import DISTRICT
from data.years import FIRST_YEAR, LAST_YEAR
from gis.messages import InvalidValueError, Message
from service.accounts.api.deps import AccountDep
from service.accounts.db.accounts import Account
from service.errors import not_found
from service.ledger.api.ledger_schemas import LedgerOut
from service.ledger.ledger import Ledger, county_ledger, ground_ledger, ledger_row, plot_ledger
from service.plots.api.plot_schemas import PlotNumber
from service.plots.filters import counties_below
from service.settings import Settings
from service.web import paging
from service.web.admission import in_lane
from service.web.deps import Bbox, ConnectionDep, SettingsDep, bad_query, parse_bbox
from service.web.feature_list import Cursor, Limit, page_of
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/ledger", tags=["ledger"], route_class=ThreadRoute)

PAGE = 1_000


@router.get("", response_model=LedgerOut, operation_id="readLedger")
@in_lane("drawing")
def read_ledger(
    request: Request,
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    plot: Annotated[PlotNumber | None, Query(description="Ground of this plot.")] = None,
    bbox: Bbox = None,
    district: Annotated[str | None, Query(pattern=DISTRICT, description="County or above.")] = None,
    year: Annotated[
        int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Task year of the holder.")
    ] = None,
    limit: Limit = None,
    cursor: Cursor = None,
) -> Any:
    """Ground by holder: under a plot, in a box (cut to it), or in the counties of a district.

    Of a holder outside your districts only county, place and area are told.
    """
    page = page_of(request, limit, cursor, default=PAGE, maximum=settings.plots_limit_max)
    ledger = _ledger(connection, account, settings, plot, bbox, district, year)
    start = page.after
    rows, following = page.split(
        ledger.rows[start : start + page.row_limit], lambda _row: paging.cursor(start + page.size)
    )
    answer = {
        "rows": [ledger_row(row, ledger.carriers) for row in rows],
        "numberMatched": len(ledger.rows),
        "next": following,
        "area_m2": sum(row.area_m2 for row in ledger.rows),
        "pending_cells": ledger.pending_cells,
        "pending_since": ledger.pending_since,
    }
    headers = {"Cache-Control": "private, no-cache"}
    return Response(to_json(answer), media_type="application/json", headers=headers)


def _ledger(
    connection: Connection,
    account: Account,
    settings: Settings,
    plot: int | None,
    bbox: str | None,
    district: str | None,
    year: int | None,
) -> Ledger:
    if sum(value is not None for value in (plot, bbox, district)) != 1:
        raise bad_query(
            "district",
            Message(
                "请给出 plot、bbox、district 三者之一",
                "say one of plot, bbox and district",
            ),
        )
    if plot is not None:
        ledger = plot_ledger(connection, account, plot, year)
        if ledger is None:
            raise not_found("此图斑")
        return ledger
    if bbox is not None:
        try:
            box = parse_bbox(bbox)
        except InvalidValueError as error:
            raise bad_query("bbox", error.message) from None
        return ground_ledger(connection, shapely.box(*box), year)
    assert district is not None
    counties = counties_below(connection, district, account)
    return county_ledger(connection, counties, year, exact_cells=settings.coverage_exact_cells)
