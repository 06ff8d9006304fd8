"""Patrols in the database, asked for; they are written in ``written.py``.

Tracks and names are handed out to inspectors only; that is for the routes to hold, and
:func:`list_patrols` takes an account that may.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal,
    select,
    true,
)

from service.accounts.db.accounts import Account
from service.database.patrol_tables import patrol, patrol_zone, zone
from service.web.timestamps import midnight

p, pz = patrol, patrol_zone


def in_scope(account: Account) -> ColumnElement[bool]:
    """Patrols of the account's counties."""
    return true() if account.counties is None else p.c.county.in_(account.counties)


@dataclass(frozen=True)
class PatrolFilter:
    """Which patrols are asked for; None leaves a question open. Days are those of Beijing."""

    first: date | None = None
    after: date | None = None
    counties: Sequence[str] | None = None
    zone: str | None = None
    ranger: str | None = None
    apart: bool | None = None


def conditions(account: Account, filters: PatrolFilter) -> Iterator[ColumnElement[bool]]:
    """What a patrol must meet."""
    yield in_scope(account)
    if filters.first is not None:
        yield p.c.started_at >= midnight(filters.first)
    if filters.after is not None:
        yield p.c.started_at < midnight(filters.after)
    if filters.counties is not None:
        yield p.c.county.in_(filters.counties)
    if filters.zone is not None:
        # Other names than those of the outer query, which joins both tables itself.
        part, whose = pz.alias(), zone.alias()
        met = part.join(whose, whose.c.id == part.c.zone_id)
        crossed = select(literal(1)).select_from(met)
        crossed = crossed.where(part.c.patrol_id == p.c.id, whose.c.code == filters.zone)
        own = select(literal(1)).where(whose.c.id == p.c.zone_id, whose.c.code == filters.zone)
        yield crossed.correlate(p).exists() | own.correlate(p).exists()
    if filters.ranger is not None:
        yield p.c.ranger == filters.ranger
    if filters.apart is not None:
        yield (func.cardinality(p.c.apart) > 0) == filters.apart


COLUMNS = (
    "id",
    "ranger",
    "county",
    "started_at",
    "ended_at",
    "source",
    "length_m",
    "duration_s",
    "silent_s",
    "paused_s",
    "pauses",
    "jumps",
    "reordered",
    "timeless",
    "zone_by",
    "apart",
    "version",
    "changed_at",
    "forgotten_at",
    "demo",
    "created_at",
)


def _selected() -> Select[Any]:
    return select(
        *(p.c[name] for name in COLUMNS),
        zone.c.code.label("zone"),
        pz.c.length_m.label("inside_m"),
        pz.c.inside_s,
        pz.c.walked_m2,
        pz.c.repeated,
        pz.c.zone_share,
        func.coalesce(pz.c.shortfalls, literal([], type_=pz.c.shortfalls.type)).label("shortfalls"),
    ).select_from(
        p.outerjoin(zone, zone.c.id == p.c.zone_id).outerjoin(
            pz, and_(pz.c.patrol_id == p.c.id, pz.c.own)
        )
    )


def list_patrols(
    connection: Connection, account: Account, filters: PatrolFilter, *, after: int = 0, limit: int
) -> list[Mapping[str, Any]]:
    """Patrols after number ``after``, in the order of their numbers, geometry as GeoJSON text."""
    shape = func.ST_AsGeoJSON(func.coalesce(p.c.geom, p.c.track), 9, 0).label("geometry")
    statement = (
        _selected()
        .add_columns(shape)
        .where(*conditions(account, filters), p.c.id > after)
        .order_by(p.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def newest_patrol(
    connection: Connection,
    account: Account,
    before: datetime,
    counties: Sequence[str] | None = None,
) -> datetime | None:
    """When the newest patrol before a moment began, in some counties or all of the account's.

    None: nobody has walked there.
    """
    began = select(func.max(p.c.started_at)).where(in_scope(account), p.c.started_at < before)
    if counties is not None:
        began = began.where(p.c.county.in_(counties))
    started_at: datetime | None = connection.scalar(began)
    return started_at


def count_patrols(connection: Connection, account: Account, filters: PatrolFilter) -> int:
    """How many patrols the filter matches in the account's scope."""
    statement = select(func.count()).select_from(p).where(*conditions(account, filters))
    return connection.scalar(statement) or 0


def stored_patrols(
    connection: Connection, account: Account, filters: PatrolFilter, *, limit: int
) -> list[Mapping[str, Any]]:
    """The same with the cleaned line, the recorded one and its moments, by time."""
    statement = (
        _selected()
        .add_columns(
            func.ST_AsBinary(p.c.geom).label("wkb"),
            func.ST_AsBinary(p.c.track).label("track_wkb"),
            p.c.seconds,
        )
        .where(*conditions(account, filters))
        .order_by(p.c.started_at, p.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def read_patrol(
    connection: Connection, account: Account, patrol_id: int
) -> Mapping[str, Any] | None:
    """One patrol; None when there is none or it is not theirs."""
    shape = func.ST_AsGeoJSON(func.coalesce(p.c.geom, p.c.track), 9, 0).label("geometry")
    statement = _selected().add_columns(shape).where(p.c.id == patrol_id, in_scope(account))
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def zones_of(connection: Connection, patrol_id: int) -> list[Mapping[str, Any]]:
    """What of a patrol lies in which zone that the account sees."""
    statement = (
        select(
            zone.c.code.label("zone"),
            zone.c.level,
            pz.c.own,
            pz.c.length_m,
            pz.c.inside_s,
            pz.c.walked_m2,
        )
        .join(zone, zone.c.id == pz.c.zone_id)
        .where(pz.c.patrol_id == patrol_id)
        .order_by(pz.c.own.desc(), zone.c.code)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]
