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
    body: Acceptance,
    account: InspectorDep,
    connection: ConnectionDep,
    settings: SettingsDep,
) -> Any:
    """Write down a check of a planted plot; only `qualified` makes it accepted (验收合格).

    Without `outcome` the one is meant that the rule of the place proposes by the rates. The newest
    check, by its date, decides: an accepted plot that fails a later one is planted again.
    """
    check = AcceptanceCheck(
        body.date,
        body.survival_rate,
        body.preservation_rate,
        body.verified_m2,
        body.outcome,
        body.note,
    )
    acceptance.accept(connection, account, plot_id, check, settings)
    return answer(connection, account, plot_id)


@router.get("/{plot_id:number}/acceptances", operation_id="listAcceptances")
def list_acceptances(
    plot_id: PlotId, account: AccountDep, connection: ConnectionDep
) -> AcceptanceList:
    """The checks of a plot, the newest first, and what the next one may say."""
    if plots.read_plot(connection, account, plot_id) is None:
        raise not_found("此图斑")
    approved = read_approved(connection, account, plot_id)
    terms = None
    if approved is not None and approved["stage"] in ("planted", "accepted"):
        next_check = acceptance.check_terms(connection, approved)
        terms = AcceptanceTerms(
            rule=next_check.rule.code,
            rule_label=next_check.rule.label_zh,
            rule_label_en=next_check.rule.label_en,
            survival_from=next_check.rule.survival_from,
            redo_up_to=next_check.rule.redo_up_to,
            preservation_from=next_check.rule.preservation_from,
            status=next_check.rule.status,
            source=next_check.rule.source,
            earliest=next_check.earliest,
            latest=today(),
            max_verified_m2=next_check.max_verified_m2,
        )
    rows = acceptance.acceptance_records(connection, account, plot_id)
    return AcceptanceList.model_validate({"acceptances": rows, "terms": terms})
