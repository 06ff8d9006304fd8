"""``/api/plots/{id}/versions`` and ``restore``: what a plot was, and making it so again."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from service.accounts.api.deps import AccountDep, PlannerDep
from service.errors import not_found
from service.plots import edit as editing
from service.plots.acceptance import acceptance_records
from service.plots.api.plot_schemas import PlotOut
from service.plots.api.plots import PlotId, answer, plot_response
from service.plots.api.version_schemas import PlotVersions, RestoreVersion
from service.plots.db import history
from service.plots.diff import versions_with_differences
from service.plots.edit import Edit
from service.web import paging
from service.web.deps import AcknowledgedDep, ConnectionDep, SettingsDep
from service.web.etags import IfNoneMatch, OptionalMatchDep
from service.web.feature_list import PageDep, number_cursor
from service.web.geojson_response import GeoJson
from service.web.idempotency import OnceRoute

router = APIRouter(prefix="/api/plots", tags=["plots"], route_class=OnceRoute)

VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/{plot_id:number}/versions", response_model=PlotVersions, operation_id="listVersions")
def list_versions(
    plot_id: PlotId,
    account: AccountDep,
    connection: ConnectionDep,
    page: PageDep,
    response: Response,
) -> Any:
    """Who changed the plot when, why, and what; newest first, also of a deleted plot."""
    before = paging.number_after(page.cursor)
    entries = versions_with_differences(
        connection, account, plot_id, before=before, limit=page.row_limit
    )
    if not entries and before is None:
        raise not_found("此图斑")
    on_page, following = page.split(entries, number_cursor)
    response.headers["Cache-Control"] = "private, no-cache"
    return {"versions": on_page, "next": following}


@router.get(
    "/{plot_id:number}/versions/{version:number}",
    response_model=PlotOut,
    response_class=GeoJson,
    operation_id="readVersion",
)
def read_version(
    plot_id: PlotId,
    version: VersionNumber,
    account: AccountDep,
    connection: ConnectionDep,
    if_none_match: IfNoneMatch = None,
) -> Any:
    """The plot as it was."""
    row = history.read_version(connection, account, plot_id, version)
    if row is None:
        raise not_found("此图斑的这一版")
    checks = acceptance_records(connection, account, plot_id, row["changed_at"])
    return plot_response(row, if_none_match=if_none_match, acceptances=checks)


@router.post(
    "/{plot_id:number}/restore",
    response_model=PlotOut,
    response_class=GeoJson,
    operation_id="restorePlot",
)
def restore_plot(
    plot_id: PlotId,
    body: RestoreVersion,
    account: PlannerDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    seen: OptionalMatchDep,
    acknowledged: AcknowledgedDep,
) -> Any:
    """Make an older version the working one again, as a draft; brings deleted plots back too.

    Where somebody's working version would be overwritten, `If-Match` must name it.
    """
    why = body.reason or f"恢复第 {body.version} 版 restored version {body.version}"
    edit = Edit(connection, account, settings, plot_id, seen, why, acknowledged)
    editing.restore_plot(edit, body.version, new_number=body.new_number)
    return answer(connection, account, plot_id)
