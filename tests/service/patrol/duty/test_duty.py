"""The duty meter: by hand on a small case, by PostGIS on a large one."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString
from sqlalchemy import text

from service.accounts.db.accounts import Account, account_id
from service.errors import Problem
from service.patrol.duty.compliance import DutyQuery, read_duty
from service.patrol.tracks.evaluate import RecordedTrack
from service.patrol.tracks.store import StoredPatrol, store_tracks
from service.web.periods import parse_period, within
from service.web.timestamps import today
from tests.service.conftest import WEST, Database, SignIn
from tests.service.patrol.tracks.test_patrols import STEP_DEG, STEP_S, stored, stored_length, track
from tests.service.patrol.zones.test_zones import grid, made, zone

Q3 = {"period": "2026-Q3", "as_of": "2026-10-01"}


@pytest.fixture
def inspector(sign_in: SignIn) -> httpx.Client:
    """Of the western county, with a town zone T1 of 0.04° and a grid G1 of 0.01° in it."""
    client = sign_in("inspector", WEST)
    made(client, zone(valid_from="2026-01-01"))
    made(client, grid("G1", 125.02, valid_from="2026-01-01"))
    return client


def row(client: httpx.Client, code: str, **params: str) -> dict[str, Any]:
    """The duty of one zone."""
    answer = client.get("/api/duty", params={**Q3, **params})
    assert answer.status_code == 200, answer.text
    (matching,) = [row for row in answer.json()["rows"] if row["zone"] == code]
    return dict(matching)


def visit(client: httpx.Client, month: int, day: int) -> dict[str, Any]:
    """The chief of T1 walks through G1, at eight in the morning."""
    start = datetime(2026, month, day, tzinfo=UTC)
    return stored(client, track(zone="T1", ranger="张三", start=start))


def long_walk(day: int, south: float) -> dict[str, Any]:
    """Six legs of 45 steps to and fro in G1: 4.4 km in 68 minutes, by its ranger."""
    there = [125.0205 + n * STEP_DEG for n in range(46)]
    legs = [there if leg % 2 == 0 else there[::-1] for leg in range(6)]
    line = [
        [round(lon, 7), round(south + leg * 0.0002, 7)]
        for leg, lons in enumerate(legs)
        for lon in lons
    ]
    start = datetime(2026, 7, day, tzinfo=UTC)
    body = track(start=start)
    body["geometry"]["coordinates"] = line
    body["properties"]["times"] = [
        (start + timedelta(seconds=STEP_S * n)).isoformat() for n in range(len(line))
    ]
    return body


def test_visits_of_a_chief_by_hand(inspector: httpx.Client) -> None:
    """One visit a month is due; July and September had one, August none.

    Due 3, done 2, missed 1. August's was outstanding from 1 September until the visit of the
    11th: 10 days. Without a visit: 6 to 31 July (26 days), August (31), 1 to 10 September (10):
    67 days. September was met, August not: a streak of 1. What was missed is made up: late.
    """
    visit(inspector, 7, 5)
    visit(inspector, 9, 11)
    row_of_t1 = row(inspector, "T1")
    visits = {
        name: row_of_t1[name]
        for name in (
            "visits_due",
            "visits_done",
            "visits_missed",
            "overdue_days",
            "longest_gap_days",
            "streak",
            "state",
            "last_visit",
        )
    }
    assert visits == {
        "visits_due": 3,
        "visits_done": 2,
        "visits_missed": 1,
        "overdue_days": 10,
        "longest_gap_days": 67,
        "streak": 1,
        "state": "late",
        "last_visit": "2026-09-11",
    }


def test_a_visit_that_nobody_made_up_stays_overdue(inspector: httpx.Client) -> None:
    """July had one; August's is outstanding from 1 September, September's from 1 October.

    As of 10 October: September has 30 days, October 10.
    """
    visit(inspector, 7, 5)
    row_of_t1 = row(inspector, "T1", as_of="2026-10-10")
    assert (row_of_t1["state"], row_of_t1["visits_missed"], row_of_t1["overdue_days"]) == (
        "overdue",
        2,
        40,
    )


def test_before_its_time_is_over_nothing_is_overdue(inspector: httpx.Client) -> None:
    visit(inspector, 7, 5)
    row_of_t1 = row(inspector, "T1", period="2026-08", as_of="2026-08-31")
    assert (row_of_t1["state"], row_of_t1["visits_due"], row_of_t1["overdue_days"]) == (
        "open",
        1,
        0,
    )


@pytest.mark.parametrize(
    "path", ["/api/duty", "/api/chiefs/lists", "/api/patrols", "/api/findings", "/maps/patrol"]
)
@pytest.mark.parametrize("period", ["1949", "1949-Q1", "1949-01", "2100", "2100-Q4", "2100-12"])
def test_the_first_and_the_last_periods_are_answered(
    inspector: httpx.Client, path: str, period: str
) -> None:
    answer = inspector.get(path, params={"period": period})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("path", ["/api/duty", "/api/chiefs/lists"])
@pytest.mark.parametrize(
    ("day", "status"), [("1948-12-31", 422), ("0001-01-01", 422), ("1949-01-01", 200)]
)
def test_a_day_of_judgement_before_all_records_is_refused(
    inspector: httpx.Client, path: str, day: str, status: int
) -> None:
    answer = inspector.get(path, params={"period": "2026-Q3", "as_of": day})
    assert answer.status_code == status, answer.text
    assert status == 200 or answer.json()["errors"][0]["field"] == "as_of"


@pytest.mark.parametrize("path", ["/api/duty", "/api/chiefs/lists"])
def test_a_day_of_judgement_to_come_is_today(inspector: httpx.Client, path: str) -> None:
    answer = inspector.get(path, params={"period": "2026-Q3", "as_of": "9999-12-31"})
    assert answer.json()["as_of"] == today().isoformat()


def test_lengths_and_shares_by_hand(inspector: httpx.Client) -> None:
    """The same 732.5 m twice, seen 25 m to either side.

    Ground of one walk: 732.5 x 50 + pi x 25² = 38 588 m²; merged once, unmerged twice. T1 is
    0.04° x 111 320 m x cos 43.03° = 3 255 m by 0.04° x 111 090 m = 4 444 m: 14.46 km².
    """
    visit(inspector, 7, 5)
    visit(inspector, 9, 11)
    row_of_t1 = row(inspector, "T1")
    metres = stored_length(track())
    ground = metres * 50 + np.pi * 25**2
    zone_m2 = 0.04 * 111_320 * np.cos(np.radians(43.03)) * 0.04 * 111_090
    assert row_of_t1["length_km"] == pytest.approx(2 * metres / 1000, rel=4e-3)
    assert row_of_t1["walked_m2"] == pytest.approx(ground, rel=4e-3)
    assert row_of_t1["walked_share"] == pytest.approx(ground / zone_m2, rel=1e-2)
    assert row_of_t1["walked_share_sum"] == pytest.approx(2 * row_of_t1["walked_share"], rel=1e-3)


def test_effective_days_of_a_ranger_by_hand(inspector: httpx.Client) -> None:
    """Day 1 is long enough. Day 2 walks the same route: repeated. Day 3 goes elsewhere.

    July asks for 10 days, of which 2 are effective: 8 are missing.
    """
    first = stored(inspector, long_walk(1, 43.021))
    second = stored(inspector, long_walk(2, 43.021))
    third = stored(inspector, long_walk(3, 43.026))
    assert [patrol["shortfalls"] for patrol in (first, second, third)] == [[], ["repeated"], []]
    row_of_g1 = row(inspector, "G1", period="2026-07")
    figures = (
        row_of_g1["days_due"],
        row_of_g1["effective_days"],
        row_of_g1["visits_missed"],
        row_of_g1["patrols"],
    )
    assert figures == (10, 2, 8, 3)


def test_a_track_that_comes_late_has_its_month_judged_anew(inspector: httpx.Client) -> None:
    later = inspector.post("/api/patrols", json=long_walk(9, 43.021)).json()["id"]
    stored(inspector, long_walk(2, 43.021))
    again = inspector.get(f"/api/patrols/{later}").json()["properties"]
    assert again["shortfalls"] == ["repeated"]


def test_a_month_that_began_before_the_zone_is_not_due(inspector: httpx.Client) -> None:
    made(inspector, grid("G2", 125.035, valid_from="2026-08-15"))
    assert row(inspector, "G2")["days_due"] == 10


def test_tracks_that_cannot_count_change_no_figure(inspector: httpx.Client) -> None:
    """A good walk, and beside it every sort that is kept apart or refused: rows stay the same."""
    good = long_walk(1, 43.021)
    stored(inspector, good)
    params = {**Q3, "period": "2026"}
    before = inspector.get("/api/duty", params=params).json()
    for bad in (
        track(times=None),
        track(zone="G9", south=43.0251),
        track(zone=None, ranger="陌生人", south=43.0852),
        track(start=datetime(2025, 12, 31, tzinfo=UTC), south=43.0253),
    ):
        assert stored(inspector, bad)["apart"]
    assert inspector.post("/api/patrols", json=good).status_code == 409
    after = inspector.get("/api/duty", params=params).json()
    assert after["rows"] == before["rows"]
    assert after["apart"] == {"no_times": 1, "no_zone": 1, "unknown_zone": 1}


def test_a_chief_does_not_count_the_walks_of_a_ranger(inspector: httpx.Client) -> None:
    stored(inspector, long_walk(1, 43.021))
    row_of_t1 = row(inspector, "T1")
    assert (row_of_t1["visits_done"], row_of_t1["patrols"]) == (0, 1)
    assert row_of_t1["walked_share"] > 0


@pytest.mark.parametrize("period", ["2026-Q5", "2026-13", "26", "Q3", "2026-H3", "0000", ""])
def test_a_period_of_another_form_is_told_the_forms(period: str, sign_in: SignIn) -> None:
    answer = sign_in("viewer", WEST).get("/api/duty", params={"period": period})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "period")
    assert "2026-Q3" in answer.json()["detail"]


@given(st.integers(1949, 2100))
def test_halves_quarters_and_months_part_the_year(year: int) -> None:
    whole = parse_period(f"{year}")
    for parts in (
        [f"{year}-H{n}" for n in range(1, 3)],
        [f"{year}-Q{n}" for n in range(1, 5)],
        [f"{year}-{n:02d}" for n in range(1, 13)],
    ):
        periods = [parse_period(part) for part in parts]
        assert (periods[0].first, periods[-1].after) == (whole.first, whole.after)
        assert [period.after for period in periods[:-1]] == [period.first for period in periods[1:]]


@given(st.dates(date(1949, 1, 1), date(2095, 1, 1)), st.integers(0, 800))
def test_a_stretch_of_days_is_whole_periods_and_less_than_a_month(start: date, days: int) -> None:
    first = start.replace(day=1)
    after = first + timedelta(days=days)
    whole, rest = within(first, after)
    edges = [first, *(period.after for period in whole)]
    assert edges == [*(period.first for period in whole), rest]
    assert 0 <= (after - rest).days < 31


def test_csv_and_workbook_hold_the_same_and_run_nothing(inspector: httpx.Client) -> None:
    inspector.patch(
        "/api/zones/1", json={"properties": {"name": "=1+1"}}, headers={"If-Match": '"1"'}
    )
    text_of = inspector.get("/api/duty", params={**Q3, "format": "csv"}).content
    assert text_of.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(text_of.decode("utf-8-sig"))))
    assert {row["name"] for row in rows} == {"'=1+1", "G1 区"}
    book = inspector.get("/api/duty", params={**Q3, "format": "xlsx"}).content
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        words = archive.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in words


def test_a_person_is_asked_for_by_inspectors_only(inspector: httpx.Client, sign_in: SignIn) -> None:
    params = {**Q3, "person": "张三"}
    rows = inspector.get("/api/duty", params=params).json()["rows"]
    assert [row["zone"] for row in rows] == ["T1"]
    assert sign_in("viewer", WEST).get("/api/duty", params=params).status_code == 403


LOCAL_RULE = """
    INSERT INTO patrol_rule (code, label_zh, label_en, level, place, unit, visits, swath_m,
                             max_speed_m_s, max_gap_s, source, local)
    VALUES ('L', '本地', 'local', 'town', '2201', 'week', 2, 50, 5, 300, '本地', true)
