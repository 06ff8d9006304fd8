"""The merged ground that is kept: that of PostGIS, whatever was written, taken out, forgotten."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import numpy as np
import pytest
from shapely import LineString
from sqlalchemy import text

from service.accounts.db.accounts import Account, account_id
from service.patrol.tracks.db.swept_area import months_of
from service.patrol.tracks.db.written import forget_tracks
from service.patrol.tracks.evaluate import RecordedTrack
from service.patrol.tracks.store import StoredPatrol, remove_patrol, store_tracks
from service.patrol.tracks.swept_area import remerge
from service.run.demo import unload_demo
from tests.service.conftest import WEST, Database, SignIn
from tests.service.patrol.zones.test_zones import grid, made, zone
from tests.waiting import until

DAYS = (datetime(2026, 6, 29, 1, tzinfo=UTC), datetime(2026, 7, 2, 1, tzinfo=UTC))


@pytest.fixture
def inspector(sign_in: SignIn) -> httpx.Client:
    """Of the western county, with a town zone T1 and two grids in it."""
    client = sign_in("inspector", WEST)
    made(client, zone(valid_from="2026-01-01"))
    for code, west in (("G1", 125.02), ("G2", 125.03)):
        made(client, grid(code, west, valid_from="2026-01-01"))
    return client


def inspector_account(database: Database) -> Account:
    """The inspector, writing past HTTP."""
    with database.service.begin() as connection:
        number = account_id(connection, "inspector-0")
    assert number is not None
    return Account(number, "inspector-0", "inspector", (WEST,), (WEST,))


def walks(count: int, start: datetime, seed: int) -> list[RecordedTrack]:
    """Wandering about the border of both grids, one a day."""
    random = np.random.default_rng(seed)
    tracks = []
    for n in range(count):
        steps = random.normal(0, 0.00012, (30, 2)).cumsum(0)
        places = np.round(np.array([125.03, 43.025]) + random.normal(0, 0.0012, 2) + steps, 7)
        begin = start + timedelta(days=n)
        times = [begin + timedelta(seconds=20 * k) for k in range(len(places))]
        tracks.append(
            RecordedTrack(LineString(places), times, f"G{1 + n % 2}", f"G{1 + n % 2} 护林员")
        )
    return tracks


def keep(database: Database, tracks: list[RecordedTrack], *, demo: bool = False) -> list[int]:
    """Numbers of the patrols."""
    with database.service.begin() as connection:
        stored = store_tracks(
            connection, inspector_account(database), tracks, fix_limit=1000, demo=demo
        )
    return [patrol.patrol_id for patrol in stored if isinstance(patrol, StoredPatrol)]


# Every period that a patrol lies in, its ground united at once: what the kept rows must say.
ANEW = text("""
SELECT pz.zone_id, stretch.period, ST_Area(ST_Union(pz.ground)::geography) AS m2
FROM patrol_zone pz, LATERAL (VALUES (to_char(pz.day, 'YYYY-MM')), (to_char(pz.day, 'YYYY-"Q"Q')),
                                     (to_char(pz.day, 'YYYY'))) AS stretch(period)
