"""How much of a shape lies in none of some cells."""

import pytest

from tests.gis.ajar import CELLS, WOOD
from tests.service.database.sql.conftest import Sql

QUERY = """
SELECT m2 FROM beyond_cells(ST_MakeEnvelope(125.05, 43.05, 125.06, 43.051, 4490),
    ARRAY[ST_MakeEnvelope(125, 43, :east, 43.1, 4490),
          ST_MakeEnvelope(:west, 43, 125.1, 43.1, 4490)])
"""


def test_what_reaches_beyond_the_cells_is_measured(sql: Sql) -> None:
    outside = sql.value(QUERY, east=125.054, west=125.058)
    assert outside == pytest.approx(sql.area_m2(0.004, 0.001), rel=1e-4)


def test_nothing_lies_beyond_cells_that_cover_the_shape(sql: Sql) -> None:
    assert sql.value(QUERY, east=125.055, west=125.055) == 0


def test_a_gap_below_a_millimetre_is_rounding(sql: Sql) -> None:
    assert sql.value(QUERY, east=125.055, west=125.055 + 2e-9) == 0


def test_without_cells_all_of_the_shape_lies_beyond(sql: Sql) -> None:
    shape = "ST_MakeEnvelope(125.05, 43.05, 125.051, 43.051, 4490)"
    area_m2 = sql.value(f"SELECT m2 FROM beyond_cells({shape}, '{{}}'::geometry[])")
    assert area_m2 == pytest.approx(sql.area_m2(0.001, 0.001), rel=1e-9)


def test_a_shape_across_borders_that_were_cut_apart_lies_beyond_none(sql: Sql) -> None:
    cells = [cell.wkt for cell in CELLS]
    outside = sql.value(
        """SELECT m2 FROM beyond_cells(ST_GeomFromText(:wood, 4490), ARRAY(
               SELECT ST_GeomFromText(cell, 4490) FROM unnest(CAST(:cells AS text[])) cell))""",
        wood=WOOD.wkt,
        cells=cells,
    )
    assert outside == 0
