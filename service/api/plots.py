"""``/api/plots``: list, draw, look at, submit, approve, return."""

import base64
import binascii
import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from sqlalchemy import Connection

from service import drawing, reviewing
from service.db import plots
from service.db.accounts import Account
from service.db.plots import VersionName
from service.deps import AccountDep, ConnectionDep, InspectorDep, PlannerDep, SettingsDep, bad_query
from service.errors import not_found
from service.filters import PlotFilterDep, Version
from service.schemas.plots import PlotFeature, PlotList, PlotOut, ReturnReason, properties

router = APIRouter(prefix="/api/plots", tags=["plots"])

GEOJSON = "application/geo+json"
PlotId = Annotated[int, Path(ge=1, le=2**63 - 1)]


def feature(row: Any) -> str:
    """One Feature as JSON text; the geometry is text already."""
    body = json.dumps(jsonable_encoder(properties(row)), ensure_ascii=False)
    return (
        f'{{"type":"Feature","id":{row["plot_id"]},"geometry":{row["geometry"]},'
        f'"properties":{body}}}'
    )


def answer(
    connection: Connection,
    who: Account,
    plot_id: int,
    status: int = 200,
    version: VersionName = "working",
) -> Response:
    """A plot with its ETag; 404 when it is not theirs."""
    row = plots.read_plot(connection, who, plot_id, version)
    if row is None:
        raise not_found("此图斑")
    headers = {"ETag": f'"{row["version"]}"', "Cache-Control": "private, no-cache"}
    if status == 201:
        headers["Location"] = f"/api/plots/{plot_id}"
    return Response(feature(row), status, headers, GEOJSON)


def _after(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        after = int(base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii"))
    except (binascii.Error, ValueError):
        after = -1
    if not 0 <= after < 2**63:
        raise bad_query("cursor", "cursor 无效，请用上一页的 next；use the `next` of the last page")
    return after


def _cursor(plot_id: int) -> str:
    return base64.urlsafe_b64encode(str(plot_id).encode("ascii")).decode("ascii")


@router.get("", response_model=PlotList, operation_id="listPlots")
def list_plots(
    request: Request,
    who: AccountDep,
    connection: ConnectionDep,
    asked: PlotFilterDep,
    settings: SettingsDep,
    limit: Annotated[int | None, Query(ge=1, description="Features on a page.")] = None,
    cursor: Annotated[str | None, Query(max_length=64, description="From `next`.")] = None,
) -> Any:
    """Plots in the order of their numbers, page by page."""
    size = limit or settings.page_limit
    if size > settings.plots_limit_max:
        raise bad_query("limit", f"limit 不得超过 {settings.plots_limit_max}；at most that many")
    rows = plots.list_plots(connection, who, asked, after=_after(cursor), limit=size + 1)
    more, rows = len(rows) > size, rows[:size]
    following = "null"
    if more:
        url = request.url.include_query_params(cursor=_cursor(rows[-1]["plot_id"]))
        following = json.dumps(f"{url.path}?{url.query}")
    matched = plots.count_plots(connection, who, asked)
    return Response(
        f'{{"type":"FeatureCollection","numberMatched":{matched},"numberReturned":{len(rows)},'
        f'"next":{following},"features":[{",".join(map(feature, rows))}]}}',
        media_type=GEOJSON,
        headers={"Cache-Control": "private, no-cache"},
    )


@router.post("", status_code=201, response_model=PlotOut, operation_id="createPlot")
def create_plot(
    drawn: PlotFeature, who: PlannerDep, connection: ConnectionDep, settings: SettingsDep
) -> Any:
    """Draw a plot; it begins as a draft."""
    plot_id = drawing.draw_plot(connection, who, drawn, settings)
    return answer(connection, who, plot_id, 201)


@router.get("/{plot_id}", response_model=PlotOut, operation_id="readPlot")
def read_plot(
    plot_id: PlotId, who: AccountDep, connection: ConnectionDep, version: Version = None
) -> Any:
    """One plot by its number."""
    return answer(connection, who, plot_id, version=version or "working")


@router.post("/{plot_id}/submit", response_model=PlotOut, operation_id="submitPlot")
def submit_plot(plot_id: PlotId, who: PlannerDep, connection: ConnectionDep) -> Any:
    """Hand a draft or a returned plot to the inspectors."""
    reviewing.submit(connection, who, plot_id)
    return answer(connection, who, plot_id)


@router.post("/{plot_id}/approve", response_model=PlotOut, operation_id="approvePlot")
def approve_plot(
    plot_id: PlotId, who: InspectorDep, connection: ConnectionDep, settings: SettingsDep
) -> Any:
    """Approve a submitted plot: from now on it counts."""
    reviewing.approve(connection, who, plot_id, four_eyes=settings.four_eyes)
    return answer(connection, who, plot_id)


@router.post("/{plot_id}/return", response_model=PlotOut, operation_id="returnPlot")
def return_plot(
    plot_id: PlotId, why: ReturnReason, who: InspectorDep, connection: ConnectionDep
) -> Any:
    """Send a submitted plot back with a reason."""
    reviewing.give_back(connection, who, plot_id, why.reason)
    return answer(connection, who, plot_id)
