"""Patrols written: with what of them lies in which zone, their verdicts, and what is forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import shapely
from shapely import MultiPolygon
from sqlalchemy import Connection, and_, delete, select, text

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.patrol_tables import patrol, patrol_zone
from service.patrol.tracks.db.patrols import in_scope
from service.patrol.tracks.db.swept_area import forget_grounds
from service.web.timestamps import day_of

p, pz = patrol, patrol_zone


_COUNTY = text("""
SELECT cell.code
FROM district_cell cell
JOIN district_boundary boundary ON boundary.id = cell.boundary_id AND boundary.valid_to IS NULL
JOIN district ON district.code = cell.code AND district.level = 'county',
     (SELECT ST_GeomFromWKB(:line, :srid) AS geom) input
WHERE ST_Intersects(cell.geom, input.geom)
GROUP BY cell.code
ORDER BY sum(ST_Length(ST_Intersection(cell.geom, input.geom))) DESC, cell.code
LIMIT 1
""")


def county_of(connection: Connection, line: shapely.Geometry) -> str | None:
    """The county in which most of a line lies; None outside all of them."""
    code: str | None = connection.scalar(_COUNTY, {"line": shapely.to_wkb(line), "srid": CGCS2000})
    return code


def known_tracks(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Which of the tracks are stored already, with their numbers."""
    statement = select(p.c.source_hash, p.c.id).where(p.c.source_hash.in_(hashes))
    return {bytes(row.source_hash): row.id for row in connection.execute(statement)}


@dataclass(frozen=True)
class NewPatrol:
    """A walked track with what was found out about it; ``zones`` are rows of patrol_zone."""

    values: Mapping[str, Any]
    track: shapely.LineString
    cleaned: shapely.MultiLineString | None
    zones: Sequence[Mapping[str, Any]]


# Names of columns are those of this list, never a caller's.
WRITTEN = (
    "zone_id",
    "ranger",
    "county",
    "started_at",
    "ended_at",
    "source",
    "source_hash",
    "seconds",
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
)
PLACED = (
    "zone_id",
    "own",
    "day",
    "county",
    "counties",
    "length_m",
    "inside_s",
    "walked_m2",
)
_IDS = text("""
SELECT nextval(pg_get_serial_sequence('patrol', 'id')) FROM generate_series(1, :count)
""")
_PATROL = text(
    f"INSERT INTO patrol (id, {', '.join(WRITTEN)}, track, geom, demo, created_by) "  # noqa: S608
    f"OVERRIDING SYSTEM VALUE VALUES (:id, {', '.join(f':{name}' for name in WRITTEN)}, "
    "ST_GeomFromWKB(:track, :srid), ST_GeomFromWKB(CAST(:geom AS bytea), :srid), :demo, :who)"
)
_PLACED = text(
    f"INSERT INTO patrol_zone (patrol_id, {', '.join(PLACED)}, ground) "  # noqa: S608
    f"VALUES (:patrol_id, {', '.join(f':{name}' for name in PLACED)}, "
    "ST_GeomFromWKB(:ground, :srid))"
)


def insert_patrols(
    connection: Connection, account: Account, patrols: Sequence[NewPatrol], *, demo: bool = False
) -> list[int]:
    """Write patrols and what of them lies in which zone; answers their numbers, in their order."""
    if not patrols:
        return []
    set_change_author(connection, account)
    ids = [int(new) for new in connection.scalars(_IDS, {"count": len(patrols)})]
    shared = {"srid": CGCS2000, "demo": demo, "who": account.id}
    connection.execute(
        _PATROL,
        [
            {
                **{name: new.values[name] for name in WRITTEN},
                **shared,
                "id": number,
                "track": shapely.to_wkb(new.track),
                "geom": None if new.cleaned is None else shapely.to_wkb(new.cleaned),
            }
            for number, new in zip(ids, patrols, strict=True)
        ],
    )
    insert_zones(connection, ids, patrols)
    return ids


def insert_zones(connection: Connection, ids: Sequence[int], patrols: Sequence[NewPatrol]) -> None:
    """Write what of patrols lies in which zone."""
    placed = [
        {
            **{name: row[name] for name in PLACED},
            "patrol_id": number,
            "ground": shapely.to_wkb(row["ground"]),
            "srid": CGCS2000,
        }
        for number, new in zip(ids, patrols, strict=True)
        for row in new.zones
    ]
    if placed:
        connection.execute(_PLACED, placed)


