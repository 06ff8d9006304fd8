"""Queries of the members of units."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from service.accounts.db.accounts import Account
from service.database.metadata import unit
from service.database.unit_tables import unit_member


def members_of(connection: Connection, code: str) -> list[Mapping[str, str]]:
    """Members of a unit with their names: ``body``, ``name``, ``role``; by code."""
    statement = (
        select(unit_member.c.body, unit.c.name, unit_member.c.role)
        .join(unit, unit.c.code == unit_member.c.body)
        .where(unit_member.c.unit == code)
        .order_by(unit_member.c.body)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def store_members(
    connection: Connection, account: Account, code: str, roles: Mapping[str, str]
) -> bool:
    """Make these the members of a unit; rows that stay are not written. Whether any changed."""
    before = {row["body"]: row["role"] for row in members_of(connection, code)}
    gone = [body for body, role in before.items() if roles.get(body) != role]
    connection.execute(
        delete(unit_member).where(unit_member.c.unit == code, unit_member.c.body.in_(gone))
    )
    new = [
        {"unit": code, "body": body, "role": role, "changed_by": account.id}
        for body, role in roles.items()
        if before.get(body) != role
    ]
    if new:
        connection.execute(insert(unit_member), new)
    return bool(gone or new)
