"""Patrols: stored, attributed, judged; what cannot count is told and kept apart."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from sqlalchemy import text

from data.patrol.tracks import TrackTable, read_tracks
from service.database.engine import make_engine
from service.patrol.tracks.api import routes as patrol_routes
from service.patrol.tracks.db.written import forget_tracks
from tests.service.conftest import EAST, WEST, Database, SignIn, ring
from tests.service.patrol.zones.test_zones import grid, made, zone

# A step of 15 s along a parallel at 43.025° north: 0.0002° are 16.3 m, 1.1 m/s.
STEP_DEG, STEP_S = 0.0002, 15
START = datetime(2026, 7, 6, 0, 0, tzinfo=UTC)


def track(
    fixes: int = 46,
    *,
    west: float = 125.0205,
    south: float = 43.025,
    start: datetime = START,
    **said: Any,
) -> dict[str, Any]:
    """A walk eastward through the grid G1 by its ranger."""
    line = [[round(west + n * STEP_DEG, 7), south] for n in range(fixes)]
    times = [(start + timedelta(seconds=STEP_S * n)).isoformat() for n in range(fixes)]
    given = {"zone": "G1", "ranger": "G1 护林员", "times": times, **said}
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": line},
        "properties": given,
    }


@pytest.fixture
def inspector(sign_in: SignIn) -> httpx.Client:
    """Of the western county, with a town zone T1 and a grid G1 of a hundredth of a degree in it."""
    client = sign_in("inspector", WEST)
    made(client, zone(valid_from="2026-01-01"))
    made(client, grid("G1", 125.02, valid_from="2026-01-01"))
    return client


def stored(client: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    """The properties of the patrol as it was answered."""
    answer = client.post("/api/patrols", json=body)
    assert answer.status_code == 201, answer.text
    properties: dict[str, Any] = answer.json()["properties"]
    return properties


def refused(client: httpx.Client, body: dict[str, Any]) -> tuple[int, str]:
    """Status and code of the refusal."""
    answer = client.post("/api/patrols", json=body)
    return answer.status_code, answer.json()["code"]


def test_a_track_lies_in_its_grid_and_in_the_zone_above(inspector: httpx.Client) -> None:
    patrol = stored(inspector, track())
    zones = {zone["zone"]: zone for zone in patrol["zones"]}
    assert set(zones) == {"G1", "T1"}
    assert [zones[code]["own"] for code in ("G1", "T1")] == [True, False]
    # 45 steps along the parallel; by hand: 0.009° x 111 320 m x cos(43.025°) = 732.5 m.
    assert patrol["length_m"] == pytest.approx(
        0.009 * 111_320 * np.cos(np.radians(43.025)), rel=3e-3
    )
    assert zones["G1"]["length_m"] == pytest.approx(patrol["length_m"], rel=1e-9)
    assert zones["G1"]["inside_s"] == 45 * STEP_S


def test_what_lies_outside_the_own_zone_does_not_count_for_it(inspector: httpx.Client) -> None:
    patrol = stored(inspector, track(101, west=125.02))
    own = next(zone for zone in patrol["zones"] if zone["own"])
    assert own["length_m"] == pytest.approx(patrol["length_m"] / 2, rel=1e-3)
    assert patrol["inside_m"] == own["length_m"]


def test_the_walker_says_whose_zone_it_is_when_the_track_does_not(inspector: httpx.Client) -> None:
    assert stored(inspector, track(zone=None))["zone"] == "G1"


def test_the_rule_of_the_zone_says_what_is_short(inspector: httpx.Client) -> None:
    patrol = stored(inspector, track())
    assert patrol["effective"] is False
    assert patrol["shortfalls"] == ["too_short", "too_brief"]
    assert patrol["apart"] == []


def test_a_visit_of_a_chief_needs_no_least_length(inspector: httpx.Client) -> None:
    patrol = stored(inspector, track(zone=None, ranger="张三"))
    assert (patrol["zone"], patrol["effective"]) == ("T1", True)


def test_a_jump_is_left_out_and_told(inspector: httpx.Client) -> None:
    body = track()
    body["geometry"]["coordinates"][20] = [125.09, 43.09]
    patrol = stored(inspector, body)
    assert patrol["jumps"] == 1
    assert patrol["length_m"] == pytest.approx(stored_length(track()), rel=2e-2)


def stored_length(body: dict[str, Any]) -> float:
    """Metres of a track along the parallel, by hand."""
    fixes = len(body["geometry"]["coordinates"])
    return float((fixes - 1) * STEP_DEG * 111_320 * np.cos(np.radians(43.025)))


def test_fixes_out_of_order_are_put_in_order_and_told(inspector: httpx.Client) -> None:
    body = track()
    places, times = body["geometry"]["coordinates"], body["properties"]["times"]
    for values in (places, times):
        values[10], values[11] = values[11], values[10]
    patrol = stored(inspector, body)
    assert patrol["reordered"] == 1
    assert patrol["length_m"] == pytest.approx(stored_length(track()), rel=3e-3)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param({"times": None}, "no_times", id="no times"),
        pytest.param({"zone": None, "ranger": None, "west": 125.06}, "no_zone", id="nobody"),
        pytest.param({"zone": None, "ranger": "陌生人", "west": 125.06}, "no_zone", id="stranger"),
        pytest.param({"zone": "G9"}, "unknown_zone", id="no such zone"),
        pytest.param({"start": datetime(2025, 7, 6, tzinfo=UTC)}, "before_zone", id="too early"),
    ],
)
def test_what_cannot_count_is_told_and_kept_apart(
    inspector: httpx.Client, said: dict[str, Any], reason: str
) -> None:
    patrol = stored(inspector, track(**said))
    assert (patrol["apart"], patrol["effective"]) == ([reason], False)
    period = "2025" if "start" in said else "2026"
    duty = inspector.get("/api/duty", params={"period": period}).json()
    assert duty["apart"] == {reason: 1}
    assert {row["patrols"] for row in duty["rows"]} <= {0}


def test_the_same_track_twice_is_told_and_not_counted_twice(inspector: httpx.Client) -> None:
    number = inspector.post("/api/patrols", json=track()).json()["id"]
    answer = inspector.post("/api/patrols", json=track(source="另一个文件"))
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate_track")
    assert f"{number}" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        pytest.param([[500_000, 4_700_000], [500_020, 4_700_000]], "out_of_range", id="metres"),
        pytest.param([[114.05, 25.05], [114.06, 25.05]], "outside_scope", id="another county"),
        pytest.param([[10.0, 50.0], [10.1, 50.0]], "outside_districts", id="another continent"),
    ],
)
def test_a_track_of_another_place_is_refused(
    inspector: httpx.Client, geometry: list[list[float]], code: str
) -> None:
    times = ["2026-07-06T00:00:00Z", "2026-07-06T00:20:00Z"]
    body = track(zone=None, times=times)
    body["geometry"]["coordinates"] = geometry
    assert refused(inspector, body) == (422, code)


def test_a_track_from_the_future_is_refused(inspector: httpx.Client) -> None:
    body = track(start=datetime.now(UTC) + timedelta(days=1))
    assert refused(inspector, body) == (422, "in_future")


@pytest.mark.parametrize(
    "moment",
    [
        *("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00Z", "1948-12-31T15:59:59Z"),
        *("1970-01-01T00:05:00Z", "1980-01-05T23:59:59Z"),
    ],
)
def test_a_track_of_a_clock_gone_wrong_is_refused(inspector: httpx.Client, moment: str) -> None:
    made(inspector, zone("T0", valid_from="1949-01-01", valid_to="2000-01-01"))
    body = track(zone="T0", times=[moment, "2026-07-06T00:20:00Z"])
    body["geometry"]["coordinates"] = body["geometry"]["coordinates"][:2]
    answer = inspector.post("/api/patrols", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "too_early")
    assert answer.json()["errors"][0]["field"] == "properties.times"


def test_a_track_of_the_first_moment_of_satellites_is_kept_apart(
    inspector: httpx.Client,
) -> None:
    made(inspector, zone("T0", valid_from="1949-01-01", valid_to="2000-01-01"))
    properties = stored(inspector, track(zone="T0", start=datetime(1980, 1, 6, tzinfo=UTC)))
    assert properties["apart"] == ["week_rollover"]
    body = inspector.get("/api/patrols", params={"period": "1980-01"}).json()
    assert body["numberMatched"] == 1


def test_a_track_beyond_the_calendar_is_refused(inspector: httpx.Client) -> None:
    times = ["2026-07-06T00:00:00Z", "9999-12-31T23:59:59-23:59"]
    body = track(2, times=times)
    assert refused(inspector, body) == (422, "in_future")


def test_as_many_times_as_positions(inspector: httpx.Client) -> None:
    assert refused(inspector, track(times=["2026-07-06T00:00:00Z"])) == (422, "bad_shape")


def test_a_track_of_more_fixes_than_allowed_is_refused(inspector: httpx.Client) -> None:
    body = track()
    body["geometry"]["coordinates"] = [[125.02, 43.02]] * 200_001
    body["properties"]["times"] = None
    assert refused(inspector, body) == (422, "too_many_fixes")


@pytest.mark.parametrize("role", ["viewer", "planner", "gis"])
def test_tracks_are_for_inspectors_others_see_shares(
    role: str, inspector: httpx.Client, sign_in: SignIn
) -> None:
    number = inspector.post("/api/patrols", json=track()).json()["id"]
    client = sign_in(role, WEST)
    for address in ("/api/patrols", f"/api/patrols/{number}"):
        assert client.get(address).status_code == 403
    duty = client.get("/api/duty", params={"period": "2026-Q3"})
    assert [row["walked_share"] > 0 for row in duty.json()["rows"]] == [True, True]
    assert "G1 护林员" not in duty.text
    assert "张三" not in duty.text


def test_a_patrol_of_another_county_is_not_found(inspector: httpx.Client, sign_in: SignIn) -> None:
    number = inspector.post("/api/patrols", json=track()).json()["id"]
    other = sign_in("inspector", EAST)
    assert other.get(f"/api/patrols/{number}").status_code == 404
    assert other.get("/api/patrols").json()["numberMatched"] == 0


def test_a_list_is_narrowed_by_period_zone_and_walker(inspector: httpx.Client) -> None:
    stored(inspector, track())
    stored(inspector, track(start=START + timedelta(days=40)))
    counts = [
        inspector.get("/api/patrols", params=params).json()["numberMatched"]
        for params in (
            {"period": "2026-07"},
            {"period": "2026-Q3"},
            {"period": "2026-06"},
            {"zone": "T1"},
            {"ranger": "G1 护林员"},
            {"apart": "true"},
        )
    ]
    assert counts == [1, 2, 0, 2, 2, 0]


def gpx(*tracks: str) -> bytes:
    """A GPX file of these tracks."""
    head = '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">'
    return (head + "".join(tracks) + "</gpx>").encode()


def trk(name: str, south: float, lon: float = 125.021) -> str:
    """A track of three fixes."""
    points = "".join(
        f'<trkpt lon="{lon + n * STEP_DEG}" lat="{south}"><time>2026-07-06T00:00:{n * 15:02d}Z'
        "</time></trkpt>"
        for n in range(3)
    )
    return f"<trk><name>{name}</name><trkseg>{points}</trkseg></trk>"


def test_a_file_of_tracks_is_stored_row_by_row(inspector: httpx.Client) -> None:
    body = gpx(trk("一", 43.024), trk("二", 43.026), trk("三", 43.024))
    answer = inspector.post("/api/patrols/files", files={"file": ("walks.gpx", body)})
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert (report["stored"], report["refused"]) == (2, 1)
    assert [row["code"] for row in report["rows"]] == [None, None, "duplicate_track"]
    assert [row["apart"] for row in report["rows"][:2]] == [[], []]  # found by place


def test_a_file_that_is_none_is_refused_in_words(inspector: httpx.Client) -> None:
    answer = inspector.post("/api/patrols/files", files={"file": ("../x.gpx", b"<html>")})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_patrol_that_is_taken_out_no_longer_counts(inspector: httpx.Client) -> None:
    number = inspector.post("/api/patrols", json=track()).json()["id"]
    why = {"reason": "重复"}
    stale = inspector.delete(f"/api/patrols/{number}", headers={"If-Match": '"9"'}, params=why)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    gone = inspector.delete(f"/api/patrols/{number}", params=why)
    assert gone.status_code == 204
    rows = inspector.get("/api/duty", params={"period": "2026-Q3"}).json()["rows"]
    assert {row["patrols"] for row in rows} == {0}


def test_the_log_holds_neither_tracks_nor_walkers(
    inspector: httpx.Client, database: Database
) -> None:
    stored(inspector, track(ranger="暗号护林员"))
    words = "SELECT string_agg(to_jsonb(l)::text, '') FROM patrol_log l WHERE what = 'patrol'"
    logged = database.scalar(words)
    assert "暗号" not in logged
    assert "125.02" not in logged


def test_a_track_that_another_county_holds_already_is_told_as_such(
    inspector: httpx.Client, sign_in: SignIn
) -> None:
    across = track(46, west=125.094)
    stored(inspector, {**across, "properties": {**across["properties"], "zone": None}})
    eastern = sign_in("inspector", EAST)
    made(eastern, zone("E1", ring(125.1, 43.01, 0.04, 0.04), valid_from="2026-01-01"))
    given = {**across["properties"], "zone": "E1"}
    status, code = refused(eastern, {**across, "properties": given})
    assert (status, code) == (409, "duplicate_track")


def test_no_connection_is_held_while_a_file_is_read(
    inspector: httpx.Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child process may read for two minutes; connections are few."""
    # Only an administrator sees what others ask.
    admin = make_engine(database.endpoint.url("admin", database.name))
    held = []

    def read_and_look(path: Path, **options: Any) -> TrackTable:
        with admin.connect() as connection:
            held.append(
                connection.scalar(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        " AND state LIKE 'idle in transaction%'"
                        " AND query LIKE '%set_session_scope%'"
                    )
                )
            )
        return read_tracks(path, **options)

    monkeypatch.setattr(patrol_routes, "read_tracks", read_and_look)
    inspector.get("/api/me").raise_for_status()
    answer = inspector.post(
        "/api/patrols/files", files={"file": ("walks.gpx", gpx(trk("一", 43.024)))}
    )
    assert (answer.status_code, answer.json()["stored"]) == (200, 1)
    admin.dispose()
    assert held == [0]


