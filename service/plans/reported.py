"""Reported figures: written by who carries a target out, reviewed by another, then locked."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from data.codes import code_list
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.accounts.db.change_author import set_change_author
from service.errors import Problem, not_found, wrong_state
from service.plans.db.reported import (
    ReportedFilter,
    delete_reported,
    has_file,
    insert_reported,
    list_reported,
    lock_reported,
    update_reported,
)
from service.plans.holders import Fault
from service.plans.indicators import words_to_write
from service.plans.plans import refuse_closed
from service.plans.settle import known_unit, wrong_quantity
from service.plans.targets import plan_of, read_target, refused
from service.units.naming import unit_words, wrong_unit
from service.web.etags import Versions
from service.web.optimistic_lock import stale
from service.web.timestamps import now, today

__all__ = [
    "approve_figure",
    "change_figure",
    "open_figure",
    "read_figure",
    "remove_figure",
    "report_figure",
    "return_figure",
    "submit_figure",
]

EDITABLE = ("draft", "returned")


def read_figure(connection: Connection, account: Account, number: int) -> dict[str, Any]:
    """A figure that the account sees. Raises `Problem` 404."""
    for row in list_reported(connection, account, ReportedFilter(ids=[number])):
        return row
    raise not_found("此上报数")


def report_figure(
    connection: Connection, account: Account, given: Mapping[str, Any], *, demo: bool = False
) -> int:
    """Write what is done of a target by a day, as a draft; answers its number.

    Raises
    ------
    Problem
        404 no such target; 409 ``not_issued`` or ``closed_plan``; 422 with each wrong field:
        ``missing``, ``unknown_unit_of_measure``, ``wrong_dimension``, ``not_whole``,
        ``date_in_future``, ``out_of_range``, ``unknown_unit``, ``ended_unit``,
        ``not_responsible``, ``unknown_file``.
    """
    values = _checked(connection, account, given)
    set_change_author(connection, account)
    number = insert_reported(connection, account, values, demo=demo)
    note(connection, account, "reported", {"reported": number, "target": values["target"]})
    return number


def open_figure(
    connection: Connection, account: Account, number: int, seen: Versions | None = None
) -> dict[str, Any]:
    """A figure that may still be changed, locked against others until the commit.

    Raises
    ------
    Problem
        404; 409 ``locked_figure`` once it is submitted, ``closed_plan``; 412 ``stale``.
    """
    row = _figure_to_change(connection, account, number, seen)
    _require_review(row, *EDITABLE)
    return row


def change_figure(
    connection: Connection,
    account: Account,
    number: int,
    given: Mapping[str, Any],
    seen: Versions | None,
) -> None:
    """Change a figure that is a draft or was returned; ``given`` is the whole of it.

    Raises
    ------
    Problem
        404; 409 ``locked_figure`` once it is submitted, ``closed_plan``; 412 ``stale``; 422 as
        `report_figure`.
    """
    before = open_figure(connection, account, number, seen)
    values = _checked(connection, account, {**given, "target": before["target"]})
    set_change_author(connection, account)
    update_reported(connection, account, number, values)
    note(connection, account, "reported", {"reported": number})


def remove_figure(
    connection: Connection, account: Account, number: int, seen: Versions | None
) -> None:
    """Delete a figure that nobody has reviewed and that is not under review.

    Raises
    ------
    Problem
        404; 409 ``locked_figure`` or ``closed_plan``; 412 ``stale``.
    """
    open_figure(connection, account, number, seen)
    set_change_author(connection, account)
    delete_reported(connection, number)
    note(connection, account, "reported_deleted", {"reported": number})


def submit_figure(
    connection: Connection, account: Account, number: int, seen: Versions | None
) -> None:
    """Submit a figure for review, with the source that it is taken from.

    Raises
    ------
    Problem
        404; 409 ``locked_figure`` or ``closed_plan``; 412 ``stale``; 422 ``missing`` at ``source``,
        ``unknown_file`` at ``file``.
    """
    before = open_figure(connection, account, number, seen)
    _require_source(before)
    _require_file(connection, before)
    step = {
        "review": "submitted",
        "reason": None,
        "submitted_by": account.id,
        "submitted_at": now(),
        "reviewed_by": None,
        "reviewed_at": None,
    }
    _step(connection, account, before, step)


def approve_figure(
    connection: Connection,
    account: Account,
    number: int,
    seen: Versions | None,
    *,
    four_eyes: bool,
) -> None:
    """Approve a submitted figure: it counts, and is changed no more.

    With ``four_eyes`` nobody approves what they submitted.

    Raises
    ------
    Problem
        404; 403 ``four_eyes``; 409 ``wrong_state``, ``locked_figure`` or ``closed_plan``; 412
        ``stale``; 422 ``missing`` at ``source``, of one that was submitted without, and
        ``unknown_file`` where the inspector cannot look at what proves it.
    """
    before = _figure_to_change(connection, account, number, seen)
    _require_review(before, "submitted")
    _require_source(before)
    _require_file(connection, before)
    if four_eyes and before["submitted_by"] == account.id:
        raise Problem(
            403,
            "four_eyes",
            Message(
                "提交人不能审核自己的上报数，请另一位审核员处理",
                "who submitted a figure does not approve it: ask another inspector",
            ),
        )
    step = {"review": "approved", "reviewed_by": account.id, "reviewed_at": now()}
    _step(connection, account, before, step)


def return_figure(
    connection: Connection, account: Account, number: int, reason: str, seen: Versions | None
) -> None:
    """Return a submitted figure to who wrote it, with a reason.

    Raises
    ------
    Problem
        404; 409 ``wrong_state``, ``locked_figure`` or ``closed_plan``; 412 ``stale``.
    """
    before = _figure_to_change(connection, account, number, seen)
    _require_review(before, "submitted")
    step = {
        "review": "returned",
        "reason": reason,
        "reviewed_by": account.id,
        "reviewed_at": now(),
    }
    _step(connection, account, before, step, reason)


def _step(
    connection: Connection,
    account: Account,
    before: Mapping[str, Any],
    values: Mapping[str, Any],
    reason: str | None = None,
) -> None:
    set_change_author(connection, account, reason)
    update_reported(connection, account, before["id"], values)
    note(connection, account, "reported", {"reported": before["id"], "step": values["review"]})


def _figure_to_change(
    connection: Connection, account: Account, number: int, seen: Versions | None
) -> dict[str, Any]:
    row = lock_reported(connection, account, number)
    if row is None:
        raise not_found("此上报数")
    if seen is not None and row["version"] not in seen:
        raise stale(
            row["version"],
            Message(
                f"上报数已改为第 {row['version']} 版，您的修改未保存，请重新读取后再改",
                f"the figure is at version {row['version']} by now: read it again and redo your "
                "change",
            ),
        )
    refuse_closed(plan_of(connection, account, row["plan"]))
    return row


def _require_review(row: Mapping[str, Any], *reviews: str) -> None:
    if row["review"] in reviews:
        return
    name = code_list("review").label
    if row["review"] == "approved" or reviews == EDITABLE:
        raise Problem(
            409,
            "locked_figure",
            Message(
                f"上报数现为“{name(row['review'])}”，已锁定；要更正请另报一个数，或请审核员退回待审的数",
                f"the figure is {row['review']} and locked: report another to correct it, or let "
                "an inspector return one that is under review",
            ),
        )
    raise wrong_state(Message("上报数", "the figure"), row["review"], reviews, name)


def _require_source(row: Mapping[str, Any]) -> None:
    """What nobody can look up counts for nothing: a draft alone may be without a source."""
    if (row["source"] or "").strip():
        return
    if row["review"] == "submitted":
        message = Message(
            "此上报数没有数据来源，不能通过，请退回补写",
            "the figure has no source: return it, so that its source is written",
        )
    else:
        message = Message(
            "没有写数据来源：请先写明出自哪份文件、台账或调查，再提交",
            "there is no source: say which paper, ledger or survey the figure is taken from, then "
            "submit it",
        )
    raise refused([Fault("source", "missing", message)])


def _require_file(connection: Connection, row: Mapping[str, Any]) -> None:
    """What proves a figure can be looked at by whoever takes the step."""
    fault = _file_fault(connection, row)
    if fault is not None:
        raise refused([fault])


def _file_fault(connection: Connection, row: Mapping[str, Any]) -> Fault | None:
    sha256 = row.get("file")
    if sha256 is None or has_file(connection, sha256):
        return None
    message = Message(
        f"您看得到的附件中没有 SHA-256 为 {sha256[:12]}… 的；"
        "请先把证明文件存为上报数、图斑或台账记录的附件，再填它的 sha256，或留空",
        f"nothing that you see has a file of SHA-256 {sha256[:12]}…: keep what proves "
        "the figure with it, at a plot or at a record first and name its sha256, or leave it out",
    )
    return Fault("file", "unknown_file", message)


def _checked(connection: Connection, account: Account, given: Mapping[str, Any]) -> dict[str, Any]:
    target = read_target(connection, account, given["target"])
    plan = plan_of(connection, account, target["plan"])
    refuse_closed(plan)
    if target["state"] not in ("issued", "accepted"):
        raise Problem(
            409,
            "not_issued",
            Message(
                f"任务现为 {target['state']}，下达之后才能上报",
                f"the target is {target['state']}: figures are reported once it is issued",
            ),
        )
    faults: list[Fault] = []
    words = words_to_write(connection)
    indicator = words.indicators[target["indicator"]]
    unit, wrong = known_unit(words, indicator, given["measured_in"])
    faults += wrong
    fault = None if unit is None else wrong_quantity("value", given["value"], unit)
    faults += [] if fault is None else [fault]
    if given["on_day"] > today():
        message = Message(
            f"截至日 {given['on_day']} 还没有到（北京时间今天 {today()}）",
            f"the day {given['on_day']} is yet to come (today is {today()} in Beijing)",
        )
        faults.append(Fault("on_day", "date_in_future", message))
    elif given["on_day"] < plan["first"]:
        message = Message(
            f"截至日 {given['on_day']} 早于计划起始日 {plan['first']}",
            f"the day {given['on_day']} lies before the plan begins on {plan['first']}",
        )
        faults.append(Fault("on_day", "out_of_range", message))
    reporter, wrong = _reporter(connection, account, target, given.get("unit") or None)
    faults += wrong
    fault = _file_fault(connection, given)
    faults += [] if fault is None else [fault]
    if faults:
        raise refused(faults)
    assert unit is not None
    return {**given, "measured_in": unit.code, "unit": reporter}


def _reporter(
    connection: Connection, account: Account, target: Mapping[str, Any], named: str | None
) -> tuple[str | None, list[Fault]]:
    """The unit that reports: the one named, else the account's own that the target names."""
    owners = target["owners"]
    if named is None:
        own = [code for code in owners if code in account.units]
        return (own or [target["unit"] or target["lead"]])[0], []
    units = unit_words(connection)
    wrong = wrong_unit(units, named, owners)
    if wrong is not None:
        return named, [Fault("unit", *wrong)]
    code = units[named]["code"]
    if owners and code not in owners:
        message = Message(
            f"单位 {named} 不是此任务的责任、牵头或配合单位，应由 {'、'.join(owners)} 上报",
            f"the unit {named} neither carries nor leads this target: {', '.join(owners)} report "
            "on it",
        )
        return code, [Fault("unit", "not_responsible", message)]
    return code, []
