"""The history of plots: every version, who made it, when and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, not_, or_, select

from service.accounts.db.accounts import Account
from service.database.metadata import plot_history
from service.plots.db.plots import as_features, as_records, may_see

h = plot_history

Row = Mapping[str, Any]


def _stands_elsewhere() -> ColumnElement[bool]:
    """Whether a version was deleted only because the same transaction filled its slot anew."""
    next_one = plot_history.alias("next_one")
    return (
        select(next_one.c.id)
        .where(
            next_one.c.plot_id == h.c.plot_id,
            next_one.c.slot == h.c.slot,
            next_one.c.transaction == h.c.transaction,
            next_one.c.id > h.c.id,
            next_one.c.operation != "delete",
        )
        .exists()
    )


def _before(account: Account) -> ColumnElement[Any]:
    """Id of the entry that an entry changed: the approved version under a new working version."""
    earlier_entry = plot_history.alias("earlier_entry")
    earlier = select(func.max(earlier_entry.c.id)).where(
        earlier_entry.c.plot_id == h.c.plot_id,
        earlier_entry.c.id < h.c.id,
        earlier_entry.c.operation != "delete",
        may_see(account, earlier_entry),
    )
    under = earlier.where(
        earlier_entry.c.slot == "approved",
        or_(earlier_entry.c.valid_to.is_(None), earlier_entry.c.valid_to > h.c.valid_from),
    )
    begun = and_(h.c.operation == "insert", h.c.slot == "working")
    return func.coalesce(case((begun, under.scalar_subquery())), earlier.scalar_subquery())


def versions_statement(
    account: Account, plot_id: int, *, before: int | None, limit: int
) -> Select[Any]:
    """Entries of a plot, newest first, each with the id of the entry that it changed."""
    statement = (
        select(
            h.c.id,
            h.c.operation,
            h.c.version,
            h.c.slot,
            h.c.review,
            h.c.area_m2,
            h.c.actor.label("changed_by"),
            h.c.valid_from.label("changed_at"),
            h.c.valid_to.label("until"),
            func.coalesce(h.c.reason, h.c.return_reason).label("reason"),
            _before(account).label("before"),
        )
        .where(h.c.plot_id == plot_id, may_see(account, h))
        .where(not_(and_(h.c.operation == "delete", _stands_elsewhere())))
        .order_by(h.c.id.desc())
        .limit(limit)
    )
    return statement if before is None else statement.where(h.c.id < before)


def list_versions(
    connection: Connection, account: Account, plot_id: int, *, before: int | None = None, limit: int
) -> list[Row]:
    """Run :func:`versions_statement`."""
    statement = versions_statement(account, plot_id, before=before, limit=limit)
    return [dict(row) for row in connection.execute(statement).mappings()]


def entries_by_id(connection: Connection, ids: Sequence[int]) -> dict[int, Row]:
    """Entries with geometry as WKB; the caller has checked that the account may see them."""
    entries = select(h).where(h.c.id.in_(ids)).subquery("some")
    rows = connection.execute(as_records(entries).add_columns(entries.c.id)).mappings()
    return {row["id"]: dict(row) for row in rows}


def _entry(account: Account, plot_id: int, version: int) -> Any:
    return (
        select(h)
        .where(
            h.c.plot_id == plot_id,
            h.c.version == version,
            h.c.operation != "delete",
            may_see(account, h),
        )
        .order_by(h.c.id.desc())
        .limit(1)
        .subquery("earlier_entry")
    )


def read_version(
    connection: Connection, account: Account, plot_id: int, version: int
) -> Row | None:
    """An old version, geometry as GeoJSON text; None when there is none in scope."""
    row = (
        connection.execute(as_features(_entry(account, plot_id, version))).mappings().one_or_none()
    )
    return None if row is None else dict(row)


def version_record(
    connection: Connection, account: Account, plot_id: int, version: int
) -> Row | None:
    """An old version, geometry as WKB; None when there is none in scope."""
    row = connection.execute(as_records(_entry(account, plot_id, version))).mappings().one_or_none()
    return None if row is None else dict(row)


def working_author_id(connection: Connection, plot_id: int) -> int | None:
    """Id of the account that began the working version; None when it was begun by SQL."""
    statement = (
        select(h.c.account_id)
        .where(
            h.c.plot_id == plot_id,
            h.c.slot == "working",
            h.c.operation.in_(("insert", "existing")),
        )
        .order_by(h.c.id.desc())
        .limit(1)
    )
    account_id: int | None = connection.scalar(statement)
    return account_id


def plan_ids_ever(connection: Connection, plot_id: int) -> set[int]:
    """Ids of the planned plots that any version of a plot named."""
    statement = select(func.unnest(h.c.plan_ids)).where(h.c.plot_id == plot_id).distinct()
    return set(connection.scalars(statement))
