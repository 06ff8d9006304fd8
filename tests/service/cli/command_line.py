"""``luotu`` in the process of the test, and files that it is given."""

import json
import sys
from pathlib import Path
from typing import NamedTuple

import geopandas
import pyogrio
import pytest
from shapely import Polygon, box

from gis.crs import CGCS2000
from service.cli import main

SQUARE = box(125.05, 43.05, 125.052, 43.052)
# Tests of one file share a home, so their plots lie on each other.
SEEN = ("--acknowledge", "same_ground,overlap,credited_ground,too_small,crosses_district")


class Said(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str
    code: str | None
    """Of the problem that ended it; None where none did."""


class CommandLine:
    """Runs ``luotu`` in this process, on a home of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: object) -> Said:
        self._monkeypatch.setattr(sys, "argv", ["luotu", *map(str, arguments)])
        status, code = 0, None
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
            code = getattr(end.__context__, "code", None)
        return Said(status, *self._capsys.readouterr(), code)


def shapefile(
    folder: Path, *shapes: Polygon, crs: object = CGCS2000, **columns: list[object]
) -> Path:
    """A shapefile with a GBK table."""
    path = folder / "plots.shp"
    table: dict[str, list[object]] = {"stage": ["planted"], "kind": ["人工造林"], "year": [2026]}
    rows = {name: values * len(shapes) for name, values in table.items()} | columns
    frame = geopandas.GeoDataFrame(rows, geometry=list(shapes), crs=crs)
    pyogrio.write_dataframe(frame, path, encoding="GBK")
    return path


def not_gis(folder: Path) -> Path:
    path = folder / "plots.shp"
    path.write_bytes(b"PK\x00 this is no shapefile")
    return path


def without_prj(folder: Path) -> Path:
    path = shapefile(folder, SQUARE)
    path.with_suffix(".prj").unlink()
    return path


def bow_tie(folder: Path) -> Path:
    crossing = Polygon([(125.01, 43.01), (125.02, 43.02), (125.02, 43.01), (125.01, 43.02)])
    return shapefile(folder, SQUARE, crossing)


def partner_file(folder: Path, shape: Polygon, **columns: str) -> Path:
    """A partner's file of one county, which names its city by code only."""
    path = folder / "partner.geojson"
    table = {"code": ["220102"], "parent": ["220100"]} | {n: [v] for n, v in columns.items()}
    geopandas.GeoDataFrame(table, geometry=[shape], crs=CGCS2000).to_file(path)
    return path


def names_of(luotu: CommandLine, level: str) -> dict[str, str]:
    """Names of the districts of a level, by code."""
    rows = json.loads(luotu("coverage", "--level", level, "--format", "json").out)["rows"]
    return {row["code"]: row["name"] for row in rows}
