"""What hands meet first: wheel, drag and keys at once, tools that take every click."""

import re
from contextlib import closing
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.service.conftest import WEST, SignIn, feature, ring
from tests.service.workspace.conftest import OFFICE, Desk, OpenDesk
from tests.service.workspace.pixels import BARE, over, wait_for_colours

WIDE = (1920, 1080)
HERE = (125.052, 43.051, 16.5)
FAR = (125.052, 43.051, 12.0)
# The contrast of a text to its ground, by WCAG; 4.5 is the least for reading.
CONTRAST = """element => {
    const light = colour => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).slice(0, 3)
            .map(one => one / 255)
            .map(one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const style = getComputedStyle(element);
    const [one, other] = [style.color, style.backgroundColor].map(light);
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}"""


@pytest.fixture
def planner(sign_in: SignIn) -> httpx.Client:
    """Somebody of the county at the interface."""
    return sign_in("planner", WEST, name="before")


def place(page: Page) -> tuple[float, float, float]:
    """Zoom, latitude and longitude of the permalink."""
    match = re.search(r"map=([\d.]+)/([-\d.]+)/([-\d.]+)", page.url)
    assert match is not None, page.url
    zoom, lat, lon = map(float, match.groups())
    return zoom, lat, lon


def test_wheel_drag_and_arrows_move_the_map_before_anything_was_clicked(
    open_desk: OpenDesk,
) -> None:
    desk = open_desk("planner", WEST, place=HERE)
    page = desk.page
    assert page.evaluate("document.activeElement === document.body")
    page.mouse.move(*desk.pixel(125.052, 43.051))
    there = page.url
    page.mouse.wheel(0, 300)
    expect(page).not_to_have_url(there)
    page.wait_for_function("() => !location.hash.includes('map=16.5')")
    assert place(page)[0] < 16.5

    desk.go(*HERE)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => Number(location.hash.split('/')[2]) > 125.0521")

    desk.go(*HERE)
    page.evaluate("document.activeElement?.blur()")
    x, y = desk.pixel(125.052, 43.051)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 200, y, steps=8)
    page.mouse.up()
    page.wait_for_function("() => Number(location.hash.split('/')[2]) > 125.0525")


def test_arrows_in_a_field_do_not_move_the_map(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST, place=HERE)
    desk.page.get_by_role("combobox").first.click()
    # The map has told its place.
    expect(desk.page).to_have_url(re.compile(r"map=\d+\.\d\d/"))
    there = desk.page.url
    for key in ("ArrowRight", "ArrowDown", "+"):
        desk.page.keyboard.press(key)
    desk.page.wait_for_timeout(500)
    assert desk.page.url == there


