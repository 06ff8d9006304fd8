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
from service.database.metadata import account, code
from service.database.patrol_tables import finding, patrol, patrol_zone, zone, zone_version

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


def sees_names(who: Account) -> bool:
    """Whether tracks and names of people are shown: to inspectors and administrators."""
    return who.holds("inspector")


def in_scope(who: Account) -> ColumnElement[bool]:
    """Zones all of whose counties the account covers."""
    if who.counties is None:
        return true()
    return within(who.counties)


def within(counties: Sequence[str]) -> ColumnElement[bool]:
    """Zones all of whose counties are among these."""
    found: ColumnElement[bool] = z.c.counties.contained_by(cast(list(counties), ARRAY(Text)))
    return found


def holds_on(day: date) -> ColumnElement[bool]:
    """Versions that hold on a day."""
    return and_(v.c.valid_from <= day, or_(v.c.valid_to.is_(None), v.c.valid_to > day))


def conditions(who: Account, asked: ZoneFilter) -> Iterator[ColumnElement[bool]]:
    """What a zone must meet."""
    yield in_scope(who)
    yield holds_on(asked.on_day)
    if asked.level is not None:
        yield z.c.level == asked.level
    if asked.counties is not None:
        yield within(asked.counties)
    if asked.parent is not None:
        yield z.c.parent == asked.parent
    if asked.bbox is not None:
        box = func.ST_MakeEnvelope(*asked.bbox, CGCS2000)
        yield v.c.geom.op("&&")(box)
        yield func.ST_Intersects(v.c.geom, box)


def _columns(who: Account) -> list[ColumnElement[Any]]:
    hidden = () if sees_names(who) else PERSONAL
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
        account.c.name.label("changed_by"),
        func.coalesce(code.c.label_zh, z.c.level).label("level_label"),
        v.c.id.label("version_id"),
        v.c.area_m2,
        *(null().label(one) if one in hidden else v.c[one] for one in VERSIONED),
    ]


def _source() -> Any:
    return (
        z.join(v, v.c.zone_id == z.c.id)
        .outerjoin(account, account.c.id == z.c.changed_by)
        .outerjoin(code, and_(code.c.list == "zone_level", code.c.code == z.c.level))
    )


def as_features(who: Account) -> Select[Any]:
    """What answers are made of: all columns, geometry as GeoJSON text."""
    text = func.ST_AsGeoJSON(v.c.geom, 9, 0).label("geometry")
    return select(*_columns(who), text).select_from(_source())


def as_records(who: Account) -> Select[Any]:
    """The same with geometry as WKB, for files, maps and figures."""
    return select(*_columns(who), func.ST_AsBinary(v.c.geom).label("wkb")).select_from(_source())


def list_zones(
    connection: Connection, who: Account, asked: ZoneFilter, *, after: int = 0, limit: int
) -> list[Mapping[str, Any]]:
    """Zones after number ``after``, in the order of their numbers."""
    statement = (
        as_features(who)
        .where(*conditions(who, asked), z.c.id > after)
        .order_by(z.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_zones(connection: Connection, who: Account, asked: ZoneFilter) -> int:
    """How many zones the filter matches in the account's scope."""
    found = select(func.count()).select_from(z.join(v, v.c.zone_id == z.c.id))
    return connection.scalar(found.where(*conditions(who, asked))) or 0


def stored_zones(
    connection: Connection, who: Account, asked: ZoneFilter, *, limit: int
) -> list[Mapping[str, Any]]:
    """The same with geometry as WKB, in the order of their codes."""
    statement = as_records(who).where(*conditions(who, asked)).order_by(z.c.code).limit(limit)
    return [dict(row) for row in connection.execute(statement).mappings()]


def read_zone(
    connection: Connection, who: Account, zone_id: int, on_day: date | None = None
) -> Mapping[str, Any] | None:
    """The newest version of a zone, or the one of a day; None when there is none of theirs."""
    statement = as_features(who).where(z.c.id == zone_id, in_scope(who))
    if on_day is not None:
        statement = statement.where(holds_on(on_day))
    row = connection.execute(statement.order_by(v.c.valid_from.desc()).limit(1)).mappings().first()
    return None if row is None else dict(row)


def zone_id_of(connection: Connection, who: Account, code: str) -> int | None:
    """The number of a zone of theirs by its code."""
    found: int | None = connection.scalar(select(z.c.id).where(z.c.code == code, in_scope(who)))
    return found


def zone_versions(connection: Connection, who: Account, zone_id: int) -> list[Mapping[str, Any]]:
    """All dated versions of a zone, the oldest first; none when it is not theirs."""
    hidden = () if sees_names(who) else PERSONAL
    columns = [null().label(one) if one in hidden else v.c[one] for one in VERSIONED]
    statement = (
        select(z.c.code, v.c.area_m2, *columns)
        .select_from(z.join(v, v.c.zone_id == z.c.id))
        .where(z.c.id == zone_id, in_scope(who))
        .order_by(v.c.valid_from)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def codes_taken(connection: Connection, codes: Sequence[str]) -> set[str]:
    """Which of the codes zones of theirs bear already."""
    return set(connection.scalars(select(z.c.code).where(z.c.code.in_(codes))))


def has_children_or_patrols(connection: Connection, zone_id: int, zone_code: str) -> bool:
    """Whether anything hangs on the zone: zones below it, patrols, findings."""
    for found in (
        select(literal(1)).where(z.c.parent == zone_code),
        select(literal(1)).where(patrol.c.zone_id == zone_id),
        select(literal(1)).where(patrol_zone.c.zone_id == zone_id),
        select(literal(1)).where(finding.c.zone_id == zone_id),
    ):
        if connection.scalar(found.limit(1)):
            return True
    return False
