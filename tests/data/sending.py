"""Files as people send them, built by the libraries that people use."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pytest
import shapely

from gis.crs import CGCS2000

REAL = Path(__file__).parents[2].parent / "shared" / "real"

CGCS2000_PRJ = (
    'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]]'
)


def real(name: str) -> Path:
    """A file of the real data beside the project; the test skips, saying so, without it."""
    path = REAL / name
    if not path.exists():
        pytest.skip(f"the real data are not beside the project: {name}")
    return path


def squares(count: int, lon: float = 125.3, lat: float = 43.9, side: float = 0.001) -> list[Any]:
    """Squares in a row, not touching."""
    return [
        shapely.box(lon + 2 * i * side, lat, lon + (2 * i + 1) * side, lat + side)
        for i in range(count)
    ]


def table(
    columns: Mapping[str, Sequence[object]],
    shapes: Sequence[Any] | None = None,
    crs: object = CGCS2000,
) -> geopandas.GeoDataFrame:
    """A frame of squares with these columns; texts are objects, as the reader has them."""
    rows = len(next(iter(columns.values())))
    series = {
        name: pd.Series(values, dtype=object if any(isinstance(v, str) for v in values) else None)
        for name, values in columns.items()
    }
    return geopandas.GeoDataFrame(
        pd.DataFrame(series),
        geometry=shapes if shapes is not None else squares(rows),
        crs=crs,
    )


def collection(
    shapes: Sequence[object],
    properties: Sequence[Mapping[str, object]] | None = None,
    **members: object,
) -> dict[str, object]:
    """A FeatureCollection; `members` are put beside its features."""
    rows = properties or [{"name": f"plot {i}"} for i in range(len(shapes))]
    features = [
        {
            "type": "Feature",
            "properties": dict(row),
            "geometry": json.loads(shapely.to_geojson(s)) if isinstance(s, shapely.Geometry) else s,
        }
        for s, row in zip(shapes, rows, strict=True)
    ]
    return {"type": "FeatureCollection", **members, "features": features}


def geojson(path: Path, whole: object) -> Path:
    """Write an object as JSON, NaN and lone surrogates as they are."""
    path.write_text(json.dumps(whole), encoding="ascii")
    return path


def dbf(path: Path, fields: Sequence[tuple[bytes, int]], rows: Sequence[Sequence[bytes]]) -> Path:
    """Write a dBASE table of text columns byte for byte."""
    width = 1 + sum(size for _, size in fields)
    head = struct.pack("<B3BIHH20x", 3, 126, 1, 1, len(rows), 33 + 32 * len(fields), width)
    names = b"".join(struct.pack("<11sc4xBB14x", name, b"C", size, 0) for name, size in fields)
    body = b"".join(
        b" " + b"".join(value.ljust(size) for value, (_, size) in zip(row, fields, strict=True))
        for row in rows
    )
    path.write_bytes(head + names + b"\r" + body + b"\x1a")
    return path


def typed_dbf(
    path: Path,
    fields: Sequence[tuple[bytes, bytes, int, int]],
    rows: Sequence[Sequence[bytes]],
    *,
    version: int = 3,
    deleted: Sequence[int] = (),
) -> Path:
    """Write a dBASE table of fields (name, letter of the type, width, decimals) byte for byte."""
    width = 1 + sum(size for _, _, size, _ in fields)
    start = 33 + 32 * len(fields)
    head = struct.pack("<B3BIHH20x", version, 126, 1, 1, len(rows), start, width)
    names = b"".join(
        struct.pack("<11sc4xBB14x", name, kind, size, decimals)
        for name, kind, size, decimals in fields
    )
    body = b"".join(
        (b"*" if number in deleted else b" ")
        + b"".join(
            value.rjust(size) if kind in b"NF" else value.ljust(size)
            for value, (_, kind, size, _) in zip(row, fields, strict=True)
        )
        for number, row in enumerate(rows)
    )
    path.write_bytes(head + names + b"\r" + body + b"\x1a")
    return path


def typed_shapefile(
    folder: Path,
    fields: Sequence[tuple[bytes, bytes, int, int]],
    rows: Sequence[Sequence[bytes]],
    *,
    version: int = 3,
    deleted: Sequence[int] = (),
) -> Path:
    """A shapefile of squares whose table holds exactly these bytes."""
    folder.mkdir(exist_ok=True)
    shp = folder / "plots.shp"
    table({"x": [0] * len(rows)}).to_file(shp)
    typed_dbf(shp.with_suffix(".dbf"), fields, rows, version=version, deleted=deleted)
    shp.with_suffix(".cpg").unlink()
    return shp


def shapefile(
    folder: Path,
    values: Sequence[bytes],
    *,
    name: str = "plots",
    field: bytes = b"name",
    cpg: str | None = None,
) -> Path:
    """A shapefile whose only column holds exactly these bytes."""
    folder.mkdir(exist_ok=True)
    shp = folder / f"{name}.shp"
    table({"x": [0] * len(values)}).to_file(shp)
    dbf(shp.with_suffix(".dbf"), [(field, 40)], [[value] for value in values])
    shp.with_suffix(".cpg").unlink()
    if cpg is not None:
        shp.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    return shp


def zipped(path: Path, files: Mapping[str, bytes | Path]) -> Path:
    """A zip of named bytes and files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content.read_bytes() if isinstance(content, Path) else content)
    return path


def parts(shp: Path) -> dict[str, bytes | Path]:
    """The files of a shapefile by name."""
    return {path.name: path for path in sorted(shp.parent.glob(f"{shp.stem}.*"))}
