"""Members of a unit: the bodies that a committee or a joint task unites."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.codes.db.codes import codes
from service.codes.db.local_codes import hold_codes
from service.errors import Problem, not_found
from service.units.db.members import store_members
from service.units.db.units import lock_units, touch_unit, units
from service.units.edit import refuse_stale
from service.units.scope import refuse_not_yours
from service.web.etags import Versions


def put_members(
    connection: Connection,
    account: Account,
    code: str,
    roles: Mapping[str, str],
    seen: Versions | None = None,
) -> int:
    """Make these the members of a unit: body to role, a role as code or label of ``unit_role``.

    Members belong to the unit: its version grows when they change. Answers the version.

    Raises
    ------
    Problem
        404; 403 ``not_your_unit``; 412 ``stale`` when ``seen`` names another version than the
        present one; 422 with each wrong body: ``unknown_unit``, ``own_member``,
        ``unknown_unit_role``.
    """
    lock_units(connection)
    known = {row["code"]: row for row in units(connection)}
    if code not in known:
        raise not_found("此单位")
    refuse_not_yours(connection, account, [code], known)
    refuse_stale(known[code]["version"], seen)
    hold_codes(connection, "unit_role")
    words = {
        word.casefold(): row["code"]
        for row in codes(connection, "unit_role")
        for word in (row["label_en"], row["label_zh"], row["code"])
    }
    errors: list[dict[str, Any]] = []
    for body, role in roles.items():
        wrong: tuple[str, str, Message] | None = None
        if body not in known:
            wrong = (
                "body",
                "unknown_unit",
                Message(f"没有单位 {body}", f"there is no unit {body}: /api/units lists them"),
            )
        elif body == code:
            wrong = (
                "body",
                "own_member",
                Message(f"单位 {code} 不能是自己的成员", f"unit {code} is no member of itself"),
            )
        elif role.casefold() not in words:
            wrong = (
                "role",
                "unknown_unit_role",
                Message(
                    f"没有角色“{role}”，可用角色见 /api/codes/unit_role",
                    f"there is no role {role!r}: /api/codes/unit_role lists them",
                ),
            )
        if wrong is not None:
            field, name, message = wrong
            errors.append({"field": f"{field}:{body}", "code": name, "message": message})
    if errors:
        raise Problem(422, errors[0]["code"], errors[0]["message"], errors=errors)
    given = {body: words[role.casefold()] for body, role in roles.items()}
    if not store_members(connection, account, code, given):
        return int(known[code]["version"])
    note(connection, account, "unit_members", {"code": code, "members": sorted(given)})
    return touch_unit(connection, account, code)
