"""The other tools: parts, traced edges, merging, pasting, cutting to the county, measuring."""

import re
from typing import Any

import httpx
import pytest
import shapely
from playwright.sync_api import expect

from gis.polygons import from_geojson
from tests.service.conftest import WEST, SignIn, feature, ring
from tests.service.workspace.conftest import Desk, OpenDesk

CORNERS = [(125.052, 43.05), (125.054, 43.05), (125.054, 43.052), (125.052, 43.052)]
APART = [(125.0545, 43.05), (125.0553, 43.05), (125.0553, 43.051)]
# The county ends at 125.1.
ACROSS = "POLYGON((125.099 43.05, 125.1005 43.05, 125.1005 43.052, 125.099 43.052, 125.099 43.05))"


@pytest.fixture
def planner(sign_in: SignIn) -> httpx.Client:
    """Somebody of the county at the interface."""
    return sign_in("planner", WEST, name="before")


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    """A planner's desk."""
    return open_desk("planner", WEST)


def stored(client: httpx.Client) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = client.get("/api/plots").json()["features"]
    return features


def save(desk: Desk) -> None:
    desk.page.keyboard.press("Control+s")
    expect(desk.page.get_by_text("已保存，图斑号")).to_be_visible()


def test_a_part_is_undone_after_a_reload_and_done_again(desk: Desk) -> None:
    desk.tool("d")
    desk.draw(CORNERS)
    single = desk.mu()
    desk.tool("a")
    desk.draw(APART)
    both = desk.mu()
    assert both > single
    desk.page.reload()
    desk.page.wait_for_selector(".map canvas")
    desk.undo()
    desk.page.get_by_role("button", name="未保存 1").click()
    desk.page.get_by_role("button", name="新图斑").click()
    shown = desk.page.get_by_role("tabpanel").locator("strong.mu")
    expect(shown).to_have_text(f"{single:.2f} 亩")
    desk.page.keyboard.press("Control+y")
    expect(shown).to_have_text(f"{both:.2f} 亩")


def test_an_edge_of_a_neighbour_is_traced_with_all_its_vertices(
    desk: Desk, planner: httpx.Client
) -> None:
    bent = [[125.05, 43.05], [125.052, 43.05], [125.0522, 43.0507], [125.0518, 43.0513]]
    outline = [*bent, [125.052, 43.052], [125.05, 43.052], [125.05, 43.05]]
    shape = {"type": "Polygon", "coordinates": [outline]}
    planner.post("/api/plots", json=feature(shape)).raise_for_status()
    desk.tool("d")
    desk.draw([(125.052, 43.05), (125.052, 43.052), (125.054, 43.052), (125.054, 43.05)])
    save(desk)
    drawn = stored(planner)[-1]["geometry"]["coordinates"][0][0]
    assert all(corner in drawn for corner in outline[1:5])


def test_two_plots_become_one_that_keeps_the_first_number(
    desk: Desk, planner: httpx.Client
) -> None:
    first = planner.post("/api/plots", json=feature(ring(125.05, 43.05))).json()
    planner.post("/api/plots", json=feature(ring(125.052, 43.05))).raise_for_status()
    desk.tool("m")
    desk.click(125.051, 43.051)
    expect(desk.page.get_by_text("已选 1 个")).to_be_visible()
    desk.click(125.053, 43.051)
    desk.page.get_by_role("button", name="合并 2 个").click()
    expect(desk.page.get_by_text("2 个图斑已合并为")).to_be_visible()
    [whole] = stored(planner)
    assert whole["properties"]["plot_no"] == first["properties"]["plot_no"]
    assert from_geojson(whole["geometry"]).equals(shapely.box(125.05, 43.05, 125.054, 43.052))


def test_what_was_pasted_across_the_border_is_cut_to_the_county(
    desk: Desk, planner: httpx.Client
) -> None:
    desk.page.locator(".map").focus()
    desk.page.keyboard.press("Control+v")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(ACROSS)
    dialog.get_by_role("button", name="画到地图上").click()
    desk.page.locator(".card").get_by_role("button", name="裁到行政区").first.click()
    expect(desk.page.get_by_text("检查通过")).to_have_count(1)
    save(desk)
    assert from_geojson(stored(planner)[0]["geometry"]).bounds[2] == pytest.approx(125.1, abs=1e-9)


def test_a_length_and_an_area_are_measured_and_nothing_is_drawn(desk: Desk) -> None:
    desk.page.locator(".map").focus()
    desk.page.keyboard.press("l")
    desk.draw([(125.05, 43.05), (125.05, 43.052)])
    # Along a meridian at 43° a degree is 111.1 km.
    length = desk.page.get_by_text(re.compile(r"长度 22[12]\.\d m"))
    expect(length).to_be_visible()
    desk.page.keyboard.press("k")
    desk.draw(CORNERS)
    assert desk.mu() == pytest.approx(54.3, abs=0.6)
    expect(desk.page.get_by_role("button", name=re.compile("未保存"))).to_have_count(0)
