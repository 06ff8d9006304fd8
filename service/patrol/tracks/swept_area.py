"""The ground that patrols swept in each zone, merged as they are written: counted once a period."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from shapely import MultiPolygon
from sqlalchemy import Connection

from gis.tracks import ground_m2, union
from service.patrol.tracks.db import swept_area
from service.patrol.tracks.db.swept_area import PeriodKey, StoredArea
from service.web.periods import parse_period, periods_of


class SweptPart(NamedTuple):
    """The ground that one patrol swept in one zone."""

    zone_id: int
    counties: Sequence[str]
    """Those of the zone."""
    county: str
    """That of the patrol."""
    day: date
    ground: MultiPolygon


def merge(connection: Connection, parts: Iterable[SweptPart]) -> None:
    """Add the ground of new patrols to that of their months, quarters and years."""
    counties: dict[PeriodKey, Sequence[str]] = {}
    grounds: dict[PeriodKey, list[MultiPolygon]] = {}
    for part in parts:
        for period in periods_of(part.day):
            key = PeriodKey(part.zone_id, period.name, part.county)
            counties[key] = part.counties
            grounds.setdefault(key, []).append(part.ground)
    swept_area.lock_or_create(connection, counties)
    stored = swept_area.lock_areas(connection, counties)
    united: dict[PeriodKey, MultiPolygon] = {}
    # A year is united from its quarters and a quarter from its months: each patrol goes in once.
    for key in sorted(grounds, key=_days):
        inner = [united[part] for part in _keys_within(key) if part in united]
        united[key] = union(inner or grounds[key])
    swept_area.write_areas(connection, {key: _added(stored[key], united[key]) for key in counties})


def remerge(connection: Connection, months: Iterable[tuple[int, str, date]]) -> None:
    """Unite anew the periods out of which patrols were taken: zone, county, a day of the month."""
    keys: dict[PeriodKey, None] = {}
    for zone_id, county, day in sorted(months):
        for period in periods_of(day):
            keys[PeriodKey(zone_id, period.name, county)] = None
    stored = swept_area.lock_areas(connection, keys)
    for key in sorted(stored, key=_days):
        inner = _keys_within(key)
        grounds = (
            [area.ground for area in swept_area.lock_areas(connection, inner).values()]
            if inner
            else swept_area.patrol_grounds(connection, key)
        )
        if not grounds:
            swept_area.delete_area(connection, key)
            continue
        whole = [ground for ground in grounds if ground is not None]
        ground = union(whole) if len(whole) == len(grounds) else None
        swept_area.write_areas(connection, {key: _stored_area(ground)})


def _days(key: PeriodKey) -> int:
    """Sorted by this, a month goes before its quarter, and a quarter before its year."""
    period = parse_period(key.period)
    return (period.after - period.first).days


def _keys_within(key: PeriodKey) -> list[PeriodKey]:
    """The quarters of a year, the months of a quarter; none of a month."""
    return [PeriodKey(key.zone_id, name, key.county) for name in _periods_within(key.period)]


def _periods_within(name: str) -> list[str]:
    period = parse_period(name)
    year = period.first.year
    quarter = periods_of(period.first)[1]
    if name == quarter.name:
        return [f"{year}-{period.first.month + n:02d}" for n in range(3)]
    return [f"{year}-Q{n}" for n in range(1, 5)] if name == f"{year}" else []


def _added(stored: StoredArea, ground: MultiPolygon) -> StoredArea:
    """Where the old ground is forgotten, nobody knows how much of it the new ground repeats."""
    if stored.ground is None:
        return StoredArea(None, None)
    return _stored_area(union([stored.ground, ground]))


def _stored_area(ground: MultiPolygon | None) -> StoredArea:
    return StoredArea(None if ground is None else ground_m2(ground), ground)
