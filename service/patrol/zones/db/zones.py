"""Zones: asked for by scope, level, place and day.

A zone is what stays the same; its versions say from when to when who was responsible for which
ground. Names of people are handed out to inspectors only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.database.metadata import account as account_table
from service.database.metadata import code
from service.database.patrol_tables import patrol, patrol_zone, zone, zone_version
from service.database.register_tables import record, record_link
from service.database.unit_tables import post

z, v = zone, zone_version

VERSIONED = ("name", "chief", "chief_title", "ranger", "office", "board", "valid_from", "valid_to")
PERSONAL = ("chief", "ranger")


@dataclass(frozen=True)
class ZoneFilter:
    """Which zones are asked for; None leaves a question open. They hold on ``on_day``."""

    on_day: date
    level: str | None = None
    counties: Sequence[str] | None = None
    parent: str | None = None
    bbox: tuple[float, float, float, float] | None = None


def sees_names(account: Account) -> bool:
    """Whether tracks and names of people are shown: to inspectors and administrators."""
    return account.holds("inspector")


def in_scope(account: Account) -> ColumnElement[bool]:
    """Zones all of whose counties the account covers."""
    if account.counties is None:
        return true()
    return within(account.counties)


def within(counties: Sequence[str]) -> ColumnElement[bool]:
    """Zones all of whose counties are among these."""
    condition: ColumnElement[bool] = z.c.counties.contained_by(cast(list(counties), ARRAY(Text)))
    return condition


def holds_on(day: date) -> ColumnElement[bool]:
    """Versions that hold on a day."""
    return and_(v.c.valid_from <= day, or_(v.c.valid_to.is_(None), v.c.valid_to > day))


def conditions(account: Account, filters: ZoneFilter) -> Iterator[ColumnElement[bool]]:
    """What a zone must meet."""
    yield in_scope(account)
    yield holds_on(filters.on_day)
    if filters.level is not None:
        yield z.c.level == filters.level
    if filters.counties is not None:
        yield within(filters.counties)
    if filters.parent is not None:
        yield z.c.parent == filters.parent
    if filters.bbox is not None:
        box = func.ST_MakeEnvelope(*filters.bbox, CGCS2000)
        yield v.c.geom.op("&&")(box)
        yield func.ST_Intersects(v.c.geom, box)


def _columns(account: Account) -> list[ColumnElement[Any]]:
    hidden = () if sees_names(account) else PERSONAL
    return [
        z.c.id,
        z.c.code,
        z.c.level,
        z.c.parent,
        z.c.district,
        z.c.counties,
        z.c.version,
        z.c.demo,
        z.c.changed_at,
        account_table.c.name.label("changed_by"),
        func.coalesce(code.c.label_zh, z.c.level).label("level_label"),
        v.c.id.label("version_id"),
        v.c.area_m2,
        *(null().label(name) if name in hidden else v.c[name] for name in VERSIONED),
    ]


def _source() -> Any:
    return (
        z.join(v, v.c.zone_id == z.c.id)
        .outerjoin(account_table, account_table.c.id == z.c.changed_by)
        .outerjoin(code, and_(code.c.list == "zone_level", code.c.code == z.c.level))
    )


def as_features(account: Account) -> Select[Any]:
    """What answers are made of: all columns, geometry as GeoJSON text."""
    text = func.ST_AsGeoJSON(v.c.geom, 9, 0).label("geometry")
    return select(*_columns(account), text).select_from(_source())


def as_records(account: Account) -> Select[Any]:
    """The same with geometry as WKB, for files, maps and figures."""
    return select(*_columns(account), func.ST_AsBinary(v.c.geom).label("wkb")).select_from(
        _source()
    )


def list_zones(
    connection: Connection, account: Account, filters: ZoneFilter, *, after: int = 0, limit: int
) -> list[Mapping[str, Any]]:
    """Zones after number ``after``, in the order of their numbers."""
    statement = (
        as_features(account)
        .where(*conditions(account, filters), z.c.id > after)
        .order_by(z.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_zones(connection: Connection, account: Account, filters: ZoneFilter) -> int:
    """How many zones the filter matches in the account's scope."""
    statement = select(func.count()).select_from(z.join(v, v.c.zone_id == z.c.id))
    return connection.scalar(statement.where(*conditions(account, filters))) or 0


def stored_zones(
    connection: Connection, account: Account, filters: ZoneFilter, *, limit: int
) -> list[Mapping[str, Any]]:
    """The same with geometry as WKB, in the order of their codes."""
    statement = (
        as_records(account).where(*conditions(account, filters)).order_by(z.c.code).limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def read_zone(
    connection: Connection, account: Account, zone_id: int, on_day: date | None = None
) -> Mapping[str, Any] | None:
    """The newest version of a zone, or the one of a day; None when there is none of theirs."""
    statement = as_features(account).where(z.c.id == zone_id, in_scope(account))
    if on_day is not None:
        statement = statement.where(holds_on(on_day))
    row = connection.execute(statement.order_by(v.c.valid_from.desc()).limit(1)).mappings().first()
    return None if row is None else dict(row)


def zone_id_of(connection: Connection, account: Account, code: str) -> int | None:
    """The number of a zone of theirs by its code."""
    zone_id: int | None = connection.scalar(
        select(z.c.id).where(z.c.code == code, in_scope(account))
    )
    return zone_id


def zone_versions(
    connection: Connection, account: Account, zone_id: int
) -> list[Mapping[str, Any]]:
    """All dated versions of a zone, the oldest first; none when it is not theirs."""
    hidden = () if sees_names(account) else PERSONAL
    columns = [null().label(name) if name in hidden else v.c[name] for name in VERSIONED]
    statement = (
        select(z.c.code, v.c.area_m2, *columns)
        .select_from(z.join(v, v.c.zone_id == z.c.id))
        .where(z.c.id == zone_id, in_scope(account))
        .order_by(v.c.valid_from)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def codes_taken(connection: Connection, codes: Sequence[str]) -> set[str]:
    """Which of the codes zones of theirs bear already."""
    return set(connection.scalars(select(z.c.code).where(z.c.code.in_(codes))))


def is_referred_to(connection: Connection, zone_id: int, zone_code: str) -> bool:
    """Whether anything hangs on the zone: zones below it, patrols, posts, records, findings."""
    for statement in (
        select(literal(1)).where(z.c.parent == zone_code),
        select(literal(1)).where(patrol.c.zone_id == zone_id),
        select(literal(1)).where(patrol_zone.c.zone_id == zone_id),
        select(literal(1)).where(record.c.zone == zone_code),
        select(literal(1)).where(record_link.c.zone == zone_code),
        select(literal(1)).where(post.c.zone == zone_code),
    ):
        if connection.scalar(statement.limit(1)):
            return True
    return False
