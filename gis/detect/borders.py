"""The known borders as evidence: do vertices lie on them, before or after a shift?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.detect.findings import Placement, ShiftFinding
from gis.messages import Message
from gis.shift import from_bd09, from_gcj02

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["NO_BORDERS", "Borders", "ShiftRule"]

Points = NDArray[np.float64]
_MERCATOR_R_M: Final = 6_378_137.0
_ON_BORDER_DEG: Final = 1e-6  # 0.1 m: a border that went through a projection is still the border
_READINGS: Final = {"none": lambda points: points, "gcj02": from_gcj02, "bd09": from_bd09}


@dataclass(frozen=True)
class ShiftRule:
    """When borders are enough evidence. GCJ-02 moves by 300 to 700 m, BD-09 by twice that."""

    vertices: int = 30
    """Vertices near a border that are needed at least."""
    near_m: float = 300.0
    """A vertex counts when one of the readings brings it this near to a border."""
    spots: int = 5
    """Number of 1 km squares that those vertices must lie in: one bend is not enough evidence."""
    fit_m: float = 100.0
    """Greatest median distance of an accepted reading."""
    ratio: float = 0.5
    """Greatest ratio of its median to that of the next best reading."""
    on_m: float = 1.0
    """A vertex this near to a border was drawn along it: chance puts hardly any there."""
    on_vertices: int = 12
    """Vertices on a border that prove a reading, where medians do not."""
    on_share: float = 0.02
    """Their least share of the vertices near a border."""
    on_ratio: float = 5.0
    """How many times as many they must be as those of any other reading."""


class Borders:
    """Known districts, indexed to look up where points lie.

    Parameters
    ----------
    districts
        Columns ``code``, ``name`` (may be missing) and ``geometry``, degrees of CGCS2000.

    Examples
    --------
    >>> import geopandas, numpy as np
    >>> frame = geopandas.GeoDataFrame(
    ...     {"code": ["220102"], "name": ["南关区"]}, geometry=[shapely.box(125, 43, 126, 44)]
    ... )
    >>> Borders(frame).placement(np.array([[125.5, 43.5], [130.0, 43.5]])).inside
    0.5
    """

    def __init__(self, districts: GeoDataFrame) -> None:
        shapes = np.asarray(districts.geometry.array, dtype=object)
        drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        self._shapes = shapes[drawn]
        self._codes = districts["code"].to_numpy(dtype=object)[drawn]
        named = "name" if "name" in districts.columns else "code"
        self._names = districts[named].to_numpy(dtype=object)[drawn]
        self._tree = shapely.STRtree(self._shapes)

    def placement(self, points: Points) -> Placement:
        """Bounds of points, and the districts that they lie in; on a border counts as in."""
        # A query prepares what it asks for: the few long outlines, not the many points.
        tree = shapely.STRtree(np.asarray(shapely.points(points), dtype=object).reshape(-1))
        district, in_row = tree.query(self._shapes, predicate="dwithin", distance=_ON_BORDER_DEG)
        counts = np.bincount(district, minlength=len(self._shapes))
        first = [int(i) for i in np.argsort(-counts, kind="stable")[:3] if counts[i]]
        return Placement(
            bounds_of(points),
            len(np.unique(in_row)) / len(points),
            tuple(
                (str(self._codes[i]), str(self._names[i]), round(float(counts[i]) / len(points), 4))
                for i in first
            ),
        )

    def distances_m(self, points: Points) -> NDArray[np.float64]:
        """Distance of every point to the nearest border, metres, true to 1 % within some km."""
        # Mercator is conformal, so "nearest" is right everywhere; cos(lat) takes its scale out.
        return self._away_m(points, shapely.STRtree(self._segments(points)))

    def _away_m(self, points: Points, tree: shapely.STRtree) -> NDArray[np.float64]:
        """Distance of every point to the nearest edge of a tree, metres; infinite without any."""
        if not len(tree):
            return np.full(len(points), np.inf)
        _rows, away = tree.query_nearest(
            shapely.points(_mercator(points)), return_distance=True, all_matches=False
        )
        return np.asarray(away * np.cos(np.radians(points[:, 1])))

    def _segments(self, points: Points) -> NDArray[np.object_]:
        """Border edges near the points: the rest of a country is left out."""
        west, south, east, north = bounds_of(points)
        around = shapely.box(west - 0.05, south - 0.05, east + 0.05, north + 0.05)
        parts = shapely.get_parts(self._shapes[self._tree.query(around)])
        rings = shapely.get_rings(parts)  # of polygons only: a multipolygon would have none
        where, ring = shapely.get_coordinates(rings, return_index=True)
        pairs = np.stack([_mercator(where)[:-1], _mercator(where)[1:]], axis=1)
        inner = ring[1:] == ring[:-1]
        return np.asarray(shapely.linestrings(pairs[inner]), dtype=object)

    def shift(self, points: Points, rule: ShiftRule) -> ShiftFinding:
        """Median distance to the borders as they stand, and taken back from each shift."""
        read = {name: back(points) for name, back in _READINGS.items()}
        # A shift is half a kilometre: the same edges are around all readings.
        edges = shapely.STRtree(self._segments(np.concatenate(list(read.values()))))
        away = {name: self._away_m(there, edges) for name, there in read.items()}
        near = np.min(list(away.values()), axis=0) <= rule.near_m
        count = int(near.sum())
        medians = {
            name: float(np.median(metres[near])) if count else float("inf")
            for name, metres in away.items()
        }
        spots = len(np.unique(np.floor(points[near] * 100.0), axis=0))
        judged = _judged(medians, count, spots, rule)
        if judged.verdict != "cannot_tell" or count < rule.vertices:
            return judged
        return _on_borders(points, away, judged, rule) or judged


NO_BORDERS: Final = ShiftFinding(
    "cannot_tell",
    0,
    {},
    Message(
        "没有已知行政区界线可比，无法判断是否有 GCJ-02 或 BD-09 偏移。",
        "No known borders to compare with: a GCJ-02 or BD-09 shift cannot be told.",
    ),
)


def bounds_of(points: Points) -> tuple[float, float, float, float]:
    """West, south, east, north of points."""
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    return float(west), float(south), float(east), float(north)


def _mercator(points: Points) -> Points:
    lat = np.radians(np.clip(points[:, 1], -85.0, 85.0))
    x = np.radians(points[:, 0])
    return np.column_stack([x, np.log(np.tan(np.pi / 4 + lat / 2))]) * _MERCATOR_R_M


def _judged(medians: dict[str, float], count: int, spots: int, rule: ShiftRule) -> ShiftFinding:
    best, second = sorted(medians, key=lambda name: medians[name])[:2]
    zh = "；".join(f"{_ZH[name]} {metres:.0f} m" for name, metres in medians.items())
    en = ", ".join(f"{name} {metres:.0f} m" for name, metres in medians.items())
    if count < rule.vertices or spots < rule.spots:
        words = Message(
            f"只有 {count} 个顶点（{spots} 处）靠近已知界线，至少要 {rule.vertices} 个"
            f"（{rule.spots} 处），无法判断偏移。",
            f"Only {count} vertices ({spots} spots) are near a known border; {rule.vertices} "
            f"({rule.spots} spots) are needed to tell a shift.",
        )
        return ShiftFinding("cannot_tell", count, medians if count else {}, words)
    if medians[best] > rule.fit_m or medians[best] > rule.ratio * medians[second]:
        words = Message(
            f"{count} 个顶点到界线的中位距离：{zh}；差别不足以判断偏移。",
            f"Median distance of {count} vertices to the borders: {en}; too alike to tell a shift.",
        )
        return ShiftFinding("cannot_tell", count, medians, words)
    words = Message(
        f"{count} 个顶点到已知界线的中位距离：{zh}。",
        f"Median distance of {count} vertices to the known borders: {en}.",
    )
    return ShiftFinding(_verdict(best), count, medians, words)


def _on_borders(
    points: Points, away: dict[str, NDArray[np.float64]], judged: ShiftFinding, rule: ShiftRule
) -> ShiftFinding | None:
    """Plots inside a county, some of which follow its border: those vertices lie on it."""
    on = {name: metres <= rule.on_m for name, metres in away.items()}
    counts = {name: int(is_on.sum()) for name, is_on in on.items()}
    best, second = sorted(counts, key=lambda name: -counts[name])[:2]
    needed = max(rule.on_vertices, rule.on_share * judged.vertices)
    spots = len(np.unique(np.floor(points[on[best]] * 100.0), axis=0))
    if counts[best] < needed or spots < 2 or counts[best] < rule.on_ratio * counts[second]:
        return None
    zh = "；".join(f"{_ZH[name]} {number} 个" for name, number in counts.items())
    en = ", ".join(f"{name} {number}" for name, number in counts.items())
    words = Message(
        f"{judged.vertices} 个顶点中落在已知界线上（{rule.on_m:g} m 内）的：{zh}。",
        f"Of {judged.vertices} vertices these lie on a known border, within {rule.on_m:g} m: {en}.",
    )
    return ShiftFinding(_verdict(best), judged.vertices, judged.medians_m, words)


def _verdict(best: str) -> Literal["none", "gcj02", "bd09"]:
    return "gcj02" if best == "gcj02" else "bd09" if best == "bd09" else "none"


_ZH: Final = {"none": "原样", "gcj02": "按 GCJ-02 还原", "bd09": "按 BD-09 还原"}