@pytest.mark.parametrize(
    ("language", "tool", "far", "came"),
    [
        ("zh", "画图斑", "第一次点击先放大到那里", "已放大到此处，请点第一个角点"),
        ("en", "Draw plot", "The first click comes nearer", "click the first vertex"),
    ],
)
def test_far_out_the_first_click_flies_there_and_the_next_ones_draw(
    open_desk: OpenDesk, planner: httpx.Client, language: str, tool: str, far: str, came: str
) -> None:
    desk = open_desk("planner", WEST, language=language, place=FAR)
    page = desk.page
    page.emulate_media(reduced_motion="no-preference")
    page.get_by_role("button", name=tool).click()
    hint = page.locator(".hint.far", has_text=far)
    expect(hint).to_contain_text("28 m")
    desk.click(125.06, 43.04)
    expect(page.get_by_text(came)).to_be_visible()
    expect(hint).to_have_count(0)
    page.wait_for_selector("[data-ground=there]")
    zoom, lat, lon = place(page)
    assert zoom == pytest.approx(16, abs=0.01)
    # A pixel was 28 m wide.
    assert (lon, lat) == pytest.approx((125.06, 43.04), abs=0.0005)
    # Nothing was drawn on the way.
    expect(page.get_by_role("button", name="✓")).to_have_count(0)
    corners = [(125.058, 43.039), (125.062, 43.039), (125.062, 43.041), (125.058, 43.041)]
    desk.draw(corners)
    page.keyboard.press("Control+s")
    expect(page.locator("header .unsaved > button")).to_have_count(0)
    [plot] = planner.get("/api/plots").json()["features"]
    outline = plot["geometry"]["coordinates"][0][0][:-1]
    assert len(outline) == len(corners)
    for corner in corners:
        assert min(abs(lon - corner[0]) + abs(lat - corner[1]) for lon, lat in outline) < 0.0001


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_far_out_two_quick_clicks_and_the_key_of_a_vertex_fly_once_and_place_none(
    open_desk: OpenDesk, motion: Literal["no-preference", "reduce"]
) -> None:
    desk = open_desk("planner", WEST, place=FAR)
    page = desk.page
    page.emulate_media(reduced_motion=motion)
    page.get_by_role("button", name="画图斑").click()
    page.mouse.dblclick(*desk.pixel(125.06, 43.04))
    page.wait_for_selector("[data-ground=there]")
    assert place(page)[0] == pytest.approx(16, abs=0.01)
    expect(page.get_by_role("button", name="✓")).to_have_count(0)

    desk.go(*FAR)
    page.wait_for_selector("[data-ground=too_far]")
    page.locator(".map").focus()
    page.keyboard.press("Space")
    page.wait_for_selector("[data-ground=there]")
    zoom, lat, lon = place(page)
    assert (zoom, lat, lon) == pytest.approx((16, FAR[1], FAR[0]), abs=0.01)
    expect(page.get_by_role("button", name="✓")).to_have_count(0)
    # So long a press still belongs to the first one, flight or none.
    page.wait_for_timeout(500)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="✓")).to_be_visible()


def test_a_drawing_goes_on_where_the_map_is_moved_far_out(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST, place=HERE)
    page = desk.page
    desk.tool("d")
    desk.click(125.052, 43.051)
    expect(page.get_by_role("button", name="✓")).to_be_visible()
    desk.go(*FAR)
    hint = page.locator(".hint", has_text="离得太远：屏幕上一个点约 28 m，画不准")
    expect(hint).to_be_visible()
    desk.click(125.06, 43.051)
    desk.click(125.06, 43.06)
    assert place(page)[0] == pytest.approx(12.0, abs=0.01)
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=mu]")).to_be_visible()
    hint.get_by_role("button", name="放大 1 级").click()
    page.wait_for_selector("[data-ground=there]")
    assert place(page)[0] >= 13


def test_far_out_a_finger_flies_there_too(browser: Browser, open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST, place=FAR)
    signed_in = desk.context.storage_state()
    with closing(browser.new_context(storage_state=signed_in, has_touch=True)) as context:
        page = context.new_page()
        page.goto(desk.page.url)
        page.wait_for_selector(".map canvas")
        page.get_by_role("button", name="画图斑").tap()
        page.wait_for_selector("[data-ground=too_far]")
        touching = Desk(page, context, desk.url)
        page.touchscreen.tap(*touching.pixel(125.06, 43.04))
        page.wait_for_selector("[data-ground=there]")
        zoom, lat, lon = place(page)
        assert (zoom, lat, lon) == pytest.approx((16, 43.04, 125.06), abs=0.01)
        expect(page.get_by_role("button", name="✓")).to_have_count(0)
        page.touchscreen.tap(*touching.pixel(125.058, 43.041))
        expect(page.get_by_role("button", name="✓")).to_be_visible()


def test_far_out_a_plot_is_reshaped_and_two_are_merged(
    open_desk: OpenDesk, planner: httpx.Client
) -> None:
    for west in (125.04, 125.05):
        shape = ring(west, 43.04, 0.01, 0.01)
        planner.post("/api/plots", json=feature(shape)).raise_for_status()
    desk = open_desk("planner", WEST, place=FAR)
    page = desk.page
    expect(page.locator("[data-tiles=whole]")).to_be_visible()
    desk.click(125.045, 43.045)
    expect(page.get_by_role("button", name="改形状")).to_be_enabled()
    page.keyboard.press("e")
    expect(page.locator("[data-ground=too_far]")).to_be_visible()
    desk.drag((125.04, 43.04), (125.035, 43.035))
    expect(page.get_by_role("button", name="未保存 1")).to_be_visible()
    page.keyboard.press("Control+z")
    page.keyboard.press("m")
    desk.click(125.055, 43.045)
    expect(page.get_by_text("已选 2 个")).to_be_visible()


