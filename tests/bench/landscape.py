"""A province out of a seed: townships that fit together, plots that overlap and cross borders.

Half of the plots are stands that share their borders vertex by vertex, as a forest inventory has
them; the other half lie apart, each drawn for itself, as planting tasks do.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import scale

Positions = NDArray[np.float64]
Shapes = NDArray[np.object_]

ORIGIN: Final = np.array([122.0, 41.0])
TOWNSHIP_DEG: Final = np.array([0.14, 0.10])
ROUND: Final = np.array([1.0 / 0.72, 1.0])  # of a circle at 44° N, in degrees
RADIUS_DEG: Final = 0.00127  # 2.9 ha in the middle
SIDE: Final = 8  # plots along the side of a cluster
CLUSTER: Final = SIDE * SIDE
NEAR_NEIGHBOUR: Final = 0.10
SWOLLEN_STAND: Final = 0.02
ON_BORDER: Final = 0.03
WITH_HOLE: Final = 0.03
WITH_PARTS: Final = 0.02


class Landscape(NamedTuple):
    """Districts and plots in degrees of CGCS2000."""

    districts: Shapes
    plots: Shapes

    @property
    def codes(self) -> list[str]:
        """One a district, in their order."""
        return [f"22{row:07d}" for row in range(len(self.districts))]


def landscape(plots: int, districts: int = 2000, *, seed: int = 2024) -> Landscape:
    """About so many plots among about so many districts; the same for the same numbers."""
    rng = np.random.default_rng(seed)
    columns = max(1, round(float(np.sqrt(districts * 0.8))))
    townships = _townships(rng, columns, districts // columns)
    bounds = shapely.total_bounds(townships)
    origins = _cluster_origins(rng, plots // CLUSTER + 1, bounds)
    half = len(origins) // 2
    free = _free_plots(rng, origins[:half], shapely.get_coordinates(townships))
    stands = _stands(rng, origins[half:])
    return Landscape(townships, np.concatenate([free, stands])[:plots])


def _townships(rng: np.random.Generator, columns: int, rows: int) -> Shapes:
    steps = rng.integers(90, 410, 2 * columns * rows + columns + rows)
    corner = _corners(rng, 1, columns, rows)[0] * TOWNSHIP_DEG + ORIGIN
    edges = [
        _crooked(rng, start[None], end[None], int(count))[0]
        for start, end, count in zip(
            np.concatenate([corner[:, :-1].reshape(-1, 2), corner[:-1].reshape(-1, 2)]),
            np.concatenate([corner[:, 1:].reshape(-1, 2), corner[1:].reshape(-1, 2)]),
            steps,
            strict=True,
        )
    ]
    flat, steep = edges[: columns * (rows + 1)], edges[columns * (rows + 1) :]
    cells = [
        shapely.Polygon(
            _ring(
                flat[row * columns + column],
                steep[row * (columns + 1) + column + 1],
                flat[(row + 1) * columns + column],
                steep[row * (columns + 1) + column],
            )
        )
        for row in range(rows)
        for column in range(columns)
    ]
    return np.array(cells, dtype=object)


def _ring(south: Positions, east: Positions, north: Positions, west: Positions) -> Positions:
    back = [side[..., :0:-1, :] for side in (north, west)]
    ring = np.concatenate([south[..., :-1, :], east[..., :-1, :], *back], axis=-2)
    return np.concatenate([ring, ring[..., :1, :]], axis=-2)


def _corners(rng: np.random.Generator, count: int, columns: int, rows: int) -> Positions:
    grid = np.stack(np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0)), axis=-1)
    return grid + rng.uniform(-0.25, 0.25, (count, *grid.shape))


def _crooked(rng: np.random.Generator, start: Positions, end: Positions, steps: int) -> Positions:
    """Edges from start to end with so many steps, swaying to both sides, on the 1e-9° grid."""
    along = np.linspace(0.0, 1.0, steps + 1)
    sway = np.zeros((*start.shape[:-1], steps + 1))
    for waves in (1, 2, 5, 11):
        sway += rng.uniform(-1, 1, (*start.shape[:-1], 1)) / waves * np.sin(np.pi * waves * along)
    sway[..., 1:-1] += rng.normal(0.0, 0.004, sway[..., 1:-1].shape)
    across = np.stack([start[..., 1] - end[..., 1], end[..., 0] - start[..., 0]], axis=-1)
    straight = start[..., None, :] + along[:, None] * (end - start)[..., None, :]
    return np.round(straight + 0.05 * sway[..., None] * across[..., None, :], 9)


def _cluster_origins(rng: np.random.Generator, count: int, bounds: Positions) -> Positions:
    side = int(np.ceil(np.sqrt(count)))
    block = (bounds[2:] - bounds[:2] - 0.3) / side
    cell = rng.permutation(side * side)[:count]
    return np.asarray(bounds[:2] + 0.1 + np.stack([cell % side, cell // side], 1) * block)


def _stands(rng: np.random.Generator, origins: Positions) -> Shapes:
    made: list[Shapes] = []
    for steps, batch in zip(range(3, 21), np.array_split(origins, 18), strict=True):
        corner = _corners(rng, len(batch), SIDE, SIDE) * (1.7 * RADIUS_DEG * ROUND)
        corner += batch[:, None, None]
        flat = _crooked(rng, corner[:, :, :-1], corner[:, :, 1:], steps)
        steep = _crooked(rng, corner[:, :-1], corner[:, 1:], steps)
        rings = _ring(flat[:, :-1], steep[:, :, 1:], flat[:, 1:], steep[:, :, :-1])
        rings = rings.reshape(-1, rings.shape[-2], 2)
        made.append(np.asarray(shapely.polygons(rings), dtype=object))
    stands = np.concatenate(made)
    for swollen in np.flatnonzero(rng.random(len(stands)) < SWOLLEN_STAND):
        stands[swollen] = scale(stands[swollen], 1.06, 1.06)
    return np.asarray(stands, dtype=object)


def _free_plots(rng: np.random.Generator, origins: Positions, border: Positions) -> Shapes:
    count = len(origins) * CLUSTER
    slot = np.arange(count) % CLUSTER
    step = RADIUS_DEG * ROUND * 2.6
    centres = np.repeat(origins, CLUSTER, axis=0) + np.stack([slot % SIDE, slot // SIDE], 1) * step
    centres += rng.uniform(-0.15, 0.15, (count, 2)) * step
    radii = RADIUS_DEG * np.clip(rng.lognormal(-0.25, 0.3, count), 0.2, 1.25)
    near = np.flatnonzero((rng.random(count) < NEAR_NEIGHBOUR / 2) & (slot > 0))
    turn = rng.uniform(0, 2 * np.pi, len(near))
    away = np.stack([np.cos(turn), np.sin(turn)], 1) * (radii[near] + radii[near - 1])[:, None]
    centres[near] = centres[near - 1] + away * 0.75
    moved = np.flatnonzero(rng.random(count) < ON_BORDER)
    centres[moved] = rng.choice(border, len(moved))
    return _drawn(rng, centres, radii)


def _drawn(rng: np.random.Generator, centres: Positions, radii: Positions) -> Shapes:
    count = len(centres)
    shells = _star_rings(rng, centres, radii, rng.integers(12, 83, count))
    made = np.asarray(shapely.polygons(shells), dtype=object)
    holed = np.flatnonzero(rng.random(count) < 2 * WITH_HOLE)
    lakes = _star_rings(rng, centres[holed], radii[holed] * 0.3, np.full(len(holed), 12))
    made[holed] = shapely.polygons(shells[holed], holes=lakes[:, None])
    doubled = np.setdiff1d(np.flatnonzero(rng.random(count) < 2 * WITH_PARTS), holed)
    beside = centres[doubled] + np.stack([radii[doubled] * 3.0, np.zeros(len(doubled))], axis=1)
    second = _star_rings(rng, beside, radii[doubled] * 0.7, np.full(len(doubled), 20))
    both = np.stack([made[doubled], np.asarray(shapely.polygons(second))], axis=1)
    made[doubled] = shapely.multipolygons(both)
    return np.asarray(made, dtype=object)


def _star_rings(
    rng: np.random.Generator, centres: Positions, radii: Positions, corners: NDArray[np.int64]
) -> Shapes:
    """Rings that see all of themselves from their centre, on the 1e-9° grid."""
    owner = np.repeat(np.arange(len(corners)), corners)
    first = np.repeat(np.cumsum(corners) - corners, corners)
    place = np.arange(len(owner)) - first + rng.uniform(-0.3, 0.3, len(owner))
    turn = 2 * np.pi * place / corners[owner]
    reach = radii[owner] * rng.uniform(0.75, 1.0, len(owner))
    offset = np.stack([np.cos(turn), np.sin(turn)], axis=1) * ROUND * reach[:, None]
    positions = np.round(centres[owner] + offset, 9)
    return np.asarray(shapely.linearrings(positions, indices=owner), dtype=object)