# ---- zone and walker, with the upload and afterwards


def phone_gpx(body: dict[str, Any], *, timeless: tuple[int, ...] = ()) -> bytes:
    """The track as a phone writes it: it names neither zone nor walker."""
    places, times = body["geometry"]["coordinates"], body["properties"]["times"]
    fixes = "".join(
        f'<trkpt lat="{lat}" lon="{lon}">'
        + ("" if n in timeless else f"<time>{time.replace('+00:00', 'Z')}</time>")
        + "</trkpt>"
        for n, ((lon, lat), time) in enumerate(zip(places, times, strict=True), start=1)
    )
    head = '<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1"><trk><trkseg>'
    return f"{head}{fixes}</trkseg></trk></gpx>".encode()


def uploaded(client: httpx.Client, content: bytes, **said: str) -> dict[str, Any]:
    """What was told of the tracks of a file."""
    files = {"file": ("walk.gpx", content)}
    answer = client.post("/api/patrols/files", files=files, data=said)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def read(client: httpx.Client, number: int) -> dict[str, Any]:
    """The properties of a stored patrol."""
    properties: dict[str, Any] = client.get(f"/api/patrols/{number}").json()["properties"]
    return properties


def patched(client: httpx.Client, number: int, **said: Any) -> httpx.Response:
    """The answer to a merge patch upon what stands."""
    address = f"/api/patrols/{number}"
    held = {"If-Match": client.get(address).headers["ETag"]}
    return client.patch(address, json={"properties": said}, headers=held)


