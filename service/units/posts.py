"""Posts: functions of units and zones, and the people who have them for a term."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from data.years import far_days
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.errors import Problem, not_found
from service.units.db.posts import (
    PostFilter,
    delete_post,
    insert_post,
    list_posts,
    lock_posts,
    update_post,
    zone_in_scope,
)
from service.units.db.units import units
from service.units.naming import unit_words, wrong_unit
from service.units.scope import not_yours, refuse_not_yours, strangers
from service.web.etags import Versions
from service.web.optimistic_lock import stale


def posts(connection: Connection, account: Account, filters: PostFilter) -> list[dict[str, Any]]:
    """Posts that the account sees; person and phone are None where it may not know them.

    Inspectors may know those of their districts and units, as they may read the chiefs of zones,
    and accounts of a unit those of its posts.
    """
    rows = list_posts(connection, account, filters)
    unknown: set[str] = set()
    if account.counties is not None:
        known = {row["code"]: row for row in units(connection)}
        unknown = set(strangers(connection, account, known, known))
        # Whoever has districts may call a body that works in several, as a province's does.
        if account.scope:
            unknown -= {code for code in unknown if _works_anywhere(code, known)}
    nobody = {"person": None, "phone": None}
    inspects = account.holds("inspector")
    return [
        row
        if row["unit"] in account.units or (inspects and row["unit"] not in unknown)
        else {**row, **nobody}
        for row in rows
    ]


def _works_anywhere(code: str, known: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether neither a unit nor any above it is of a district."""
    above: str | None = code
    walked: set[str] = set()
    while above is not None and above not in walked:
        walked.add(above)
        if known[above]["district"] is not None:
            return False
        above = known[above]["parent"]
    return True


def add_posts(
    connection: Connection, account: Account, rows: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Write new posts; answers their numbers. What is there already is not written again.

    Raises
    ------
    Problem
        422 with each wrong row (counted from 1): ``one_holder``, ``unknown_unit``, ``ended_unit``,
        ``not_your_unit``, ``unknown_zone``, ``missing``, ``out_of_range``.
    """
    lock_posts(connection)
    checked = _checked(connection, account, rows)
    there = {_term(row) for row in list_posts(connection, account, PostFilter())}
    new = [row for row in checked if _term(row) not in there]
    numbers = [insert_post(connection, account, row) for row in new]
    note(connection, account, "posts", {"ids": numbers})
    return numbers


def put_post(
    connection: Connection,
    account: Account,
    number: int,
    row: Mapping[str, Any],
    seen: Versions | None = None,
) -> None:
    """Write a post whole.

    Raises
    ------
    Problem
        404; 403 ``not_your_unit``; 412 ``stale``; 422 as :func:`add_posts`.
    """
    before = _existing(connection, account, number, seen)
    (checked,) = _checked(connection, account, [row], before["unit"])
    update_post(connection, account, number, checked)
    note(connection, account, "posts", {"ids": [number]})


def remove_post(
    connection: Connection, account: Account, number: int, seen: Versions | None
) -> None:
    """Delete a post that was written by mistake; a term that is over gets an end instead.

    Raises
    ------
    Problem
        404; 403 ``not_your_unit``; 412 ``stale``.
    """
    _existing(connection, account, number, seen)
    delete_post(connection, number)
    note(connection, account, "post_deleted", {"id": number})


def _term(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes a post another one than the rest."""
    names = ("unit", "zone", "function", "person", "valid_from")
    return tuple(row.get(name) or None for name in names)


def _existing(
    connection: Connection, account: Account, number: int, seen: Versions | None
) -> Mapping[str, Any]:
    lock_posts(connection)
    for row in list_posts(connection, account, PostFilter(ids=[number])):
        if row["unit"] is not None:
            known = {one["code"]: one for one in units(connection)}
            refuse_not_yours(connection, account, [row["unit"]], known)
        if seen is not None and row["version"] not in seen:
            raise stale(
                row["version"],
                Message(
                    f"岗位已改为第 {row['version']} 版，您的修改未保存，请重新读取后再改",
                    f"the post is at version {row['version']} by now: read it again and redo your "
                    "change",
                ),
            )
        return dict(row)
    raise not_found("此岗位")


def _checked(
    connection: Connection,
    account: Account,
    rows: Sequence[Mapping[str, Any]],
    before: str | None = None,
) -> list[dict[str, Any]]:
    words = unit_words(connection)
    errors: list[dict[str, Any]] = []
    checked = []
    for number, given in enumerate(rows, start=1):
        # A blank names nobody, as null does.
        row = {**given, "unit": given.get("unit") or None, "zone": given.get("zone") or None}
        for field, code, message in _faults(connection, account, row, words, before):
            errors.append({"row": number, "field": field, "code": code, "message": message})
        if row.get("unit") in words:
            row["unit"] = words[row["unit"]]["code"]
        checked.append(row)
    if errors:
        raise Problem(422, errors[0]["code"], errors[0]["message"], errors=errors)
    return checked


def _faults(
    connection: Connection,
    account: Account,
    row: Mapping[str, Any],
    words: Mapping[str, Mapping[str, Any]],
    before: str | None,
) -> list[tuple[str, str, Message]]:
    faults = []
    unit, zone = row["unit"], row["zone"]
    if (unit is None) == (zone is None):
        message = Message(
            "岗位属于一个单位或一个责任区：unit 与 zone 只填一个",
            "a post is of one unit or of one zone: give unit or zone, not both",
        )
        faults.append(("unit", "one_holder", message))
    elif unit is not None:
        wrong = wrong_unit(words, unit, () if before is None else (before,))
        if wrong is not None:
            faults.append(("unit", *wrong))
        else:
            code = str(words[unit]["code"])
            known = {str(one["code"]): one for one in words.values()}
            if strangers(connection, account, [code], known):
                faults.append(("unit", "not_your_unit", not_yours(code)))
    elif zone is not None and not zone_in_scope(connection, account, zone):
        message = Message(
            "没有此责任区，或不在您的管辖范围；责任区见 /api/zones",
            "there is no such zone in your scope: /api/zones lists them",
        )
        faults.append(("zone", "unknown_zone", message))
    if not (row.get("function") or "").strip():
        message = Message("function 为空，请填职务", "function is empty: say what the post is")
        faults.append(("function", "missing", message))
    faults += [(name, "out_of_range", message) for name, message in far_days(row)]
    begins, ends = row.get("valid_from"), row.get("valid_to")
    if begins is not None and ends is not None and ends < begins:
        message = Message("valid_to 早于 valid_from", "valid_to lies before valid_from")
        faults.append(("valid_to", "out_of_range", message))
    return faults
