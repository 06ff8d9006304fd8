"""Acceptance records: one a check."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from service.db.accounts import Account
from service.db.authorship import sign
from service.db.plots import in_scope, next_version
from service.db.tables import acceptance, account, plot, plot_version

v = plot_version


def lock_approved(connection: Connection, who: Account, plot_id: int) -> Mapping[str, Any] | None:
    """The approved version, locked until the transaction ends; None when none of theirs."""
    connection.execute(select(plot.c.id).where(plot.c.id == plot_id).with_for_update())
    row = connection.execute(
        select(v.c.plot_id, v.c.stage, v.c.submitted_by).where(
            v.c.plot_id == plot_id, v.c.slot == "approved", in_scope(who)
        )
    )
    found = row.mappings().one_or_none()
    return None if found is None else dict(found)


def record(
    connection: Connection,
    who: Account,
    plot_id: int,
    *,
    checked_on: date,
    values: Mapping[str, Any],
) -> int:
    """Write a record; answers its number."""
    number = connection.scalar(
        insert(acceptance)
        .values(plot_id=plot_id, checked_on=checked_on, checked_by=who.id, **values)
        .returning(acceptance.c.id)
    )
    assert isinstance(number, int)
    return number


def make_accepted(connection: Connection, who: Account, plot_id: int, reason: str) -> None:
    """planted → accepted, in the approved version: the check is the review."""
    sign(connection, who, reason)
    connection.execute(
        update(v)
        .where(v.c.plot_id == plot_id, v.c.slot == "approved")
        .values(
            stage="accepted",
            version=next_version(connection, plot_id),
            changed_by=who.id,
            changed_at=func.now(),
        )
    )


def records(connection: Connection, who: Account, plot_id: int) -> list[dict[str, Any]]:
    """All records of a plot in the account's scope, the newest first."""
    theirs = select(v.c.plot_id).where(v.c.plot_id == plot_id, in_scope(who)).exists()
    rows = connection.execute(
        select(
            acceptance.c.id,
            acceptance.c.checked_on.label("date"),
            acceptance.c.survival_rate,
            acceptance.c.preservation_rate,
            acceptance.c.verified_m2,
            acceptance.c.note,
            account.c.name.label("checked_by"),
            acceptance.c.created_at,
        )
        .outerjoin(account, account.c.id == acceptance.c.checked_by)
        .where(acceptance.c.plot_id == plot_id, theirs)
        .order_by(acceptance.c.checked_on.desc(), acceptance.c.id.desc())
    )
    return [dict(row) for row in rows.mappings()]
