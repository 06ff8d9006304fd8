"""How many plots and findings have a code, in all districts."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

QUERY = "SELECT plots, former_plots, findings FROM code_uses(:list, :code)"


def uses(sql: Sql, name: str, word: str) -> tuple[int, int, int]:
    """Plots, former plots and findings that have a code."""
    return tuple(sql.rows(QUERY, list=name, code=word)[0])


def test_plots_of_all_districts_count_in_every_scope(sql: Sql) -> None:
    sql.plot(125.01, kind="G1")
    sql.plot(125.15, county=EAST, kind="G1")
    sql.session(WEST)
    assert uses(sql, "kind", "G1") == (2, 0, 0)


def test_a_plot_that_had_a_code_once_counts_apart(sql: Sql) -> None:
    plot = sql.plot(125.01, kind="G1")
    sql.run("UPDATE plot_version SET kind = 'RGZL' WHERE plot_id = :plot", plot=plot)
    assert uses(sql, "kind", "G1") == (0, 1, 0)


def test_areas_of_a_kind_count(sql: Sql) -> None:
    sql.run(
        "INSERT INTO area (code, name, kind, geom) VALUES ('GX', '高新区', 'KFQ', "
        "ST_Multi(ST_MakeEnvelope(125, 43, 125.1, 43.1, 4490)))"
    )
    counted = "SELECT areas FROM code_uses(:list, :code)"
    assert sql.value(counted, list="area_kind", code="KFQ") == 1
    assert sql.value(counted, list="area_kind", code="LY") == 0


def test_a_species_of_a_mix_counts(sql: Sql) -> None:
    plot = sql.plot(125.01)
    mix = '[{"code": "PINKOR", "share": 0.4}, {"code": "LAROLG", "share": 0.6}]'
    sql.run(
        "UPDATE plot_version SET species = CAST(:mix AS jsonb) WHERE plot_id = :plot",
        mix=mix,
        plot=plot,
    )
    assert uses(sql, "species", "LAROLG") == (1, 0, 0)


@pytest.mark.parametrize("name", ["unit_of_measure", "plot_no", "kind; DROP TABLE plot"])
def test_other_lists_have_no_uses(sql: Sql, name: str) -> None:
    sql.plot(125.01)
    assert uses(sql, name, "RGZL") == (0, 0, 0)
