"""``/api/plots/{id}/accept``: was it planted, does it live?"""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from service.api.geojson import GeoJson
from service.api.plots import PlotId, answer
from service.db import acceptance, plots
from service.deps import AccountDep, ConnectionDep, InspectorDep, SettingsDep
from service.errors import Problem, not_found
from service.once import OnceRoute
from service.schemas.plots import Finite, PlotOut
from service.schemas.text import Long

router = APIRouter(prefix="/api/plots", tags=["plots"], route_class=OnceRoute)

Ratio = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Acceptance(BaseModel):
    """One check on the ground."""

    model_config = ConfigDict(extra="forbid")

    date: dt.date
    survival_rate: Ratio | None = Field(None, description="成活率, a ratio.")
    preservation_rate: Ratio | None = Field(None, description="保存率, a ratio.")
    verified_m2: Finite | None = Field(None, description="核实面积, square metres.")
    note: Long | None = None


class AcceptanceOut(Acceptance):
    """A check as it was written down."""

    id: int
    checked_by: str | None
    created_at: dt.datetime


class AcceptanceList(BaseModel):
    """All checks of a plot, the newest first."""

    acceptances: list[AcceptanceOut]


@router.post(
    "/{plot_id}/accept", response_model=PlotOut, response_class=GeoJson, operation_id="acceptPlot"
)
def accept_plot(
    plot_id: PlotId,
    found: Acceptance,
    who: InspectorDep,
    connection: ConnectionDep,
    settings: SettingsDep,
) -> Any:
    """Write down a check of a planted plot; the first makes it accepted (验收合格)."""
    held = acceptance.lock_approved(connection, who, plot_id)
    if held is None:
        if plots.read_plot(connection, who, plot_id) is None:
            raise not_found("此图斑")
        raise Problem(409, "not_approved", "图斑尚未审核通过；approve the plot first")
    if held["stage"] not in ("planted", "accepted"):
        raise Problem(
            409,
            "wrong_stage",
            f"图斑阶段为 {held['stage']}，只有已造林的可验收；only a planted plot can be accepted: "
            "submit it as planted first",
        )
    if settings.four_eyes and held["submitted_by"] == who.id:
        raise Problem(
            403, "four_eyes", "提交人不能验收自己的图斑；who submitted a plot does not accept it"
        )
    if found.date > dt.datetime.now(dt.UTC).date():
        raise Problem(
            422,
            "date_in_future",
            "验收日期在未来；the date of the check lies in the future",
            errors=[{"field": "date"}],
        )
    acceptance.record(
        connection,
        who,
        plot_id,
        checked_on=found.date,
        values=found.model_dump(exclude={"date"}),
    )
    if held["stage"] == "planted":
        acceptance.make_accepted(connection, who, plot_id, "验收 accepted")
    return answer(connection, who, plot_id)


@router.get("/{plot_id}/acceptances", operation_id="listAcceptances")
def list_acceptances(plot_id: PlotId, who: AccountDep, connection: ConnectionDep) -> AcceptanceList:
    """The checks of a plot."""
    if plots.read_plot(connection, who, plot_id) is None:
        raise not_found("此图斑")
    found = acceptance.records(connection, who, plot_id)
    return AcceptanceList.model_validate({"acceptances": found})
