"""A stored patrol read back as it was recorded, and written anew with another zone or walker."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isnan
from typing import Any

import shapely
from sqlalchemy import Connection, delete, func, select, text

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.patrol_tables import patrol, patrol_zone, zone
from service.patrol.tracks.db.patrols import in_scope
from service.patrol.tracks.db.written import NewPatrol, insert_zones

p, pz = patrol, patrol_zone


@dataclass(frozen=True)
class HeldPatrol:
    """A patrol that is locked until the transaction ends; ``line`` is None when it is forgotten."""

    id: int
    version: int
    zone: str | None
    zone_by: str | None
    ranger: str | None
    source: str | None
    line: shapely.LineString | None
    times: list[datetime | None] | None
    started_at: datetime | None
    ended_at: datetime | None
    own: tuple[int, datetime] | None
    """Its own zone, and its start; None when it counts for no zone."""


def lock_patrol(connection: Connection, account: Account, patrol_id: int) -> HeldPatrol | None:
    """The patrol as it was recorded; None when there is none or it is not theirs."""
    statement = (
        select(
            *(p.c[name] for name in ("id", "version", "zone_by", "ranger", "source", "seconds")),
            p.c.started_at,
            p.c.ended_at,
            p.c.zone_id,
            zone.c.code.label("zone"),
            func.ST_AsBinary(p.c.track).label("wkb"),
        )
        .select_from(p.outerjoin(zone, zone.c.id == p.c.zone_id))
        .where(p.c.id == patrol_id, in_scope(account))
        .with_for_update(of=p)
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    line = None if row.wkb is None else shapely.from_wkb(bytes(row.wkb))
    assert line is None or isinstance(line, shapely.LineString)
    return HeldPatrol(
        row.id,
        row.version,
        row.zone,
        row.zone_by,
        row.ranger,
        row.source,
        line,
        None if row.seconds is None else [_moment(second) for second in row.seconds],
        row.started_at,
        row.ended_at,
        None if row.zone_id is None or row.started_at is None else (row.zone_id, row.started_at),
    )


def _moment(second: float) -> datetime | None:
    return None if isnan(second) else datetime.fromtimestamp(second, UTC)


# What is judged anew; the recorded track, its moments and its hash stay.
_JUDGED = (
    "zone_id",
    "zone_by",
    "ranger",
    "county",
    "length_m",
    "duration_s",
    "silent_s",
    "paused_s",
    "pauses",
    "jumps",
    "reordered",
    "timeless",
    "apart",
)
_CHANGE = text(
    f"UPDATE patrol SET {', '.join(f'{name} = :{name}' for name in _JUDGED)}, "  # noqa: S608
    "geom = ST_GeomFromWKB(CAST(:geom AS bytea), :srid), version = version + 1, "
    "changed_by = :who, changed_at = now() WHERE id = :id"
)


def clear_zones(connection: Connection, patrol_id: int) -> None:
    """Take away what of a patrol lies in which zone."""
    connection.execute(delete(pz).where(pz.c.patrol_id == patrol_id))


def rewrite_patrol(
    connection: Connection, account: Account, patrol_id: int, new: NewPatrol
) -> None:
    """Write a patrol as it was judged anew; its zones were cleared."""
    set_change_author(connection, account)
    values: Mapping[str, Any] = {name: new.values[name] for name in _JUDGED}
    shape = None if new.cleaned is None else shapely.to_wkb(new.cleaned)
    connection.execute(
        _CHANGE, {**values, "geom": shape, "srid": CGCS2000, "who": account.id, "id": patrol_id}
    )
    insert_zones(connection, [patrol_id], [new])


_TIMELESS = text("""
SELECT fix.place FROM patrol, unnest(seconds) WITH ORDINALITY AS fix(second, place)
WHERE patrol.id = :id AND fix.second = 'NaN'
ORDER BY fix.place LIMIT :limit
""")


def timeless_fixes(connection: Connection, patrol_id: int, limit: int) -> list[int]:
    """Places in the track, from 1, of the first fixes without a moment; none when forgotten.

    The caller has seen that the patrol may be read.
    """
    return list(connection.scalars(_TIMELESS, {"id": patrol_id, "limit": limit}))
