"""The plots that wait for an account."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from service.accounts.db.accounts import Account
from service.database.metadata import plot_version
from service.plots.db.passes import next_is_mine
from service.plots.db.plots import in_scope

v = plot_version


def _mine(account: Account) -> ColumnElement[bool]:
    return v.c.changed_by == account.id


def work(
    connection: Connection, account: Account, *, limit: int, levels: Sequence[str] = ()
) -> dict[str, dict[str, Any]]:
    """Three lists, oldest first, each with its whole length: ``drafts``, ``returned``, ``waiting``.

    Drafts and returned plots are those of the account. ``waiting`` is for inspectors only:
    submitted plots of their districts that they may approve, never their own; with review levels
    those that have come to theirs.
    """
    lists = {"drafts": and_(v.c.review == "draft", _mine(account))}
    lists["returned"] = and_(v.c.review == "returned", v.c.submitted_by == account.id)
    if account.holds("inspector"):
        lists["waiting"] = waiting_for(connection, account, levels)
    return {name: _list(connection, account, condition, limit) for name, condition in lists.items()}


def waiting_for(
    connection: Connection, account: Account, levels: Sequence[str]
) -> ColumnElement[bool]:
    """The condition of what an inspector may approve now; the scope stands apart."""
    return and_(
        v.c.review == "submitted",
        v.c.submitted_by.is_distinct_from(account.id),
        next_is_mine(connection, account, levels),
    )


def _list(
    connection: Connection, account: Account, condition: ColumnElement[bool], limit: int
) -> dict[str, Any]:
    conditions_met = and_(v.c.slot == "working", in_scope(account), condition)
    rows = connection.execute(
        select(
            v.c.plot_id.label("id"),
            v.c.name,
            v.c.plot_no,
            v.c.district,
            v.c.year,
            v.c.review,
            v.c.return_reason,
            v.c.area_m2,
            v.c.changed_at,
        )
        .where(conditions_met)
        .order_by(v.c.changed_at, v.c.plot_id)
        .limit(limit)
    ).mappings()
    count = connection.scalar(select(func.count()).select_from(v).where(conditions_met))
    return {"count": count or 0, "plots": [dict(row) for row in rows]}
