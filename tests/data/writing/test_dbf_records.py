"""Records of a dbf are those that GDAL writes, byte by byte."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import fiona
import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyogrio import raw
from pyproj import CRS

from data.columns import Column
from data.schemas import Encoding, Field, Schema, schema
from data.writing.column_types import as_arrow, declared_type
from data.writing.dbf import fiona_type, read_header, record_bytes
from data.writing.dbf_records import records
from data.writing.shapefile import append_rows, complete_layer, create_layer
from data.writing.shapes import Shapes

ROWS = 60
SHAPES = np.array([shapely.box(126, 43, 126.01 + n / 1000, 43.01) for n in range(ROWS)])


def value_of(field: Field, chance: random.Random) -> Any:
    """A value that fits a field; one in four is absent."""
    if chance.random() < 0.25:
        return None
    if field.type == "D":
        return date(1998, 1, 1) + timedelta(chance.randrange(20_000))
    if field.type == "C":
        letters = chance.choice(["220102", "林草 a", "长白落叶松", "", " x "])
        return letters[: field.width // 4] if field.width >= 4 else "7"[: field.width]
    places = field.width - field.precision - (2 if field.precision else 1)
    whole = chance.randrange(10 ** min(places, 9)) * chance.choice([1, 1, -1])
    if not field.precision:
        return whole
    return round(whole + chance.random() * (whole >= 0), field.precision)


def columns_of(table: Schema, seed: int) -> dict[str, Column]:
    chance = random.Random(seed)  # noqa: S311 - no secret
    return {
        field.name: Column.of([value_of(field, chance) for _ in range(ROWS)])
        for field in table.fields
    }


def by_gdal(path: Path, table: Schema, columns: dict[str, Column], encoding: Encoding) -> bytes:
    """The table that GDAL writes, with blanks where it fills an absent number with asterisks."""
    properties = [(field.name, fiona_type(field)) for field in table.fields]
    shape = {"geometry": "Polygon", "properties": properties}
    with fiona.open(path, "w", driver="ESRI Shapefile", schema=shape, encoding=encoding):
        pass
    arrays = {f.name: as_arrow(columns[f.name], declared_type(f)) for f in table.fields}
    raw.write_arrow(
        pa.table({**arrays, "geometry": pa.array(shapely.to_wkb(SHAPES), pa.binary())}),
        path,
        append=True,
        driver="ESRI Shapefile",
        geometry_name="geometry",
        geometry_type="Polygon",
        crs="EPSG:4490",
        encoding=encoding,
    )
    content = bytearray(path.with_suffix(".dbf").read_bytes())
    begin = len(content) - 1 - ROWS * record_bytes(table)
    for row in range(ROWS):
        at = begin + row * record_bytes(table) + 1
        for field in table.fields:
            if content[at : at + field.width] == b"*" * field.width:
                content[at : at + field.width] = b" " * field.width
            at += field.width
    return bytes(content)


@pytest.mark.parametrize("name", ["zaolin", "lcxzgx", "districts"])
@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "GB18030"])
def test_a_whole_shapefile_is_that_of_gdal(tmp_path: Path, name: str, encoding: Encoding) -> None:
    table, crs = schema(name), CRS(4490)
    columns = columns_of(table, len(name))
    (tmp_path / "gdal").mkdir()
    expected = by_gdal(tmp_path / "gdal" / "a.shp", table, columns, encoding)
    path = tmp_path / "a.shp"
    create_layer(path, table, "Polygon", encoding)
    for part in (slice(0, 25), slice(25, ROWS)):
        some = {field: column.taken(part) for field, column in columns.items()}
        append_rows(path, table, some, Shapes(SHAPES[part]), crs, encoding)
    complete_layer(path, table, ROWS, crs, encoding)
    assert path.with_suffix(".dbf").read_bytes() == expected
    for suffix in (".shp", ".shx"):
        of_gdal = (tmp_path / "gdal" / f"a{suffix}").read_bytes()
        assert path.with_suffix(suffix).read_bytes() == of_gdal
    assert read_header(path.with_suffix(".dbf")).records == ROWS
    assert sorted(file.suffix for file in tmp_path.glob("a.*")) == [
        ".cpg",
        ".dbf",
        ".prj",
        ".shp",
        ".shx",
    ]


@pytest.mark.parametrize("nothing", [-0.0, -0.00001])
def test_a_zero_has_no_sign(nothing: float) -> None:
    table = schema("zaolin")
    columns = {field.name: Column.absent(1) for field in table.fields}
    columns["chl"] = Column.of([nothing])  # as wide as 1.0000
    written = records(table, columns, 1, "UTF-8").tobytes()
    assert (written.count(b"0.0000"), written.count(b"-")) == (1, 0)
