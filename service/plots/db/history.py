"""What every plot was before: its versions, who made them, when and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, not_, or_, select

from service.accounts.db.accounts import Account
from service.database.metadata import plot_history
from service.plots.db.plots import as_features, as_records, may_see

h = plot_history

Row = Mapping[str, Any]


def _stands_elsewhere() -> ColumnElement[bool]:
    """Whether a version was taken away only to make room: the same step put another there."""
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


def _before(who: Account) -> ColumnElement[Any]:
    """Number of the entry that an entry changed: the approved version under a new working one."""
    one = plot_history.alias("one")
    earlier = select(func.max(one.c.id)).where(
        one.c.plot_id == h.c.plot_id,
        one.c.id < h.c.id,
        one.c.operation != "delete",
        may_see(who, one),
    )
    under = earlier.where(
        one.c.slot == "approved",
        or_(one.c.valid_to.is_(None), one.c.valid_to > h.c.valid_from),
    )
    begun = and_(h.c.operation == "insert", h.c.slot == "working")
    return func.coalesce(case((begun, under.scalar_subquery())), earlier.scalar_subquery())


def versions_statement(
    who: Account, plot_id: int, *, before: int | None, limit: int
) -> Select[Any]:
    """Entries of a plot, newest first; the one under each by its number."""
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
            _before(who).label("before"),
        )
        .where(h.c.plot_id == plot_id, may_see(who, h))
        .where(not_(and_(h.c.operation == "delete", _stands_elsewhere())))
        .order_by(h.c.id.desc())
        .limit(limit)
    )
    return statement if before is None else statement.where(h.c.id < before)


def list_versions(
    connection: Connection, who: Account, plot_id: int, *, before: int | None = None, limit: int
) -> list[Row]:
    """Run :func:`versions_statement`."""
    statement = versions_statement(who, plot_id, before=before, limit=limit)
    return [dict(row) for row in connection.execute(statement).mappings()]


def entries_by_id(connection: Connection, ids: Sequence[int]) -> dict[int, Row]:
    """What entries hold, by their numbers; the caller has seen that they may be seen."""
    some = select(h).where(h.c.id.in_(ids)).subquery("some")
    found = connection.execute(as_records(some).add_columns(some.c.id)).mappings()
    return {row["id"]: dict(row) for row in found}


def _one(who: Account, plot_id: int, version: int) -> Any:
    return (
        select(h)
        .where(
            h.c.plot_id == plot_id,
            h.c.version == version,
            h.c.operation != "delete",
            may_see(who, h),
        )
        .order_by(h.c.id.desc())
        .limit(1)
        .subquery("one")
    )


def read_version(connection: Connection, who: Account, plot_id: int, version: int) -> Row | None:
    """A plot as it was, geometry as GeoJSON text; None when it never was, or not theirs."""
    found = connection.execute(as_features(_one(who, plot_id, version))).mappings().one_or_none()
    return None if found is None else dict(found)


def version_record(connection: Connection, who: Account, plot_id: int, version: int) -> Row | None:
    """The same with geometry as WKB."""
    found = connection.execute(as_records(_one(who, plot_id, version))).mappings().one_or_none()
    return None if found is None else dict(found)


def working_author_id(connection: Connection, plot_id: int) -> int | None:
    """Who began the working version of a plot; None when nobody of our accounts did."""
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
    found: int | None = connection.scalar(statement)
    return found


def plan_ids_ever(connection: Connection, plot_id: int) -> set[int]:
    """The planned plots that any version of a plot named."""
    statement = select(func.unnest(h.c.plan_ids)).where(h.c.plot_id == plot_id).distinct()
    return set(connection.scalars(statement))