@dataclass(frozen=True)
class MonthRow:
    """A patrol of one month in its own zone, in the order of time."""

    patrol_id: int
    length_m: float
    duration_s: float
    silent_s: float
    inside_m: float
    inside_s: float
    walked_m2: float
    ground: MultiPolygon
    repeated: float | None
    zone_share: float | None
    shortfalls: tuple[str, ...]


_MONTH = text("""
SELECT pz.patrol_id, p.length_m, p.duration_s, p.silent_s, pz.length_m AS inside_m, pz.inside_s,
       pz.walked_m2, ST_AsBinary(pz.ground) AS ground, pz.repeated, pz.zone_share, pz.shortfalls
FROM patrol_zone pz JOIN patrol p ON p.id = pz.patrol_id
WHERE pz.zone_id = :zone_id AND pz.own AND pz.day >= :first AND pz.day < :after
  AND p.apart = '{}' AND pz.ground IS NOT NULL
ORDER BY p.started_at, p.id
""")


def own_patrols(connection: Connection, zone_id: int, first: date, after: date) -> list[MonthRow]:
    """Patrols walked for a zone in a stretch of days, with their ground unless forgotten."""
    rows = connection.execute(_MONTH, {"zone_id": zone_id, "first": first, "after": after})
    return [
        MonthRow(
            row.patrol_id,
            row.length_m,
            row.duration_s,
            row.silent_s,
            row.inside_m,
            row.inside_s,
            row.walked_m2,
            shapely.from_wkb(row.ground),
            row.repeated,
            row.zone_share,
            tuple(row.shortfalls),
        )
        for row in rows
    ]


_VERDICT = text("""
UPDATE patrol_zone SET repeated = :repeated, zone_share = :zone_share, shortfalls = :shortfalls
WHERE patrol_id = :patrol_id AND zone_id = :zone_id
""")


class PatrolVerdict(NamedTuple):
    """What was found of a patrol in its own zone and month."""

    patrol_id: int
    repeated: float
    """Share of its ground that earlier patrols of the month had swept, 0 to 1."""
    zone_share: float
    """Share of the zone that is swept with it, 0 to 1."""
    shortfalls: tuple[str, ...]
    """Why it is not effective; empty when it is."""


def write_verdicts(connection: Connection, zone_id: int, verdicts: Sequence[PatrolVerdict]) -> None:
    """Write the verdicts on patrols of a month in their own zone."""
    rows = [
        {**verdict._asdict(), "zone_id": zone_id, "shortfalls": list(verdict.shortfalls)}
        for verdict in verdicts
    ]
    if rows:
        connection.execute(_VERDICT, rows)


def delete_patrol(
    connection: Connection, account: Account, patrol_id: int
) -> tuple[int, date] | None:
    """Take a patrol away; answers its own zone (or 0) and day, None if it is not theirs."""
    row = connection.execute(
        select(p.c.id, pz.c.zone_id, pz.c.day)
        .select_from(p.outerjoin(pz, and_(pz.c.patrol_id == p.c.id, pz.c.own)))
        .where(p.c.id == patrol_id, in_scope(account))
    ).one_or_none()
    if row is None:
        return None
    set_change_author(connection, account)
    connection.execute(delete(p).where(p.c.id == patrol_id))
    return (row.zone_id or 0, row.day or date.min)


_FORGET = text("""
UPDATE patrol SET ranger = NULL, source = NULL, track = NULL, seconds = NULL, geom = NULL,
                  forgotten_at = now()
WHERE forgotten_at IS NULL AND coalesce(ended_at, created_at) < :before
RETURNING id
""")
_FORGET_GROUND = text("""
UPDATE patrol_zone SET ground = NULL WHERE patrol_id = ANY(:ids) AND ground IS NOT NULL
""")


def forget_tracks(connection: Connection, before: datetime) -> int:
    """Delete names, tracks and walked ground of patrols that ended before; answers how many.

    Their lengths, times and verdicts stay, and the merged areas: so figures of old periods stay.
    """
    ids = list(connection.scalars(_FORGET, {"before": before}))
    if ids:
        connection.execute(_FORGET_GROUND, {"ids": ids})
    forget_grounds(connection, day_of(before))
    return len(ids)
