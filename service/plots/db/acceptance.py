"""Acceptance records: one a check."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from service.accounts.db.accounts import Account
from service.accounts.db.change_author import sign
from service.database.metadata import acceptance, account, plot, plot_version
from service.plots.db.plots import in_scope, next_version

v = plot_version
NEWEST_FIRST = (acceptance.c.checked_on.desc(), acceptance.c.id.desc())


def lock_approved(connection: Connection, who: Account, plot_id: int) -> Mapping[str, Any] | None:
    """The approved version, locked until the transaction ends; None when none of theirs."""
    connection.execute(select(plot.c.id).where(plot.c.id == plot_id).with_for_update())
    return read_approved(connection, who, plot_id)


def read_approved(connection: Connection, who: Account, plot_id: int) -> Mapping[str, Any] | None:
    """What a check needs to know of the approved version; None when none of theirs."""
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
        select(*columns).where(v.c.plot_id == plot_id, v.c.slot == "approved", in_scope(who))
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


def newest(connection: Connection, plot_id: int) -> int | None:
    """Number of the record with an outcome that was checked last; None without any."""
    number: int | None = connection.scalar(
        select(acceptance.c.id)
        .where(acceptance.c.plot_id == plot_id, acceptance.c.outcome.is_not(None))
        .order_by(*NEWEST_FIRST)
        .limit(1)
    )
    return number


def set_stage(connection: Connection, who: Account, plot_id: int, stage: str, reason: str) -> None:
    """A new version of the approved slot, with the record as its reason: the check is the review.

    A check that leaves the stage as it is makes one too, so that the history and ETags tell of it.
    """
    sign(connection, who, reason)
    connection.execute(
        update(v)
        .where(v.c.plot_id == plot_id, v.c.slot == "approved")
        .values(
            stage=stage,
            version=next_version(connection, plot_id),
            changed_by=who.id,
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
            account.c.name.label("checked_by"),
            acceptance.c.created_at,
        )
        .outerjoin(account, account.c.id == acceptance.c.checked_by)
        .order_by(*NEWEST_FIRST)
    )


def records(
    connection: Connection, who: Account, plot_id: int, as_of: datetime | None = None
) -> list[dict[str, Any]]:
    """All records of a plot in the account's scope, the newest first; those of a past moment."""
    theirs = select(v.c.plot_id).where(v.c.plot_id == plot_id, in_scope(who)).exists()
    statement = _records().where(acceptance.c.plot_id == plot_id, theirs)
    if as_of is not None:
        statement = statement.where(acceptance.c.created_at <= as_of)
    return [dict(row) for row in connection.execute(statement).mappings()]


def records_of(
    connection: Connection, plot_ids: Sequence[int], as_of: datetime | None = None
) -> list[dict[str, Any]]:
    """All records of plots that the account was given already, by plot, the newest first."""
    if not plot_ids:
        return []
    # The plots are many: one parameter, an array.
    among = acceptance.c.plot_id == func.any(list(plot_ids))
    statement = _records().where(among).order_by(None)
    if as_of is not None:
        statement = statement.where(acceptance.c.created_at <= as_of)
    ordered = statement.order_by(acceptance.c.plot_id, *NEWEST_FIRST)
    return [dict(row) for row in connection.execute(ordered).mappings()]
