"""``/api/plans``: papers with dates that set tasks; GIS staff keep them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import Connection

from data.years import FIRST_YEAR, LAST_YEAR
from service.accounts.api.deps import AccountDep, GisDep
from service.accounts.db.accounts import Account
from service.plans.api.schemas import (
    PlanBody,
    PlanIn,
    PlanIssued,
    PlanKind,
    PlanOut,
    PlanRows,
    PlanState,
)
from service.plans.db.plans import PlanFilter, count_plans, list_plans
from service.plans.plans import close_plan, create_plan, put_plan, remove_plan, reopen_plan
from service.plans.targets import plan_of
from service.plans.verbs import issue_plan
from service.web.deps import AcknowledgedDep, ConnectionDep
from service.web.etags import OptionalMatchDep, etag
from service.web.feature_list import PageDep
from service.web.idempotency import OnceRoute
from service.web.paging import unusable_cursor, unwrapped, wrapped
from service.web.text_types import Short

router = APIRouter(prefix="/api/plans", tags=["plans"], route_class=OnceRoute)

PlanCode = Annotated[str, Path(max_length=64, description="Code of the plan: `CC-2023`.")]


def _answer(connection: Connection, account: Account, code: str, response: Response) -> PlanOut:
    row = plan_of(connection, account, code)
    response.headers["ETag"] = etag(row["version"])
    return PlanOut.model_validate(row)


@router.get("", operation_id="listPlans")
def list_of_plans(
    account: AccountDep,
    connection: ConnectionDep,
    page: PageDep,
    kind: PlanKind | None = None,
    state: PlanState | None = None,
    parent: Annotated[Short | None, Query(description="Code of the plan above.")] = None,
    year: Annotated[
        int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="A year that the plan touches.")
    ] = None,
) -> PlanRows:
    """Plans by code: those of your districts and above, and those with tasks of your units."""
    filters = PlanFilter(kind=kind, state=state, parent=parent, year=year)
    try:
        after = "" if page.cursor is None else unwrapped(page.cursor)
    except ValueError:
        raise unusable_cursor() from None
    rows = list_plans(connection, account, filters, after=after, limit=page.row_limit)
    on_page, following = page.split(rows, lambda row: wrapped(row["code"]))
    return PlanRows(
        rows=[PlanOut.model_validate(row) for row in on_page],
        numberMatched=count_plans(connection, account, filters),
        next=following,
    )


@router.post("", status_code=201, operation_id="createPlan")
def new_plan(
    body: PlanIn, account: GisDep, connection: ConnectionDep, response: Response
) -> PlanOut:
    """Make a plan; its targets are set one by one, or by a file."""
    given = body.model_dump(exclude={"code"})
    create_plan(connection, account, body.code, given)
    response.headers["Location"] = f"/api/plans/{body.code}"
    return _answer(connection, account, body.code, response)


@router.get("/{plan}", operation_id="readPlan")
def read_plan(
    plan: PlanCode, account: AccountDep, connection: ConnectionDep, response: Response
) -> PlanOut:
    """One plan, with the ETag of its version."""
    return _answer(connection, account, plan, response)


@router.put("/{plan}", operation_id="putPlan")
def write_plan(
    plan: PlanCode,
    body: PlanBody,
    account: GisDep,
    connection: ConnectionDep,
    response: Response,
    seen: OptionalMatchDep,
) -> PlanOut:
    """Change a plan whole; `If-Match` is honoured and not needed."""
    put_plan(connection, account, plan, body.model_dump(), seen)
    return _answer(connection, account, plan, response)


@router.delete("/{plan}", operation_id="deletePlan", status_code=204, response_class=Response)
def delete_plan(
    plan: PlanCode, account: GisDep, connection: ConnectionDep, seen: OptionalMatchDep
) -> None:
    """Delete a plan that was made by mistake: it has neither targets nor parts.

    `If-Match` is honoured and not needed.
    """
    remove_plan(connection, account, plan, seen)


@router.post("/{plan}/issue", operation_id="issuePlan")
def issue(
    plan: PlanCode,
    account: GisDep,
    connection: ConnectionDep,
    response: Response,
    acknowledged: AcknowledgedDep,
    seen: OptionalMatchDep,
) -> PlanIssued:
    """Issue a plan with all its drafts.

    409 `warnings` with `children_sum` names each task that is not the sum of its parts.
    """
    count = issue_plan(connection, account, plan, acknowledged, seen)
    issued = _answer(connection, account, plan, response)
    return PlanIssued(**issued.model_dump(), issued_targets=count)


@router.post("/{plan}/close", operation_id="closePlan")
def close(
    plan: PlanCode,
    account: GisDep,
    connection: ConnectionDep,
    response: Response,
    seen: OptionalMatchDep,
) -> PlanOut:
    """End a plan: its targets and figures are changed no more."""
    close_plan(connection, account, plan, seen)
    return _answer(connection, account, plan, response)


@router.post("/{plan}/reopen", operation_id="reopenPlan")
def reopen(
    plan: PlanCode,
    account: GisDep,
    connection: ConnectionDep,
    response: Response,
    seen: OptionalMatchDep,
) -> PlanOut:
    """Go on with a closed plan."""
    reopen_plan(connection, account, plan, seen)
    return _answer(connection, account, plan, response)
