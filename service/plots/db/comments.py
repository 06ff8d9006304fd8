"""Comments on plots, and who read them: rows are added and resolved, never changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from service.accounts.db.accounts import HOLDS, Account
from service.database.metadata import account as account_table
from service.database.review_tables import plot_comment, plot_reading

__all__ = [
    "add_comments",
    "add_reading",
    "comment_rows",
    "count_comments",
    "lock_comment",
    "opened_by_reviewer",
    "resolve",
    "unread_pins",
]

c, r = plot_comment.c, plot_reading.c
Row = Mapping[str, Any]
_LOCK = 4172


def add_comments(
    connection: Connection, account: Account, comments: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Store comments (plot_id, plot_version, text, longitude, latitude, of_return); their ids."""
    values = [{**comment, "made_by": account.id} for comment in comments]
    if not values:
        return []
    return list(connection.scalars(insert(plot_comment).returning(c.id), values))


def comment_rows(connection: Connection, plot_id: int, *, after: int, limit: int) -> list[Row]:
    """Comments of a plot by id, with the names of who made and who resolved them."""
    maker, settler = account_table.alias("maker"), account_table.alias("settler")
    statement = (
        select(
            plot_comment,
            maker.c.name.label("made_by_name"),
            settler.c.name.label("resolved_by_name"),
        )
        .outerjoin(maker, maker.c.id == c.made_by)
        .outerjoin(settler, settler.c.id == c.resolved_by)
        .where(c.plot_id == plot_id, c.id > after)
        .order_by(c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_comments(connection: Connection, plot_id: int) -> int:
    """How many comments a plot has."""
    statement = select(func.count()).select_from(plot_comment).where(c.plot_id == plot_id)
    return connection.scalar(statement) or 0


def lock_comment(connection: Connection, plot_id: int, comment_id: int) -> Row | None:
    """A comment of a plot; others who resolve it wait for the transaction. None: there is none."""
    # Locking the row itself needs a right to change all of it.
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK, comment_id % 2**31)))
    statement = select(plot_comment).where(c.id == comment_id, c.plot_id == plot_id)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def resolve(connection: Connection, account: Account, comment_id: int) -> None:
    """Call a comment settled, where nobody did."""
    connection.execute(
        update(plot_comment)
        .where(c.id == comment_id, c.resolved_at.is_(None))
        .values(resolved_by=account.id, resolved_at=func.clock_timestamp())
    )


def add_reading(connection: Connection, account: Account, plot_id: int, version: int) -> None:
    """Note that the account opened a version; the first time stays."""
    values = {"plot_id": plot_id, "plot_version": version, "account_id": account.id}
    connection.execute(insert_or(plot_reading).values(values).on_conflict_do_nothing())


def unread_pins(connection: Connection, plot_id: int) -> int:
    """Open pins of the last return, where no planner opened the plot since; else 0."""
    last = (
        select(func.max(c.plot_version))
        .where(c.plot_id == plot_id, c.of_return, c.longitude.is_not(None))
        .scalar_subquery()
    )
    planners = [role for role, held in HOLDS.items() if "planner" in held]
    read = exists().where(
        r.plot_id == plot_id,
        r.plot_version >= last,
        r.account_id == account_table.c.id,
        account_table.c.role.in_(planners),
    )
    statement = (
        select(func.count())
        .select_from(plot_comment)
        .where(
            c.plot_id == plot_id,
            c.plot_version == last,
            c.of_return,
            c.longitude.is_not(None),
            c.resolved_at.is_(None),
            ~read,
        )
    )
    return connection.scalar(statement) or 0


def opened_by_reviewer(
    connection: Connection, plot_id: int, version: int, but: int | None
) -> str | None:
    """Who, other than account ``but``, opened this version to review it; None: nobody."""
    reviewers = [role for role, held in HOLDS.items() if "inspector" in held]
    statement = (
        select(account_table.c.name)
        .join(plot_reading, r.account_id == account_table.c.id)
        .where(
            r.plot_id == plot_id,
            r.plot_version == version,
            account_table.c.id.is_distinct_from(but),
            account_table.c.role.in_(reviewers),
        )
        .order_by(r.read_at)
        .limit(1)
    )
    return connection.scalar(statement)