def test_whoever_clicks_before_the_map_has_flown_home_keeps_the_view(
    open_desk: OpenDesk, planner: httpx.Client
) -> None:
    desk = open_desk("planner", WEST)
    page = desk.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.emulate_media(reduced_motion="no-preference")
    page.route("**/api/districts/*", hold)
    # Where no map is open that would keep its view again.
    page.goto(f"{desk.url}/healthz")
    page.evaluate("localStorage.removeItem('luotu.place.planner')")
    page.goto(desk.url)
    page.wait_for_selector(".map canvas")
    page.wait_for_function("() => document.querySelector('.frame')?.dataset.tiles === 'whole'")
    box = page.locator(".map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 600, box["y"] + 300)
    page.wait_for_timeout(100)
    there = page.evaluate("document.querySelector('.status').innerText")
    for _ in range(600):
        if held:
            break
        page.wait_for_timeout(50)
    assert held
    for route in held:
        route.continue_()
    page.wait_for_timeout(800)
    assert page.evaluate("document.querySelector('.status').innerText") == there


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_tool_in_hand_can_be_read_under_the_pointer(open_desk: OpenDesk, language: str) -> None:
    desk = open_desk("planner", WEST, language=language)
    page = desk.page
    page.get_by_role("button", name=re.compile("更多工具|More tools")).click()
    for button in page.locator(".draw .row button[aria-pressed]:not([disabled])").all():
        for press in (False, True):
            if press:
                button.click()
            button.hover()
            assert button.evaluate(CONTRAST) >= 4.5 or not press, button.inner_text()


def test_what_was_measured_stays_until_it_is_cleared(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    page = desk.page
    page.locator(".map").focus()
    page.keyboard.press("k")
    desk.draw([(125.052, 43.05), (125.054, 43.05), (125.054, 43.052), (125.052, 43.052)])
    page.keyboard.press("l")
    desk.draw([(125.05, 43.05), (125.05, 43.052)])
    shown = page.locator(".hint.measured")
    expect(shown).to_contain_text("量了 2 处")
    inside, tint = (125.0534, 43.0517), over("#003f5c", 0.12)
    page.keyboard.press("v")
    page.keyboard.press("d")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    wait_for_colours(page, [(desk.pixel(*inside), tint)])
    desk.go(125.0515, 43.051, 16.0)
    wait_for_colours(page, [(desk.pixel(*inside), tint)])
    expect(shown).to_be_visible()
    shown.get_by_role("button", name="清除量测").click()
    expect(shown).to_have_count(0)
    wait_for_colours(page, [(desk.pixel(*inside), BARE)])


def test_what_was_handed_in_leaves_no_tool_in_hand_that_cannot_change_it(
    open_desk: OpenDesk,
) -> None:
    desk = open_desk("planner", WEST)
    desk.tool("d")
    desk.draw([(125.05, 43.05), (125.052, 43.05), (125.052, 43.052)])
    page = desk.page
    shape = page.get_by_role("button", name="改形状", exact=True)
    expect(shape).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="保存并提交审核").click()
    expect(page.get_by_role("status").filter(has_text="已提交").first).to_be_visible()
    expect(shape).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_text("拖动顶点改形状")).to_have_count(0)


@pytest.mark.parametrize("size", [OFFICE, WIDE])
def test_what_is_said_in_passing_covers_neither_legend_nor_card(
    open_desk: OpenDesk, size: tuple[int, int]
) -> None:
    desk = open_desk("planner", WEST, size=size, place=(125.05, 43.05, 11.0))
    page = desk.page
    page.locator(".map").focus()
    page.keyboard.press("k")
    desk.draw([(125.0, 43.0), (125.1, 43.0), (125.1, 43.1)])
    page.keyboard.press("e")
    said, legend, card = (
        page.locator(name).bounding_box() for name in (".notice", ".legend", ".card.over")
    )
    assert said is not None
    assert legend is not None
    assert card is not None
    assert legend["x"] + legend["width"] <= said["x"]
    assert said["x"] + said["width"] <= card["x"]
