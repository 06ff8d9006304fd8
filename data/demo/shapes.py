"""Outlines as a surveyor would walk them: irregular, sometimes with a clearing or a second part."""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray

__all__ = ["Outlines", "draw_outlines", "lay_down"]

VERTICES = (13, 80)
WAVES = 6
HOLE_SCALE = 0.32
PART_SCALE = 0.45
PART_REACH = (1 + PART_SCALE) * 1.02  # centre of the second part, in radii: clear of the first
M_PER_DEG_LAT = 110_900.0
M_PER_DEG_LON = 111_320.0


class Outlines(NamedTuple):
    """Shapes around the origin, in metres, east and north; row `owner` says whose vertex it is.

    `reach_m` is the radius of the circle round the origin that holds the whole shape.
    """

    owner: NDArray[np.intp]
    xy_m: NDArray[np.float64]
    holed: NDArray[np.bool_]
    parted: NDArray[np.bool_]
    reach_m: NDArray[np.float64]

    def take(self, rows: NDArray[np.intp]) -> "Outlines":
        """Some of the shapes, in the order of `rows`."""
        counts = np.bincount(self.owner, minlength=len(self.holed))
        first = np.r_[0, np.cumsum(counts)[:-1]][rows]
        owner = np.repeat(np.arange(len(rows)), counts[rows])
        step = np.arange(len(owner)) - np.repeat(
            np.cumsum(counts[rows]) - counts[rows], counts[rows]
        )
        vertices = first[owner] + step
        return Outlines(
            owner, self.xy_m[vertices], self.holed[rows], self.parted[rows], self.reach_m[rows]
        )


def draw_outlines(
    area_m2: NDArray[np.float64],
    elongation: NDArray[np.float64],
    rng: Generator,
    *,
    holed: float = 0.02,
    parted: float = 0.02,
) -> Outlines:
    """Draw one closed, never self-crossing outline for each area.

    Parameters
    ----------
    area_m2
        Area that each outer ring encloses, square metres.
    elongation
        Length by width, 1 is round.
    holed, parted
        Share of shapes with a hole, and with a second part.

    Notes
    -----
    Each ring is star-shaped, for its angles only grow, so it cannot cross itself; stretching and
    turning keep that.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> outlines = draw_outlines(np.full(5, 20_000.0), np.ones(5), rng)
    >>> areas = _enclosed(outlines.owner, outlines.xy_m)
    >>> [round(float(a)) for a in areas]
    [20000, 20000, 20000, 20000, 20000]
    """
    n = len(area_m2)
    counts = np.clip(rng.lognormal(3.45, 0.4, n).astype(int), *VERTICES)
    owner = np.repeat(np.arange(n), counts)
    xy = _star(owner, counts, rng) * np.column_stack([elongation**0.5, elongation**-0.5])[owner]
    xy = _turned(xy, rng.uniform(0, 2 * np.pi, n)[owner])
    xy *= np.sqrt(area_m2 / _enclosed(owner, xy))[owner, None]
    lot = rng.random(n)
    has_part = (lot >= holed) & (lot < holed + parted)
    first = np.r_[0, np.cumsum(counts)[:-1]]
    reach = np.maximum.reduceat(np.hypot(*xy.T), first)
    reach = np.where(has_part, reach * (PART_REACH + PART_SCALE), reach)
    return Outlines(owner, xy, lot < holed, has_part, reach)


def _star(owner: NDArray[np.intp], counts: NDArray[np.intp], rng: Generator) -> NDArray[np.float64]:
    n, total = len(counts), len(owner)
    step = np.arange(total) - np.repeat(np.r_[0, np.cumsum(counts)[:-1]], counts)
    angle = 2 * np.pi * (step + rng.uniform(-0.35, 0.35, total)) / counts[owner]
    radius = np.ones(total)
    for wave in range(2, 2 + WAVES):
        height = rng.normal(0, 0.26 / wave, n)
        radius += height[owner] * np.cos(wave * angle + rng.uniform(0, 2 * np.pi, n)[owner])
    radius = np.maximum(radius, 0.3) * rng.uniform(0.97, 1.03, total)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _turned(xy: NDArray[np.float64], angle: NDArray[np.float64]) -> NDArray[np.float64]:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.column_stack([xy[:, 0] * cos - xy[:, 1] * sin, xy[:, 0] * sin + xy[:, 1] * cos])


def _enclosed(owner: NDArray[np.intp], xy: NDArray[np.float64]) -> NDArray[np.float64]:
    first = np.r_[0, np.flatnonzero(np.diff(owner)) + 1]
    following = np.arange(1, len(owner) + 1)
    following[np.r_[first[1:], len(owner)] - 1] = first
    cross = xy[:, 0] * xy[following, 1] - xy[following, 0] * xy[:, 1]
    return np.asarray(np.abs(np.add.reduceat(cross, first)) / 2)


def lay_down(
    outlines: Outlines,
    centres: NDArray[np.float64],
    *,
    scale: NDArray[np.float64] | None = None,
) -> NDArray[np.object_]:
    """Put outlines on the ground.

    Parameters
    ----------
    centres
        Longitude and latitude in degrees of each outline's origin, shape (n, 2).
    scale
        Factor for each outline, 1 when left out.

    Returns
    -------
    NDArray[object]
        MultiPolygons in degrees with 9 decimals.
    """
    owner, xy = outlines.owner, outlines.xy_m
    if not len(owner):
        return np.empty(0, dtype=object)
    if scale is not None:
        xy = xy * scale[owner, None]
    reach = np.maximum.reduceat(np.hypot(*xy.T), np.r_[0, np.flatnonzero(np.diff(owner)) + 1])
    in_hole, in_part = outlines.holed[owner], outlines.parted[owner]
    beside = xy[in_part] * -PART_SCALE
    beside[:, 0] += PART_REACH * reach[owner[in_part]]
    rings_of = np.r_[owner, owner[in_hole], owner[in_part]]
    kind = np.repeat([0, 1, 2], [len(owner), in_hole.sum(), in_part.sum()])
    ground = np.vstack([xy, xy[in_hole] * HOLE_SCALE, beside])
    order = np.lexsort((kind, rings_of))  # stable: the vertices of a ring keep their order
    return _multipolygons(rings_of[order], kind[order], ground[order], centres)


def _multipolygons(
    owner: NDArray[np.intp],
    kind: NDArray[np.intp],
    xy: NDArray[np.float64],
    centres: NDArray[np.float64],
) -> NDArray[np.object_]:
    ring = np.r_[0, np.cumsum(np.diff(owner * 3 + kind) != 0)]
    first = np.r_[0, np.flatnonzero(np.diff(ring)) + 1]
    rings = np.asarray(shapely.linearrings(_degrees(xy, centres[owner]), indices=ring))
    part = np.cumsum(kind[first] != 1) - 1  # a hole goes with the ring before it
    polygons = np.asarray(shapely.polygons(rings, indices=part))
    owner_of_part = owner[first][kind[first] != 1]
    return np.asarray(shapely.multipolygons(polygons, indices=owner_of_part), dtype=object)


def _degrees(xy_m: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    lon, lat = centres.T
    x = lon + xy_m[:, 0] / (M_PER_DEG_LON * np.cos(np.radians(lat)))
    return np.round(np.column_stack([x, lat + xy_m[:, 1] / M_PER_DEG_LAT]), 9)
