"""``/api/plans/{code}/targets`` and ``/api/targets/{id}``: what is asked of whom."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.api.deps import AccountDep, GisDep, ReviewerDep
from service.districts.db.districts import tree
from service.plans import verbs
from service.plans.api.answers import answering
from service.plans.api.plans import PlanCode
from service.plans.api.schemas import (
    Because,
    Revision,
    TargetBody,
    TargetOut,
    TargetPatch,
    TargetRows,
    TargetState,
    TaskChange,
    TaskChanges,
    target_out,
)
from service.plans.db.targets import TargetFilter, count_targets, list_targets, target_changes
from service.plans.export import Layout, target_book
from service.plans.indicators import words_in_use
from service.plans.targets import (
    TargetEdit,
    change_target,
    create_target,
    plan_of,
    read_target,
    remove_target,
)
from service.units.naming import known_units
from service.web.body_validation import validate_body
from service.web.deps import AcknowledgedDep, ConnectionDep, SettingsDep, bad_query
from service.web.etags import OptionalMatchDep
from service.web.feature_list import PageDep, number_cursor
from service.web.idempotency import OnceRoute
from service.web.merge_patch import merge_patch_body, merged
from service.web.row_limits import FileLimit
from service.web.text_types import Short

router = APIRouter(prefix="/api", tags=["plans"], route_class=OnceRoute)

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TargetId = Annotated[int, Path(ge=1, le=2**63 - 1)]

_answer = answering(read_target, target_out)


def target_filter(
    connection: Connection,
    code: str,
    district: str | None,
    unit: str | None,
    indicator: str | None,
    state: str | None,
) -> TargetFilter:
    """The filter of a list of targets, of words as people type them.

    Raises
    ------
    Problem
        422 ``unknown_district``, ``unknown_unit`` or ``unknown_indicator``.
    """
    districts: list[str] | None = None
    if district is not None:
        nodes = tree(connection)
        if district not in nodes:
            raise bad_query("district", _no("行政区", district, "district"), "unknown_district")
        districts = [district, *(node.code for node in nodes.below(district))]
    indicators: list[str] | None = None
    if indicator is not None:
        known = words_in_use(connection).indicator(indicator)
        if known is None:
            raise bad_query("indicator", _no("指标", indicator, "indicator"), "unknown_indicator")
        indicators = [known.code]
    if unit is not None:
        (unit,) = known_units(connection, [unit])
    return TargetFilter(
        plans=[code],
        districts=districts,
        indicators=indicators,
        unit=unit,
        states=None if state is None else [state],
    )


@router.get(
    "/plans/{plan}/targets",
    operation_id="listTargets",
    response_model=TargetRows,
    responses={200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
def list_of_targets(
    plan: PlanCode,
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    page: PageDep,
    district: Annotated[Short | None, Query(description="It and all below it.")] = None,
    unit: Annotated[
        Short | None, Query(description="Code or name: carries, leads or takes part.")
    ] = None,
    indicator: Annotated[Short | None, Query(description="Code or label.")] = None,
    state: TargetState | None = None,
    format: Annotated[  # noqa: A002 - the contract's name
        Literal["json", "xlsx"], Query(description="xlsx: all of them as a task table.")
    ] = "json",
    layout: Annotated[Layout, Query(description="Of the workbook.")] = "long",
) -> Any:
    """Targets of a plan by number: those of your districts and units.

    The workbook is a 任务分解表 that `POST …/targets/files` takes again unchanged.
    """
    row_of_plan = plan_of(connection, account, plan)
    filters = target_filter(connection, plan, district, unit, indicator, state)
    if format == "xlsx":
        limit = FileLimit(settings.export_limit, "LUOTU_EXPORT_LIMIT")
        book = target_book(connection, account, row_of_plan, filters, layout, limit)
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": f'attachment; filename="targets-{plan}.xlsx"',
        }
        return Response(book, media_type=XLSX, headers=headers)
    rows = list_targets(connection, account, filters, after=page.after, limit=page.row_limit)
    on_page, following = page.split(rows, number_cursor)
    words = words_in_use(connection)
    return TargetRows(
        rows=[target_out(words, row) for row in on_page],
        numberMatched=count_targets(connection, account, filters),
        next=following,
    )


@router.post("/plans/{plan}/targets", status_code=201, operation_id="createTarget")
def new_target(
    plan: PlanCode,
    body: TargetBody,
    account: GisDep,
    connection: ConnectionDep,
    response: Response,
    acknowledged: AcknowledgedDep,
) -> TargetOut:
    """Set a target as a draft; it counts once it is issued.

    A cell of plan, indicator and district (or area, or unit) holds one: 422 `cell_taken`. Parts of
    a task that are more than it: 409 `warnings` with `children_sum` and the difference.
    """
    number = create_target(connection, account, plan, body.model_dump(), acknowledged)
    response.headers["Location"] = f"/api/targets/{number}"
    return _answer(connection, account, number, response)


@router.get("/targets/{target_id:number}", operation_id="readTarget")
def one_target(
    target_id: TargetId, account: AccountDep, connection: ConnectionDep, response: Response
) -> TargetOut:
    """One target, with the ETag of its version."""
    return _answer(connection, account, target_id, response)


@router.patch(
    "/targets/{target_id:number}",
    operation_id="changeTarget",
    openapi_extra=merge_patch_body("TargetPatch"),
)
def patch_target(
    target_id: TargetId,
    sent: TargetPatch,
    account: GisDep,
    connection: ConnectionDep,
    response: Response,
    acknowledged: AcknowledgedDep,
    seen: OptionalMatchDep,
) -> TargetOut:
    """Change a draft by a merge patch; an issued one is revised with a reason."""
    before = read_target(connection, account, target_id)
    stored = {name: before[name] for name in TargetBody.model_fields}
    body = validate_body(TargetBody, merged(stored, sent.model_dump(exclude_unset=True)))
    edit = TargetEdit(connection, account, target_id, seen, acknowledged)
    change_target(edit, body.model_dump())
    return _answer(connection, account, target_id, response)


@router.delete(
    "/targets/{target_id:number}",
    operation_id="deleteTarget",
    status_code=204,
    response_class=Response,
)
def delete_target(
    target_id: TargetId, account: GisDep, connection: ConnectionDep, seen: OptionalMatchDep
) -> None:
    """Delete a draft; an issued target is withdrawn."""
    remove_target(TargetEdit(connection, account, target_id, seen))


@router.post("/targets/{target_id:number}/issue", operation_id="issueTarget")
def issue(
    target_id: TargetId,
    account: GisDep,
    connection: ConnectionDep,
    response: Response,
    acknowledged: AcknowledgedDep,
    seen: OptionalMatchDep,
) -> TargetOut:
    """Issue a draft; 409 `warnings` with `children_sum` when parts and whole differ."""
    verbs.issue(TargetEdit(connection, account, target_id, seen, acknowledged))
    return _answer(connection, account, target_id, response)


@router.post("/targets/{target_id:number}/accept", operation_id="acceptTarget")
def accept(
    target_id: TargetId,
    account: ReviewerDep,
    connection: ConnectionDep,
    response: Response,
    seen: OptionalMatchDep,
) -> TargetOut:
    """Accept an issued target, as an account of the unit that carries it out."""
    verbs.accept(TargetEdit(connection, account, target_id, seen))
    return _answer(connection, account, target_id, response)


@router.post("/targets/{target_id:number}/revise", operation_id="reviseTarget")
def revise(
    target_id: TargetId,
    body: Revision,
    account: GisDep,
    connection: ConnectionDep,
    response: Response,
    acknowledged: AcknowledgedDep,
    seen: OptionalMatchDep,
) -> TargetOut:
    """Change an issued target with a reason; what it asked before stays in its log."""
    given = body.model_dump(exclude_unset=True, exclude={"reason"})
    edit = TargetEdit(connection, account, target_id, seen, acknowledged)
    verbs.revise(edit, given, body.reason)
    return _answer(connection, account, target_id, response)


@router.post("/targets/{target_id:number}/withdraw", operation_id="withdrawTarget")
def withdraw(
    target_id: TargetId,
    body: Because,
    account: GisDep,
    connection: ConnectionDep,
    response: Response,
    seen: OptionalMatchDep,
) -> TargetOut:
    """Withdraw a target with a reason: it counts no more."""
    verbs.withdraw(TargetEdit(connection, account, target_id, seen), body.reason)
    return _answer(connection, account, target_id, response)


@router.get("/targets/{target_id:number}/changes", operation_id="listTargetChanges")
def changes(
    target_id: TargetId, account: AccountDep, connection: ConnectionDep, page: PageDep
) -> TaskChanges:
    """Who changed a target, or what was reported on it, when and why."""
    read_target(connection, account, target_id)
    rows = target_changes(connection, account, target_id, after=page.after, limit=page.row_limit)
    on_page, following = page.split(rows, number_cursor)
    return TaskChanges(rows=[TaskChange.model_validate(row) for row in on_page], next=following)


def _no(zh: str, word: str, en: str) -> Message:
    return Message(f"没有{zh}“{word}”", f"there is no {en} {word!r}")
