"""Areas, coverage and overlaps beside PostGIS and geopandas, and the memory that they take.

Both sides trust their geometry: PostGIS does not ask whether it is valid, so neither do we here.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from geographiclib.geodesic import Geodesic
from numpy.typing import NDArray

from gis.coverage import coverage
from gis.crs import CGCS2000, INVERSE_FLATTENING, SEMI_MAJOR_M
from gis.measure import areas_m2
from gis.overlaps import overlaps
from tests.bench import kept
from tests.bench.figures import Figure, against, timed
from tests.bench.landscape import Landscape
from tests.bench.postgis import Connection, column, peer

EQUAL_AREA: Final = "+proj=cea +lat_ts=30 +ellps=GRS80"
AREAS: Final = "SELECT ST_Area(geom::geography) FROM plot ORDER BY id"
COVERAGE: Final = """
    SELECT d.id, coalesce(ST_Area(ST_Union(ST_Intersection(p.geom, d.geom))::geography), 0)
    FROM district d LEFT JOIN plot p ON ST_Intersects(p.geom, d.geom)
    GROUP BY d.id ORDER BY d.id
"""
OVERLAPS: Final = """
    SELECT a.id, b.id, ST_Area(ST_Intersection(a.geom, b.geom)::geography)
    FROM plot a JOIN plot b ON a.geom && b.geom AND ST_Relate(a.geom, b.geom, 'T********')
    WHERE a.id < b.id ORDER BY 1, 2
"""


def frames(landscape: Landscape) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    districts = {"code": landscape.codes}
    return (
        gpd.GeoDataFrame(districts, geometry=landscape.districts, crs=CGCS2000),
        gpd.GeoDataFrame(geometry=landscape.plots, crs=CGCS2000),
    )


def bench(landscape: Landscape, wanted: frozenset[str], runs: int) -> Iterator[Figure]:
    """Each figure that is wanted, in the order of their dearness."""
    plots = len(landscape.plots)
    if "area_error" in wanted:
        yield from _errors(landscape)
    _compile(landscape)
    ours = timed(lambda: _coverage(landscape), runs=runs) if _any(wanted, "coverage_vs") else None
    if ours and "coverage_vs_geopandas" in wanted:
        theirs, rows = timed(lambda: _by_geopandas(landscape))
        _same(ours[1], rows, 1e-4)
        yield against("coverage_vs_geopandas", (ours[0], runs), "geopandas", theirs, n=plots)
    if "coverage_memory" in wanted:
        yield from _memory(landscape)
    if _any(wanted, "_vs_postgis"):
        with peer(landscape) as connection:
            yield from _against_postgis(landscape, connection, wanted, runs, ours)


def _compile(landscape: Landscape) -> None:
    """Kernels are compiled once a machine, not once a figure."""
    few = Landscape(landscape.districts[:2], landscape.plots[:200])
    coverage(*frames(few), checked=True, fast=True)
    overlaps(few.plots, checked=True, fast=True)


def _any(wanted: frozenset[str], part: str) -> bool:
    return any(part in name for name in wanted)


def _against_postgis(
    landscape: Landscape,
    connection: Connection,
    wanted: frozenset[str],
    runs: int,
    ours: tuple[float, NDArray[np.float64]] | None,
) -> Iterator[Figure]:
    plots = len(landscape.plots)
    if "area_vs_postgis_geography" in wanted:
        # One process against one: PostgreSQL would share the scan out to two more.
        connection.execute("SET max_parallel_workers_per_gather = 0")
        seconds, sizes = timed(lambda: areas_m2(landscape.plots, checked=True), runs=runs)
        theirs, sums = timed(lambda: column(connection, AREAS), runs=runs)
        _same(sizes, sums, 1e-6)
        connection.execute("RESET max_parallel_workers_per_gather")
        yield against("area_vs_postgis_geography", (seconds, runs), "ST_Area", theirs, n=plots)
    if "overlaps_vs_postgis" in wanted:
        # Not once: a machine gives memory that nobody has touched yet at its leisure.
        seconds, pairs = timed(lambda: overlaps(landscape.plots, checked=True), runs=3)
        theirs, common = timed(lambda: column(connection, OVERLAPS))
        _same(pairs["area_m2"].to_numpy(), common, 1e-4)
        yield against("overlaps_vs_postgis", (seconds, 3), "ST_Relate", theirs, n=plots)
    if ours and "coverage_vs_postgis_naive" in wanted:
        theirs, green = timed(lambda: column(connection, COVERAGE))
        _same(ours[1], green, 1e-5)
        yield against("coverage_vs_postgis_naive", (ours[0], runs), "PostGIS", theirs, n=plots)


def _coverage(landscape: Landscape) -> NDArray[np.float64]:
    return np.asarray(coverage(*frames(landscape), checked=True)["green_m2"], dtype=np.float64)


def _by_geopandas(landscape: Landscape) -> NDArray[np.float64]:
    districts, plots = frames(landscape)
    pieces = gpd.overlay(plots, districts, how="intersection", keep_geom_type=True)
    united = pieces.dissolve(by="code").to_crs(EQUAL_AREA)
    green = united.area.reindex(districts["code"]).fillna(0.0)
    return np.asarray(green, dtype=np.float64)


def _same(ours: NDArray[np.float64], theirs: NDArray[np.float64], relative: float) -> None:
    """A fast wrong answer is none: the peer must say the same."""
    np.testing.assert_allclose(ours, theirs, rtol=relative, atol=1.0)


def _errors(landscape: Landscape) -> Iterator[Figure]:
    plots = landscape.plots[:: max(1, len(landscape.plots) // 2000)]
    plots = plots[shapely.get_num_interior_rings(plots) == 0]
    plots = plots[shapely.get_type_id(plots) == 3]
    flat = shapely.affinity.scale
    needles = np.array([flat(plot, 20.0, 0.05) for plot in plots], dtype=object)
    for name, shapes in (
        ("area_error_plots", plots),
        ("area_error_elongated", needles),
        ("area_error_districts", landscape.districts[::50]),
    ):
        truth = np.array([_karney_m2(shape) for shape in shapes])
        worst = np.abs(areas_m2(shapes, checked=True) / truth - 1.0).max()
        yield Figure(name, float(worst), "", len(shapes))


def _karney_m2(polygon: shapely.Polygon) -> float:
    ring = Geodesic(SEMI_MAJOR_M, 1 / INVERSE_FLATTENING).Polygon()
    for lon, lat in shapely.get_coordinates(polygon)[:-1]:
        ring.AddPoint(lat, lon)
    return abs(float(ring.Compute(reverse=False, sign=True)[2]))


def _memory(landscape: Landscape) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="luotu-bench-") as folder:
        for name, parts in (("coverage_peak_mb", 1), ("coverage_partition_peak_mb", 8)):
            where = Path(folder) / name
            kept.write(landscape, where, parts)
            peak = subprocess.run(
                [sys.executable, "-m", "tests.bench.kept", str(where)],
                check=True,
                capture_output=True,
                text=True,
            )
            yield Figure(name, float(peak.stdout), "MB", len(landscape.plots))
