"""``/api/reported``: what units say is done of their targets, and its review."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from service.accounts.api.deps import AccountDep, InspectorDep, PlannerDep
from service.plans import reported as rules
from service.plans.api.answers import answering
from service.plans.api.schemas import (
    Because,
    FigureBody,
    FigureIn,
    FigureOut,
    FigurePatch,
    FigureReview,
    FigureRows,
    MissingReport,
    MissingReports,
    figure_out,
    target_out,
)
from service.plans.db.reported import ReportedFilter, count_reported, last_reports, list_reported
from service.plans.db.targets import TargetFilter, list_targets
from service.plans.indicators import words_in_use
from service.plans.targets import plan_of
from service.units.naming import known_units
from service.web.body_validation import validate_body
from service.web.day_types import Day
from service.web.deps import ConnectionDep, SettingsDep
from service.web.etags import OptionalMatchDep
from service.web.feature_list import PageDep, number_cursor
from service.web.idempotency import OnceRoute
from service.web.merge_patch import merge_patch_body, merged
from service.web.text_types import Short
from service.web.timestamps import today

router = APIRouter(prefix="/api/reported", tags=["plans"], route_class=OnceRoute)

FigureId = Annotated[int, Path(ge=1, le=2**63 - 1)]

_answer = answering(rules.read_figure, figure_out)


@router.get("", operation_id="listReported")
def list_of_figures(
    account: AccountDep,
    connection: ConnectionDep,
    page: PageDep,
    target: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    plan: Annotated[Short | None, Query(description="Code of a plan.")] = None,
    review: FigureReview | None = None,
    unit: Annotated[Short | None, Query(description="Code or name of who reports.")] = None,
) -> FigureRows:
    """Reported figures by number: those on targets of your districts and units."""
    if unit is not None:
        (unit,) = known_units(connection, [unit])
    filters = ReportedFilter(
        targets=None if target is None else [target], plan=plan, review=review, unit=unit
    )
    rows = list_reported(connection, account, filters, after=page.after, limit=page.row_limit)
    on_page, following = page.split(rows, number_cursor)
    words = words_in_use(connection)
    return FigureRows(
        rows=[figure_out(words, row) for row in on_page],
        numberMatched=count_reported(connection, account, filters),
        next=following,
    )


@router.post("", status_code=201, operation_id="createReported")
def new_figure(
    body: FigureIn, account: PlannerDep, connection: ConnectionDep, response: Response
) -> FigureOut:
    """Report what is done of an issued target by a day, as a draft."""
    number = rules.report_figure(connection, account, body.model_dump())
    response.headers["Location"] = f"/api/reported/{number}"
    return _answer(connection, account, number, response)


@router.get("/missing", operation_id="listMissingReports")
def missing(
    account: AccountDep,
    connection: ConnectionDep,
    plan: Annotated[Short | None, Query(description="Code of a plan.")] = None,
    since: Annotated[
        Day | None, Query(description="Nothing for this day or later; empty: nothing at all.")
    ] = None,
) -> MissingReports:
    """Issued targets on which nothing was submitted or approved: who has not reported."""
    if plan is not None:
        plan_of(connection, account, plan)
    last_on = {row["id"]: row["last_on"] for row in last_reports(connection, account, plan, since)}
    rows = list_targets(connection, account, TargetFilter(ids=list(last_on)))
    words = words_in_use(connection)
    return MissingReports(
        rows=[
            MissingReport(
                target=target_out(words, row),
                responsible=row["unit"] or row["lead"],
                last_on=last_on[row["id"]],
                overdue=row["due"] is not None and row["due"] < today(),
            )
            for row in rows
        ],
        numberMatched=len(rows),
    )


@router.get("/{reported_id:number}", operation_id="readReported")
def one_figure(
    reported_id: FigureId, account: AccountDep, connection: ConnectionDep, response: Response
) -> FigureOut:
    """One figure, with the ETag of its version."""
    return _answer(connection, account, reported_id, response)


@router.patch(
    "/{reported_id:number}",
    operation_id="changeReported",
    openapi_extra=merge_patch_body("FigurePatch"),
)
def patch_figure(
    reported_id: FigureId,
    sent: FigurePatch,
    account: PlannerDep,
    connection: ConnectionDep,
    response: Response,
    seen: OptionalMatchDep,
) -> FigureOut:
    """Change a draft or a returned figure by a merge patch; a reviewed one is locked."""
    before = rules.read_figure(connection, account, reported_id)
    stored = {name: before[name] for name in FigureBody.model_fields}
    body = validate_body(FigureBody, merged(stored, sent.model_dump(exclude_unset=True)))
    rules.change_figure(connection, account, reported_id, body.model_dump(), seen)
    return _answer(connection, account, reported_id, response)


@router.delete(
    "/{reported_id:number}",
    operation_id="deleteReported",
    status_code=204,
    response_class=Response,
)
def delete_figure(
    reported_id: FigureId, account: PlannerDep, connection: ConnectionDep, seen: OptionalMatchDep
) -> None:
    """Delete a draft or a returned figure."""
    rules.remove_figure(connection, account, reported_id, seen)


@router.post("/{reported_id:number}/submit", operation_id="submitReported")
def submit(
    reported_id: FigureId,
    account: PlannerDep,
    connection: ConnectionDep,
    response: Response,
    seen: OptionalMatchDep,
) -> FigureOut:
    """Submit a figure for review; one without a source is refused at `source`."""
    rules.submit_figure(connection, account, reported_id, seen)
    return _answer(connection, account, reported_id, response)


@router.post("/{reported_id:number}/approve", operation_id="approveReported")
def approve(
    reported_id: FigureId,
    account: InspectorDep,
    connection: ConnectionDep,
    response: Response,
    settings: SettingsDep,
    seen: OptionalMatchDep,
) -> FigureOut:
    """Approve a submitted figure, as another than who submitted it: it counts and is locked."""
    rules.approve_figure(connection, account, reported_id, seen, four_eyes=settings.four_eyes)
    return _answer(connection, account, reported_id, response)


@router.post("/{reported_id:number}/return", operation_id="returnReported")
def return_it(
    reported_id: FigureId,
    body: Because,
    account: InspectorDep,
    connection: ConnectionDep,
    response: Response,
    seen: OptionalMatchDep,
) -> FigureOut:
    """Return a submitted figure to who wrote it, with a reason."""
    rules.return_figure(connection, account, reported_id, body.reason, seen)
    return _answer(connection, account, reported_id, response)
