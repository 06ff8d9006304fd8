"""The package for a superior: what blocks it, and what is in it."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from shapely.geometry import shape

from gis.measure import area_m2
from service.accounts.db import administration
from service.accounts.db.accounts import account_id
from service.database.engine import make_engine
from service.handins import other_ground
from service.jobs.attempt import Attempt
from service.run.job_kinds import KINDS
from service.settings import Settings
from tests.service.conftest import WEST, Database, SignIn, feature, ring
from tests.service.layers.conftest import FARMLAND, file_of, finished, send, square
from tests.service.plots.made import approved, drawn

WHOLE = {
    "plot_no": "00001",
    "category": "ZDGC",
    "programme": "JL-LCS",
    "method": "ZM",
    "species": [{"code": "PINKOR", "share": 1.0}],
    "density_per_ha": 1665.0,
    "planted_on": "2026-04-05",
    "evidence": [{"name": "a.jpg", "kind": "photo", "note": None}],
}


@pytest.fixture
def attempt(database: Database, settings: Settings) -> Iterator[Attempt]:
    """Works on jobs in the test's own process."""
    engine = make_engine(database.endpoint.url("service", database.name))
    yield Attempt(database.owner, engine, settings, KINDS)
    engine.dispose()


def handed_in(client: httpx.Client, attempt: Attempt, **form: str) -> dict[str, Any]:
    """The job of a hand-in of the western county, done."""
    wanted = {"district": "220102", "year": 2026, **form}
    answer = client.post("/api/handins", json=wanted)
    assert answer.status_code == 202, answer.text
    attempt.run(answer.json()["id"])
    job: dict[str, Any] = client.get(answer.headers["Location"]).json()
    return job


