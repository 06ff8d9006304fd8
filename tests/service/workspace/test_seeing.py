"""Every screen of the map, at both sizes, in both languages: accessible, and not cut off."""

import re
from pathlib import Path

import numpy as np
import pytest
import shapely
from playwright.sync_api import expect

from gis.crs import Zone, from_cgcs2000
from gis.measure import length_m
from tests.service.conftest import WEST, SignIn, feature, ring
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OFFICE, TABLET, Desk, OpenDesk
from tests.workspace.types import WORKSPACE


@pytest.fixture(params=[OFFICE, TABLET], ids=["office", "tablet"])
def desk(request: pytest.FixtureRequest, open_desk: OpenDesk, sign_in: SignIn) -> Desk:
    """A planner's desk with a plot on the map."""
    client = sign_in("planner", WEST, name="before")
    client.post("/api/plots", json=feature(ring(125.05, 43.05))).raise_for_status()
    language = "zh" if request.param == OFFICE else "en"
    return open_desk("planner", WEST, size=request.param, language=language)


def test_the_map_and_its_panels_are_accessible_and_nothing_is_cut_off(desk: Desk) -> None:
    assert violations(desk.page) == []
    for panel in ("layers", "work", "plots"):
        desk.page.locator(f"#tab-{panel}").click()
        expect(desk.page.locator(f"#tab-{panel}[aria-selected=true]")).to_be_visible()
        assert violations(desk.page) == [], panel
        wide = desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, panel
    bar, row = desk.page.locator(".draw .row"), desk.page.locator(".draw .row > button")
    places = [edge.bounding_box() for edge in (row.first, row.last)]
    assert all(places)
    assert bar.count() == 1
    # The tools stand in one row.
    assert len({round(place["y"]) for place in places if place}) == 1


def test_drawing_is_accessible(desk: Desk) -> None:
    desk.tool("d")
    desk.draw([(125.0515, 43.0505), (125.0515, 43.0515), (125.053, 43.0505), (125.053, 43.0515)])
    expect(desk.page.locator(".card li").first).to_be_visible()
    assert violations(desk.page) == []
    card, shown = (desk.page.locator(selector).bounding_box() for selector in (".card", ".map"))
    assert card is not None
    assert shown is not None
    # Where the map is narrow the figures stand beside it, not upon what is drawn.
    narrow = desk.page.evaluate("innerWidth") == TABLET[0]
    assert (card["x"] + card["width"] <= shown["x"]) == narrow


def test_a_hostile_name_is_text(open_desk: OpenDesk, sign_in: SignIn) -> None:
    client = sign_in("planner", WEST, name="before")
    name = "<img src=x onerror=alert(1)>{{7*7}}"
    made = client.post("/api/plots", json=feature(ring(125.05, 43.05), name=name)).json()
    desk = open_desk("planner", WEST)
    desk.page.get_by_role("combobox").fill("<img")
    expect(desk.page.get_by_role("option").get_by_text(name)).to_be_visible()
    # Axe looks at the results while they are there.
    assert violations(desk.page, ".search") == []
    desk.page.evaluate(f"location.hash += '&plot={made['id']}'")
    expect(desk.page.locator("#side-body")).to_be_visible()
    assert desk.page.locator("img[src=x]").count() == 0


