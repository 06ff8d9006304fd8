"""Whose a unit is: who administers a part of the tree keeps the units of that part."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.units.db.units import districts_below

__all__ = ["not_yours", "refuse_not_yours", "strangers"]


def strangers(
    connection: Connection,
    account: Account,
    codes: Iterable[str],
    units: Mapping[str, Mapping[str, Any]],
) -> list[str]:
    """Those of the codes that are not the account's; none for who has the whole tree.

    A unit is its own, or below one of its own, or works in its districts: where the unit has no
    district, that of the nearest unit above counts. ``units`` are all of them by code, each with
    ``parent`` and ``district``; a code that is not among them is nobody's.
    """
    if account.counties is None:
        return []
    districts = {str(row["district"]) for row in units.values() if row.get("district")}
    ours = districts_below(connection, account.scope, sorted(districts))
    return [code for code in codes if not _is_ours(account, ours, code, units)]


def _is_ours(
    account: Account, ours: set[str], code: str, units: Mapping[str, Mapping[str, Any]]
) -> bool:
    above: str | None = code
    works_in = None
    walked: set[str] = set()
    while above is not None and above in units and above not in walked:
        if above in account.units:
            return True
        walked.add(above)
        works_in = works_in or units[above].get("district")
        above = units[above].get("parent") or None
    return works_in in ours


def not_yours(code: str) -> Message:
    """Why an account may not write a unit or what hangs on it."""
    return Message(
        f"单位 {code} 不在您的管辖范围，请由其上级管理员修改",
        f"unit {code} is neither of your districts nor below a unit of yours: let an administrator "
        "of the level above change it",
    )


def refuse_not_yours(
    connection: Connection,
    account: Account,
    codes: Iterable[str],
    units: Mapping[str, Mapping[str, Any]],
) -> None:
    """Refuse a change of units of others. Raises `Problem` 403 ``not_your_unit``."""
    foreign = strangers(connection, account, codes, units)
    if foreign:
        errors = [
            {"field": "code", "code": "not_your_unit", "message": not_yours(code)}
            for code in foreign
        ]
        raise Problem(403, "not_your_unit", not_yours(foreign[0]), errors=errors)
