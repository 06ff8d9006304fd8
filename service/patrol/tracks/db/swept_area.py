"""The merged swept ground of each zone and period: locked, read, written, forgotten."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import shapely
from shapely import MultiPolygon
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from service.database.patrol_tables import zone_walked
from service.web.periods import parse_period, within


class PeriodKey(NamedTuple):
    """A row of ``zone_walked``: a zone, the name of a period, and the county of the patrols."""

    zone_id: int
    period: str
    county: str


class StoredArea(NamedTuple):
    """What is stored of the ground that patrols swept in a period."""

    merged_m2: float | None
    """None when the ground was forgotten before a late patrol could be merged with it."""
    ground: MultiPolygon | None
    """None when it was forgotten."""


# The update changes nothing, but it locks the row: whoever deletes the last patrol of the period
# at this moment cannot delete the row before our patrol is merged into it.
_LOCK_OR_CREATE = text("""
INSERT INTO zone_walked (zone_id, period, county, counties, after, merged_m2, ground)
SELECT z.id, :period, :county, :counties, :after, 0, ST_GeomFromText('MULTIPOLYGON EMPTY', :srid)
FROM (VALUES (CAST(:zone_id AS bigint))) AS z(id)
ON CONFLICT (zone_id, period, county) DO UPDATE SET after = EXCLUDED.after
""")

_LOCK = text("""
SELECT w.zone_id, w.period, w.county, w.merged_m2, ST_AsBinary(w.ground) AS ground
FROM zone_walked w
JOIN unnest(CAST(:zones AS bigint[]), CAST(:periods AS text[]), CAST(:counties AS text[]))
     AS key(zone_id, period, county) USING (zone_id, period, county)
ORDER BY w.zone_id, w.period, w.county
FOR UPDATE OF w
""")


def lock_or_create(connection: Connection, counties: Mapping[PeriodKey, Sequence[str]]) -> None:
    """Lock the row of each key, made empty where there is none; values are the zone's counties."""
    rows = [
        {
            **key._asdict(),
            "counties": list(counties[key]),
            "after": parse_period(key.period).after,
            "srid": CGCS2000,
        }
        for key in sorted(counties)  # in one order, so that two writers never deadlock
    ]
    if rows:
        connection.execute(_LOCK_OR_CREATE, rows)


def lock_areas(connection: Connection, keys: Iterable[PeriodKey]) -> dict[PeriodKey, StoredArea]:
    """What is stored under each key, locked until the transaction ends; without those that have
    no row.
    """
    ordered = sorted(keys)
    rows = connection.execute(
        _LOCK,
        {
            "zones": [key.zone_id for key in ordered],
            "periods": [key.period for key in ordered],
            "counties": [key.county for key in ordered],
        },
    )
    return {
        PeriodKey(row.zone_id, row.period, row.county): StoredArea(
            row.merged_m2, _shape(row.ground)
        )
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


def write_areas(connection: Connection, areas: Mapping[PeriodKey, StoredArea]) -> None:
    """Replace what is stored under each key; the rows are there."""
    rows = [
        {
            **key._asdict(),
            "merged_m2": area.merged_m2,
            "ground": None if area.ground is None else shapely.to_wkb(area.ground),
            "srid": CGCS2000,
        }
        for key, area in areas.items()
    ]
    if rows:
        connection.execute(_WRITE, rows)


def delete_area(connection: Connection, key: PeriodKey) -> None:
    """Delete the row of a period in which no patrol is left."""
    columns = zone_walked.c
    connection.execute(
        zone_walked.delete().where(
            columns.zone_id == key.zone_id,
            columns.period == key.period,
            columns.county == key.county,
        )
    )


_PATROLS = text("""
SELECT ST_AsBinary(pz.ground) FROM patrol_zone pz JOIN patrol p ON p.id = pz.patrol_id
WHERE pz.zone_id = :zone_id AND pz.county = :county AND pz.day >= :first AND pz.day < :after
  AND p.apart = '{}'
""")


def patrol_grounds(connection: Connection, key: PeriodKey) -> list[MultiPolygon | None]:
    """The ground of every patrol that counts in a period; None for one that is forgotten."""
    period = parse_period(key.period)
    parameters = {**key._asdict(), "first": period.first, "after": period.after}
    return [_shape(wkb) for wkb in connection.scalars(_PATROLS, parameters)]


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


# The merged ground of whole months, quarters and years, united with the patrols of the days after
# them. A zone above the counties has a row for each county, and patrols of two counties may sweep
# the same ground at their border. A single piece overlaps nothing, so its area is known even after
# its ground was forgotten.
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
    """Square metres swept in each zone, counted once, from the first of a month to before a day.

    None when some of the ground was forgotten; without zones in which nobody walked. The union of
    whole months is stored, so only the patrols of the last month are united here.
    """
    whole, rest = within(first, after)
    parameters = {
        "zones": list(zones),
        "periods": [period.name for period in whole],
        "rest": rest,
        "after": after,
    }
    return {row.zone_id: row.merged_m2 for row in connection.execute(_MERGED, parameters)}
