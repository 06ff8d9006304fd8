"""Who sees which plans, targets and figures without a predicate in the query."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

PLAN = """
INSERT INTO plan (code, label, kind, first, after, district, counties)
VALUES (:code, '计划', 'year', '2026-01-01', '2027-01-01', :district, :counties)
"""
TARGET = """
INSERT INTO target (plan, indicator, district, lower, measured_in, lead, counties)
VALUES (:plan, 'reported.greening', :district, 5, 'wan_mu', :lead, :counties) RETURNING id
"""
FIGURE = "INSERT INTO reported (target, on_day, value, measured_in) VALUES (:id, now(), 1, 'mu')"


@pytest.fixture
def tasks(sql: Sql) -> Sql:
    """A plan of each county and one of the whole tree, which has a target of each county."""
    sql.run("INSERT INTO unit (code, name, kind) VALUES ('LYJ', '林业局', 'bureau')")
    for code, county in (("W", WEST), ("E", EAST), ("ALL", None)):
        sql.run(PLAN, code=code, district=county, counties=[county] if county else [])
    for county, lead in ((WEST, None), (EAST, "LYJ")):
        number = sql.value(TARGET, plan="ALL", district=county, lead=lead, counties=[county])
        sql.run(FIGURE, id=number)
    return sql


def seen(sql: Sql) -> tuple[list[str], list[str], int, int]:
    """Plans, districts of targets, figures and log entries of targets."""
    return (
        sql.column("SELECT code FROM plan ORDER BY code"),
        sql.column("SELECT district FROM target ORDER BY district"),
        sql.value("SELECT count(*) FROM reported"),
        sql.value("SELECT count(*) FROM task_change WHERE what = 'target'"),
    )


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        pytest.param(["*"], (["ALL", "E", "W"], [WEST, EAST], 2, 2), id="the whole tree"),
        pytest.param([WEST], (["ALL", "W"], [WEST], 1, 1), id="a county"),
        pytest.param(["unit:LYJ"], (["ALL"], [EAST], 1, 1), id="a unit"),
        pytest.param([WEST, "unit:LYJ"], (["ALL", "W"], [WEST, EAST], 2, 2), id="both"),
        pytest.param([], ([], [], 0, 0), id="nobody"),
    ],
)
def test_tasks_are_seen_by_their_counties_and_their_units(
    tasks: Sql, scope: list[str], expected: tuple[list[str], list[str], int, int]
) -> None:
    tasks.session(*scope)
    assert seen(tasks) == expected


def test_a_target_above_the_scope_is_not_seen(tasks: Sql) -> None:
    tasks.run(TARGET, plan="ALL", district="220100", lead=None, counties=[WEST, EAST])
    tasks.session(WEST)
    assert tasks.column("SELECT district FROM target") == [WEST]
