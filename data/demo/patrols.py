"""Patrols of this quarter and the last for the zones of the demo, as devices record them; all
invented.

Most rangers walk their days, some are short of them, some stop in the last quarter. Tracks have the
noise of a device under trees, pauses, now and then a jump or a silence.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import LineString
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

from data.demo.zones import SEED, metres_deg
from data.timestamps import BEIJING
from gis.crs import CGCS2000

__all__ = ["demo_patrols", "first_quarter_day"]

_QUARTER: Final = 3  # months
_MAX_FIXES: Final = 120  # a fix every 40 to 60 s, so that the demo is loaded soon
_LEG_PARTS: Final = 6
_Floats = NDArray[np.float64]
# Row i sums the disturbances up to i, each a tenth weaker a fix later.
_AGES: Final = np.subtract.outer(np.arange(_MAX_FIXES + 1), np.arange(_MAX_FIXES + 1))
_FADING: Final = np.where(_AGES >= 0, 0.9 ** np.maximum(_AGES, 0), 0.0)
_COLUMNS: Final = ["zone", "ranger", "started_at", "ended_at", "times", "source", "geometry"]


class _Habit(NamedTuple):
    """Days a ranger walks in the months of a quarter, and how many of them too short.

    ``last_day``: after this day of the last month of the last quarter no patrol is made.
    """

    walks: tuple[int, int, int]
    short: float = 0.04
    last_day: int | None = None


# Habits of the five grids of a town, repeated over the towns.
_HABITS: Final = (
    _Habit((11, 12, 11)),
    _Habit((12, 11, 12)),
    _Habit((11, 11, 12)),
    _Habit((6, 11, 12)),  # the first month was missed
    _Habit((12, 8, 4), last_day=12),  # stopped in the last quarter
    _Habit((12, 12, 12)),
    _Habit((11, 12, 11), short=0.7),  # walks, but never far enough
    _Habit((12, 11, 11)),
    _Habit((0, 0, 0)),  # never walked
)
# Months in which chiefs go round: all three, or not.
_CHIEFS: Final = ((0, 1, 2), (0, 1, 2), (0, 2, 2), (0, 1), (0, 1, 2), (1, 2), (0, 1, 2), (0,))


def demo_patrols(zones: gpd.GeoDataFrame, *, today: date, seed: int = SEED) -> gpd.GeoDataFrame:
    """Tracks of rangers and chiefs of the quarter of a day, up to the day before, and of the last.

    Parameters
    ----------
    zones
        As `data.demo.zones.demo_zones` gives them.
    today
        Nobody has walked on it yet; on the first day of a quarter only the last one has patrols.
    seed
        Of everything that is invented.

    Returns
    -------
    GeoDataFrame
        Columns of `data.patrol.tracks.read_tracks`, by zone and day; `zone` and `ranger` (the
        chief's name where a chief walked) are always set. At most 125 fixes a track.

    Examples
    --------
    >>> from data.demo.demo import generated_county
    >>> from data.demo.zones import demo_zones
    >>> tracks = demo_patrols(demo_zones(generated_county()).iloc[:10], today=date(2026, 11, 29))
    >>> bool(tracks["started_at"].min() >= datetime(2026, 7, 1, tzinfo=BEIJING))
    True
    >>> bool(tracks["ended_at"].max() < datetime(2026, 11, 29, tzinfo=BEIJING))
    True
    """
    rng = np.random.default_rng(seed + 1)
    months = _months(today)
    rows = [row for at, zone in enumerate(_zones(zones)) for row in _walks(zone, at, months, rng)]
    frame = pd.DataFrame(rows, columns=_COLUMNS, dtype=object)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=CGCS2000)


class _Month(NamedTuple):
    """A month and the last day on which a patrol is possible."""

    first: date
    last: int
    place: int
    """In its quarter, from 0."""
    is_old: bool
    """Of the last quarter."""

    @property
    def share(self) -> float:
        """Of the month that is over."""
        return self.last / monthrange(self.first.year, self.first.month)[1]


def first_quarter_day(today: date) -> date:
    """The first day of the quarter before that of a day.

    >>> first_quarter_day(date(2027, 1, 1)).isoformat()
    '2026-10-01'
    """
    number = today.year * 12 + (today.month - 1) // _QUARTER * _QUARTER - _QUARTER
    return date(number // 12, number % 12 + 1, 1)


def _months(today: date) -> list[_Month]:
    begin = first_quarter_day(today)
    months = []
    for at in range(2 * _QUARTER):
        number = begin.year * 12 + begin.month - 1 + at
        first = date(number // 12, number % 12 + 1, 1)
        days = monthrange(first.year, first.month)[1]
        last = min(days, (today - first).days)
        if last > 0:
            months.append(_Month(first, last, at % _QUARTER, at < _QUARTER))
    return months


class _Zone(NamedTuple):
    """A zone in metres around its own middle."""

    code: str
    walker: str
    is_chief: bool
    middle: tuple[float, float]
    ground: BaseGeometry


def _zones(zones: gpd.GeoDataFrame) -> Iterator[_Zone]:
    for zone in zones.itertuples():
        chief = zone.level != "grid"
        lon, lat = zone.geometry.centroid.coords[0]
        flat = affine_transform(zone.geometry, _to_metres(lon, lat))
        walker = zone.chief if chief else zone.ranger
        yield _Zone(str(zone.code), str(walker), chief, (lon, lat), flat.buffer(-80))


def _to_metres(lon: float, lat: float) -> list[float]:
    east, north = metres_deg(lat)
    return [1 / east, 0, 0, 1 / north, -lon / east, -lat / north]


def _walks(zone: _Zone, at: int, months: list[_Month], rng: Generator) -> Iterator[list[Any]]:
    shapely.prepare(zone.ground)
    if zone.is_chief:
        rounds = _CHIEFS[at % len(_CHIEFS)]
        for month in (
            chief_month for chief_month in months for _ in range(rounds.count(chief_month.place))
        ):
            yield _row(zone, month, int(rng.integers(1, month.last, endpoint=True)), 0.0, rng)
        return
    habit = _HABITS[at % len(_HABITS)]
    for month in months:
        last, walks = month.last, habit.walks[month.place]
        count = min(walks, max(1, round(walks * month.share)))
        if habit.last_day is not None:
            if not month.is_old:
                return
            if month.place == _QUARTER - 1:
                last, count = min(last, habit.last_day), walks
        for day in _spread(count, last, rng):
            yield _row(zone, month, day, habit.short, rng)


def _spread(count: int, days: int, rng: Generator) -> list[int]:
    """Days of a month, spread over it."""
    even = np.linspace(1, days, count) + rng.uniform(-0.9, 0.9, count)
    return sorted({int(day) for day in np.clip(np.rint(even), 1, days)})


def _row(zone: _Zone, month: _Month, day: int, short: float, rng: Generator) -> list[Any]:
    hour = rng.uniform(6.5, 9.5) if rng.random() < 0.8 else rng.uniform(13.5, 15.0)
    begin = datetime(month.first.year, month.first.month, day, tzinfo=BEIJING)
    begin += timedelta(seconds=round(3600 * hour))
    metres = rng.uniform(1_000, 2_300) if rng.random() < short else rng.uniform(3_900, 5_600)
    xy, seconds = _recorded(_route(zone.ground, metres, rng), rng)
    east, north = metres_deg(zone.middle[1])
    places = np.round(np.array(zone.middle) + xy * (east, north), 7)
    times = [begin + timedelta(seconds=second) for second in seconds.tolist()]
    source = f"虚构示例 {zone.code} {begin:%Y-%m-%d}"
    return [zone.code, zone.walker, times[0], times[-1], times, source, LineString(places)]


def _route(ground: BaseGeometry, metres: float, rng: Generator) -> _Floats:
    """A line through places of a zone, round after round, of a given length."""
    stops = _rounds(ground, rng)
    legs = np.hypot(*np.diff(stops, axis=0).T)
    enough = int(np.searchsorted(np.cumsum(legs), metres)) + 2
    stops = stops[:enough]
    parts = np.linspace(0, 1, _LEG_PARTS, endpoint=False)[:, None, None]
    way = stops[:-1] + parts * np.diff(stops, axis=0)
    way += rng.normal(0, 14, way.shape) * (parts > 0)  # paths are never straight
    winding: _Floats = np.vstack([way.transpose(1, 0, 2).reshape(-1, 2), stops[-1:]])
    return winding


def _rounds(ground: BaseGeometry, rng: Generator) -> _Floats:
    """Places inside, ordered by their bearing from the middle, so that the line is a round."""
    west, south, east, north = ground.bounds
    places = rng.uniform((west, south), (east, north), (160, 2))
    places = places[shapely.contains_xy(ground, places)][:36].reshape(-1, 9, 2)
    bearing = np.arctan2(places[..., 1], places[..., 0]) + rng.uniform(0, 2 * np.pi)
    order = np.argsort(bearing % (2 * np.pi), axis=1)
    rounds: _Floats = np.take_along_axis(places, order[..., None], axis=1).reshape(-1, 2)
    return rounds


def _recorded(way: _Floats, rng: Generator) -> tuple[_Floats, NDArray[np.int64]]:
    """Where a device says it was, and the second of each fix."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))])
    speed = rng.uniform(2.3, 4.3) / 3.6
    pauses = np.sort(rng.uniform(0, along[-1], int(rng.integers(1, 4))))
    rests = rng.uniform(150, 600, len(pauses))
    whole_s = along[-1] / speed + rests.sum()
    every_s = max(15, int(np.ceil(whole_s / _MAX_FIXES / 5)) * 5)
    # The clock at each place: walking, and standing where a pause is.
    marks = np.concatenate([along, pauses, pauses])
    clock = marks / speed
    for place, rest in zip(pauses, rests, strict=True):
        clock[marks > place] += rest
    clock[-len(pauses) :] += rests  # the second of the two marks of a pause is its end
    order = np.lexsort((clock, marks))
    seconds = np.arange(0, int(whole_s), every_s, dtype=np.int64)
    gone = np.interp(seconds, clock[order], marks[order])
    xy = np.column_stack([np.interp(gone, along, way[:, axis]) for axis in (0, 1)])
    return _disturbed(xy + _noise(len(xy), rng), seconds, rng)


def _noise(count: int, rng: Generator) -> _Floats:
    """Errors of a device under trees: some metres, slowly changing."""
    noise: _Floats = _FADING[:count, :count] @ rng.normal(0, 1.6, (count, 2))
    return noise


def _disturbed(
    xy: _Floats, seconds: NDArray[np.int64], rng: Generator
) -> tuple[_Floats, NDArray[np.int64]]:
    """Now and then a fix far away, a silence, or two fixes in the wrong order."""
    lot = rng.random()
    at = int(rng.integers(len(xy) // 4, 3 * len(xy) // 4))
    if lot < 0.08:
        turn = rng.uniform(0, 2 * np.pi)
        xy[at] += rng.uniform(800, 4_000) * np.array([np.cos(turn), np.sin(turn)])
    elif lot < 0.12:
        keep = (seconds < seconds[at]) | (seconds > seconds[at] + 1_080)
        xy, seconds = xy[keep], seconds[keep]
    elif lot < 0.13:
        xy[[at, at + 1]], seconds[[at, at + 1]] = xy[[at + 1, at]], seconds[[at + 1, at]]
    return xy, seconds