"""


def test_a_rule_of_the_place_goes_before_the_general_one(
    inspector: httpx.Client, database: Database
) -> None:
    with database.owner.begin() as connection:
        connection.execute(text(LOCAL_RULE))
    try:
        # Weeks that end in the quarter: Sundays 5 July to 27 September, 13 of them.
        assert (row(inspector, "T1")["visits_due"], row(inspector, "T1")["rule"]) == (26, "L")
    finally:
        with database.owner.begin() as connection:
            connection.execute(text("DELETE FROM patrol_rule WHERE local"))


# As gis measures: along geodesics, the swath 25 m to either side, round at its ends.
POSTGIS = text("""
WITH swept AS (
    SELECT pz.zone_id, v.geom AS zone, sum(pz.length_m) AS length_m,
           sum(ST_Length(ST_Intersection(p.geom, v.geom)::geography)) AS pg_length_m,
           ST_Union(ST_SetSRID(ST_Buffer(p.geom::geography, 25, 'quad_segs=16')::geometry,
                               ST_SRID(v.geom))) AS ground
    FROM patrol_zone pz JOIN patrol p ON p.id = pz.patrol_id
    JOIN zone_version v ON v.zone_id = pz.zone_id
    GROUP BY pz.zone_id, v.geom
)
SELECT z.code, length_m, pg_length_m,
       ST_Area(ST_Intersection(ground, swept.zone)::geography) AS pg_walked_m2
