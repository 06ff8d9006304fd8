"""Queries of posts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, cast, delete, func, insert, null, or_, select, text, update

from service.accounts.db.accounts import Account
from service.database.metadata import unit
from service.database.patrol_tables import zone
from service.database.unit_tables import post

COLUMNS = ("unit", "zone", "function", "person", "phone", "valid_from", "valid_to")


@dataclass(frozen=True)
class PostFilter:
    """Which posts are asked for; None leaves a condition out. ``on``: held on that day."""

    ids: Sequence[int] | None = None
    unit: str | None = None
    zone: str | None = None
    on: date | None = None


def list_posts(connection: Connection, account: Account, filters: PostFilter) -> list[Any]:
    """Posts of units, and of the zones in the account's scope, by holder, function and term."""
    statement = (
        select(post, unit.c.name.label("unit_name"))
        .outerjoin(unit, unit.c.code == post.c.unit)
        .outerjoin(zone, zone.c.code == post.c.zone)
        .order_by(
            post.c.unit.nulls_last(), post.c.zone, post.c.function, post.c.valid_from, post.c.id
        )
    )
    if account.counties is not None:
        # A zone of several counties is seen by whoever sees all of them.
        whole = zone.c.counties.op("<@")(cast(list(account.counties), zone.c.counties.type))
        statement = statement.where(or_(post.c.zone.is_(None), whole))
    if filters.ids is not None:
        statement = statement.where(post.c.id.in_(filters.ids))
    for column, value in ((post.c.unit, filters.unit), (post.c.zone, filters.zone)):
        if value is not None:
            statement = statement.where(column == value)
    if filters.on is not None:
        statement = statement.where(
            or_(post.c.valid_from.is_(None), post.c.valid_from <= filters.on),
            or_(post.c.valid_to.is_(None), post.c.valid_to >= filters.on),
        )
    return [dict(row) for row in connection.execute(statement).mappings()]


_LOCK = text("SELECT pg_advisory_xact_lock(7190127)")


def lock_posts(connection: Connection) -> None:
    """Let one transaction at a time change posts: a new one is compared with all that there are."""
    connection.execute(_LOCK)


def zone_in_scope(connection: Connection, account: Account, code: str) -> bool:
    """Whether there is a zone of this code that the account sees whole."""
    statement = select(zone.c.counties).where(zone.c.code == code)
    counties = connection.scalar(statement)
    return counties is not None and all(account.covers(county) for county in counties)


def insert_post(connection: Connection, account: Account, values: Mapping[str, Any]) -> int:
    """Write a new post; answers its number."""
    given = {name: values.get(name) for name in COLUMNS}
    number = connection.scalar(
        insert(post).values(**given, changed_by=account.id).returning(post.c.id)
    )
    assert isinstance(number, int)
    return number


def update_post(
    connection: Connection, account: Account, number: int, values: Mapping[str, Any]
) -> None:
    """Write a post whole; whoever names a person again ends that it was forgotten."""
    given = {name: values.get(name) for name in COLUMNS}
    remembered = {"forgotten_at": null()} if given["person"] or given["phone"] else {}
    connection.execute(
        update(post)
        .where(post.c.id == number)
        .values(
            **given,
            **remembered,
            changed_by=account.id,
            changed_at=func.now(),
            version=post.c.version + 1,
        )
    )


def delete_post(connection: Connection, number: int) -> None:
    """Delete a post."""
    connection.execute(delete(post).where(post.c.id == number))


_FORGET = text("""
UPDATE post SET person = NULL, phone = NULL, forgotten_at = now(), version = version + 1
WHERE valid_to < :before AND (person IS NOT NULL OR phone IS NOT NULL)
""")


def forget_people(connection: Connection, before: date) -> int:
    """Delete names and phones of posts that ended before a day; answers how many."""
    return connection.execute(_FORGET, {"before": before}).rowcount
