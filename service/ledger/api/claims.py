"""``/api/plots/{id}/claims``, ``/api/claims``: what plots say of ground that others hold."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from service.accounts.api.deps import PlannerDep, ReviewerDep
from service.accounts.db.accounts import Account
from service.errors import not_found
from service.ledger import claims as rules
from service.ledger.api.ledger_schemas import ClaimEnd, ClaimIn, ClaimList, ClaimOut
from service.ledger.claims import ClaimedAs
from service.ledger.db import claims
from service.ledger.db.claims import ClaimFilter
from service.plots.api.plots import PlotId
from service.plots.db import plots
from service.web.deps import ConnectionDep
from service.web.feature_list import Page, PageDep, number_cursor
from service.web.idempotency import OnceRoute

router = APIRouter(prefix="/api", tags=["ledger"], route_class=OnceRoute)

ClaimId = Annotated[int, Path(ge=1, le=2**63 - 1)]


def claim_out(row: Mapping[str, Any]) -> ClaimOut:
    """A claim of the database as the API answers it."""
    same = ("id", "why", "district", "area_m2", "made_at", "ended_at", "ended_because", "plot")
    values = {name: row[name] for name in (*same, "orphaned")} | {
        "of": row["holder"],
        "as": row["claimed_as"],
        "made_by": row["made_by_name"],
        "ended_by": row["ended_by_name"],
    }
    return ClaimOut.model_validate(values)


def claim_page(
    connection: Connection, account: Account, filters: ClaimFilter, page: Page
) -> dict[str, Any]:
    """A page of claims, oldest first."""
    rows = claims.claim_rows(connection, account, filters, after=page.after, limit=page.row_limit)
    on_page, following = page.split(rows, number_cursor)
    return {
        "rows": [claim_out(row) for row in on_page],
        "numberMatched": claims.count_claims(connection, account, filters),
        "next": following,
    }


@router.post(
    "/plots/{plot_id:number}/claims",
    status_code=201,
    response_model=ClaimOut,
    operation_id="claimGround",
)
def claim_ground(
    plot_id: PlotId, body: ClaimIn, account: PlannerDep, connection: ConnectionDep
) -> Any:
    """Claim ground of a holder as replanting (补植) or renewal (更新), or dispute it (异议).

    The ground goes on counting once, for its holder; in the figure of its own year the plot counts
    in full. A dispute waits for an inspector.
    """
    number = rules.claim_ground(connection, account, plot_id, body.of, body.claimed_as, body.why)
    (row,) = claims.claim_rows(connection, account, ClaimFilter(), after=number - 1, limit=1)
    return claim_out(row)


@router.get(
    "/plots/{plot_id:number}/claims", response_model=ClaimList, operation_id="listPlotClaims"
)
def list_plot_claims(
    plot_id: PlotId, account: ReviewerDep, connection: ConnectionDep, page: PageDep
) -> Any:
    """Claims that a plot made or that were made upon its ground, also those that ended."""
    if plots.read_plot(connection, account, plot_id) is None:
        raise not_found("此图斑")
    return claim_page(connection, account, ClaimFilter(plot_id=plot_id), page)


@router.get("/claims", response_model=ClaimList, operation_id="listClaims")
def list_claims(
    account: ReviewerDep,
    connection: ConnectionDep,
    page: PageDep,
    claimed_as: Annotated[ClaimedAs | None, Query(alias="as")] = None,
    standing: Annotated[bool | None, Query(description="Those that have not ended.")] = True,
    orphaned: Annotated[
        bool | None, Query(description="Those whose holder holds nothing any more.")
    ] = None,
) -> Any:
    """Claims of your districts with the evidence of both sides: an inspector's list of disputes."""
    filters = ClaimFilter(claimed_as=claimed_as, standing=standing, orphaned=orphaned)
    return claim_page(connection, account, filters, page)


@router.post("/claims/{claim_id}/end", response_model=ClaimOut, operation_id="endClaim")
def end_claim(
    claim_id: ClaimId, body: ClaimEnd, account: ReviewerDep, connection: ConnectionDep
) -> Any:
    """Withdraw a claim of one's own, or settle one as an inspector."""
    rules.withdraw_or_settle(connection, account, claim_id, body.because)
    (row,) = claims.claim_rows(connection, account, ClaimFilter(), after=claim_id - 1, limit=1)
    return claim_out(row)