FROM swept JOIN zone z ON z.id = swept.zone_id ORDER BY z.code
""")


def test_two_hundred_patrols_agree_with_postgis(
    inspector: httpx.Client, database: Database
) -> None:
    for n in range(3):
        body = grid(f"H{n}", 125.011 + n * 0.011, valid_from="2026-01-01")
        inspector.post("/api/zones", json=body, params={"acknowledge": "overlap"})
    random = np.random.default_rng(7)
    tracks = []
    for n in range(200):
        steps = random.normal(0, 0.00015, (40, 2)) + random.normal(0, 0.00005, 2)
        places = np.round(
            np.array([125.03, 43.027]) + random.normal(0, 0.008, 2) + steps.cumsum(0), 7
        )
        start = datetime(2026, 7, 1 + n % 28, 1, n // 28, tzinfo=UTC)
        times = [start + timedelta(seconds=20 * k) for k in range(len(places))]
        tracks.append(RecordedTrack(LineString(places), times, f"H{n % 3}", f"H{n % 3} 护林员"))
    with database.service.begin() as connection:
        number = account_id(connection, "inspector-0")
        assert number is not None
        account = Account(number, "inspector-0", "admin", (), None)
        stored = store_tracks(connection, account, tracks, fix_limit=1000)
    assert all(isinstance(patrol, StoredPatrol) for patrol in stored)
    rows = {row["zone"]: row for row in inspector.get("/api/duty", params=Q3).json()["rows"]}
    with database.owner.connect() as connection:
        postgis_rows = connection.execute(POSTGIS).all()
    assert len(postgis_rows) >= 4
    for postgis_row in postgis_rows:
        assert postgis_row.length_m == pytest.approx(postgis_row.pg_length_m, rel=1e-5, abs=0.01)
        walked = rows[postgis_row.code]["walked_m2"]
        assert walked == pytest.approx(postgis_row.pg_walked_m2, rel=2e-3), postgis_row.code
        share = rows[postgis_row.code]["walked_m2"] / rows[postgis_row.code]["zone_m2"]
        assert rows[postgis_row.code]["walked_share"] == pytest.approx(share)
        assert rows[postgis_row.code]["walked_share_sum"] >= rows[postgis_row.code]["walked_share"]


def test_more_zones_than_are_judged_at_once_are_refused(
    inspector: httpx.Client, database: Database
) -> None:
    assert inspector.get("/api/zones").json()["numberMatched"] > 0
    query = DutyQuery(parse_period("2026-Q3"), date(2026, 9, 1), max_zones=0)
    with database.service.begin() as connection:
        number = account_id(connection, "inspector-0")
        assert number is not None
        account = Account(number, "inspector-0", "admin", (), None)
        with pytest.raises(Problem) as refused:
            read_duty(connection, account, query)
    assert (refused.value.status, refused.value.code) == (422, "too_many_zones")
