"""Acceptance records: each is one check of one plot."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Select,
    Text,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)

from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.metadata import acceptance, plot, plot_version
from service.database.metadata import account as account_table
from service.plots.db.plots import in_scope, next_version

v = plot_version
NEWEST_FIRST = (acceptance.c.checked_on.desc(), acceptance.c.id.desc())


def lock_approved(
    connection: Connection, account: Account, plot_id: int
) -> Mapping[str, Any] | None:
    """The approved version, locked until the transaction ends; None when it is not in scope."""
    connection.execute(select(plot.c.id).where(plot.c.id == plot_id).with_for_update())
    return read_approved(connection, account, plot_id)


def read_approved(
    connection: Connection, account: Account, plot_id: int
) -> Mapping[str, Any] | None:
    """Columns of the approved version that a check needs; None when it is not in scope."""
    columns = (
        v.c.plot_id,
        v.c.stage,
        v.c.submitted_by,
        v.c.area_m2,
        v.c.district,
        v.c.year,
        v.c.planted_on,
    )
    row = connection.execute(
        select(*columns).where(v.c.plot_id == plot_id, v.c.slot == "approved", in_scope(account))
    )
    approved = row.mappings().one_or_none()
    return None if approved is None else dict(approved)


def record(
    connection: Connection,
    account: Account,
    plot_id: int,
    *,
    checked_on: date,
    values: Mapping[str, Any],
) -> int:
    """Store a record; returns its id."""
    number = connection.scalar(
        insert(acceptance)
        .values(plot_id=plot_id, checked_on=checked_on, checked_by=account.id, **values)
        .returning(acceptance.c.id)
    )
    assert isinstance(number, int)
    return number


def same_record(
    connection: Connection,
    account: Account,
    plot_id: int,
    *,
    checked_on: date,
    values: Mapping[str, Any],
) -> bool:
    """Whether the account stored a record of the same content; ask with the plot locked."""
    alike = [acceptance.c[name].is_not_distinct_from(value) for name, value in values.items()]
    return bool(
        connection.scalar(
            select(
                select(acceptance.c.id)
                .where(
                    acceptance.c.plot_id == plot_id,
                    acceptance.c.checked_by == account.id,
                    acceptance.c.checked_on == checked_on,
                    *alike,
                )
                .exists()
            )
        )
    )


def newest(connection: Connection, plot_id: int) -> int | None:
    """Id of the record with an outcome that has the latest day; None without any."""
    number: int | None = connection.scalar(
        select(acceptance.c.id)
        .where(acceptance.c.plot_id == plot_id, acceptance.c.outcome.is_not(None))
        .order_by(*NEWEST_FIRST)
        .limit(1)
    )
    return number


def set_stage(
    connection: Connection, account: Account, plot_id: int, stage: str, reason: str
) -> None:
    """Give the approved version a stage, in a new version with the record as its reason.

    A check that leaves the stage as it is makes a version too, so that ETag and history show it.
    """
    set_change_author(connection, account, reason)
    connection.execute(
        update(v)
        .where(v.c.plot_id == plot_id, v.c.slot == "approved")
        .values(
            stage=stage,
            version=next_version(connection, plot_id),
            changed_by=account.id,
            changed_at=func.now(),
        )
    )


def _records() -> Select[Any]:
    return (
        select(
            acceptance.c.id,
            acceptance.c.plot_id,
            acceptance.c.checked_on.label("date"),
            acceptance.c.outcome,
            acceptance.c.proposed,
            acceptance.c.rule,
            acceptance.c.survival_rate,
            acceptance.c.preservation_rate,
            acceptance.c.verified_m2,
            acceptance.c.note,
            account_table.c.name.label("checked_by"),
            acceptance.c.created_at,
        )
        .outerjoin(account_table, account_table.c.id == acceptance.c.checked_by)
        .order_by(*NEWEST_FIRST)
    )


def records(
    connection: Connection, account: Account, plot_id: int, as_of: datetime | None = None
) -> list[dict[str, Any]]:
    """Records of a plot, newest first; empty out of scope. ``as_of`` leaves out later ones."""
    in_scope_only = select(v.c.plot_id).where(v.c.plot_id == plot_id, in_scope(account)).exists()
    statement = _records().where(acceptance.c.plot_id == plot_id, in_scope_only)
    if as_of is not None:
        statement = statement.where(acceptance.c.created_at <= as_of)
    return [dict(row) for row in connection.execute(statement).mappings()]


def records_of(
    connection: Connection, plot_ids: Sequence[int], as_of: datetime | None = None
) -> list[dict[str, Any]]:
    """Records of plots that the account may see, ordered by plot, then newest first."""
    if not plot_ids:
        return []
    # One parameter: an IN list of all plots would exceed the limit, and the driver takes its time
    # with arrays.
    written = literal("{" + ",".join(map(str, plot_ids)) + "}", Text)
    among = acceptance.c.plot_id == func.any(cast(written, ARRAY(BigInteger)))
    statement = _records().where(among).order_by(None)
    if as_of is not None:
        statement = statement.where(acceptance.c.created_at <= as_of)
    ordered = statement.order_by(acceptance.c.plot_id, *NEWEST_FIRST)
    return [dict(row) for row in connection.execute(ordered).mappings()]
