"""The merged ground that is kept of each zone and period: locked, read, written, forgotten."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import shapely
from shapely import MultiPolygon
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from service.database.patrol_tables import zone_walked
from service.web.periods import parse_period, within


class Stretch(NamedTuple):
    """A zone, a period by its name, and the county of the patrols."""

    zone_id: int
    period: str
    county: str


class Kept(NamedTuple):
    """What is kept of a stretch; without ground it was forgotten, without an area too late."""

    merged_m2: float | None
    ground: MultiPolygon | None


# An update that changes nothing locks the row that is there: who takes the last patrol out of it
# cannot take the row away before ours is merged into it.
_BEGIN = text("""
INSERT INTO zone_walked (zone_id, period, county, counties, after, merged_m2, ground)
SELECT z.id, :period, :county, :counties, :after, 0, ST_GeomFromText('MULTIPOLYGON EMPTY', :srid)
FROM (VALUES (CAST(:zone_id AS bigint))) AS z(id)
ON CONFLICT (zone_id, period, county) DO UPDATE SET after = EXCLUDED.after
""")

_HELD = text("""
SELECT w.zone_id, w.period, w.county, w.merged_m2, ST_AsBinary(w.ground) AS ground
FROM zone_walked w
JOIN unnest(CAST(:zones AS bigint[]), CAST(:periods AS text[]), CAST(:counties AS text[]))
     AS asked(zone_id, period, county) USING (zone_id, period, county)
ORDER BY w.zone_id, w.period, w.county
FOR UPDATE OF w
""")


def begin(connection: Connection, stretches: Mapping[Stretch, Sequence[str]]) -> None:
    """Have a locked row for each stretch, empty where there was none; values are the zone's
    counties."""
    rows = [
        {
            **key._asdict(),
            "counties": list(stretches[key]),
            "after": parse_period(key.period).after,
            "srid": CGCS2000,
        }
        for key in sorted(stretches)  # in one order, so that two writers never deadlock
    ]
    if rows:
        connection.execute(_BEGIN, rows)


def held(connection: Connection, stretches: Iterable[Stretch]) -> dict[Stretch, Kept]:
    """What is kept of each, locked until the transaction ends; none of those without a row."""
    asked = sorted(stretches)
    rows = connection.execute(
        _HELD,
        {
            "zones": [one.zone_id for one in asked],
            "periods": [one.period for one in asked],
            "counties": [one.county for one in asked],
        },
    )
    return {
        Stretch(row.zone_id, row.period, row.county): Kept(row.merged_m2, _shape(row.ground))
        for row in rows
    }


def _shape(wkb: bytes | None) -> MultiPolygon | None:
    shape = None if wkb is None else shapely.from_wkb(wkb)
    assert shape is None or isinstance(shape, MultiPolygon)
    return shape


_WRITE = text("""
UPDATE zone_walked
SET merged_m2 = :merged_m2, ground = ST_GeomFromWKB(CAST(:ground AS bytea), :srid)
WHERE zone_id = :zone_id AND period = :period AND county = :county
""")


def write(connection: Connection, rows: Mapping[Stretch, Kept]) -> None:
    """Put what is now known of stretches in the place of what stood there."""
    told = [
        {
            **item._asdict(),
            "merged_m2": kept.merged_m2,
            "ground": None if kept.ground is None else shapely.to_wkb(kept.ground),
            "srid": CGCS2000,
        }
        for item, kept in rows.items()
    ]
    if told:
        connection.execute(_WRITE, told)


def drop(connection: Connection, one: Stretch) -> None:
    """Take away the row of a stretch in which nobody walks any more."""
    row = zone_walked
    connection.execute(
        row.delete().where(
            row.c.zone_id == one.zone_id, row.c.period == one.period, row.c.county == one.county
        )
    )


_PATROLS = text("""
SELECT ST_AsBinary(pz.ground) FROM patrol_zone pz JOIN patrol p ON p.id = pz.patrol_id
WHERE pz.zone_id = :zone_id AND pz.county = :county AND pz.day >= :first AND pz.day < :after
  AND p.apart = '{}'
""")


def patrol_grounds(connection: Connection, one: Stretch) -> list[MultiPolygon | None]:
    """The ground of every patrol that counts in a stretch; None for one that is forgotten."""
    period = parse_period(one.period)
    asked = {**one._asdict(), "first": period.first, "after": period.after}
    return [_shape(wkb) for wkb in connection.scalars(_PATROLS, asked)]


_PLACES = """
SELECT DISTINCT pz.zone_id, pz.county, CAST(date_trunc('month', pz.day) AS date) AS month
FROM patrol_zone pz JOIN patrol p ON p.id = pz.patrol_id WHERE
"""
_OF_PATROL = text(_PLACES + "pz.patrol_id = :patrol_id")
_OF_DEMO = text(_PLACES + "p.demo")


def months_of(connection: Connection, patrol_id: int) -> list[tuple[int, str, date]]:
    """Zone, county and first day of the month of all that a patrol walked."""
    return [tuple(row) for row in connection.execute(_OF_PATROL, {"patrol_id": patrol_id})]


def months_of_demo(connection: Connection) -> list[tuple[int, str, date]]:
    """The same of every invented patrol."""
    return [tuple(row) for row in connection.execute(_OF_DEMO)]


_FORGET = text("UPDATE zone_walked SET ground = NULL WHERE after <= :before AND ground IS NOT NULL")


def forget_grounds(connection: Connection, before: date) -> None:
    """Delete the merged ground of periods that were over by then; areas stay."""
    connection.execute(_FORGET, {"before": before})


# What is kept of whole months, quarters and years, and the patrols of the days after them. Of a
# zone above the counties there is a row for each: patrols of two may see the same ground at the
# border. One piece never overlaps itself: its area is known when the ground is forgotten, too.
_MERGED = text("""
SELECT zone_id,
       CASE WHEN count(*) = 1 THEN max(m2)
            WHEN bool_or(ground IS NULL) THEN NULL
            ELSE coalesce(ST_Area(ST_Union(ground)::geography), 0) END AS merged_m2
FROM (
    SELECT w.zone_id, w.merged_m2 AS m2, w.ground FROM zone_walked w
    WHERE w.zone_id = ANY(:zones) AND w.period = ANY(:periods)
    UNION ALL
    SELECT pz.zone_id, pz.walked_m2, pz.ground
    FROM patrol_zone pz JOIN patrol p ON p.id = pz.patrol_id
    WHERE pz.zone_id = ANY(:zones) AND pz.day >= :rest AND pz.day < :after AND p.apart = '{}'
) AS pieces
GROUP BY zone_id
""")


def merged_areas(
    connection: Connection, zones: Sequence[int], first: date, after: date
) -> dict[int, float | None]:
    """Square metres walked in each zone from the first of a month until a day; None when it is not
    known any more.

    Of whole months the union is kept, so no more than the patrols of one are united.
    """
    whole, rest = within(first, after)
    asked = {
        "zones": list(zones),
        "periods": [one.name for one in whole],
        "rest": rest,
        "after": after,
    }
    return {row.zone_id: row.merged_m2 for row in connection.execute(_MERGED, asked)}
