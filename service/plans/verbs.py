"""The steps of a target: issued to who carries it out, accepted by them, revised, withdrawn."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.accounts.db.change_author import set_change_author
from service.errors import Problem
from service.plans.db.plans import update_plan
from service.plans.db.targets import TargetFilter, list_targets, lock_cells, update_target
from service.plans.indicators import words_in_use
from service.plans.plans import locked_plan, refuse_closed
from service.plans.sums import require_sums, sum_differences
from service.plans.targets import (
    CHANGED,
    TargetEdit,
    target_in_state,
    target_to_change,
    write_change,
)
from service.web.etags import Versions

__all__ = ["accept", "issue", "issue_plan", "may_accept", "revise", "withdraw"]


def issue(edit: TargetEdit) -> None:
    """Issue a draft: from now on it counts.

    Raises
    ------
    Problem
        404; 409 ``wrong_state``, ``closed_plan``, or ``warnings`` with ``children_sum`` when it is
        not the sum of its parts, or not one of the parts that add up; 412 ``stale``.
    """
    before = target_to_change(edit)
    if before["state"] != "draft":
        raise target_in_state(before, ["draft"], "revise")
    touched = [edit.number] + ([] if before["parent"] is None else [before["parent"]])
    words = words_in_use(edit.connection)
    differences = sum_differences(edit.connection, edit.account, words, touched)
    require_sums(differences, edit.acknowledged)
    _set_state(edit, {"state": "issued"})


def issue_plan(
    connection: Connection,
    account: Account,
    code: str,
    acknowledged: Collection[str],
    seen: Versions | None,
) -> int:
    """Issue a plan with every draft of it that the account sees; answers how many.

    Raises
    ------
    Problem
        404; 403 ``not_your_plan``; 409 ``closed_plan`` or ``warnings``; 412 ``stale``.
    """
    refuse_closed(locked_plan(connection, account, code, seen))
    lock_cells(connection, code)
    drafts = list_targets(connection, account, TargetFilter(plans=[code], states=["draft"]))
    touched = {row["id"] for row in drafts} | {row["parent"] for row in drafts} - {None}
    words = words_in_use(connection)
    require_sums(sum_differences(connection, account, words, touched), acknowledged)
    set_change_author(connection, account)
    update_plan(connection, account, code, {"state": "issued"})
    for row in drafts:
        update_target(connection, account, row["id"], {"state": "issued"})
    note(connection, account, "plan", {"code": code, "state": "issued", "targets": len(drafts)})
    return len(drafts)


def may_accept(account: Account, row: Mapping[str, Any]) -> bool:
    """Whether the account stands for who carries the target out.

    That is the unit that it is set to, else the unit that leads it; without either, whoever works
    in its district.
    """
    if account.holds("admin"):
        return True
    responsible = row["unit"] or row["lead"]
    return responsible is None or responsible in account.units


def accept(edit: TargetEdit) -> None:
    """Accept an issued target, as its unit.

    Raises
    ------
    Problem
        404; 403 ``not_your_target``; 409 ``wrong_state`` or ``closed_plan``; 412 ``stale``.
    """
    before = target_to_change(edit)
    if not may_accept(edit.account, before):
        responsible = before["unit"] or before["lead"] or "—"
        raise Problem(
            403,
            "not_your_target",
            Message(
                f"任务由责任单位 {responsible} 签收，请用该单位的账号",
                f"a target is accepted by its own unit, {responsible}: sign in with an account of "
                "that",
            ),
        )
    if before["state"] != "issued":
        raise target_in_state(before, ["issued"], "issue")
    _set_state(edit, {"state": "accepted"})


def revise(edit: TargetEdit, given: Mapping[str, Any], reason: str) -> None:
    """Change what an issued target asks, with a reason; it waits to be accepted again.

    ``given`` are the members that change; the others stay.

    Raises
    ------
    Problem
        404; 409 ``wrong_state``, ``closed_plan``, ``warnings``, or ``nothing_revised``; 412
        ``stale``; 422 as `create_target`.
    """
    before = target_to_change(edit)
    if before["state"] not in ("issued", "accepted"):
        raise target_in_state(before, ["issued", "accepted"], "issue")
    whole = {**before, **given}
    if all(whole[name] == before[name] for name in CHANGED):
        raise Problem(
            409,
            "nothing_revised",
            Message(
                "没有改动任务量、单位、时限等任何一项，未作修订",
                "nothing of the target would change: say what is revised",
            ),
        )
    more = {"state": "issued", "revision": before["revision"] + 1, "reason": reason}
    write_change(edit, before, whole, more, "whole")
    detail = {"target": edit.number, "step": "revise", "reason": reason}
    note(edit.connection, edit.account, "target", detail)


def withdraw(edit: TargetEdit, reason: str) -> None:
    """Withdraw a target with a reason: it counts no more, and its cell is free.

    Raises
    ------
    Problem
        404; 409 ``wrong_state`` or ``closed_plan``; 412 ``stale``.
    """
    before = target_to_change(edit)
    if before["state"] == "withdrawn":
        raise target_in_state(before, ["draft", "issued", "accepted"], "issue")
    _set_state(edit, {"state": "withdrawn", "reason": reason})


def _set_state(edit: TargetEdit, values: Mapping[str, Any]) -> None:
    set_change_author(edit.connection, edit.account, values.get("reason"))
    update_target(edit.connection, edit.account, edit.number, values)
    note(edit.connection, edit.account, "target", {"target": edit.number, **values})
