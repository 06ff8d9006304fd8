"""Files in the shifted coordinates of web maps stop until somebody says what they are."""

import geopandas
import pytest
import shapely
from sqlalchemy import Connection

from data.districts.districts import district_tree
from data.import_result import ImportRefused
from data.plots.plots import PlotTable, plot_table
from gis.crs import CGCS2000
from gis.shift import moved, to_bd09, to_gcj02
from service.accounts.db.accounts import Account
from service.plots.district_import import import_districts
from tests.service.conftest import district_frame
from tests.service.plots.test_importing import brought, connection, importer, refused

__all__ = ["connection", "importer"]

BORDER = 125.1
"""Longitude of the border between two counties."""


def along_the_border() -> list[shapely.Polygon]:
    """Plots whose western edge follows the border, one in each of eight places."""
    strips = []
    for n in range(8):
        south = 43.01 + n * 0.01
        edge = [(BORDER, south + k * 0.0005) for k in range(9)]
        strips.append(
            shapely.Polygon([*edge, (BORDER + 0.002, south + 0.004), (BORDER + 0.002, south)])
        )
    return strips


def table_of(shapes: list[shapely.Polygon]) -> PlotTable:
    rows = {"stage": "planted", "kind": "RGZL", "year": 2026}
    frame = geopandas.GeoDataFrame([rows] * len(shapes), geometry=shapes, crs=CGCS2000)
    return plot_table(frame, fields={}, defaults={})


@pytest.mark.parametrize("shift", [to_gcj02, to_bd09])
def test_shifted_plots_stop_with_the_word_that_takes_them(
    connection: Connection, importer: Account, shift: object
) -> None:
    name = "gcj02" if shift is to_gcj02 else "bd09"
    table = table_of(list(moved(along_the_border(), shift)))  # type: ignore[arg-type]
    with pytest.raises(ImportRefused) as error:
        brought(connection, importer, table)
    assert refused(error) == [(None, "another_datum")]
    assert f"--crs {name}" in error.value.rejections[0].message.en


def test_shifted_plots_are_taken_as_they_are_when_somebody_says_so(
    connection: Connection, importer: Account
) -> None:
    table = table_of(list(moved(along_the_border(), to_gcj02)))
    assert brought(connection, importer, table, "another_datum").rows == 8


def test_plots_along_a_border_as_it_stands_are_not_stopped(
    connection: Connection, importer: Account
) -> None:
    assert brought(connection, importer, table_of(along_the_border())).rows == 8


def test_shifted_borders_stop_an_import_of_districts(
    connection: Connection, importer: Account
) -> None:
    counties = district_frame()[lambda frame: frame["level"] == "county"]
    shifted = counties.set_geometry(moved(counties.geometry.segmentize(0.004).array, to_gcj02))
    tree = district_tree(
        shifted.set_crs(CGCS2000, allow_override=True)[["code", "name", "geometry"]],
        {},
        source="a.shp",
    )
    with pytest.raises(ImportRefused) as error:
        import_districts(connection, importer, tree, "a.shp")
    assert refused(error) == [(None, "another_datum")]
    taken = ["another_datum", "plots_outside"]
    assert import_districts(connection, importer, tree, "a.shp", acknowledged=taken).rows
