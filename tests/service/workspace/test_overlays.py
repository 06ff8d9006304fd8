"""What lies over the map and over the page: it takes no click and no key that is not its own."""

import re

import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.service.conftest import WEST, SignIn, feature, ring
from tests.service.plots.made import approved
from tests.service.workspace.conftest import Desk, OpenDesk

# Spots of the map where something lies on top that nobody sees.
UNSEEN = """() => {
    const frame = document.querySelector('.frame'), map = frame.querySelector('.map');
    const box = map.getBoundingClientRect(), found = new Map();
    const seen = element => {
        for (let at = element; at && at !== frame; at = at.parentElement) {
            const { backgroundColor } = getComputedStyle(at);
            if (!/, 0\\)$|^transparent$/.test(backgroundColor)) return true;
        }
        return false;
    };
    for (let x = box.left + 2; x < box.right; x += 7)
        for (let y = box.top + 2; y < box.bottom; y += 7) {
            const top = document.elementFromPoint(x, y);
            if (top && frame.contains(top) && !map.contains(top) && !seen(top))
                found.set(top.className, `${Math.round(x)},${Math.round(y)}`);
        }
    return [...found];
}"""


@pytest.fixture
def planner(sign_in: SignIn) -> httpx.Client:
    """Somebody of the county at the interface."""
    return sign_in("planner", WEST, name="before")


def panel(desk: Desk) -> Locator:
    return desk.page.get_by_role("tabpanel")


def open_plot(desk: Desk, number: int) -> None:
    desk.page.evaluate(f"location.hash = 'plot={number}&panel=plot'")
    expect(panel(desk).locator("article")).to_be_visible()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (1024, 768)])
@pytest.mark.parametrize("zoom", [16.5, 11.0])
def test_where_the_map_is_seen_it_takes_the_mouse(
    open_desk: OpenDesk, size: tuple[int, int], zoom: float
) -> None:
    desk = open_desk("planner", WEST, size=size, place=(125.052, 43.051, zoom))
    page = desk.page
    assert page.evaluate(UNSEEN) == []
    page.get_by_role("button", name="更多工具").click()
    page.get_by_role("button", name="画图斑").click()
    expect(page.locator(".hint").first).to_be_visible()
    assert page.evaluate(UNSEEN) == []


def test_a_click_beside_the_hints_measures(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    page = desk.page
    page.get_by_role("button", name="更多工具").click()
    page.get_by_role("button", name="量距离").click()
    hint = page.locator(".hint").bounding_box()
    assert hint is not None
    y = hint["y"] + hint["height"] / 2
    for x in (900.0, 1100.0):
        page.mouse.move(x, y, steps=3)
        page.mouse.click(x, y)
        page.wait_for_timeout(80)
    page.keyboard.press("Enter")
    expect(page.get_by_text("量了 1 处")).to_be_visible()


def test_what_is_measured_is_never_the_plot_and_no_card_is_empty(
    open_desk: OpenDesk, planner: httpx.Client
) -> None:
    number = planner.post("/api/plots", json=feature(ring(125.05, 43.05))).json()["id"]
    desk = open_desk("planner", WEST)
    open_plot(desk, number)
    page = desk.page
    card = page.get_by_role("region", name="面积", exact=True)
    page.get_by_role("button", name="改形状").click()
    expect(card).to_be_visible()
    page.keyboard.press("k")
    expect(page.locator(".hint")).to_be_visible()
    expect(card).to_have_count(0)
    desk.click(125.0530, 43.0510)
    desk.click(125.0534, 43.0510)
    expect(card).to_have_count(0)
    desk.click(125.0534, 43.0513)
    expect(card).to_contain_text("亩")


def test_after_a_refusal_in_a_dialog_keys_stay_there_and_the_reason_is_readable(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    number = approved(sign_in)["id"]
    desk = open_desk("inspector", WEST)
    open_plot(desk, number)
    page = desk.page
    panel(desk).get_by_role("button", name="验收…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("成活率").fill("90")
    dialog.get_by_label("核实面积").fill("1000")
    dialog.get_by_role("button", name="记录验收").click()
    reason = page.get_by_role("status").filter(has_text="1000.00 亩")
    expect(reason).to_be_visible()
    there = page.url
    for key in ("l", "ArrowRight", "+"):
        page.keyboard.press(key)
    page.wait_for_timeout(400)
    assert page.url == there
    expect(page.locator(".draw [aria-pressed=true]")).to_have_text("浏览")
    # Over the shade, and its button can be pressed.
    reason.get_by_role("button").click()
    expect(reason).to_have_count(0)
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    panel(desk).get_by_role("button", name="验收…").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_saving_by_keys_saves_what_waits_wherever_the_hands_are(
    open_desk: OpenDesk, planner: httpx.Client
) -> None:
    desk = open_desk("planner", WEST)
    page = desk.page
    desk.tool("d")
    desk.draw([(125.053, 43.05), (125.055, 43.05), (125.055, 43.052), (125.053, 43.052)])
    expect(page.get_by_role("button", name="未保存 1")).to_be_visible()
    page.keyboard.press("v")
    desk.click(125.058, 43.0535)
    expect(panel(desk).locator("article")).to_have_count(0)
    page.get_by_role("combobox").first.click()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("全部改动已保存")).to_be_visible()
    assert len(planner.get("/api/plots").json()["features"]) == 1


@pytest.mark.parametrize(
    ("stage", "says", "passing"),
    [
        ("planned", "计划图斑，造林后才计入覆盖率", "此阶段的图斑不计入覆盖率"),
        ("cancelled", "已取消的图斑，不计入覆盖率", "此阶段的图斑不计入覆盖率"),
        ("planted", "已计入覆盖率", "覆盖率已更新"),
    ],
)
def test_only_what_counts_is_said_to_count(
    open_desk: OpenDesk, planner: httpx.Client, stage: str, says: str, passing: str
) -> None:
    number = planner.post("/api/plots", json=feature(ring(125.05, 43.05), stage=stage)).json()["id"]
    planner.post(f"/api/plots/{number}/submit").raise_for_status()
    desk = open_desk("inspector", WEST)
    open_plot(desk, number)
    panel(desk).get_by_role("button", name="通过", exact=True).click()
    expect(desk.page.get_by_role("status").filter(has_text=passing)).to_be_visible()
    expect(panel(desk).locator("section.review")).to_contain_text(
        re.compile(rf"^已通过\s*{re.escape(says)}")
    )
