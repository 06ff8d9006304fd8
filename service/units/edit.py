"""Changes of units: one, or those of a file, whole or not at all."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from data.years import far_days
from gis.messages import Message, counted
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.errors import Problem, not_found
from service.units.db.units import (
    delete_unit,
    known_districts,
    lock_units,
    store_unit,
    units,
    uses_of,
)
from service.units.scope import refuse_not_yours
from service.web.etags import Versions
from service.web.optimistic_lock import stale

KINDS: Final[Mapping[str, str]] = {
    "bureau": "局",
    "committee_member": "绿委成员单位",
    "town_office": "乡镇办",
    "third_party": "第三方",
    "other": "其他",
}
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


def put_units(
    connection: Connection,
    account: Account,
    rows: Sequence[Mapping[str, Any]],
    seen: Versions | None = None,
) -> None:
    """Write units, parents and children in any order.

    Raises
    ------
    Problem
        422 with each wrong row (counted from 1) and field: ``not_a_code``, ``missing``,
        ``unknown_kind``, ``unknown_district``, ``unknown_unit``, ``own_parent``,
        ``unit_exists``; 412 ``stale``; 403 ``not_your_unit`` for a unit that is, or would be, of
        others.
    """
    lock_units(connection)
    before = {row["code"]: row for row in units(connection)}
    changed = [str(row["code"]) for row in rows]
    there = [code for code in changed if code in before]
    refuse_not_yours(connection, account, there, before)
    errors = []
    for number, row in enumerate(rows, start=1):
        errors += [{"row": number, **error} for error in _wrong(row)]
    named = [row["district"] for row in rows if row.get("district")]
    districts = known_districts(connection, named)
    parents = {code: row["parent"] for code, row in before.items()}
    parents |= {row["code"]: row.get("parent") or None for row in rows}
    for number, row in enumerate(rows, start=1):
        code, parent = row["code"], parents[row["code"]]
        if row.get("district") and row["district"] not in districts:
            errors.append(
                _error(
                    number,
                    "district",
                    "unknown_district",
                    f"没有行政区 {row['district']}",
                    f"there is no district {row['district']}",
                )
            )
        if parent is not None and parent not in parents:
            errors.append(
                _error(
                    number,
                    "parent",
                    "unknown_unit",
                    f"没有上级单位 {parent}，请先建立它",
                    f"there is no unit {parent} to be its parent: make that first",
                )
            )
        elif (chain := _circle(code, parents)) is not None:
            way = " → ".join(chain)
            errors.append(
                _error(
                    number,
                    "parent",
                    "own_parent",
                    f"单位 {code} 会成为自己的上级：{way}；请换一个上级，或不填",
                    f"unit {code} would be above itself: {way}; take another parent, or none",
                )
            )
    spelled: dict[str, str] = {code.casefold(): code for code in before}
    for number, row in enumerate(rows, start=1):
        twin = spelled.setdefault(row["code"].casefold(), row["code"])
        if twin != row["code"] and row["code"] not in before:
            errors.append(
                _error(
                    number,
                    "code",
                    "unit_exists",
                    f"已有单位 {twin}（代码不分大小写），请换一个代码，或修改已有的单位",
                    f"there is a unit {twin} already, whatever letters are capital: take another "
                    "code, or change that unit",
                )
            )
    if errors:
        raise Problem(422, str(errors[0]["code"]), errors[0]["message"], errors=errors)
    refuse_not_yours(connection, account, changed, {**before, **{row["code"]: row for row in rows}})
    for row in rows:
        refuse_stale(before.get(row["code"], {}).get("version", 0), seen)
        store_unit(connection, account, {**row, "parent": row.get("parent") or None})
    note(connection, account, "units", {"codes": [row["code"] for row in rows]})


def refuse_stale(version: int, seen: Versions | None) -> None:
    """Refuse a change of a unit that somebody changed meanwhile. Raises `Problem` 412."""
    if seen is not None and version not in seen:
        raise stale(
            version,
            Message(
                f"单位已改为第 {version} 版，您的修改未保存，请重新读取后再改",
                f"the unit is at version {version} by now: read it again and redo your change",
            ),
        )


def _circle(code: str, parents: Mapping[str, str | None]) -> list[str] | None:
    """The way from a unit up to itself; None when it ends."""
    way = [code]
    above = parents.get(code)
    while above is not None and above in parents:
        way.append(above)
        if above == code:
            return way
        if len(way) > len(parents) + 1:
            return None  # a circle above it that does not hold it: told of its own units
        above = parents[above]
    return None


def _wrong(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    errors = []
    if not _CODE.fullmatch(row.get("code") or ""):
        errors.append(
            _error(
                None,
                "code",
                "not_a_code",
                "单位代码应为 1–32 个字母、数字、点、下划线或连字符",
                "a unit's code is 1 to 32 letters, digits, dots, underscores or hyphens",
            )
        )
    if not (row.get("name") or "").strip():
        errors.append(
            _error(None, "name", "missing", "name 为空，请补上", "name is empty: fill it in")
        )
    if row.get("kind") not in KINDS:
        listed = "、".join(f"{code} {word}" for code, word in KINDS.items())
        errors.append(
            _error(
                None,
                "kind",
                "unknown_kind",
                f"单位类别应为 {listed}",
                f"the kind of a unit is one of {', '.join(KINDS)}",
            )
        )
    errors += [
        _error(None, name, "out_of_range", words.zh, words.en) for name, words in far_days(row)
    ]
    begins, ends = row.get("valid_from"), row.get("valid_to")
    if isinstance(begins, date) and isinstance(ends, date) and ends < begins:
        errors.append(
            _error(
                None,
                "valid_to",
                "out_of_range",
                "valid_to 早于 valid_from",
                "valid_to lies before valid_from",
            )
        )
    return errors


def _error(row: int | None, field: str, code: str, zh: str, en: str) -> dict[str, Any]:
    told = {"field": field, "code": code, "message": Message(zh, en)}
    return told if row is None else {"row": row, **told}


def remove_unit(connection: Connection, account: Account, code: str, seen: Versions | None) -> None:
    """Delete a unit that nothing names.

    Raises
    ------
    Problem
        404; 403 ``not_your_unit``; 409 ``unit_in_use`` with the counts; 412 ``stale``.
    """
    lock_units(connection)
    known = {row["code"]: row for row in units(connection)}
    if code not in known:
        raise not_found("此单位")
    refuse_not_yours(connection, account, [code], known)
    refuse_stale(known[code]["version"], seen)
    uses = uses_of(connection, code)
    if any(uses.values()):
        raise Problem(
            409,
            "unit_in_use",
            Message(
                f"单位 {code} 有{_used_by(uses)}，不能删除；可以写停用日 valid_to",
                f"unit {code} cannot be deleted, it is named by {_named_by(uses)}: "
                "give it a valid_to",
            ),
            errors=[{"field": "code", "code": "unit_in_use", **uses}],
        )
    delete_unit(connection, code)
    note(connection, account, "unit_deleted", {"code": code})


_USES: Final = (
    ("plots", "个图斑", "plot"),
    ("former_plots", "个图斑的旧版本", "former version"),
    ("accounts", "个账号", "account"),
    ("units", "个下级单位", "unit"),
    ("areas", "个统计片区", "area"),
    ("posts", "个岗位", "post"),
    ("memberships", "处成员关系", "membership"),
    ("targets", "项任务或上报数", "target"),
    ("records", "条台账记录或问题", "record"),
)


def _used_by(uses: Mapping[str, int]) -> str:
    """What names a unit, in Chinese; what does not is left out."""
    return "、".join(f" {uses[name]} {zh}" for name, zh, _ in _USES if uses[name])


def _named_by(uses: Mapping[str, int]) -> str:
    """What names a unit, in English."""
    return ", ".join(counted(uses[name], en) for name, _, en in _USES if uses[name])
