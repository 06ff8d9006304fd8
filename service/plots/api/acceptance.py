"""``/api/plots/{id}/accept``: was it planted, does it live?"""

from typing import Any

from fastapi import APIRouter

from service.accounts.api.deps import AccountDep, InspectorDep
from service.errors import not_found
from service.plots import acceptance
from service.plots.acceptance import AcceptanceCheck
from service.plots.api.acceptance_schemas import Acceptance, AcceptanceList, AcceptanceTerms
from service.plots.api.plot_schemas import PlotOut
from service.plots.api.plots import PlotId, answer
from service.plots.db import plots
from service.plots.db.acceptance import read_approved
from service.web.deps import ConnectionDep, SettingsDep
from service.web.geojson_response import GeoJson
from service.web.idempotency import OnceRoute
from service.web.timestamps import today

router = APIRouter(prefix="/api/plots", tags=["plots"], route_class=OnceRoute)


@router.post(
    "/{plot_id:number}/accept",
    response_model=PlotOut,
    response_class=GeoJson,
    operation_id="acceptPlot",
)
def accept_plot(
    plot_id: PlotId,
    sent: Acceptance,
    who: InspectorDep,
    connection: ConnectionDep,
    settings: SettingsDep,
) -> Any:
    """Write down a check of a planted plot; only `qualified` makes it accepted (验收合格).

    Without `outcome` the one is meant that the rule of the place proposes by the rates. The newest
    check, by its date, decides: an accepted plot that fails a later one is planted again.
    """
    check = AcceptanceCheck(
        sent.date,
        sent.survival_rate,
        sent.preservation_rate,
        sent.verified_m2,
        sent.outcome,
        sent.note,
    )
    acceptance.accept(connection, who, plot_id, check, settings)
    return answer(connection, who, plot_id)


@router.get("/{plot_id:number}/acceptances", operation_id="listAcceptances")
def list_acceptances(plot_id: PlotId, who: AccountDep, connection: ConnectionDep) -> AcceptanceList:
    """The checks of a plot, the newest first, and what the next one may say."""
    if plots.read_plot(connection, who, plot_id) is None:
        raise not_found("此图斑")
    held = read_approved(connection, who, plot_id)
    terms = None
    if held is not None and held["stage"] in ("planted", "accepted"):
        found = acceptance.check_terms(connection, held)
        terms = AcceptanceTerms(
            rule=found.rule.code,
            rule_label=found.rule.label_zh,
            rule_label_en=found.rule.label_en,
            survival_from=found.rule.survival_from,
            redo_up_to=found.rule.redo_up_to,
            preservation_from=found.rule.preservation_from,
            status=found.rule.status,
            source=found.rule.source,
            earliest=found.earliest,
            latest=today(),
            max_verified_m2=found.max_verified_m2,
        )
    rows = acceptance.acceptance_records(connection, who, plot_id)
    return AcceptanceList.model_validate({"acceptances": rows, "terms": terms})