def test_a_track_that_names_nothing_belongs_to_the_deepest_zone_around_it(
    inspector: httpx.Client,
) -> None:
    (row,) = uploaded(inspector, phone_gpx(track()))["rows"]
    assert row["apart"] == []
    properties = read(inspector, row["patrol"])
    assert (properties["zone"], properties["zone_by"], properties["ranger"]) == (
        "G1",
        "place",
        None,
    )
    (row,) = uploaded(inspector, phone_gpx(track(west=125.0345)))["rows"]
    assert read(inspector, row["patrol"])["zone"] == "T1"  # beyond the grid, in the town


def test_most_of_a_track_decides_its_zone(inspector: httpx.Client) -> None:
    made(inspector, grid("G2", 125.03, valid_from="2026-01-01"))
    (row,) = uploaded(inspector, phone_gpx(track(46, west=125.0275)))["rows"]
    assert read(inspector, row["patrol"])["zone"] == "G2"


def test_zone_and_walker_come_with_the_upload(inspector: httpx.Client) -> None:
    (row,) = uploaded(inspector, phone_gpx(track()), zone="T1", ranger="王五")["rows"]
    properties = read(inspector, row["patrol"])
    assert (properties["zone"], properties["zone_by"], properties["ranger"]) == (
        "T1",
        "named",
        "王五",
    )
    answer = inspector.post(
        "/api/patrols/files", files={"file": ("a.gpx", phone_gpx(track()))}, data={"zone": "x" * 33}
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "zone")


