"""Ground walked twice counts once: what was walked in each zone, merged as patrols are written."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from shapely import MultiPolygon
from sqlalchemy import Connection

from gis.tracks import ground_m2, together
from service.patrol.tracks.db import swept_area
from service.patrol.tracks.db.swept_area import Kept, Stretch
from service.web.periods import parse_period, periods_of


class Part(NamedTuple):
    """What of a patrol lies in a zone."""

    zone_id: int
    counties: Sequence[str]
    county: str
    day: date
    ground: MultiPolygon


def merge(connection: Connection, parts: Iterable[Part]) -> None:
    """Add the ground of new patrols to that of their months, quarters and years."""
    counties: dict[Stretch, Sequence[str]] = {}
    fresh: dict[Stretch, list[MultiPolygon]] = {}
    for part in parts:
        for period in periods_of(part.day):
            stretch = Stretch(part.zone_id, period.name, part.county)
            counties[stretch] = part.counties
            fresh.setdefault(stretch, []).append(part.ground)
    swept_area.begin(connection, counties)
    held = swept_area.held(connection, counties)
    united: dict[Stretch, MultiPolygon] = {}
    # A year is united from its quarters and a quarter from its months: each patrol goes in once.
    for stretch in sorted(fresh, key=_days):
        inner = [united[one] for one in _within(stretch) if one in united]
        united[stretch] = together(inner or fresh[stretch])
    swept_area.write(connection, {one: _added(held[one], united[one]) for one in counties})


def remerge(connection: Connection, months: Iterable[tuple[int, str, date]]) -> None:
    """Unite anew what patrols were taken out of: zone, county, any day of the month."""
    zones: dict[Stretch, None] = {}
    for zone_id, county, day in sorted(months):
        for period in periods_of(day):
            zones[Stretch(zone_id, period.name, county)] = None
    held = swept_area.held(connection, zones)
    for stretch in sorted(held, key=_days):
        inner = _within(stretch)
        grounds = (
            [one.ground for one in swept_area.held(connection, inner).values()]
            if inner
            else swept_area.patrol_grounds(connection, stretch)
        )
        if not grounds:
            swept_area.drop(connection, stretch)
            continue
        whole = [ground for ground in grounds if ground is not None]
        ground = together(whole) if len(whole) == len(grounds) else None
        swept_area.write(connection, {stretch: _kept(ground)})


def _days(stretch: Stretch) -> int:
    """By this a month goes before its quarter, and a quarter before its year."""
    period = parse_period(stretch.period)
    return (period.after - period.first).days


def _within(stretch: Stretch) -> list[Stretch]:
    """The quarters of a year, the months of a quarter; none of a month."""
    return [Stretch(stretch.zone_id, one, stretch.county) for one in _parts(stretch.period)]


def _parts(period: str) -> list[str]:
    whole = parse_period(period)
    year = whole.first.year
    quarter = periods_of(whole.first)[1]
    if period == quarter.name:
        return [f"{year}-{whole.first.month + n:02d}" for n in range(3)]
    return [f"{year}-Q{n}" for n in range(1, 5)] if period == f"{year}" else []


def _added(held: Kept, ground: MultiPolygon) -> Kept:
    """Of what is forgotten nobody knows how much the new ground repeats."""
    if held.ground is None:
        return Kept(None, None)
    return _kept(together([held.ground, ground]))


def _kept(ground: MultiPolygon | None) -> Kept:
    return Kept(None if ground is None else ground_m2(ground), ground)
