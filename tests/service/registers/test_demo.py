"""The demo's records: they count in the papers' tasks, and all of them go with the demo."""

from collections import Counter

import pytest

from data.demo.demo import demo_districts
from data.demo.records import demo_records
from service.accounts.db.accounts import Account, add_account
from service.plans.demo import store_demo_tasks
from service.registers.demo import store_demo_records
from service.run.demo import unload_demo
from tests.service.conftest import CITY, Database, SignIn, district_frame


@pytest.fixture
def demo(database: Database) -> Database:
    """Tasks of the districts that are there, and records in their counties."""
    counties = district_frame().query("level == 'county'")
    with database.service.begin() as connection:
        number = add_account(connection, "demo-survey", "planner", demo=True)
        account = Account(number, "demo-survey", "planner", (), None)
        store_demo_tasks(connection, account)
        store_demo_records(connection, account, demo_records(counties, share=0.1))
    return database


def test_records_of_the_demo_count_in_its_tasks_and_are_told_as_invented(
    demo: Database, sign_in: SignIn
) -> None:
    gis = sign_in("gis")
    rows = gis.get("/api/progress?plan=DEMO-CC-2023").json()["rows"]
    mapped = {row["indicator"]: row["mapped"] for row in rows if row["code"] == CITY}
    assert mapped["streets.built"] == 5
    assert mapped["pocket_parks.count"] == 5
    assert mapped["villages.greened"] == 6
    assert mapped["greenways.length"] == pytest.approx(10, rel=0.02)
    streets = gis.get("/api/registers/street").json()["features"]
    assert all(
        one["properties"]["demo"] and one["properties"]["name"].startswith("示例")
        for one in streets
    )


def test_records_of_the_demo_go_with_it(demo: Database, sign_in: SignIn) -> None:
    assert demo.scalar("SELECT count(*) FROM record") > 0
    unload_demo(demo.service)
    for table in ("record", "record_step", "record_history"):
        assert demo.scalar(f"SELECT count(*) FROM {table}") == 0
    assert sign_in("gis").get("/api/registers/street").json()["numberMatched"] == 0


def test_the_whole_demo_has_the_figures_of_the_papers() -> None:
    records = list(demo_records(demo_districts()))
    count = Counter(one.register for one in records)
    assert (count["street"], count["pocket_park"], count["fire_station"]) == (50, 51, 100)
    assert all(one.shape.is_valid for one in records)
    assert records[0] == next(demo_records(demo_districts()))