def test_zone_and_walker_can_be_named_later_and_all_is_judged_anew(
    inspector: httpx.Client, database: Database
) -> None:
    made(inspector, grid("G2", 125.03, valid_from="2026-01-01"))
    later = track(46, start=START + timedelta(hours=2), south=43.0251, zone=None, ranger=None)
    first = inspector.post("/api/patrols", json=track(zone="G2")).json()["id"]
    second = inspector.post("/api/patrols", json=later).json()["id"]
    assert read(inspector, second)["repeated"] == 0.0
    answer = patched(inspector, first, zone="G1", ranger="王五")
    assert answer.status_code == 200, answer.text
    properties = answer.json()["properties"]
    assert (properties["zone"], properties["ranger"], properties["version"]) == ("G1", "王五", 2)
    assert {zone["zone"]: zone["own"] for zone in properties["zones"]} == {"G1": True, "T1": False}
    assert answer.headers["ETag"] == '"2"'
    # The later walk goes over ground that was walked for the same zone now.
    assert read(inspector, second)["repeated"] > 0.5
    count = database.scalar("SELECT count(*) FROM zone_walked WHERE merged_m2 > 0")
    assert count == 6  # G1 and T1, by month, quarter and year; of G2 nothing is left
    audited = database.scalar("SELECT count(*) FROM audit WHERE action = 'change_patrol'")
    assert audited == 1


