"""``/api/plots``: list, draw, look at, replace, patch, delete."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import Connection

from service.accounts.api.deps import AccountDep, PlannerDep
from service.accounts.db.accounts import Account
from service.errors import not_found
from service.plots import create
from service.plots import edit as editing
from service.plots.acceptance import acceptance_records
from service.plots.api.cursors import plot_after, plot_cursor
from service.plots.api.filter_params import AsOfDep, PlotFilterDep, Version
from service.plots.api.plot_schemas import PlotFeature, PlotList, PlotOut, PlotPatch, properties
from service.plots.db import plots
from service.plots.db.ordering import Order, Sort
from service.plots.db.plots import BY_NUMBER, PlotFilter
from service.plots.edit import Edit
from service.web.admission import by_length, in_lane
from service.web.deps import AcknowledgedDep, ConnectionDep, SettingsDep
from service.web.etags import IfNoneMatch, MatchDep, etag, unchanged
from service.web.feature_list import Cursor, Limit, Page, feature_list, page_of
from service.web.feature_list import feature as feature_text
from service.web.geojson_response import GeoJson
from service.web.idempotency import OnceRoute
from service.web.merge_patch import merge_patch_body
from service.web.text_types import Reason

router = APIRouter(
    prefix="/api/plots", tags=["plots"], default_response_class=GeoJson, route_class=OnceRoute
)

PlotId = Annotated[int, Path(ge=1, le=2**63 - 1)]


def feature(row: Any, acceptances: Any = None) -> str:
    """One Feature as JSON text; the geometry is text already."""
    return feature_text(row["plot_id"], row["geometry"], properties(row, acceptances))


def plot_response(
    row: Any, status: int = 200, if_none_match: str | None = None, acceptances: Any = None
) -> Response:
    """A plot with its ETag; 304 if the client has it already."""
    headers = {"ETag": etag(row["version"]), "Cache-Control": "private, no-cache"}
    if unchanged(if_none_match, row["version"]):
        return Response(None, 304, headers)
    if status == 201:
        headers["Location"] = f"/api/plots/{row['plot_id']}"
    return Response(feature(row, acceptances), status, headers, GeoJson.media_type)


def answer(connection: Connection, account: Account, plot_id: int, status: int = 200) -> Response:
    """The newest version of a plot. Raises `Problem` 404 outside the scope."""
    row = plots.read_plot(connection, account, plot_id)
    if row is None:
        raise not_found("此图斑")
    return plot_response(row, status, acceptances=acceptance_records(connection, account, plot_id))


# Async although it awaits nothing: FastAPI runs other dependencies in a thread, which costs more.
async def requested_plots_page(
    request: Request, settings: SettingsDep, limit: Limit = None, cursor: Cursor = None
) -> Page:
    """The page of a list of plots, which may be longer than those of other lists."""
    return page_of(
        request, limit, cursor, default=settings.page_limit, maximum=settings.plots_limit_max
    )


PlotsPageDep = Annotated[Page, Depends(requested_plots_page)]


def plots_page(
    connection: Connection,
    account: Account,
    filters: PlotFilter,
    page: Page,
    *,
    order: Order = BY_NUMBER,
    of_page: Callable[[Sequence[int]], Mapping[str, Any]] | None = None,
    **members: Any,
) -> Response:
    """A page of plots as a FeatureCollection; ``members`` are its further members.

    ``of_page`` tells others of the plots of the page, by their ids.

    Raises
    ------
    Problem
        422: the cursor is invalid, or of another order.
    """
    after = plot_after(page.cursor, order)
    rows = plots.list_plots(
        connection, account, filters, after=after, order=order, limit=page.row_limit
    )
    on_page, following = page.split(rows, lambda row: plot_cursor(order, row))
    matched, sum_m2 = plots.sum_plots(connection, account, filters)
    if of_page is not None:
        members |= of_page([row["plot_id"] for row in on_page])
    return feature_list(
        map(feature, on_page),
        matched=matched,
        following=following,
        sum_m2=sum_m2,
        **members,
    )


@router.get("", response_model=PlotList, operation_id="listPlots")
@in_lane(by_length)
def list_plots(
    account: AccountDep,
    connection: ConnectionDep,
    filters: PlotFilterDep,
    page: PlotsPageDep,
    sort: Annotated[
        Sort | None, Query(description="Order; `-` from the greatest down. Default: by number.")
    ] = None,
) -> Any:
    """Plots in the order asked for, page by page."""
    return plots_page(connection, account, filters, page, order=Order(sort))


@router.post("", status_code=201, response_model=PlotOut, operation_id="createPlot")
def create_plot(
    drawn: PlotFeature,
    account: PlannerDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    seen: AcknowledgedDep,
) -> Any:
    """Draw a plot; it begins as a draft. Warnings are answered by 409 until acknowledged."""
    plot_id = create.create_plot(connection, account, drawn, settings, seen)
    return answer(connection, account, plot_id, 201)


@router.get("/{plot_id:number}", response_model=PlotOut, operation_id="readPlot")
def read_plot(
    plot_id: PlotId,
    account: AccountDep,
    connection: ConnectionDep,
    as_of: AsOfDep,
    version: Version = None,
    if_none_match: IfNoneMatch = None,
) -> Any:
    """One plot by its number, now or as it stood."""
    row = plots.read_plot(connection, account, plot_id, version or "working", as_of)
    if row is None:
        raise not_found("此图斑")
    checks = acceptance_records(connection, account, plot_id, as_of)
    return plot_response(row, if_none_match=if_none_match, acceptances=checks)


async def plot_edit(
    plot_id: PlotId,
    account: PlannerDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    seen: MatchDep,
    acknowledged: AcknowledgedDep,
    reason: Annotated[Reason | None, Query(description="Kept in the history.")] = None,
) -> Edit:
    """What every change of a plot says beside its body."""
    return Edit(connection, account, settings, plot_id, seen, reason, acknowledged)


EditDep = Annotated[Edit, Depends(plot_edit)]


@router.put("/{plot_id:number}", response_model=PlotOut, operation_id="replacePlot")
def replace_plot(edit: EditDep, drawn: PlotFeature) -> Any:
    """Replace a plot whole; of an approved one this begins a working version."""
    editing.replace_plot(edit, drawn)
    return answer(edit.connection, edit.account, edit.plot_id)


@router.patch(
    "/{plot_id:number}",
    response_model=PlotOut,
    operation_id="patchPlot",
    openapi_extra=merge_patch_body("PlotPatch"),
)
def patch_plot(edit: EditDep, patch: PlotPatch) -> Any:
    """Change what the merge patch (RFC 7396) names, and leave the rest."""
    editing.patch_plot(edit, patch)
    return answer(edit.connection, edit.account, edit.plot_id)


@router.delete(
    "/{plot_id:number}", status_code=204, response_class=Response, operation_id="deletePlot"
)
def delete_plot(edit: EditDep) -> None:
    """Delete a draft of one's own; approved plots and others' drafts as GIS staff, with a reason.

    Of a plot with both, the working version goes and the approved one stands. A plot that was
    approved keeps its number; every version stays in the history and can be restored.
    """
    editing.delete_plot(edit)
