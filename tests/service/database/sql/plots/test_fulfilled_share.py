"""The share of a planned plot that is carried out."""

import pytest

from tests.gis.ajar import CELLS, WOOD
from tests.service.database.sql.conftest import Sql

SHARE = """
SELECT fulfilled_share(:plan, ST_Multi(ST_MakeEnvelope(125.05, 43.05, 125.07, 43.07, 4490)))
"""


def naming(sql: Sql, plan: int, west: float, **plot: object) -> None:
    number = sql.plot(west, 43.05, **plot)  # type: ignore[arg-type]
    sql.run(
        "UPDATE plot_version SET plan_ids = ARRAY[CAST(:plan AS bigint)] WHERE plot_id = :id",
        plan=plan,
        id=number,
    )


def test_nothing_done_is_zero(sql: Sql) -> None:
    assert sql.value(SHARE, plan=7) == 0


def test_ground_counts_once(sql: Sql) -> None:
    for _ in range(2):
        naming(sql, 7, 125.05, wide=0.01, tall=0.02)
    assert sql.value(SHARE, plan=7) == pytest.approx(0.5, rel=1e-6)


def test_all_of_it_is_one(sql: Sql) -> None:
    naming(sql, 7, 125.04, wide=0.04, tall=0.04)
    assert sql.value(SHARE, plan=7) == 1


@pytest.mark.parametrize(
    "plot",
    [
        pytest.param({"slot": "working"}, id="a draft"),
        pytest.param({"stage": "existing"}, id="what stood there before"),
        pytest.param({"stage": "planned"}, id="another plan"),
    ],
)
def test_what_is_not_done_does_not_count(sql: Sql, plot: dict[str, object]) -> None:
    naming(sql, 7, 125.05, wide=0.01, tall=0.02, **plot)
    assert sql.value(SHARE, plan=7) == 0


def test_plots_that_name_another_plan_do_not_count(sql: Sql) -> None:
    naming(sql, 8, 125.05, wide=0.01, tall=0.02)
    assert sql.value(SHARE, plan=7) == 0


def test_plots_whose_borders_were_cut_apart_carry_it_out_whole(sql: Sql) -> None:
    for number, cell in enumerate(CELLS):
        naming(sql, 7, 125.05 + number / 100)
        sql.run(
            "UPDATE plot_version SET geom = ST_Multi(ST_GeomFromText(:wkt, 4490)) "
            "WHERE plot_id = (SELECT max(id) FROM plot)",
            wkt=cell.wkt,
        )
    wood = "SELECT fulfilled_share(7, ST_Multi(ST_GeomFromText(:wood, 4490)))"
    assert sql.value(wood, wood=WOOD.wkt) == 1
