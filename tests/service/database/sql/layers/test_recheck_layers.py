"""Plots are compared with a new version of a layer in the background, and listed."""

import pytest

from tests.service.database.sql.conftest import Sql

AFFECTED = "SELECT * FROM layer_affected ORDER BY plot_id, slot"


def test_a_plot_on_the_new_ground_is_listed_with_its_area(sql: Sql) -> None:
    version = sql.layer()
    sql.layer_feature(version, wide=0.0005)
    plot = sql.plot()
    sql.run("SELECT recheck_layers(1000)")
    (row,) = sql.rows(AFFECTED)
    assert (row.plot_id, row.version_id, row.severity) == (plot, version, "block")
    assert row.area_m2 == pytest.approx(sql.area_m2(0.0005, 0.001), rel=1e-9)
    assert row.share == pytest.approx(0.5, rel=1e-6)


def test_a_plot_beside_it_is_not(sql: Sql) -> None:
    sql.layer_feature(sql.layer(), 125.06)
    sql.plot()
    sql.run("SELECT recheck_layers(1000)")
    assert sql.rows(AFFECTED) == []


def test_cancelled_plots_and_exempt_ones_are_not(sql: Sql) -> None:
    sql.layer_feature(sql.layer())
    sql.plot(stage="cancelled")
    sql.plot(stage="existing")
    sql.run("SELECT recheck_layers(1000)")
    assert sql.rows(AFFECTED) == []


def test_layers_that_only_inform_list_nothing(sql: Sql) -> None:
    sql.layer_feature(sql.layer("SD", role="info"))
    sql.plot()
    assert sql.value("SELECT recheck_layers(1000)") == 0
    assert sql.rows(AFFECTED) == []


def test_a_call_looks_at_so_many_plots_and_the_next_goes_on(sql: Sql) -> None:
    sql.layer_feature(sql.layer())
    for _ in range(5):
        sql.plot()
    calls = [sql.value("SELECT recheck_layers(2)") for _ in range(4)]
    assert calls == [2, 2, 1, None]
    assert len(sql.rows(AFFECTED)) == 5


def test_both_versions_of_a_plot_are_looked_at_together(sql: Sql) -> None:
    sql.layer_feature(sql.layer())
    plot = sql.plot()
    sql.run(
        "INSERT INTO plot_version (plot_id, slot, version, geom, district, stage, kind, year,"
        " plot_no, review) SELECT plot_id, 'working', 2, geom, district, stage, kind, year,"
        " plot_no, 'draft' FROM plot_version WHERE plot_id = :id",
        id=plot,
    )
    sql.value("SELECT recheck_layers(1)")
    assert [row.slot for row in sql.rows(AFFECTED)] == ["approved", "working"]


def test_when_nothing_waits_it_answers_null(sql: Sql) -> None:
    assert sql.value("SELECT recheck_layers(1000)") is None


def test_the_service_may_call_it(sql: Sql) -> None:
    sql.layer_feature(sql.layer())
    sql.plot()
    sql.as_service()
    assert sql.value("SELECT recheck_layers(1000)") == 1
