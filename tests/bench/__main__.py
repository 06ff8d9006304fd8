"""``python -m tests.bench --size 1m|100k [--only NAME …]`` prints figures and keeps them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from gis.coverage import union_figures
from gis.kernels import kernel
from gis.measure import areas_m2
from tests.bench import (
    backups,
    borders,
    crowds,
    exports,
    figures,
    geometry,
    imports,
    lake,
    layers,
    live,
    search,
    tasks,
    tiles,
)
from tests.bench.landscape import Landscape, landscape

SIZES: Final = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
GEOMETRY: Final = (
    "area_error",
    "area_vs_postgis_geography",
    "coverage_vs_geopandas",
    "coverage_vs_postgis_naive",
    "coverage_memory",
    "overlaps_vs_postgis",
)
OUT: Final = Path("out/bench.json")


def main() -> None:
    """Take the figures that are asked for, all when none is."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--size", default="1m", type=str.lower, choices=SIZES)
    every = (
        *GEOMETRY,
        *live.LIVE,
        *borders.BORDERS,
        *layers.LAYERS,
        *tiles.TILES,
        *crowds.CROWDS,
        *exports.EXPORTS,
        *imports.IMPORTS,
        *backups.BACKUPS,
        *tasks.TASKS,
        *search.SEARCH,
        *lake.LAKE,
    )
    parser.add_argument("--only", action="append", choices=every, help="may be repeated")
    parser.add_argument(
        "--polygons", type=int, help="of each of the six layers, whatever the size of the province"
    )
    arguments = parser.parse_args()
    wanted = frozenset(arguments.only or every)
    taken = []
    for figure in bench(arguments.size, wanted, arguments.polygons):
        print(figure, flush=True)
        taken.append(figure)
    figures.write(taken, OUT)
    print(f"{len(taken)} -> {OUT}")


def bench(
    size: str, wanted: frozenset[str], polygons: int | None = None
) -> Iterator[figures.Figure]:
    """The figures in turn; what none of them needs is not made."""
    if wanted & set(GEOMETRY):
        warm_up()
        made = landscape(SIZES[size])
        yield from geometry.bench(made, wanted, 1 if size == "1m" else 3)
    if wanted & set(live.LIVE):
        yield from live.bench(size, wanted)
    if wanted & set(borders.BORDERS):
        yield from borders.bench(size, wanted)
    yield from layers.bench(size, wanted, polygons)
    yield from tiles.bench(size, wanted)
    yield from crowds.bench(size, wanted)
    yield from exports.bench(size, wanted)
    yield from imports.bench(size, wanted)
    yield from backups.bench(size, wanted)
    yield from tasks.bench(size, wanted)
    yield from search.bench(size, wanted)
    yield from lake.bench(size, wanted)


def warm_up() -> None:
    """Compile before the clock runs; a service does it once in its life."""
    small: Landscape = landscape(3000, 12, seed=1)
    group_of = np.zeros(len(small.plots), dtype=np.int64)
    fast = kernel("coverage").union_figures(small.districts, small.plots, group_of, 1)
    plain = union_figures(small.districts, small.plots, group_of, 1)
    np.testing.assert_allclose(fast.green_m2, plain.green_m2, rtol=1e-5, atol=1.0)
    areas_m2(np.tile(small.plots, 20), checked=True)


if __name__ == "__main__":
    main()
