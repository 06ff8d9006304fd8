"""Accounts as an administrator sees them: listed, changed, disabled, their secrets revoked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, or_, select, true, update

from gis.messages import Message
from service.accounts.db.accounts import ROLES, AccountRefused, check_scope, digest
from service.database.metadata import account, account_scope, account_unit, audit, credential, unit


class Person(NamedTuple):
    """An account without its secrets."""

    name: str
    role: str
    districts: list[str]
    disabled_at: datetime | None
    last_sign_in: datetime | None


class Secret(NamedTuple):
    """A valid credential, without its secret, of which only the hash is stored."""

    id: int
    kind: str
    created_at: datetime
    expires_at: datetime


def people(connection: Connection) -> list[Person]:
    """Every account, by name."""
    scope = func.array(
        select(account_scope.c.district)
        .where(account_scope.c.account_id == account.c.id)
        .order_by(account_scope.c.district)
        .scalar_subquery()
    )
    last = (
        select(func.max(audit.c.at))
        .where(audit.c.account_id == account.c.id, audit.c.action == "sign_in")
        .scalar_subquery()
    )
    rows = connection.execute(
        select(account.c.name, account.c.role, scope, account.c.disabled_at, last).order_by(
            account.c.name
        )
    )
    return [Person(row[0], row[1], list(row[2]), row[3], row[4]) for row in rows]


def disable(connection: Connection, account_id: int) -> None:
    """Disable the account at once; all its secrets end."""
    connection.execute(
        update(account)
        .where(account.c.id == account_id, account.c.disabled_at.is_(None))
        .values(disabled_at=func.now())
    )
    revoke(connection, account_id)


def enable(connection: Connection, account_id: int) -> None:
    """Let the account sign in again, with new secrets or its password."""
    connection.execute(update(account).where(account.c.id == account_id).values(disabled_at=None))


def set_role(connection: Connection, account_id: int, role: str) -> None:
    """Give another role, in force from the next request on.

    Raises
    ------
    AccountRefused
        ``unknown_role``.
    """
    if role not in ROLES:
        raise AccountRefused(
            "unknown_role",
            Message(
                f"没有角色 {role!r}",
                f"no such role, use {', '.join(ROLES)}",
            ),
        )
    connection.execute(update(account).where(account.c.id == account_id).values(role=role))


def set_scope(connection: Connection, account_id: int, districts: Sequence[str]) -> None:
    """Give other districts (none: the whole tree), in force from the next request on.

    Raises
    ------
    AccountRefused
        ``unknown_district`` or ``below_county``.
    """
    check_scope(connection, districts)
    connection.execute(delete(account_scope).where(account_scope.c.account_id == account_id))
    if districts:
        connection.execute(
            insert(account_scope),
            [{"account_id": account_id, "district": code} for code in dict.fromkeys(districts)],
        )


def set_units(connection: Connection, account_id: int, units: Sequence[str]) -> None:
    """Put the account into other units (none: into no unit), in force from the next request on.

    Raises
    ------
    AccountRefused
        ``unknown_unit``.
    """
    known = set(connection.scalars(select(unit.c.code).where(unit.c.code.in_(units))))
    for code in units:
        if code not in known:
            raise AccountRefused(
                "unknown_unit",
                Message(f"没有单位 {code!r}", "no such unit, `luotu import units` brings more"),
            )
    connection.execute(delete(account_unit).where(account_unit.c.account_id == account_id))
    if units:
        connection.execute(
            insert(account_unit),
            [{"account_id": account_id, "unit": code} for code in dict.fromkeys(units)],
        )


def secrets_of(connection: Connection, account_id: int) -> list[Secret]:
    """Valid tokens, sessions and links, the newest first."""
    c = credential.c
    rows = connection.execute(
        select(c.id, c.kind, c.created_at, c.expires_at)
        .where(c.account_id == account_id, c.ended_at.is_(None), c.expires_at > func.now())
        .order_by(c.id.desc())
    )
    return [Secret(*row) for row in rows]


def revoke(
    connection: Connection, account_id: int, number: int | None = None, keep: str | None = None
) -> int:
    """End a secret of the account, or all but ``keep``; answers how many ended."""
    c = credential.c
    ended = connection.execute(
        update(credential)
        .where(
            c.account_id == account_id,
            c.ended_at.is_(None),
            true() if number is None else c.id == number,
            true() if keep is None else or_(c.hash != digest(keep)),
        )
        .values(ended_at=func.now())
    )
    return ended.rowcount


def entries(connection: Connection, *, limit: int) -> list[dict[str, Any]]:
    """The newest entries of the audit log with the names of their accounts."""
    rows = connection.execute(
        select(audit.c.at, account.c.name, audit.c.action, audit.c.detail)
        .outerjoin(account, account.c.id == audit.c.account_id)
        .order_by(audit.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in rows.mappings()]
