"""Every screen of the map, at both sizes, in both languages: accessible, and not cut off."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.service.conftest import WEST, SignIn, feature, ring
from tests.service.workspace.conftest import OFFICE, TABLET, Desk, OpenDesk
from tests.workspace.types import WORKSPACE

AXE = WORKSPACE / "node_modules" / "axe-core" / "axe.min.js"


def violations(page: Page) -> list[str]:
    """What axe finds wrong, with the places; the page's policy lets no other script in."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['help']} {[node['target'] for node in one['nodes']][:3]}"
        for one in found["violations"]
    ]


@pytest.fixture(params=[OFFICE, TABLET], ids=["office", "tablet"])
def desk(request: pytest.FixtureRequest, open_desk: OpenDesk, sign_in: SignIn) -> Desk:
    """A planner's desk with a plot on the map."""
    client = sign_in("planner", WEST, name="before")
    client.post("/api/plots", json=feature(ring(125.05, 43.05))).raise_for_status()
    language = "zh" if request.param == OFFICE else "en"
    return open_desk("planner", WEST, size=request.param, language=language)


def test_the_map_is_accessible(desk: Desk) -> None:
    assert violations(desk.page) == []


def test_drawing_is_accessible(desk: Desk) -> None:
    desk.tool("d")
    desk.draw([(125.0515, 43.0505), (125.0515, 43.0515), (125.053, 43.0505), (125.053, 43.0515)])
    expect(desk.page.locator(".card li").first).to_be_visible()
    assert violations(desk.page) == []


@pytest.mark.parametrize("panel", ["layers", "work", "plot"])
def test_each_side_panel_is_accessible(desk: Desk, panel: str) -> None:
    desk.page.evaluate(f"location.hash += '&panel={panel}'")
    desk.page.wait_for_timeout(500)
    assert violations(desk.page) == []


def test_the_shortcuts_are_shown_by_a_question_mark(desk: Desk) -> None:
    desk.page.locator(".map").focus()
    desk.page.keyboard.press("?")
    expect(desk.page.get_by_role("dialog").get_by_text("Ctrl+Z")).to_be_visible()
    assert violations(desk.page) == []


def test_nothing_runs_out_of_the_page(desk: Desk) -> None:
    wide = desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_a_hostile_name_is_text(open_desk: OpenDesk, sign_in: SignIn) -> None:
    client = sign_in("planner", WEST, name="before")
    name = "<img src=x onerror=alert(1)>{{7*7}}"
    made = client.post("/api/plots", json=feature(ring(125.05, 43.05), name=name)).json()
    desk = open_desk("planner", WEST)
    desk.page.get_by_role("combobox").fill("<img")
    expect(desk.page.get_by_role("option").get_by_text(name)).to_be_visible()
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


def test_a_viewer_is_offered_no_drawing(open_desk: OpenDesk) -> None:
    desk = open_desk("viewer", WEST)
    expect(desk.page.get_by_role("button", name="浏览")).to_be_visible()
    assert desk.page.get_by_role("button", name="画图斑").count() == 0


def test_a_district_is_found_by_its_name(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    desk.page.get_by_role("combobox").fill("西县")
    desk.page.get_by_role("option", name="西县").click()
    desk.page.wait_for_timeout(900)
    assert "map=1" in desk.page.url
    assert "43.05" in desk.page.url


@pytest.mark.parametrize("file", ["index.html"])
def test_the_page_has_no_inline_script_or_style(file: str) -> None:
    page = Path(WORKSPACE / "dist" / file).read_text("utf-8")
    assert "<style" not in page
    assert "<script>" not in page
