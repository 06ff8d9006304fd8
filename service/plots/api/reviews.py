"""``/api/plots/{id}/submit``, ``approve``, ``return``: a plot on its way through review."""

from typing import Any

from fastapi import APIRouter

from service.accounts.api.deps import InspectorDep, PlannerDep
from service.plots import review
from service.plots.api.plot_schemas import PlotOut, ReturnReason
from service.plots.api.plots import PlotId, answer
from service.web.deps import ConnectionDep, SettingsDep
from service.web.geojson_response import GeoJson
from service.web.idempotency import OnceRoute

router = APIRouter(
    prefix="/api/plots", tags=["plots"], default_response_class=GeoJson, route_class=OnceRoute
)


@router.post("/{plot_id:number}/submit", response_model=PlotOut, operation_id="submitPlot")
def submit_plot(plot_id: PlotId, account: PlannerDep, connection: ConnectionDep) -> Any:
    """Hand a draft or a returned plot to the inspectors."""
    review.submit(connection, account, plot_id)
    return answer(connection, account, plot_id)


@router.post("/{plot_id:number}/approve", response_model=PlotOut, operation_id="approvePlot")
def approve_plot(
    plot_id: PlotId, account: InspectorDep, connection: ConnectionDep, settings: SettingsDep
) -> Any:
    """Approve a submitted plot: from now on it counts."""
    review.approve(connection, account, plot_id, four_eyes=settings.four_eyes)
    return answer(connection, account, plot_id)


@router.post("/{plot_id:number}/return", response_model=PlotOut, operation_id="returnPlot")
def return_plot(
    plot_id: PlotId, why: ReturnReason, account: InspectorDep, connection: ConnectionDep
) -> Any:
    """Send a submitted plot back with a reason."""
    review.return_to_planner(connection, account, plot_id, why.reason)
    return answer(connection, account, plot_id)
