"""Days are Beijing's at every door, in the eight hours that UTC calls yesterday too."""

from datetime import UTC, date, datetime, timedelta

import pytest
from shapely import box
from sqlalchemy import text

from service.accounts.db.row_security import whole_tree_key
from service.districts.db import districts
from service.web.timestamps import BEIJING, clock_at
from tests.service.conftest import WEST, Database, SignIn, district_frame
from tests.service.districts.db.test_districts import county
from tests.service.patrol.findings.test_findings import finding
from tests.service.patrol.zones.test_zones import zone

DAY = date(2026, 6, 1)
MOMENTS = [
    pytest.param(datetime(2026, 6, 1, 0, 30, tzinfo=BEIJING), id="00:30"),
    pytest.param(datetime(2026, 6, 1, 7, 59, tzinfo=BEIJING), id="07:59"),
    pytest.param(datetime(2026, 6, 1, 8, 1, tzinfo=BEIJING), id="08:01"),
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_database_knows_the_day_of_a_moment(database: Database, moment: datetime) -> None:
    assert database.scalar("SELECT beijing_day(:moment)", moment=moment) == DAY


def test_the_database_never_asks_for_the_day_of_its_session(database: Database) -> None:
    assert not database.scalar("""
        SELECT string_agg(proname, ' ') FROM pg_proc
        JOIN pg_namespace n ON n.oid = pronamespace
        WHERE n.nspname = 'public' AND prosrc ~* 'current_date|''utc''|localtime'
    """)
    default = """
        SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
        WHERE adrelid = 'district_boundary'::regclass AND pg_get_expr(adbin, adrelid) ~* 'today'
    """
    assert database.scalar(default) == "beijing_today()"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moved_border_begins_today_and_figures_of_the_moment_stand_on_it(
    empty: Database, moment: datetime
) -> None:
    grown = box(125.0, 43.0, 125.1, 43.12)
    with empty.service.begin() as connection:
        districts.store_districts(connection, district_frame())
        with clock_at(moment):
            districts.store_districts(connection, county(WEST, grown))
        now, then, before = (
            districts.tree(connection, as_of)[WEST].valid_from
            for as_of in (None, moment, datetime(2026, 5, 31, 23, 59, tzinfo=BEIJING))
        )
    assert (now, then, before) == ("2026-06-01", "2026-06-01", "1949-10-01")


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_extent_of_figures_takes_the_border_of_the_day(
    empty: Database, moment: datetime
) -> None:
    with empty.service.begin() as connection:
        districts.store_districts(connection, district_frame())
        with clock_at(moment):
            districts.store_districts(connection, county(WEST, box(125.0, 43.0, 125.1, 43.12)))
    last_night = datetime(2026, 5, 31, 23, 59, tzinfo=BEIJING)
    with empty.owner.begin() as connection:
        key = {"key": whole_tree_key(empty.owner)}
        connection.execute(text("SELECT set_session_scope_to_all(:key)"), key)
        held = text("SELECT cardinality(kept) FROM coverage_extent(ARRAY[:code], :moment, 10)")
        counts = [
            connection.scalar(held, {"code": WEST, "moment": at}) for at in (moment, last_night)
        ]
    assert counts == [1, 0]


@pytest.mark.parametrize("moment", MOMENTS)
def test_zones_findings_and_maps_take_the_day_in_beijing(sign_in: SignIn, moment: datetime) -> None:
    inspector = sign_in("inspector", WEST)
    with clock_at(moment):
        made = inspector.post("/api/zones", json=zone()).json()
        assert made["properties"]["valid_from"] == "2026-06-01"
        created = inspector.post("/api/findings", json=finding(found_at=moment.isoformat()))
        assert created.status_code == 201, created.text
        number = created.json()["id"]
        steps = f"/api/findings/{number}/steps"
        stepped = inspector.post(steps, json={"state": "rectified"}, headers={"If-Match": '"1"'})
        assert stepped.status_code == 201, stepped.text
        assert stepped.json()["properties"]["steps"][-1]["on_day"] == "2026-06-01"
        page = sign_in("viewer").get("/maps/coverage?download=1")
        assert (DAY + timedelta(days=90)).isoformat() in page.text


def test_a_quarter_begins_at_midnight_in_beijing(sign_in: SignIn) -> None:
    viewer = sign_in("viewer")
    for moment, quarter in (
        (datetime(2026, 6, 30, 15, 59, tzinfo=UTC), "2026-Q2"),
        (datetime(2026, 6, 30, 16, 30, tzinfo=UTC), "2026-Q3"),
    ):
        with clock_at(moment):
            assert f"{quarter}" in viewer.get("/maps/patrol").text