@pytest.mark.parametrize(("district", "counties"), [("220100", 2), ("220000", 2)])
def test_a_district_is_handed_in_by_who_has_all_of_it(
    sign_in: SignIn, attempt: Attempt, database: Database, district: str, counties: int
) -> None:
    wanted = {"district": district, "year": 2026}
    answer = sign_in("gis", "220102").post(
        "/api/handins", json=wanted, headers={"Accept-Language": "en"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "outside_scope")
    assert f"1 of the {counties} counties" in answer.json()["detail"]
    # Nor where the scope became smaller since: the worker asks again.
    gis = sign_in("gis", name="moved")
    job = gis.post("/api/handins", json=wanted).json()
    with database.owner.begin() as connection:
        administration.set_scope(connection, account_id(connection, "moved") or 0, ["220102"])
    attempt.run(job["id"])
    assert database.scalar("SELECT error FROM job")["code"] == "outside_scope"


def test_a_reference_system_that_is_none_is_refused_before_anything_waits(sign_in: SignIn) -> None:
    gis = sign_in("gis")
    for crs in ("nonsense", "EPSG:5703"):
        answer = gis.post("/api/handins", json={"district": WEST, "year": 2026, "crs": crs})
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong_crs")
    assert gis.get("/api/jobs").json()["numberMatched"] == 0


def test_the_package_holds_shapefile_summary_maps_checksums_and_manifest(
    sign_in: SignIn, attempt: Attempt
) -> None:
    approved(sign_in, geometry=ring(125.01, 43.01), **WHOLE)
    gis = sign_in("gis")
    job = handed_in(gis, attempt)
    assert (job["state"], job["result"]["blocked"]) == ("done", False), job
    assert [fault["code"] for fault in job["result"]["preflight"]] == ["not_accepted"]
    content = gis.get(f"/api/jobs/{job['id']}/file").content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = set(package.namelist())
        sums = package.read("SHA256SUMS").decode().splitlines()
        manifest = json.loads(package.read("manifest.json"))
        for line in sums:
            digest, _, name = line.partition("  ")
            assert hashlib.sha256(package.read(name)).hexdigest() == digest
        assert package.read("地图/220102.pdf").startswith(b"%PDF")
    assert {"图斑/图斑.shp", "图斑/图斑.dbf", "图斑/字段说明.csv", "汇总.xlsx"} < names
    assert (manifest["plots"], manifest["preflight"]) == (1, {"warn": 1})


def test_what_a_province_would_refuse_blocks_it_by_plot_and_place(
    sign_in: SignIn, attempt: Attempt
) -> None:
    bare = approved(sign_in, geometry=ring(125.01, 43.01))
    approved(sign_in, geometry=ring(125.011, 43.01), **{**WHOLE, "plot_no": "00009"})
    waiting = drawn(sign_in("planner"), geometry=ring(125.05, 43.01))
    gis = sign_in("gis")
    job = handed_in(gis, attempt)
    assert (job["state"], job["result"]["blocked"], job["file"]) == ("done", True, None)
    faults = {(fault["code"], fault["plot_id"]): fault for fault in job["result"]["preflight"]}
    assert ("missing_field", bare["id"]) in faults
    missing = faults["missing_field", bare["id"]]
    assert (missing["severity"], missing["at"]) == ("block", pytest.approx([125.011, 43.011]))
    assert "species" in missing["message"]
    assert missing["plot_no"] == bare["properties"]["plot_no"]
    assert any(code == "overlap" for code, _ in faults)
    assert faults["not_approved", waiting["id"]]["severity"] == "warn"
    assert gis.get(f"/api/jobs/{job['id']}/file").status_code == 410


def test_ground_of_another_year_blocks_it_unless_it_was_claimed(
    sign_in: SignIn, attempt: Attempt
) -> None:
    before = approved(sign_in, geometry=ring(125.01, 43.01), **{**WHOLE, "year": 2025})
    plot = approved(sign_in, geometry=ring(125.011, 43.01), **WHOLE)
    gis = sign_in("gis")
    (fault,) = [one for one in handed_in(gis, attempt)["result"]["preflight"] if _other(one)]
    assert (fault["code"], fault["severity"]) == ("overlap_other_year", "block")
    assert (fault["plot_id"], fault["plot_no"]) == (plot["id"], "00001")
    assert "2025" in fault["message"]
    claim = {"of": before["id"], "as": "replant", "why": "补植"}
    answer = sign_in("planner").post(f"/api/plots/{plot['id']}/claims", json=claim)
    assert answer.status_code == 201, answer.text
    assert [one for one in handed_in(gis, attempt)["result"]["preflight"] if _other(one)] == []


def test_a_neighbouring_county_on_the_same_ground_is_asked_about(
    sign_in: SignIn, attempt: Attempt
) -> None:
    approved(sign_in, geometry=ring(125.098, 43.01), **WHOLE)
    approved(sign_in, geometry=ring(125.0992, 43.01), **{**WHOLE, "plot_no": "00007"})
    scoped = sign_in("gis", "220102")
    (fault,) = [one for one in handed_in(scoped, attempt)["result"]["preflight"] if _other(one)]
    assert (fault["code"], fault["severity"]) == ("overlap_neighbour", "warn")
    assert "220103" in fault["message"]


def test_a_layer_that_forbids_the_ground_blocks_it_with_plot_and_place(
    sign_in: SignIn, attempt: Attempt
) -> None:
    plot = approved(sign_in, geometry=ring(125.01, 43.01), **WHOLE)
    gis = sign_in("gis")
    assert gis.put("/api/layers/JBNT", json=FARMLAND).status_code == 201
    field = square(125.011, 43.011, name="某村基本农田")
    # Newer than the plot, which nobody could draw there today.
    assert finished(gis, send(gis, file_of(field), valid_from="2026-01-01"))["state"] == "live"
    job = handed_in(gis, attempt)
    assert (job["result"]["blocked"], job["file"]) == (True, None)
    (fault,) = [one for one in job["result"]["preflight"] if one["severity"] == "block"]
    assert (fault["code"], fault["plot_id"]) == ("on_control_line", plot["id"])
    assert fault["plot_no"] == "00001"
    lon, lat = fault["at"]
    assert 125.011 < lon < 125.012
    assert 43.011 < lat < 43.012


def _other(fault: dict[str, Any]) -> bool:
    return fault["code"] in ("overlap_other_year", "overlap_neighbour")


def test_a_year_without_plots_is_no_hand_in(sign_in: SignIn, attempt: Attempt) -> None:
    job = handed_in(sign_in("gis"), attempt)
    assert [fault["code"] for fault in job["result"]["preflight"]] == ["no_plots"]


@pytest.mark.parametrize("role", ["viewer", "planner", "inspector"])
def test_only_gis_staff_hand_in(sign_in: SignIn, role: str) -> None:
    answer = sign_in(role).post("/api/handins", json={"district": "220102", "year": 2026})
    assert answer.status_code == 403


def test_a_declared_area_that_differs_from_the_shape_is_told(
    sign_in: SignIn, attempt: Attempt
) -> None:
    plot = approved(sign_in, geometry=ring(125.01, 43.01), **WHOLE, declared_m2=36_700.0)
    faults = handed_in(sign_in("gis"), attempt)["result"]["preflight"]
    (fault,) = [one for one in faults if "36700.00 m²" in one["message"]]
    assert (fault["code"], fault["severity"]) == ("declared_differs", "warn")
    assert fault["plot_id"] == plot["id"]


def test_numbers_that_a_reader_takes_for_the_same_block_it(
    sign_in: SignIn, attempt: Attempt
) -> None:
    same = [
        approved(sign_in, geometry=ring(west, 43.01), **{**WHOLE, "plot_no": number})["id"]
        for west, number in ((125.01, "a1"), (125.02, "A1"))
    ]
    job = handed_in(sign_in("gis"), attempt)
    twice = [one for one in job["result"]["preflight"] if one["code"] == "number_twice"]
    assert [(one["plot_id"], one["severity"]) for one in twice] == [(n, "block") for n in same]
    assert (job["result"]["blocked"], job["file"]) == (True, None)


def test_a_code_that_is_in_no_list_blocks_it(
    sign_in: SignIn, attempt: Attempt, database: Database
) -> None:
    plot = approved(sign_in, geometry=ring(125.01, 43.01), **WHOLE)
    # As a load from elsewhere may leave it.
    with database.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE plot_version SET method = 'XYZ'")
    faults = handed_in(sign_in("gis"), attempt)["result"]["preflight"]
    (fault,) = [one for one in faults if one["code"] == "unknown_code"]
    assert (fault["plot_id"], fault["severity"]) == (plot["id"], "block")
    assert "XYZ" in fault["message"]


def test_a_name_that_the_encoding_lacks_blocks_it_and_utf_8_does_not(
    sign_in: SignIn, attempt: Attempt
) -> None:
    approved(sign_in, geometry=ring(125.01, 43.01), **WHOLE, name="𠮷林")
    gis = sign_in("gis")
    faults = handed_in(gis, attempt, encoding="GBK")["result"]["preflight"]
    (fault,) = [one for one in faults if one["code"] == "does_not_fit"]
    assert fault["severity"] == "block"
    assert "tbmc" in fault["message"]
    assert "𠮷" in fault["message"]
    assert handed_in(gis, attempt)["result"]["blocked"] is False


def test_a_speck_is_told(sign_in: SignIn, attempt: Attempt) -> None:
    planner, inspector = sign_in("planner"), sign_in("inspector")
    speck = feature(ring(125.01, 43.01, 0.0001, 0.0001), **WHOLE)
    answer = planner.post("/api/plots?acknowledge=too_small", json=speck)
    assert answer.status_code == 201, answer.text
    number = answer.json()["id"]
    planner.post(f"/api/plots/{number}/submit").raise_for_status()
    inspector.post(f"/api/plots/{number}/approve").raise_for_status()
    faults = handed_in(sign_in("gis"), attempt)["result"]["preflight"]
    assert [one["severity"] for one in faults if one["code"] == "too_small"] == ["warn"]


def unequal_when_rounded() -> tuple[float, float]:
    """Widths of two squares whose areas, rounded, add up to another sum than they do exactly."""
    widths = [0.001 + n / 1e7 for n in range(20)]
    for first in widths:
        for second in widths:
            shapes = [
                shape(ring(west, 43.01, w)) for west, w in ((125.01, first), (125.02, second))
            ]
            areas = [area_m2(one) for one in shapes]
            if round(sum(areas), 2) != round(sum(round(area, 2) for area in areas), 2):
                return first, second
    raise AssertionError("no such squares")


def test_a_sum_of_rounded_areas_that_is_another_is_told(sign_in: SignIn, attempt: Attempt) -> None:
    first, second = unequal_when_rounded()
    approved(sign_in, geometry=ring(125.01, 43.01, first), **WHOLE)
    approved(sign_in, geometry=ring(125.02, 43.01, second), **{**WHOLE, "plot_no": "00002"})
    faults = handed_in(sign_in("gis"), attempt)["result"]["preflight"]
    assert [one["severity"] for one in faults if one["code"] == "rounded_sum"] == ["info"]


def test_a_plot_with_more_neighbours_than_are_compared_is_told(
    sign_in: SignIn, attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(sign_in, geometry=ring(125.01, 43.01), **{**WHOLE, "year": 2025})
    plot = approved(sign_in, geometry=ring(125.011, 43.01), **WHOLE)
    monkeypatch.setattr(other_ground, "MOST_NEIGHBOURS", 0)
    faults = handed_in(sign_in("gis"), attempt)["result"]["preflight"]
    assert [one["plot_id"] for one in faults if one["code"] == "overlap_not_checked"] == [
        plot["id"]
    ]
