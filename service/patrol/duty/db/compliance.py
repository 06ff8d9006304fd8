"""What was walked in which zone: the sums and unions under the duty meter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from service.accounts.db.accounts import Account
from service.patrol.tracks.db.swept_area import merged_areas
from service.web.periods import Period
from service.web.timestamps import midnight


@dataclass(frozen=True)
class ZoneInPeriod:
    """A zone as it stood last in a stretch of days."""

    id: int
    code: str
    name: str
    level: str
    parent: str | None
    district: str
    area_m2: float
    chief: str | None
    ranger: str | None
    first_from: date
    valid_to: date | None


_STANDS = text("""
SELECT DISTINCT ON (z.code) z.id, z.code, v.name, z.level, z.parent, z.district, v.area_m2,
       v.chief, v.ranger,
       (SELECT min(o.valid_from) FROM zone_version o WHERE o.zone_id = z.id) AS first_from,
       v.valid_to
FROM zone z JOIN zone_version v ON v.zone_id = z.id
WHERE (CAST(:scope AS text[]) IS NULL OR z.counties <@ CAST(:scope AS text[]))
  AND (CAST(:counties AS text[]) IS NULL OR z.counties <@ CAST(:counties AS text[]))
  AND (CAST(:level AS text) IS NULL OR z.level = :level)
  AND (CAST(:zone AS text) IS NULL OR z.code = :zone)
  AND v.valid_from < :after AND (v.valid_to IS NULL OR v.valid_to > :first)
ORDER BY z.code, v.valid_from DESC
LIMIT :max_zones
""")


def zones_in_period(  # noqa: PLR0913 - the filters of the meter
    connection: Connection,
    account: Account,
    first: date,
    after: date,
    *,
    counties: Sequence[str] | None,
    level: str | None,
    zone: str | None,
    max_zones: int,
) -> list[ZoneInPeriod]:
    """Zones of the scope that hold on any day of a stretch, by code."""
    rows = connection.execute(
        _STANDS,
        {
            "scope": None if account.counties is None else list(account.counties),
            "counties": None if counties is None else list(counties),
            "level": level,
            "zone": zone,
            "first": first,
            "after": after,
            "max_zones": max_zones,
        },
    )
    return [ZoneInPeriod(*row) for row in rows]


@dataclass(frozen=True)
class PatrolTotals:
    """What was walked in a zone, whoever walked; ``merged_m2`` is None when some of the ground was
    forgotten before it could be merged.
    """

    patrols: int
    length_m: float
    inside_s: float
    sum_m2: float
    merged_m2: float | None


_SUMS = text("""
SELECT pz.zone_id, count(*) AS patrols, sum(pz.length_m) AS length_m, sum(pz.inside_s) AS inside_s,
       sum(pz.walked_m2) AS sum_m2
FROM patrol_zone pz JOIN patrol p ON p.id = pz.patrol_id
WHERE pz.zone_id = ANY(:zones) AND pz.day >= :first AND pz.day < :after AND p.apart = '{}'
GROUP BY pz.zone_id
""")


def patrol_totals(
    connection: Connection, zones: Sequence[int], period: Period, until: date
) -> dict[int, PatrolTotals]:
    """Sums and unions of the patrols in each zone before a day of the period, or its end.

    Zones that nobody walked are left out.
    """
    until = min(until, period.after)
    merged = merged_areas(connection, zones, period.first, until)
    parameters = {"zones": list(zones), "first": period.first, "after": until}
    return {
        row.zone_id: PatrolTotals(
            row.patrols, row.length_m, row.inside_s, row.sum_m2, merged.get(row.zone_id)
        )
        for row in connection.execute(_SUMS, parameters)
    }


_DAYS = text("""
SELECT pz.zone_id, pz.day FROM patrol_zone pz JOIN patrol p ON p.id = pz.patrol_id
WHERE pz.zone_id = ANY(:zones) AND pz.own AND pz.day >= :first AND pz.day < :after
  AND p.apart = '{}' AND pz.shortfalls = '{}'
GROUP BY pz.zone_id, pz.day ORDER BY pz.day
""")


def effective_days(
    connection: Connection, zones: Sequence[int], first: date, after: date
) -> dict[int, list[date]]:
    """Days with an effective patrol in its own zone, in their order."""
    by_zone: dict[int, list[date]] = {}
    parameters = {"zones": list(zones), "first": first, "after": after}
    for row in connection.execute(_DAYS, parameters):
        by_zone.setdefault(row.zone_id, []).append(row.day)
    return by_zone


_APART = text("""
SELECT reason, count(*) AS n FROM patrol p, unnest(p.apart) AS reason
WHERE (CAST(:scope AS text[]) IS NULL OR p.county = ANY(CAST(:scope AS text[])))
  AND (CAST(:counties AS text[]) IS NULL OR p.county = ANY(CAST(:counties AS text[])))
  AND (p.started_at >= :first AND p.started_at < :after OR p.started_at IS NULL)
GROUP BY reason ORDER BY reason
""")


def kept_apart(
    connection: Connection,
    account: Account,
    first: date,
    after: date,
    counties: Sequence[str] | None,
) -> dict[str, int]:
    """Patrols of the stretch (or without times) that count for nothing, by reason."""
    rows = connection.execute(
        _APART,
        {
            "scope": None if account.counties is None else list(account.counties),
            "counties": None if counties is None else list(counties),
            "first": midnight(first),
            "after": midnight(after),
        },
    )
    return {row.reason: row.n for row in rows}
