"""``/api/plots/{id}/submit``, ``withdraw``, ``approve``, ``return``: a plot on its way."""

from typing import Any

from fastapi import APIRouter

from service.accounts.api.deps import InspectorDep, PlannerDep
from service.plots import review
from service.plots.api.plot_schemas import PlotOut
from service.plots.api.plots import PlotId, answer
from service.plots.api.return_schemas import Return, reason_of, said_pins
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


@router.post("/{plot_id:number}/withdraw", response_model=PlotOut, operation_id="withdrawPlot")
def withdraw_plot(plot_id: PlotId, account: PlannerDep, connection: ConnectionDep) -> Any:
    """Take a submission back, as long as no inspector has opened it."""
    review.withdraw(connection, account, plot_id)
    return answer(connection, account, plot_id)


@router.post("/{plot_id:number}/approve", response_model=PlotOut, operation_id="approvePlot")
def approve_plot(
    plot_id: PlotId, account: InspectorDep, connection: ConnectionDep, settings: SettingsDep
) -> Any:
    """Approve a submitted plot: from now on it counts.

    With review levels it stays submitted until the last of them has approved it.
    """
    review.approve(
        connection,
        account,
        plot_id,
        four_eyes=settings.four_eyes,
        levels=settings.levels_of_review,
    )
    return answer(connection, account, plot_id)


@router.post("/{plot_id:number}/return", response_model=PlotOut, operation_id="returnPlot")
def return_plot(
    plot_id: PlotId, why: Return, account: InspectorDep, connection: ConnectionDep
) -> Any:
    """Send a submitted plot back with a reason, and with pins that its planner has to open."""
    reason = reason_of(connection, why.reason, why.reasons, why.pins)
    review.return_to_planner(connection, account, plot_id, reason, said_pins(why.pins))
    return answer(connection, account, plot_id)