def test_the_language_is_changed_by_one_click_and_remembered(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    desk.page.get_by_role("button", name="English").click()
    expect(desk.page.get_by_role("button", name="Draw plot")).to_be_visible()
    desk.page.reload()
    expect(desk.page.get_by_role("button", name="Draw plot")).to_be_visible()


def test_a_permalink_opens_the_same_view(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST, place=(125.0777, 43.0333, 15.25))
    desk.page.mouse.move(*desk.pixel(125.0777, 43.0333))
    expect(desk.page.get_by_text(re.compile(r"125\.0777\d+°E 43\.0333\d+°N"))).to_be_visible()
    expect(desk.page.get_by_text("级别 15.3")).to_be_visible()


def test_the_pointer_is_told_in_degrees_and_in_metres_of_its_zone(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST, place=(125.0777, 43.0333, 15.25))
    desk.point(125.0766, 43.0344)
    plane = desk.page.get_by_text(re.compile(r"三度带 42 X [\d.]+ Y [\d.]+"))
    expect(plane).to_be_visible()
    text = desk.page.locator(".status").inner_text()
    lon, lat, north, east = map(
        float, re.findall(r"([\d.]+)°E ([\d.]+)°N.*X ([\d.]+) Y ([\d.]+)", text, re.DOTALL)[0]
    )
    [there] = from_cgcs2000(np.array([shapely.Point(lon, lat)]), Zone(42).epsg)
    assert (there.x, there.y) == pytest.approx((east, north), abs=0.2)
    assert (lon, lat) == pytest.approx((125.0766, 43.0344), abs=3e-5)


def test_the_scale_bar_is_as_long_as_it_says(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    bar = desk.page.locator(".ol-scale-line-inner")
    expect(bar).to_have_text(re.compile(r"^\d+ m$"))
    box, west = bar.bounding_box(), desk.pixel(125.052, 43.051)[0]
    assert box is not None
    # So much ground lies below its ends in the middle of the map; its border is a pixel wide.
    degrees_px = 0.001 / (desk.pixel(125.053, 43.051)[0] - west)
    east = 125.052 + (box["width"] - 2) * degrees_px
    ground = length_m(shapely.LineString([(125.052, 43.051), (east, 43.051)]))
    assert ground == pytest.approx(float(bar.inner_text().split()[0]), rel=0.02)


def test_the_map_begins_on_ones_districts_and_where_one_left_off(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    first = re.compile(r"map=1[\d.]+/43\.0[45]\d*/125\.0[45]")
    desk.page.evaluate("localStorage.clear(); history.replaceState(null, '', '/')")
    desk.page.reload()
    expect(desk.page).to_have_url(first)
    desk.go(125.09, 43.01, 15)
    desk.page.evaluate("history.replaceState(null, '', '/')")
    desk.page.reload()
    expect(desk.page).to_have_url(re.compile(r"map=15\.\d+/43\.01\d*/125\.09"))


def test_a_viewer_sees_approved_plots_and_is_offered_no_drawing(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    planner = sign_in("planner", WEST)
    made = planner.post("/api/plots", json=feature(ring(125.05, 43.05))).json()
    planner.post(f"/api/plots/{made['id']}/submit").raise_for_status()
    sign_in("inspector", WEST).post(f"/api/plots/{made['id']}/approve").raise_for_status()
    desk = open_desk("viewer", WEST)
    expect(desk.page.locator("[data-tiles=whole]")).to_be_visible()
    desk.click(125.051, 43.051)
    expect(desk.page).to_have_url(re.compile(f"plot={made['id']}"))
    expect(desk.page.get_by_role("button", name="浏览")).to_be_visible()
    assert desk.page.get_by_role("button", name="画图斑").count() == 0


@pytest.mark.parametrize("role", ["viewer", "inspector"])
def test_every_page_that_the_account_menu_names_opens(open_desk: OpenDesk, role: str) -> None:
    desk = open_desk(role, WEST)
    desk.page.locator(".account .opener").click()
    pages = [
        address
        for link in desk.page.locator("#account-menu a").all()
        if (address := link.get_attribute("href")) is not None
    ]
    assert "/maps/patrol#zh" in pages
    answers = {page: desk.context.request.get(f"{desk.url}{page}") for page in pages}
    kinds = {
        page: (answer.status, answer.headers["content-type"]) for page, answer in answers.items()
    }
    assert kinds == dict.fromkeys(pages, (200, "text/html; charset=utf-8"))


def test_a_map_opens_in_the_language_of_the_page_that_leads_to_it(open_desk: OpenDesk) -> None:
    page = open_desk("viewer", WEST, language="en").page
    page.locator(".account .opener").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Patrol map").click()
    expect(opened.value.locator("html")).to_have_attribute("lang", "en")


def test_a_district_is_found_by_its_name(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    desk.page.get_by_role("combobox").fill("西县")
    desk.page.get_by_role("option", name="西县").click()
    expect(desk.page).to_have_url(re.compile(r"map=1[\d.]+/43\.05"))


def test_the_page_has_no_inline_script_or_style() -> None:
    page = Path(WORKSPACE / "dist" / "index.html").read_text("utf-8")
    assert "<style" not in page
    assert "<script>" not in page
