"""Every figure of the five papers is entered over HTTP and read back as its rate or state."""

from fractions import Fraction
from typing import Any

import pytest

from data.demo.tasks import demo_plans
from service.accounts.db.accounts import Account, add_account
from service.plans.demo import store_demo_tasks
from service.run.demo import unload_demo
from tests.service.conftest import CITY, Database, SignIn

DAY = "2023-12-31"
# Indicator, target as asked (lower, upper, unit, strictness), what is reported, rate and state.
REPORTED = [
    ("reported.greening", 50, None, "万亩", "must", 51.3, Fraction(513, 500), "done"),
    ("restoration.area", 200, None, "万亩", "must", 200, Fraction(1), "done"),
    ("afforestation.area", 500, None, "万亩", "must", 500, Fraction(1), "done"),
    ("county_seats.green_area", 8800, None, "亩", "must", 8800, Fraction(1), "done"),
    ("urban_green.net_area", 1500, None, "万平方米", "must", 1500, Fraction(1), "done"),
    ("planting.stems", 4000, None, "万株", "at_least", 4000, Fraction(1), "done"),
    ("voluntary.planted_area", 76, None, "万平方米", "must", 76, Fraction(1), "done"),
    ("pests.strip_area", 2, None, "万亩", "must", 2, Fraction(1), "done"),
    ("demo_bases.built", 4, None, "个", "must", 4, Fraction(1), "done"),
    ("villages.greened", 367, None, "个", "must", 1373, Fraction(1373, 367), "done"),
    ("villages.demonstration", 100, None, "个", "must", 100, Fraction(1), "done"),
    ("villages.rechecked", 500, None, "个", "must", 500, Fraction(1), "done"),
    ("villages.beautified", 120, None, "个", "must", 120, Fraction(1), "done"),
    ("villages.improved", 240, None, "个", "must", 240, Fraction(1), "done"),
    ("villages.fine", 10, None, "个", "must", 10, Fraction(1), "done"),
    ("forest_cities.created", 2, None, "个", "must", 2, Fraction(1), "done"),
    ("streets.built", 2, 3, "条", "must", 2, Fraction(1), "within"),
    ("green_plots.built", 121, None, "块", "must", 121, Fraction(1), "done"),
    ("greenways.length", 100, None, "公里", "at_least", 100, Fraction(1), "done"),
    ("pocket_parks.count", 51, None, "处", "must", 51, Fraction(1), "done"),
    ("redemption.area", 6000, None, "亩", "must", 6000, Fraction(1), "done"),
    ("fire_stations.built", 100, None, "座", "must", 100, Fraction(1), "done"),
    ("fires.years_without", 43, None, "年", "at_least", 43, Fraction(1), "done"),
    ("parks.progress", 100, None, "%", "must", 50, Fraction(1, 2), None),
    ("suspects.checked_share", 100, None, "%", "must", 100, Fraction(1), "done"),
    ("patrol.visits", 4, None, "次", "at_least", 4, Fraction(1), "done"),
    ("chief_orders.issued", 2, None, "次", "must", 2, Fraction(1), "done"),
]


def test_every_figure_of_the_papers_is_read_back(sign_in: SignIn) -> None:
    gis, planner, inspector = sign_in("gis"), sign_in("planner"), sign_in("inspector")
    plan = {"code": "PAPERS", "label": "五份文件", "first": "2023-01-01", "after": "2024-01-01"}
    assert gis.post("/api/plans", json=plan).status_code == 201
    for indicator, lower, upper, unit, strictness, done, _, _ in REPORTED:
        asked = {"indicator": indicator, "district": CITY, "lower": lower, "upper": upper}
        asked |= {"measured_in": unit, "strictness": strictness}
        made = gis.post("/api/plans/PAPERS/targets", json=asked)
        assert made.status_code == 201, made.text
        number = made.json()["id"]
        assert gis.post(f"/api/targets/{number}/issue").status_code == 200
        figure = {"target": number, "on_day": DAY, "value": done, "measured_in": unit}
        figure |= {"source": "公开文件"}
        address = f"/api/reported/{planner.post('/api/reported', json=figure).json()['id']}"
        assert planner.post(f"{address}/submit").status_code == 200
        assert inspector.post(f"{address}/approve").status_code == 200
    rows = gis.get("/api/progress?plan=PAPERS").json()["rows"]
    told = {row["indicator"]: row for row in rows}
    rates = {name: told[name]["reported_rate"] for name, *_ in REPORTED}
    assert rates == {name: pytest.approx(float(rate)) for name, *_, rate, _ in REPORTED}
    assert told["reported.greening"]["reported_rate"] == 1.026
    states = {name: told[name]["state"] for name, *_, state in REPORTED if state}
    assert states == {name: state for name, *_, state in REPORTED if state}


@pytest.fixture
def demo(database: Database) -> Database:
    """The demo's tasks of the districts that are there."""
    with database.service.begin() as connection:
        number = add_account(connection, "demo-survey", "planner", demo=True)
        store_demo_tasks(connection, Account(number, "demo-survey", "planner", (), None))
    return database


def test_the_demo_brings_the_papers_and_takes_them_out(demo: Database, sign_in: SignIn) -> None:
    gis: Any = sign_in("gis")
    rows = gis.get("/api/plans").json()["rows"]
    assert {row["code"] for row in rows} == {
        "DEMO-CC-2023",
        "DEMO-CC-2024",
        "DEMO-JL-2023-04",
        "DEMO-ZG-2021",
    }
    assert all(row["demo"] and row["label"].startswith("示例任务") for row in rows)
    targets = gis.get("/api/plans/DEMO-CC-2023/targets").json()["rows"]
    assert len(targets) == len(next(p for p in demo_plans() if p.code == "DEMO-CC-2023").targets)
    assert gis.post("/api/bulletins", json={"plan": "DEMO-CC-2023"}).status_code == 201
    unload_demo(demo.service)
    left = "SELECT count(*) FROM task_change"
    assert (gis.get("/api/plans").json()["numberMatched"], demo.scalar(left)) == (0, 0)
