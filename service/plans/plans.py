"""Plans: papers with dates; GIS staff of their district keep them."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.accounts.db.change_author import set_change_author
from service.districts.db.districts import tree
from service.errors import Problem, not_found, wrong_state
from service.plans.db.plans import (
    PlanFilter,
    delete_plan,
    insert_plan,
    list_plans,
    lock_plan,
    spelled_alike,
    update_plan,
)
from service.plans.holders import Fault, counties_of
from service.web.etags import Versions
from service.web.optimistic_lock import stale

__all__ = [
    "close_plan",
    "create_plan",
    "locked_plan",
    "put_plan",
    "refuse_closed",
    "remove_plan",
    "reopen_plan",
]

_STATES: Final = {"draft": "草稿", "issued": "已下达", "closed": "已结束"}
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


def create_plan(
    connection: Connection,
    account: Account,
    code: str,
    given: Mapping[str, Any],
    *,
    demo: bool = False,
) -> None:
    """Make a plan.

    Raises
    ------
    Problem
        422 with each wrong field: ``not_a_code``, ``out_of_range``, ``unknown_plan``,
        ``unknown_district``; 409 ``plan_exists``.
    """
    if not _CODE.fullmatch(code):
        message = Message(
            "计划代码应为 1–32 个字母、数字、点、下划线或连字符，如 CC-2023",
            "a plan's code is 1 to 32 letters, digits, dots, underscores or hyphens, as CC-2023",
        )
        raise _refused([Fault("code", "not_a_code", message)])
    values = _checked(connection, account, code, given)
    set_change_author(connection, account)
    there = spelled_alike(connection, code)
    if there is not None or not insert_plan(connection, account, code, values, demo=demo):
        there = there or code
        message = Message(
            f"已有计划 {there}（代码不分大小写），请换一个代码，或修改已有的计划",
            f"there is a plan {there} already, whatever letters are capital: take another code, "
            "or change that plan",
        )
        raise Problem(
            409,
            "plan_exists",
            message,
            errors=[{"field": "code", "code": "plan_exists", "message": message}],
        )
    note(connection, account, "plan", {"code": code})


def put_plan(
    connection: Connection,
    account: Account,
    code: str,
    given: Mapping[str, Any],
    seen: Versions | None,
) -> None:
    """Change a plan whole.

    Raises
    ------
    Problem
        404; 403 ``not_your_plan``; 409 ``closed_plan``; 412 ``stale``; 422 as `create_plan`.
    """
    before = locked_plan(connection, account, code, seen)
    refuse_closed(before)
    values = _checked(connection, account, code, given)
    set_change_author(connection, account)
    update_plan(connection, account, code, values)
    note(connection, account, "plan", {"code": code})


def remove_plan(connection: Connection, account: Account, code: str, seen: Versions | None) -> None:
    """Delete a plan without targets, records and parts.

    Raises
    ------
    Problem
        404; 403 ``not_your_plan``; 409 ``plan_in_use``; 412 ``stale``.
    """
    locked_plan(connection, account, code, seen)
    set_change_author(connection, account)
    if not delete_plan(connection, code):
        raise Problem(
            409,
            "plan_in_use",
            Message(
                f"计划 {code} 已有任务、台账记录或下级计划，不能删除；可以结束它："
                f"POST /api/plans/{code}/close",
                f"plan {code} has targets, records or parts and cannot be deleted: close it "
                f"instead, POST /api/plans/{code}/close",
            ),
        )
    note(connection, account, "plan_deleted", {"code": code})


def close_plan(connection: Connection, account: Account, code: str, seen: Versions | None) -> None:
    """End the work on a plan: its targets and figures are changed no more.

    Raises
    ------
    Problem
        404; 403 ``not_your_plan``; 409 ``closed_plan``; 412 ``stale``.
    """
    refuse_closed(locked_plan(connection, account, code, seen))
    _set_state(connection, account, code, "closed")


def reopen_plan(connection: Connection, account: Account, code: str, seen: Versions | None) -> None:
    """Go on with a closed plan.

    Raises
    ------
    Problem
        404; 403 ``not_your_plan``; 409 ``wrong_state``; 412 ``stale``.
    """
    before = locked_plan(connection, account, code, seen)
    if before["state"] != "closed":
        thing = Message(f"计划 {code} ", f"plan {code}")
        raise wrong_state(thing, before["state"], ["closed"], _STATES.get)
    _set_state(connection, account, code, "issued")


def _set_state(connection: Connection, account: Account, code: str, state: str) -> None:
    set_change_author(connection, account)
    update_plan(connection, account, code, {"state": state})
    note(connection, account, "plan", {"code": code, "state": state})


def locked_plan(
    connection: Connection, account: Account, code: str, seen: Versions | None
) -> dict[str, Any]:
    """A plan that the account may change, locked.

    Raises
    ------
    Problem
        404; 403 ``not_your_plan``; 412 ``stale``.
    """
    row = lock_plan(connection, account, code)
    if row is None:
        raise not_found("此计划")
    if account.counties is not None and not (
        row["counties"] and all(account.covers(county) for county in row["counties"])
    ):
        raise Problem(
            403,
            "not_your_plan",
            Message(
                f"计划 {code} 由上级制定，请由上级修改",
                f"plan {code} is of a level above yours: let that change it",
            ),
        )
    if seen is not None and row["version"] not in seen:
        raise stale(
            row["version"],
            Message(
                f"计划已改为第 {row['version']} 版，您的修改未保存，请重新读取后再改",
                f"the plan is at version {row['version']} by now: read it again and redo your "
                "change",
            ),
        )
    return row


def refuse_closed(row: Mapping[str, Any]) -> None:
    """Refuse a change of what belongs to a closed plan. Raises `Problem` 409 ``closed_plan``."""
    if row["state"] == "closed":
        code = row["code"]
        raise Problem(
            409,
            "closed_plan",
            Message(
                f"计划 {code} 已结束，不能再改；需要时先重新打开：POST /api/plans/{code}/reopen",
                f"plan {code} is closed and changed no more: reopen it first, "
                f"POST /api/plans/{code}/reopen",
            ),
        )


def _checked(
    connection: Connection, account: Account, code: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    values = dict(given)
    faults: list[Fault] = []
    if values["after"] <= values["first"]:
        last = date.fromordinal(max(1, values["after"].toordinal() - 1))
        message = Message(
            f"计划最后一天 {last} 早于起始日 {values['first']}；after 是最后一天的后一天",
            f"the last day {last} lies before the plan begins on {values['first']}: after is the "
            "day after the last",
        )
        faults.append(Fault("after", "out_of_range", message))
    parent = values.get("parent")
    if parent is not None and (
        parent == code or not list_plans(connection, account, PlanFilter(code=parent))
    ):
        message = Message(
            f"没有上级计划 {parent}，计划也不能是自己的上级；计划见 /api/plans",
            f"there is no plan {parent} to be above this one: /api/plans lists them",
        )
        faults.append(Fault("parent", "unknown_plan", message))
    elif parent is not None and _circle(connection, account, code, parent):
        message = Message(
            f"计划 {code} 会成为自己的上级，请换一个上级",
            f"plan {code} would be above itself: take another parent",
        )
        faults.append(Fault("parent", "own_parent", message))
    # Whoever keeps one district makes plans of it, unless they say otherwise.
    district = values.get("district") or (
        account.scope[0] if account.counties is not None and len(account.scope) == 1 else None
    )
    districts = tree(connection)
    counties = counties_of(districts, district) if district else []
    mine = account.counties is None or (
        bool(counties) and all(account.covers(county) for county in counties)
    )
    if (district is not None and not counties) or not mine:
        named = district or "—"
        message = Message(
            f"没有行政区 {named}，或不全在您的管辖范围，请填您的行政区",
            f"there is no district {named} whole in your scope: name one of yours",
        )
        faults.append(Fault("district", "unknown_district", message))
    if faults:
        raise _refused(faults)
    return {**values, "district": district, "counties": counties}


def _circle(connection: Connection, account: Account, code: str, parent: str) -> bool:
    above: str | None = parent
    walked: set[str] = set()
    while above is not None and above not in walked:
        if above == code:
            return True
        walked.add(above)
        rows = list_plans(connection, account, PlanFilter(code=above))
        above = rows[0]["parent"] if rows else None
    return False


def _refused(faults: list[Fault]) -> Problem:
    return Problem(
        422, faults[0].code, faults[0].message, errors=[fault.as_entry() for fault in faults]
    )
