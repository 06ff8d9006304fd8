"""Files out: a province as an official shapefile and as a GeoPackage, beside ogr2ogr."""

from __future__ import annotations

import resource
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from data.writing.dispatch import Form
from service.accounts.db.accounts import command_line_account
from service.database.location import DatabaseLocation
from service.plots.db.plots import PlotFilter
from service.plots.export import export_plots
from tests.bench.figures import Figure, against, timed
from tests.bench.live import sessions
from tests.bench.seed import seeded

EXPORTS: Final = (
    "export_shp_vs_ogr2ogr",
    "export_gpkg_vs_ogr2ogr",
    "export_first_rows_s",
    "export_peak_mb",
)
# The fields of our official table that the database has as they are, under their names.
SQL: Final = """
SELECT v.plot_id AS bsm, v.plot_no AS tbbh, v.name AS tbmc, v.year AS rwnd, v.stage AS jieduan,
    v.review AS shenhe, v.category AS xmlb, v.programme AS gclb, v.kind AS zllx,
    k.label_zh AS zllxmc, k.green_class AS lddl, v.method AS zlfs, v.species::text AS szzc,
    v.density_per_ha AS zlmd, v.planted_on AS zlsj, v.evidence::text AS zmcl,
    left(v.district, 2) AS sheng, v.district AS xian, v.town AS xiang, v.village AS cun,
    v.compartment_no AS lin_ban, v.subcompartment_no AS xiao_ban, v.land_ownership AS ld_qs,
    v.tree_ownership AS lmqs, v.area_m2 AS tbmj, v.declared_m2 AS sbmj, v.note AS beizhu,
    v.theme AS ztl, v.work_type AS jsxz, v.unit AS ssdw, v.geom
FROM plot_version v LEFT JOIN kind k ON k.code = v.kind
WHERE v.slot = 'approved' ORDER BY v.plot_id
"""


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """The figures that are wanted, in a province of a size."""
    if not wanted & set(EXPORTS):
        return
    n = 1_000_000 if size == "1m" else int(size.removesuffix("k")) * 1000
    runs = 1 if size == "1m" else 3
    with seeded(size) as place, sessions(place) as engine, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "export_shp_vs_ogr2ogr" in wanted:
            ours, _ = timed(lambda: _ours(engine, folder / "plots.shp.zip"), runs=runs)
            peer, _ = timed(lambda: _shapefile(place, folder), runs=runs)
            yield against(EXPORTS[0], (ours, runs), "ogr2ogr", peer, n=n)
        if "export_gpkg_vs_ogr2ogr" in wanted:
            ours, _ = timed(lambda: _ours(engine, folder / "plots.gpkg"), runs=runs)
            peer, _ = timed(lambda: _ogr2ogr(place, folder / "peer.gpkg", "GPKG"), runs=runs)
            yield against(EXPORTS[1], (ours, runs), "ogr2ogr", peer, n=n)
        if "export_first_rows_s" in wanted:
            first, _ = timed(lambda: _first_rows(engine, folder / "plots.geojson"), runs=runs)
            yield Figure(EXPORTS[2], first, "s", n)
        if "export_peak_mb" in wanted:
            peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            yield Figure(EXPORTS[3], peak_kb / 1024, "MB", n)


def _ours(engine: Engine, path: Path) -> None:
    with engine.begin() as connection:
        account = command_line_account(connection, "bench")
        export_plots(connection, account, PlotFilter("approved"), path, Form())


class _Begun(Exception):  # noqa: N818 - no error: what was waited for has come
    """The file has its first rows."""


def _first_rows(engine: Engine, path: Path) -> None:
    """Until an answer could begin: from then on it is sent as the file grows."""

    def begun(file: Path) -> None:
        if file.stat().st_size > 0:
            raise _Begun

    with suppress(_Begun), engine.begin() as connection:
        account = command_line_account(connection, "bench")
        export_plots(connection, account, PlotFilter("approved"), path, Form(), grown=begun)


def _shapefile(place: DatabaseLocation, folder: Path) -> None:
    parts = folder / "peer"
    parts.mkdir(exist_ok=True)
    _ogr2ogr(place, parts / "plots.shp", "ESRI Shapefile", "-lco", "ENCODING=UTF-8")
    with zipfile.ZipFile(folder / "peer.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=3) as peer:
        for file in sorted(parts.iterdir()):
            peer.write(file, file.name)


def _ogr2ogr(place: DatabaseLocation, path: Path, driver: str, *options: str) -> None:
    path.unlink(missing_ok=True)
    address = place.owner.set(drivername="postgresql").render_as_string(hide_password=False)
    command = ["ogr2ogr", "-overwrite", "-f", driver, str(path), f"PG:{address}", "-sql", SQL]
    subprocess.run([*command, "-nln", "plots", *options], check=True, capture_output=True)
