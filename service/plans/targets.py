"""Targets: made and changed while they are drafts; later steps are in `verbs`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.accounts.db.change_author import set_change_author
from service.errors import Problem, not_found, wrong_state
from service.plans.db.plans import PlanFilter, list_plans
from service.plans.db.targets import (
    TargetFilter,
    adopt_children,
    delete_target,
    insert_target,
    list_targets,
    lock_cells,
    lock_target,
    nearest_above,
    update_target,
)
from service.plans.holders import Fault, Holders
from service.plans.indicators import Words, words_to_write
from service.plans.plans import refuse_closed
from service.plans.settle import settled_target
from service.plans.sums import Asked, require_sums, sum_differences
from service.web.etags import Versions
from service.web.optimistic_lock import stale

__all__ = [
    "TARGET_STATES",
    "TargetEdit",
    "change_target",
    "create_target",
    "plan_of",
    "read_target",
    "refused",
    "remove_target",
    "store_new",
    "target_in_state",
    "target_to_change",
    "write_change",
]


@dataclass(frozen=True)
class TargetEdit:
    """Who changes which target, the version that they saw and the warnings that they let stand."""

    connection: Connection
    account: Account
    number: int
    seen: Versions | None = None
    acknowledged: Collection[str] = ()


TARGET_STATES: Final = {
    "draft": "草稿",
    "issued": "已下达",
    "accepted": "已签收",
    "withdrawn": "已撤销",
}
CHANGED = ("lower", "upper", "measured_in", "strictness", "lead", "with_units", "due", "clause")


def plan_of(connection: Connection, account: Account, code: str) -> dict[str, Any]:
    """A plan that the account sees. Raises `Problem` 404."""
    for row in list_plans(connection, account, PlanFilter(code=code)):
        return row
    raise not_found("此计划")


def read_target(connection: Connection, account: Account, number: int) -> dict[str, Any]:
    """A target that the account sees. Raises `Problem` 404."""
    for row in list_targets(connection, account, TargetFilter(ids=[number])):
        return row
    raise not_found("此任务")


def create_target(
    connection: Connection,
    account: Account,
    plan_code: str,
    given: Mapping[str, Any],
    acknowledged: Collection[str] = (),
    *,
    demo: bool = False,
) -> int:
    """Set a target as a draft; answers its number.

    Raises
    ------
    Problem
        404 no such plan; 409 ``closed_plan``, or ``warnings`` with ``children_sum`` when the parts
        of a task are more than it; 422 with each wrong field: ``unknown_indicator``,
        ``one_holder``, ``unknown_district``, ``unknown_area``, ``unknown_unit``, ``ended_unit``,
        ``outside_scope``, ``missing``, ``unknown_unit_of_measure``, ``wrong_dimension``,
        ``not_whole``, ``out_of_range``, ``unknown_target``, ``cell_taken``.
    """
    plan = plan_of(connection, account, plan_code)
    refuse_closed(plan)
    lock_cells(connection, plan_code)
    words, holders = words_to_write(connection), Holders(connection, account)
    values, faults = settled_target(words, holders, plan, given)
    parent, wrong = _parent(connection, account, values, given.get("parent"))
    if faults + wrong:
        raise refused(faults + wrong)
    set_change_author(connection, account)
    values["parent"] = parent
    number, fault = store_new(connection, account, words, holders, values, demo=demo)
    if fault is not None:
        raise refused([fault])
    assert number is not None
    touched = [number, *([] if values["parent"] is None else [values["parent"]])]
    differences = sum_differences(connection, account, words, touched, asked="excess")
    require_sums(differences, acknowledged)
    note(connection, account, "target", {"plan": plan_code, "target": number})
    return number


def store_new(
    connection: Connection,
    account: Account,
    words: Words,
    holders: Holders,
    values: dict[str, Any],
    *,
    demo: bool = False,
) -> tuple[int | None, Fault | None]:
    """Write settled values as a new target under the nearest one above it.

    Without ``parent`` it hangs on the target of the nearest district above, and takes over those of
    districts below. Answers its number, or that the cell is taken.
    """
    district = values["district"]
    if values.get("parent") is None and district is not None:
        above = holders.above(district)
        values["parent"] = nearest_above(
            connection, account, values["plan"], values["indicator"], above
        )
    number = insert_target(connection, account, values, demo=demo)
    if number is None:
        return None, _taken(words, holders, values)
    if district is not None:
        adopt_children(connection, account, number, values, holders.below(district))
    return number, None


def _taken(words: Words, holders: Holders, values: Mapping[str, Any]) -> Fault:
    label = words.indicators[values["indicator"]]
    holder = values["district"] or values["area"] or values["unit"]
    node = holders.districts.get(values["district"] or "")
    unit = holders.units.get(values["unit"] or "")
    name = node.name if node else unit["name"] if unit else holder
    message = Message(
        f"计划 {values['plan']} 中“{label.label}”×“{name}”已有任务，一格只能有一项；请修改原任务",
        f"plan {values['plan']} has a target in the cell {label.label_en!r} × {name!r} already, "
        "and a cell holds one: change that one",
    )
    field = next(name for name in ("district", "area", "unit") if values[name] is not None)
    return Fault(field, "cell_taken", message)


def _parent(
    connection: Connection, account: Account, values: Mapping[str, Any], named: int | None
) -> tuple[int | None, list[Fault]]:
    """The target that was named as the one above, of the same indicator."""
    if named is None:
        return None, []
    for row in list_targets(connection, account, TargetFilter(ids=[named])):
        if row["indicator"] == values["indicator"] and row["state"] != "withdrawn":
            return named, []
    message = Message(
        f"没有上级任务 {named}，或它是别的指标、已撤销",
        f"there is no target {named} of this indicator to be above this one",
    )
    return None, [Fault("parent", "unknown_target", message)]


def change_target(edit: TargetEdit, given: Mapping[str, Any]) -> None:
    """Change a draft; ``given`` is the whole target as it shall be.

    Raises
    ------
    Problem
        404; 409 ``wrong_state`` for an issued one, ``closed_plan``, ``warnings``; 412 ``stale``;
        422 as `create_target`.
    """
    before = target_to_change(edit)
    if before["state"] != "draft":
        raise target_in_state(before, ["draft"], "revise")
    write_change(edit, before, given, {}, "excess")
    note(edit.connection, edit.account, "target", {"plan": before["plan"], "target": edit.number})


def write_change(
    edit: TargetEdit,
    before: Mapping[str, Any],
    given: Mapping[str, Any],
    more: Mapping[str, Any],
    asked: Asked,
) -> None:
    """Write a target whole with ``more`` columns, when it is right and adds up.

    Raises
    ------
    Problem
        409 ``warnings`` where parts and whole differ and that is not acknowledged; 422 as
        `create_target`.
    """
    connection, account = edit.connection, edit.account
    plan = plan_of(connection, account, before["plan"])
    words, holders = words_to_write(connection), Holders(connection, account)
    values, faults = settled_target(words, holders, plan, given, before)
    if given.get("parent") != before["parent"]:
        values["parent"], wrong = _parent(connection, account, values, given.get("parent"))
        faults += wrong
    if faults:
        raise refused(faults)
    set_change_author(connection, account, more.get("reason"))
    if not update_target(connection, account, edit.number, {**values, **more}):
        raise refused([_taken(words, holders, values)])
    touched = {edit.number, before["parent"], values.get("parent")} - {None}
    differences = sum_differences(connection, account, words, touched, asked=asked)
    require_sums(differences, edit.acknowledged)


def remove_target(edit: TargetEdit) -> None:
    """Delete a draft on which nothing was reported.

    Raises
    ------
    Problem
        404; 409 ``wrong_state`` or ``closed_plan``; 412 ``stale``.
    """
    before = target_to_change(edit)
    if before["state"] != "draft":
        raise target_in_state(before, ["draft"], "withdraw")
    set_change_author(edit.connection, edit.account)
    delete_target(edit.connection, edit.number)
    detail = {"plan": before["plan"], "target": edit.number}
    note(edit.connection, edit.account, "target_deleted", detail)


def target_to_change(edit: TargetEdit) -> dict[str, Any]:
    """A target, locked, whose plan is open.

    Raises
    ------
    Problem
        404; 409 ``closed_plan``; 412 ``stale``.
    """
    connection, account = edit.connection, edit.account
    plan_code = read_target(connection, account, edit.number)["plan"]
    lock_cells(connection, plan_code)
    row = lock_target(connection, account, edit.number)
    if row is None:
        raise not_found("此任务")
    if edit.seen is not None and row["version"] not in edit.seen:
        raise stale(
            row["version"],
            Message(
                f"任务已改为第 {row['version']} 版，您的修改未保存，请重新读取后再改",
                f"the target is at version {row['version']} by now: read it again and redo your "
                "change",
            ),
        )
    refuse_closed(plan_of(connection, account, plan_code))
    return row


def target_in_state(row: Mapping[str, Any], needed: Sequence[str], instead: str) -> Problem:
    """409: the step does not follow from the state; ``instead`` is the verb that does."""
    way = f"POST /api/targets/{row['id']}/{instead}"
    return wrong_state(Message("任务", "the target"), row["state"], needed, TARGET_STATES.get, way)


def refused(faults: Sequence[Fault]) -> Problem:
    """422 with each fault; its words are those of the first."""
    return Problem(
        422, faults[0].code, faults[0].message, errors=[fault.as_entry() for fault in faults]
    )