def test_a_zone_taken_back_is_found_anew(inspector: httpx.Client) -> None:
    number = inspector.post("/api/patrols", json=track(zone="T1", ranger=None)).json()["id"]
    properties = patched(inspector, number, zone=None).json()["properties"]
    assert (properties["zone"], properties["zone_by"]) == ("G1", "place")


def test_an_apart_track_counts_once_its_zone_is_named(inspector: httpx.Client) -> None:
    number = inspector.post("/api/patrols", json=track(zone="G9")).json()["id"]
    assert read(inspector, number)["apart"] == ["unknown_zone"]
    assert patched(inspector, number, zone="G1").json()["properties"]["apart"] == []
    assert inspector.get("/api/duty?period=2026-07&zone=G1").json()["rows"][0]["patrols"] == 1


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        pytest.param({"zone": "G9"}, 422, "unknown_zone", id="no such zone"),
        pytest.param({"zone": "NEW"}, 422, "before_zone", id="a zone of a later day"),
        pytest.param({"ranger": "x" * 201}, 422, "invalid_request", id="a long name"),
        pytest.param({"length_m": 9}, 422, "invalid_request", id="a figure"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(
    inspector: httpx.Client, said: dict[str, Any], status: int, code: str
) -> None:
    made(inspector, grid("NEW", 125.03, valid_from="2026-08-01"))
    number = inspector.post("/api/patrols", json=track()).json()["id"]
    before = read(inspector, number)
    answer = patched(inspector, number, **said)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert read(inspector, number) == before


def test_a_change_names_the_version_that_it_changes(
    inspector: httpx.Client, sign_in: SignIn
) -> None:
    number = inspector.post("/api/patrols", json=track()).json()["id"]
    address, body = f"/api/patrols/{number}", {"properties": {"ranger": "王五"}}
    assert inspector.patch(address, json=body).status_code == 428
    stale = inspector.patch(address, json=body, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"1"')
    foreign = sign_in("inspector", EAST).patch(address, json=body, headers={"If-Match": '"1"'})
    assert foreign.status_code == 404
    assert sign_in("planner", WEST).patch(address, json=body).status_code == 403


def test_what_is_forgotten_cannot_be_judged_anew(
    inspector: httpx.Client, database: Database
) -> None:
    number = inspector.post("/api/patrols", json=track()).json()["id"]
    with database.service.begin() as connection:
        forget_tracks(connection, datetime.now(UTC))
    answer = patched(inspector, number, zone="T1")
    assert (answer.status_code, answer.json()["code"]) == (409, "forgotten")


# ---- fixes without a time


def test_fixes_without_a_time_are_told_and_stay_told(inspector: httpx.Client) -> None:
    body = uploaded(inspector, phone_gpx(track(), timeless=(3, 4, 20)))
    (row,) = body["rows"]
    assert (row["timeless"], row["timeless_fixes"]) == (3, [3, 4, 20])
    assert "3 fixes have no time" in body["notes"][-1]
    properties = read(inspector, row["patrol"])
    assert (properties["timeless"], properties["timeless_fixes"]) == (3, [3, 4, 20])
    (listed,) = inspector.get("/api/patrols").json()["features"]
    assert listed["properties"]["timeless"] == 3


def test_a_single_track_tells_its_fixes_without_a_time(inspector: httpx.Client) -> None:
    body = track()
    body["properties"]["times"][7] = None
    assert stored(inspector, body)["timeless_fixes"] == [8]


# ---- taking out


def test_a_track_that_counts_for_nothing_is_taken_out(
    inspector: httpx.Client, database: Database
) -> None:
    number = inspector.post("/api/patrols", json=track(zone="G9")).json()["id"]
    gone = inspector.delete(f"/api/patrols/{number}", params={"reason": "误传"})
    assert gone.status_code == 204
    assert database.scalar("SELECT count(*) FROM patrol") == 0


def test_a_forgotten_patrol_is_taken_out_with_its_rows(
    inspector: httpx.Client, database: Database
) -> None:
    number = inspector.post("/api/patrols", json=track()).json()["id"]
    with database.service.begin() as connection:
        forget_tracks(connection, datetime.now(UTC))
    gone = inspector.delete(f"/api/patrols/{number}", params={"reason": "误传"})
    assert gone.status_code == 204
    assert database.scalar("SELECT count(*) FROM zone_walked") == 0


def test_a_track_that_is_no_line_is_refused(inspector: httpx.Client) -> None:
    body = {**track(), "geometry": ring(125.02, 43.02)}
    answer = inspector.post("/api/patrols", json=body)
    assert answer.status_code == 422
    assert "not_a_line" in answer.text


def test_a_receiver_whose_weeks_rolled_over_is_kept_apart_with_the_likely_day(
    sign_in: SignIn,
) -> None:
    fixes = "".join(
        f'<trkpt lat="43.025" lon="{125.02 + n * STEP_DEG}">'
        f"<time>2006-11-25T00:0{n}:00Z</time></trkpt>"
        for n in range(3)
    )
    file = f"<gpx><trk><trkseg>{fixes}</trkseg></trk></gpx>"
    answer = sign_in("inspector", WEST).post("/api/patrols/files", files={"file": ("a.gpx", file)})
    body = answer.json()
    assert body["rows"][0]["apart"] == ["week_rollover"]
    assert any("the day was 2026-07-11" in note and "7168" in note for note in body["notes"])
