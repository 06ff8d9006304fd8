"""Positions of the invented plots: in clusters, most of them without overlap."""

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = ["apart", "boxes_around", "quotas", "scatter"]

PLOTS_IN_A_CLUSTER = 20
CLUSTER_M = 1_100.0
ON_THE_BORDER = 0.3  # share of clusters on a border, so that plots cross it
CLOSER = 0.5  # their width beside that of other clusters
M_PER_DEG_LAT = 110_900.0


def quotas(areas_m2: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """Share `count` plots out, by the square root of each district's area, none left without.

    Examples
    --------
    >>> quotas(np.array([100.0, 400.0, 0.0001]), 10)
    array([3, 6, 1])
    """
    weight = np.sqrt(areas_m2)
    exact = np.floor(weight / weight.sum() * count)
    shares: NDArray[np.intp] = np.maximum(exact, min(1, count // len(areas_m2))).astype(np.intp)
    largest = np.argsort(-weight, kind="stable")
    for step in range(abs(count - int(shares.sum()))):
        shares[largest[step % len(largest)]] += 1 if shares.sum() < count else -1
    return shares


def scatter(county: BaseGeometry, n: int, rng: Generator) -> NDArray[np.float64]:
    """`n` positions inside a county, gathered in clusters; (n, 2), longitude and latitude."""
    shapely.prepare(county)
    heads, on_border = _heads(county, max(3, n // PLOTS_IN_A_CLUSTER), rng)
    spread_m = CLUSTER_M * rng.lognormal(0, 0.35, len(heads)) * np.where(on_border, CLOSER, 1)
    positions = np.empty((0, 2))
    while len(positions) < n:
        which = rng.integers(0, len(heads), 2 * n + 16)
        points = heads[which] + _step_deg(heads[which], spread_m[which], rng)
        positions = np.vstack([positions, points[shapely.contains_xy(county, points)]])
    return positions[:n]


def _heads(
    county: BaseGeometry, k: int, rng: Generator
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    west, south, east, north = county.bounds
    positions = np.empty((0, 2))
    while len(positions) < k:
        points = rng.uniform((west, south), (east, north), (4 * k + 16, 2))
        positions = np.vstack([positions, points[shapely.contains_xy(county, points)]])
    heads = positions[:k]
    border = shapely.get_coordinates(county)
    chosen = rng.random(k) < ON_THE_BORDER
    heads[chosen] = border[rng.integers(0, len(border), int(chosen.sum()))]
    return heads, chosen


def _step_deg(
    at: NDArray[np.float64], spread_m: NDArray[np.float64], rng: Generator
) -> NDArray[np.float64]:
    step = rng.normal(0, 1, at.shape) * spread_m[:, None] / M_PER_DEG_LAT
    step[:, 0] /= np.cos(np.radians(at[:, 1]))
    return step


def boxes_around(centres: NDArray[np.float64], reach_m: NDArray[np.float64]) -> NDArray[np.object_]:
    """Boxes in degrees that hold circles of `reach_m` metres."""
    high = reach_m / M_PER_DEG_LAT
    wide = high / np.cos(np.radians(centres[:, 1]))
    lon, lat = centres.T
    return np.asarray(shapely.box(lon - wide, lat - high, lon + wide, lat + high), dtype=object)


def apart(boxes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which boxes to keep so that no two of them meet; earlier ones have priority."""
    first, second = shapely.STRtree(boxes).query(boxes)
    later = first > second
    keep = np.ones(len(boxes), dtype=bool)
    order = np.lexsort((second[later], first[later]))
    for i, j in zip(first[later][order].tolist(), second[later][order].tolist(), strict=True):
        if keep[j]:
            keep[i] = False
    return keep
