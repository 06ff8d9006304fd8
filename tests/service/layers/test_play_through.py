"""Farmland refuses a drawing, and takes ground out of what is counted."""

import csv
import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.service.conftest import CITY, EAST, PROVINCE, WEST, SignIn, feature, ring
from tests.service.layers.conftest import square
from tests.service.layers.test_plots_on_layers import ACROSS, affected, on_line
from tests.service.maps.test_values import page_data
from tests.service.plots.made import approved

Farmland = Callable[..., dict[str, Any]]


def coverage(client: httpx.Client, code: str = WEST, **query: str) -> dict[str, Any]:
    """The row of a district."""
    answer = client.get("/api/coverage", params=query)
    assert answer.status_code == 200, answer.text
    (row,) = [row for row in answer.json()["rows"] if row["code"] == code]
    assert row["green_m2"] + row["overlap_m2"] + row["refused_m2"] == row["sum_m2"]
    found: dict[str, Any] = row
    return found


def test_farmland_refuses_a_drawing_and_a_new_version_takes_ground_out_of_green(
    farmland: Farmland, sign_in: SignIn
) -> None:
    planner, viewer = sign_in("planner", WEST), sign_in("viewer")
    farmland(square(125.05, 43.05, name="一号地"), valid_from="2026-01-01")

    problem = on_line(planner.post("/api/plots/check", json=feature(ACROSS)))
    assert (problem["severity"], problem["layer"]) == ("block", "JBNT")
    assert "Farmland (一号地)" in problem["message"]
    assert 125.051 < problem["at"][0] < 125.052
    refused = planner.post("/api/plots", json=feature(ACROSS))
    assert (refused.status_code, refused.json()["code"]) == (422, "on_control_line")

    mended = planner.post("/api/plots/mend", json=feature(ACROSS) | {"way": "keep_off"}).json()
    drawn = planner.post("/api/plots", json=feature(mended["geometry"]))
    assert drawn.status_code == 201, drawn.text
    plot = drawn.json()["id"]
    assert planner.post(f"/api/plots/{plot}/submit").status_code == 200
    assert sign_in("inspector", WEST).post(f"/api/plots/{plot}/approve").status_code == 200
    own_m2 = drawn.json()["properties"]["area_m2"]
    row = coverage(viewer)
    assert (row["green_m2"], row["refused_m2"]) == (pytest.approx(own_m2, rel=1e-9), 0)

    farmland(square(125.05, 43.05), square(125.0525, 43.05), valid_from="2026-03-01")
    (listed,) = affected(planner)["rows"]
    assert (listed["plot_id"], listed["severity"]) == (plot, "block")
    row = coverage(viewer)
    assert row["refused_m2"] == pytest.approx(listed["area_m2"], rel=1e-6)
    assert row["green_m2"] == pytest.approx(own_m2 - listed["area_m2"], rel=1e-6)
    assert (row["sum_m2"], row["overlap_m2"]) == (pytest.approx(own_m2, rel=1e-9), 0)
    for level, code in (("city", CITY), ("province", PROVINCE)):
        assert coverage(viewer, code, level=level)["refused_m2"] == row["refused_m2"]


@pytest.fixture
def half_refused(farmland: Farmland, sign_in: SignIn) -> float:
    """An approved plot whose eastern half became farmland; answers the area of that half, m²."""
    farmland(square(125.07, 43.05), valid_from="2026-01-01")
    plot = approved(sign_in, geometry=ring(125.05, 43.05))
    farmland(square(125.051, 43.05), valid_from="2026-03-01")
    return float(plot["properties"]["area_m2"]) / 2


def test_a_drawing_adds_no_refused_ground_and_what_was_refused_to_others(
    half_refused: float, farmland: Farmland, sign_in: SignIn
) -> None:
    farmland(square(125.051, 43.05), valid_from="2026-03-01", body={"rule": {"tolerance_m2": 1e9}})
    planner = sign_in("planner")

    def adds_m2(**properties: str) -> float:
        body = feature(ring(125.051, 43.05, 0.003), **properties)
        return float(planner.post("/api/plots/check", json=body).json()["adds_m2"])

    # 0.003° to the east of the counted half: 0.001° are refused to planted ones beyond it.
    assert adds_m2(stage="planted") == pytest.approx(half_refused, rel=1e-5)
    assert adds_m2(stage="existing") == pytest.approx(3 * half_refused, rel=1e-5)


def test_the_ledger_adds_up_to_the_green_area(half_refused: float, sign_in: SignIn) -> None:
    viewer = sign_in("viewer")
    (row,) = viewer.get(f"/api/ledger?district={WEST}").json()["rows"]
    assert row["area_m2"] == pytest.approx(coverage(viewer)["green_m2"], rel=1e-6)
    assert row["area_m2"] == pytest.approx(half_refused, rel=1e-6)


def test_years_groups_and_the_plots_behind_tell_it_too(
    half_refused: float, sign_in: SignIn
) -> None:
    viewer = sign_in("viewer")
    expected = pytest.approx(half_refused, rel=1e-6)
    year = str(viewer.get("/api/plots").json()["features"][0]["properties"]["year"])
    assert coverage(viewer, year=year)["refused_m2"] == expected
    for by in ("kind", "green_class", "stage"):
        assert coverage(viewer, by=by)["refused_m2"] == expected
    behind = viewer.get(f"/api/coverage/{WEST}/plots").json()
    assert behind["numberMatched"] == 1


def test_the_csv_has_the_column(half_refused: float, sign_in: SignIn) -> None:
    answer = sign_in("viewer").get("/api/coverage?format=csv")
    table = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert float(table[0]["refused_m2"]) == pytest.approx(half_refused, rel=1e-6)


def test_the_map_tells_it_and_the_change_since_a_day_before_the_layer(
    half_refused: float, sign_in: SignIn
) -> None:
    data = page_data(sign_in("viewer"), "coverage", since="2026-02-01")
    by_code = dict(zip(data["districts"]["code"], data["districts"]["refused_m2"], strict=True))
    assert by_code[WEST] == pytest.approx(half_refused, abs=0.1)
    assert by_code[EAST] == 0


def test_the_map_compares_with_the_layers_of_that_day(
    half_refused: float, sign_in: SignIn, database: Any
) -> None:
    with database.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE plot_history SET valid_from = '2025-01-01'")
    viewer = sign_in("viewer")
    district_m2 = coverage(viewer)["district_m2"]
    for since, change_m2 in (("2026-02-01", -half_refused), ("2026-04-01", 0.0)):
        data = page_data(viewer, "coverage", since=since)
        (theme,) = [theme for theme in data["themes"] if theme["id"] == "change"]
        change = dict(zip(data["districts"]["code"], theme["values"], strict=True))[WEST]
        assert change * district_m2 == pytest.approx(change_m2, abs=1)


def test_ground_in_no_county_is_told_on_the_map(sign_in: SignIn) -> None:
    approved(sign_in, geometry=ring(124.99999, 43.05))
    data = page_data(sign_in("viewer"), "coverage")
    assert any("不在任何已知行政区内" in mark[0] for mark in data["caption"]["marks"])