GROUP BY pz.zone_id, stretch.period ORDER BY 1, 2
""")
KEPT = text("SELECT zone_id, period, merged_m2 AS m2 FROM zone_walked ORDER BY 1, 2")


def agreed(database: Database) -> int:
    """How many rows are kept, after each was found to be what PostGIS unites."""
    with database.owner.connect() as connection:
        stored, anew = connection.execute(KEPT).all(), connection.execute(ANEW).all()
    assert [tuple(row)[:2] for row in stored] == [tuple(row)[:2] for row in anew]
    assert [row.m2 for row in stored] == pytest.approx([row.m2 for row in anew], rel=1e-6, abs=0.01)
    return len(stored)


def duty(client: httpx.Client, **params: str) -> dict[str, dict[str, Any]]:
    """Rows of the duty meter by zone."""
    answer = client.get("/api/duty", params=params)
    assert answer.status_code == 200, answer.text
    return {row["zone"]: row for row in answer.json()["rows"]}


def test_ground_is_merged_by_month_quarter_and_year_as_patrols_come(
    inspector: httpx.Client, database: Database
) -> None:
    """June and July, Q2 and Q3, one year: five periods of three zones."""
    keep(database, walks(6, DAYS[0], 1))
    keep(database, walks(3, DAYS[1], 2))
    assert agreed(database) == 15


def test_what_is_taken_out_is_united_no_more(inspector: httpx.Client, database: Database) -> None:
    numbers = keep(database, walks(5, DAYS[0], 1))
    for number in numbers[:2]:
        inspector.delete(f"/api/patrols/{number}", params={"reason": "误传"})
    assert agreed(database) == 9  # the two days of June are gone, and Q2 with them


def test_the_last_patrol_takes_its_rows_along(inspector: httpx.Client, database: Database) -> None:
    (number,) = keep(database, walks(1, DAYS[0], 1))
    inspector.delete(f"/api/patrols/{number}", params={"reason": "误传"})
    assert agreed(database) == 0


WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def test_a_patrol_that_comes_while_the_last_one_is_taken_out_is_merged(
    inspector: httpx.Client, database: Database
) -> None:
    """The row of the month is locked by who takes out, and gone when the other comes to it."""
    first, second = walks(2, DAYS[0], 1)
    (number,) = keep(database, [replace(first, zone="G1", ranger=None)])
    with ThreadPoolExecutor(1) as pool:
        with database.service.begin() as leaving:
            leaving.execute(text("SELECT 1 FROM zone_walked FOR UPDATE"))
            coming = pool.submit(keep, database, [replace(second, zone="G1", ranger=None)])
            until(lambda: coming.done() or database.scalar(WAITING))
            assert not coming.done(), coming.exception()
            assert remove_patrol(leaving, inspector_account(database), number, "误传")
        assert len(coming.result(timeout=60)) == 1
    assert agreed(database) > 0


# All ground of a stretch of days united at once.
UNTIL = text("""
SELECT z.code, count(*) AS patrols, ST_Area(ST_Union(pz.ground)::geography) AS m2
FROM patrol_zone pz JOIN zone z ON z.id = pz.zone_id
WHERE pz.day BETWEEN :first AND :last GROUP BY z.code
""")


@pytest.mark.parametrize(
    ("period", "first", "day"),
    [
        pytest.param("2026-Q3", "2026-07-01", "2026-07-02", id="the first month"),
        pytest.param("2026-Q3", "2026-07-01", "2026-08-03", id="a month and some days"),
        pytest.param("2026-Q3", "2026-07-01", "2026-07-31", id="a whole month"),
        pytest.param("2026", "2026-01-01", "2026-08-03", id="two quarters, a month, some days"),
        pytest.param("2026-08", "2026-08-01", "2026-08-04", id="some days"),
    ],
)
def test_a_day_within_a_period_is_answered_with_the_ground_until_then(
    inspector: httpx.Client, database: Database, period: str, first: str, day: str
) -> None:
    """Walks of June, July and August; whole months are kept, the rest is united on demand."""
    for n, start in enumerate((*DAYS, datetime(2026, 8, 2, 1, tzinfo=UTC))):
        keep(database, walks(4, start, n + 1))
    rows = duty(inspector, period=period, as_of=day)
    with database.owner.connect() as connection:
        params = {"first": first, "last": day}
        united = {row.code: row for row in connection.execute(UNTIL, params)}
    assert set(united) <= set(rows)
    for code, row in rows.items():
        there = united.get(code)
        assert row["patrols"] == (there.patrols if there else 0), code
        assert row["walked_m2"] == (pytest.approx(there.m2, rel=1e-6) if there else 0), code


def test_shares_stay_when_tracks_are_forgotten(inspector: httpx.Client, database: Database) -> None:
    keep(database, walks(4, DAYS[1], 2))
    before = duty(inspector, period="2026-Q3")
    forget(database)
    assert duty(inspector, period="2026-Q3") == before


def forget(database: Database) -> None:
    """All that was over by the first of January."""
    with database.service.begin() as connection:
        forget_tracks(connection, datetime(2027, 1, 1, tzinfo=UTC))


def test_forgetting_leaves_no_ground_of_a_period_that_is_over(
    inspector: httpx.Client, database: Database
) -> None:
    keep(database, walks(4, DAYS[0], 2))
    forget(database)
    with database.owner.connect() as connection:
        for table in ("zone_walked", "patrol_zone"):
            left = connection.scalar(text(f"SELECT count(*) FROM {table} WHERE ground IS NOT NULL"))
            assert left == 0, table


def test_a_patrol_of_a_forgotten_period_leaves_the_share_unknown(
    inspector: httpx.Client, database: Database
) -> None:
    keep(database, walks(2, DAYS[1], 2))
    forget(database)
    keep(database, walks(2, DAYS[1], 3))
    assert duty(inspector, period="2026-07")["T1"]["walked_share"] is None


def test_uniting_a_month_anew_changes_nothing(inspector: httpx.Client, database: Database) -> None:
    numbers = keep(database, walks(4, DAYS[0], 1))
    with database.service.begin() as connection:
        remerge(
            connection, [month for number in numbers for month in months_of(connection, number)]
        )
    assert agreed(database) == 15


def test_taking_the_demo_out_leaves_the_ground_that_somebody_walked(
    inspector: httpx.Client, database: Database
) -> None:
    """Invented walks of June and July, own ones of July: June and the second quarter go."""
    keep(database, walks(4, DAYS[0], 2), demo=True)
    own = keep(database, walks(3, DAYS[1], 1))
    assert agreed(database) == 15
    with_demo = duty(inspector, period="2026-Q3")["T1"]
    unload_demo(database.service)
    listed = inspector.get("/api/patrols").json()["features"]
    assert {item["id"] for item in listed} == set(own)
    assert agreed(database) == 9
    left = duty(inspector, period="2026-Q3")["T1"]
    assert (left["patrols"], with_demo["patrols"]) == (3, 5)
    assert 0 < left["walked_m2"] < with_demo["walked_m2"]


def test_a_route_that_only_the_demo_walked_before_is_no_longer_repeated(
    inspector: httpx.Client, database: Database
) -> None:
    (invented,) = walks(1, DAYS[1], 1)
    later = [moment + timedelta(days=1) for moment in invented.times or () if moment is not None]
    keep(database, [invented], demo=True)
    keep(database, [replace(invented, times=later)])
    share = "SELECT repeated FROM patrol_zone z JOIN patrol p ON p.id = z.patrol_id WHERE {}"
    assert database.scalar(share.format("own AND NOT demo")) == pytest.approx(1, abs=1e-3)
    unload_demo(database.service)
    assert database.scalar(share.format("own AND NOT demo")) == 0


def test_invented_zones_go_with_their_ground_but_for_those_that_somebody_walked(
    inspector: httpx.Client, database: Database
) -> None:
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE zone SET demo = true"))
    keep(database, walks(4, DAYS[1], 2), demo=True)
    keep(database, walks(1, DAYS[1], 1))
    unload_demo(database.service)
    rows = inspector.get("/api/zones").json()["features"]
    assert [feature["properties"]["code"] for feature in rows] == ["T1", "G1"]
    agreed(database)
