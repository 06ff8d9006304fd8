"""What new boundaries of a transaction leave of the ground that an old one had."""

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql

LEFT = """
SELECT ST_Area(ground_let_go(ST_MakeEnvelope(125.0, 43.0, 125.2, 43.1, 4490), :level))
"""


def test_boundaries_from_before_take_nothing_off(sql: Sql) -> None:
    assert round(sql.value(LEFT, level="county"), 9) == 0.02


def test_a_boundary_of_this_transaction_takes_its_ground_off_at_its_level(sql: Sql) -> None:
    sql.run("UPDATE district_boundary SET geom = ST_Translate(geom, 0, 0) WHERE code = :c", c=WEST)
    new = sql.value("SELECT ST_Area(geom) FROM district_boundary WHERE code = :c", c=WEST)
    assert round(sql.value(LEFT, level="county"), 9) == round(0.02 - new, 9)
    assert round(sql.value(LEFT, level="town"), 9) == 0.02
    assert round(sql.value(LEFT, level=None), 9) == 0.02


def test_no_ground_is_no_ground(sql: Sql) -> None:
    assert sql.value("SELECT ground_let_go(NULL, 'county')") is None
