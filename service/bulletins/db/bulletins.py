"""Queries of bulletins."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, literal, select, text, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from service.accounts.db.accounts import Account
from service.database.bulletin_tables import bulletin

__all__ = ["insert_bulletin", "last_bulletin", "list_bulletins", "lock_numbers", "read_bulletin"]

_LOCK = text("SELECT pg_advisory_xact_lock(7190124, hashtext(:plan))")
_HEAD = [column for column in bulletin.columns if column.name != "content"]


def _sees(account: Account) -> ColumnElement[bool]:
    """All counties that a bulletin is of are the account's."""
    if account.counties is None:
        return true()
    counties = literal(list(account.counties), ARRAY(Text))
    there: ColumnElement[bool] = bulletin.c.counties.op("<@")(counties)
    return (func.cardinality(bulletin.c.counties) > 0) & there


def lock_numbers(connection: Connection, plan: str) -> None:
    """Let one transaction at a time issue bulletins of a plan."""
    connection.execute(_LOCK, {"plan": plan})


def last_bulletin(
    connection: Connection, account: Account, plan: str, kind: str
) -> dict[str, Any] | None:
    """The newest of a kind and a plan of just the account's counties; None without one."""
    own = bulletin.c.counties == list(account.counties or ())
    statement = (
        select(*_HEAD)
        .where(bulletin.c.plan == plan, bulletin.c.kind == kind, own)
        .order_by(bulletin.c.number.desc())
        .limit(1)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def insert_bulletin(connection: Connection, account: Account, values: Mapping[str, Any]) -> int:
    """Write a bulletin; answers its id."""
    statement = insert(bulletin).values(
        **values, counties=list(account.counties or ()), made_by=account.id
    )
    number = connection.scalar(statement.returning(bulletin.c.id))
    assert isinstance(number, int)
    return number


def list_bulletins(
    connection: Connection,
    account: Account,
    plan: str | None,
    *,
    kind: str | None = None,
    before: int | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Bulletins that the account sees without their content, the newest first."""
    statement = select(*_HEAD).where(_sees(account)).order_by(bulletin.c.id.desc()).limit(limit)
    if plan is not None:
        statement = statement.where(bulletin.c.plan == plan)
    if kind is not None:
        statement = statement.where(bulletin.c.kind == kind)
    if before is not None:
        statement = statement.where(bulletin.c.id < before)
    return [dict(row) for row in connection.execute(statement).mappings()]


def read_bulletin(connection: Connection, account: Account, number: int) -> dict[str, Any] | None:
    """A bulletin that the account sees with its content; None when there is none."""
    statement = select(bulletin).where(bulletin.c.id == number, _sees(account))
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)
