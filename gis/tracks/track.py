"""One walked track: duration, length, pauses and implausible fixes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiLineString

from gis.crs import ELLIPSOID
from gis.errors import GeometryError, Position
from gis.messages import Message
from gis.validity import check_positions

__all__ = ["Pause", "Track", "duration_s", "length_m", "pauses", "track", "without_outliers"]

Floats = NDArray[np.float64]
_WINDOW: Final = 8  # fixes measured at once, doubled each time nothing is found
_SOON = 4  # fixes that are looked ahead from every fix at once


@dataclass(frozen=True, eq=False)
class Track:
    """Fixes in the order of time; made by :func:`track`, which checks them."""

    at: Floats
    """``(n, 2)`` longitude and latitude in degrees, n > 0."""
    seconds: Floats
    """``(n,)`` seconds since any moment, never falling."""

    def __len__(self) -> int:
        """Number of fixes."""
        return len(self.at)

    def metres(self) -> Floats:
        """Length of each of the n - 1 steps along geodesics."""
        return self._metres

    @cached_property
    def _metres(self) -> Floats:
        metres = _distances_m(self.at[:-1], self.at[1:])
        metres.flags.writeable = False  # everybody who asks gets the same ones
        return metres

    def speeds_m_s(self) -> Floats:
        """Speed of each step; infinite where two places have the same time, 0 without movement."""
        metres, seconds = self.metres(), np.diff(self.seconds)
        still = metres == 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(still, 0.0, metres / seconds)

    def only(self, keep: NDArray[np.bool_]) -> Track:
        """The fixes for which `keep` is true."""
        return Track(self.at[keep], self.seconds[keep])

    def plausible_steps(self, *, max_speed_m_s: float, max_gap_s: float) -> NDArray[np.bool_]:
        """Which steps a walker can have made: neither too fast nor with too long a silence."""
        slow_enough = self.speeds_m_s() <= max_speed_m_s
        return np.asarray(slow_enough & (np.diff(self.seconds) <= max_gap_s))

    def line(self, steps: NDArray[np.bool_] | None = None) -> MultiLineString:
        """What was walked, in degrees; broken where a step is not among `steps`."""
        pairs = np.stack([self.at[:-1], self.at[1:]], axis=1)
        ways = np.asarray(shapely.linestrings(pairs if steps is None else pairs[steps]))
        merged = shapely.line_merge(shapely.multilinestrings(ways))
        return MultiLineString(list(shapely.get_parts(merged)))


def track(at: Any, times: Any) -> Track:
    """Check fixes and bring them into the order of time.

    Parameters
    ----------
    at
        ``(n, 2)`` longitude and latitude in degrees.
    times
        ``(n,)`` ``datetime64`` or seconds; they may come in any order.

    Raises
    ------
    GeometryError
        ``empty`` (no fixes), ``bad_shape`` (not as many times as places), ``not_finite`` (NaN,
        NaT, infinite) or ``out_of_range``.

    Examples
    --------
    >>> walk = track([[126.0, 43.8], [126.001, 43.8]], ["2024-05-01T08:00", "2024-05-01T08:01"])
    >>> len(walk), round(length_m(walk), 1), duration_s(walk)
    (2, 80.5, 60.0)
    """
    places = np.asarray(at, dtype=np.float64)
    if places.size == 0:
        raise GeometryError(
            Message(
                "轨迹没有定位点。",
                "The track has no fixes.",
            ),
            code="empty",
        )
    moments = _seconds(times)
    if places.ndim != 2 or places.shape[1] != 2 or moments.shape != (len(places),):
        raise GeometryError(
            Message(
                f"轨迹应有 n×2 个坐标和 n 个时刻，收到 {places.shape} 和 {moments.shape}。",
                f"A track has (n, 2) positions and n times, not {places.shape} and "
                f"{moments.shape}.",
            ),
            code="bad_shape",
        )
    check_positions(places)
    if not np.isfinite(moments).all():
        raise GeometryError(
            Message(
                "有定位点没有时刻，请先去掉这些点。",
                "A fix has no time; leave such fixes out.",
            ),
            code="not_finite",
        )
    order = np.argsort(moments, kind="stable")
    return Track(places[order], moments[order])


def _seconds(times: Any) -> Floats:
    moments = np.asarray(times)
    if moments.dtype.kind in "UO":
        moments = moments.astype("datetime64[ms]")
    if moments.dtype.kind == "M":
        seconds = moments.astype("datetime64[ms]").astype(np.float64) / 1000.0
        return np.where(np.isnat(moments), np.nan, seconds)
    return moments.astype(np.float64)


def length_m(walk: Track) -> float:
    """Metres along geodesics from fix to fix; 0 for one fix. Jumps count: see `without_outliers`.

    Examples
    --------
    >>> length_m(track([[126.0, 43.8]], [0.0]))
    0.0
    """
    return float(walk.metres().sum())


def duration_s(walk: Track) -> float:
    """Seconds from the first fix to the last, pauses and silences included.

    Examples
    --------
    >>> duration_s(track([[126.0, 43.8], [126.0, 43.8]], [0.0, 90.0]))
    90.0
    """
    return float(walk.seconds[-1] - walk.seconds[0])


def without_outliers(walk: Track, max_speed_m_s: float) -> Track:
    """Leave out fixes that cannot have been reached on foot.

    Parameters
    ----------
    walk
        A track.
    max_speed_m_s
        Greatest plausible speed, metres a second, above 0.

    Returns
    -------
    Track
        Without fixes whose steps are all too fast while the step past them is not. A fix from which
        the track continues stays: there :meth:`Track.plausible_steps` breaks the line.

    Raises
    ------
    GeometryError
        ``bad_limit``: the speed is not above 0.

    Examples
    --------
    >>> walk = track([[126.0, 43.8], [126.5, 43.8], [126.0005, 43.8]], [0.0, 15.0, 30.0])
    >>> round(length_m(without_outliers(walk, 5.0)), 1)
    40.2
    """
    if not max_speed_m_s > 0:
        raise GeometryError(
            Message(
                f"速度上限必须大于 0，收到的是 {max_speed_m_s}。",
                f"A speed must be above 0, not {max_speed_m_s}.",
            ),
            code="bad_limit",
        )
    while len(walk) > 2:
        outliers = _outliers(walk, max_speed_m_s)
        if not outliers.any():
            break
        walk = walk.only(~outliers)
    return walk


def _outliers(walk: Track, max_speed_m_s: float) -> NDArray[np.bool_]:
    fast = walk.speeds_m_s() > max_speed_m_s
    lonely = np.zeros(len(walk), dtype=bool)
    lonely[1:-1] = fast[:-1] & fast[1:]
    lonely[0] = bool(fast[0] and not fast[1])
    lonely[-1] = bool(fast[-1] and not fast[-2])
    # Of two adjacent outliers only the first is removed: the rest may be plausible without it.
    lonely[1:] &= ~lonely[:-1]
    return lonely


class Pause(NamedTuple):
    """A time in which a track did not leave a circle."""

    begin_s: float
    end_s: float
    at: Position
    """Where it began: the middle of the circle."""

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return self.end_s - self.begin_s


def pauses(walk: Track, *, radius_m: float = 20.0, min_s: float = 180.0) -> list[Pause]:
    """Where and how long a track stood still.

    Parameters
    ----------
    walk
        A track.
    radius_m
        A pause stays within this distance of where it began, metres: more than the noise of a
        fix under trees.
    min_s
        Shorter ones are left out, seconds.

    Returns
    -------
    list[Pause]
        In the order of time; they do not overlap.

    Examples
    --------
    >>> walk = track([[126.0, 43.8], [126.0, 43.8], [126.01, 43.8]], [0.0, 600.0, 1200.0])
    >>> [(pause.duration_s, pause.at) for pause in pauses(walk)]
    [(600.0, (126.0, 43.8))]
    """
    soon = _left_soon(walk, radius_m).tolist()
    stops = []
    first = 0
    while first < len(soon):
        after = soon[first] or _left_at(walk, first, radius_m)
        begin, end = walk.seconds[first], walk.seconds[after - 1]
        if end - begin >= min_s:
            at = (float(walk.at[first, 0]), float(walk.at[first, 1]))
            stops.append(Pause(float(begin), float(end), at))
        first = after
    return stops


def _left_soon(walk: Track, radius_m: float) -> NDArray[np.int64]:
    """`_left_at` of each fix whose circle is left within the next few fixes, else 0.

    A walker leaves most circles within a fix or two: all of those are measured at once.
    """
    left = np.zeros(len(walk), dtype=np.int64)
    for ahead in range(1, min(_SOON, len(walk) - 1) + 1):
        steps = walk.metres() if ahead == 1 else _distances_m(walk.at[:-ahead], walk.at[ahead:])
        away = steps > radius_m
        fresh = np.flatnonzero(away & (left[:-ahead] == 0))
        left[fresh] = fresh + ahead
    return left


def _left_at(walk: Track, first: int, radius_m: float) -> int:
    """The first fix beyond the circle around `first`; the number of fixes where there is none."""
    begin, window = first, _WINDOW
    while begin < len(walk):
        # Most pauses are short: measuring the rest of the track for each would be quadratic.
        away = _metres_from(walk.at[first], walk.at[begin : begin + window])
        beyond = np.flatnonzero(away > radius_m)
        if len(beyond):
            return begin + int(beyond[0])
        begin, window = begin + window, 2 * window
    return len(walk)


def _metres_from(place: Floats, others: Floats) -> Floats:
    here = np.broadcast_to(place, others.shape)
    return _distances_m(here, others)


def _distances_m(starts: Floats, ends: Floats) -> Floats:
    _forth, _back, metres = ELLIPSOID.inv(starts[:, 0], starts[:, 1], ends[:, 0], ends[:, 1])
    return np.asarray(metres, dtype=np.float64)
