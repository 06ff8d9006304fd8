"""The drawing planner's day: few clicks, corners in figures, plans and neighbours at hand."""

import pytest
from playwright.sync_api import expect
from shapely import Polygon

from gis.measure import area_m2
from tests.service.conftest import WEST, SignIn, ring
from tests.service.plots.made import drawn
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OFFICE, TABLET, Desk, OpenDesk
from tests.service.workspace.counted import SEATS, WIDE, ZOOMED, Hands
from tests.service.workspace.plot_panel import HOSTILE, panel, say, stored

CORNERS = [(125.05, 43.05), (125.053, 43.05), (125.053, 43.052), (125.05, 43.052)]


def newest(desk: Desk) -> int:
    features = desk.context.request.get(f"{desk.url}/api/plots").json()["features"]
    return int(max(plot["id"] for plot in features))


@pytest.mark.parametrize(
    ("language", "size", "finger"),
    [("zh", WIDE, False), ("en", OFFICE, False), *SEATS[1:]],
)
def test_four_corners_are_drawn_saved_and_submitted_with_seven_clicks_or_taps(
    open_desk: OpenDesk, language: str, size: tuple[int, int], finger: bool
) -> None:
    zh = language == "zh"
    desk = open_desk("planner", WEST, place=(125.05, 43.05, 11.0), language=language, size=size)
    hands = Hands(desk, finger=finger)
    desk.page.mouse.move(*desk.pixel(125.0515, 43.051))
    draw = "画图斑" if zh else "Draw plot"
    hands.on(desk.page.get_by_role("button", name=draw, exact=True))
    for _ in range(40):
        hands.nearer(125.0515, 43.051)
        # The address tells the zoom when the map has come to rest.
        desk.page.wait_for_timeout(700)
        if float(desk.page.url.split("map=")[1].split("/")[0]) >= 15.5:
            break
    desk.page.wait_for_selector("[data-ground=there]")
    for corner in CORNERS:
        hands.at(*corner)
    if finger:
        finish = "完成" if zh else "Finish"
        hands.on(desk.page.locator(".sketch").get_by_role("button", name=finish))
    else:
        hands.at(*CORNERS[0])
    hands.click("保存并提交审核" if zh else "Save and submit")
    say(desk, "已提交" if zh else "Submitted")
    assert hands.count <= 7
    plot = stored(desk, newest(desk))
    assert plot["review"] == "submitted"
    # Each side may be a pixel longer or shorter than was meant: 1.5 % at this zoom.
    assert plot["area_m2"] == pytest.approx(area_m2(Polygon(CORNERS)), rel=0.02)


@pytest.mark.parametrize(
    ("language", "size"), [("zh", OFFICE), ("en", WIDE), ("en", TABLET), ("zh", ZOOMED)]
)
def test_four_corners_are_drawn_saved_and_submitted_by_keys_alone(
    open_desk: OpenDesk, language: str, size: tuple[int, int]
) -> None:
    desk = open_desk("planner", WEST, place=(125.05, 43.05, 16.5), language=language, size=size)
    page = desk.page
    press = page.keyboard.press
    press("d")
    page.wait_for_selector("[data-ground=there]")
    for way in ("ArrowRight", "ArrowUp", "ArrowLeft", None):
        press("Space")
        if way is not None:
            there = page.url
            press(way)
            # The address tells the place when the map has come to rest.
            expect(page).not_to_have_url(there)
    press("Enter")
    submit = "保存并提交审核" if language == "zh" else "Save and submit"
    reach(desk, submit)
    press("Enter")
    say(desk, "已提交" if language == "zh" else "Submitted")
    answer = desk.context.request.get(f"{desk.url}/api/plots/{newest(desk)}").json()
    assert answer["properties"]["review"] == "submitted"
    assert len(answer["geometry"]["coordinates"][0][0]) == 5


def reach(desk: Desk, name: str) -> None:
    """Go from field to field by Tab until a button has the focus."""
    button = panel(desk).get_by_role("button", name=name)
    expect(button).to_be_visible()
    for _ in range(80):
        desk.page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{name} is not reached by Tab")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_corners_are_pasted_shown_in_metres_and_typed(open_desk: OpenDesk, language: str) -> None:
    zh = language == "zh"
    desk = open_desk("planner", WEST, language=language)
    desk.page.locator(".map").focus()
    desk.page.keyboard.press("Control+v")
    dialog = desk.page.get_by_role("dialog")
    put = "画到地图上" if zh else "Put on the map"
    dialog.locator("textarea").fill("J1 4768000 412345\nJ2 4768000 412445\nJ3 4768100 412445")
    dialog.get_by_role("button", name=put).click()
    expect(dialog.get_by_role("alert")).to_contain_text("42412345")
    dialog.locator("textarea").fill(
        "J1,1,4768000,42422345\nJ2,1,4768000,42422545\nJ3,1,4768200,42422545\nJ4,1,4768200,42422345"
    )
    dialog.get_by_role("button", name=put).click()
    expect(dialog).to_have_count(0)
    desk.page.locator("details.corners summary").click()
    table = desk.page.locator("details.corners table")
    x_of_1 = table.get_by_label("点 1 的 X" if zh else "X of corner 1")
    expect(x_of_1).to_have_value("4768000.000")
    expect(table.locator("tbody tr").first).to_contain_text("200.0 m")
    before = desk.mu()
    x_of_1.fill("4767900")
    x_of_1.press("Tab")
    expect(table.locator("tbody tr").nth(3)).to_contain_text("300.0 m")
    assert desk.mu() == pytest.approx(before * 1.25, rel=1e-3)
    x_of_1.fill("x")
    x_of_1.press("Tab")
    expect(x_of_1).to_have_value("4767900.000")
    assert violations(desk.page, ".card") == []


def test_a_finger_finishes_takes_back_and_cancels_by_buttons(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST, size=(1024, 768))
    desk.tool("d")
    sketch = desk.page.locator(".sketch")
    for corner in CORNERS:
        desk.click(*corner)
    expect(desk.page.locator("[data-test=edge]")).to_contain_text("本边")
    sketch.get_by_role("button", name="退一点").click()
    sketch.get_by_role("button", name="取消").click()
    expect(sketch).to_have_count(0)
    for corner in CORNERS:
        desk.click(*corner)
    sketch.get_by_role("button", name="完成").click()
    expect(panel(desk).get_by_role("button", name="保存并提交审核")).to_be_visible()


def test_a_planned_plot_below_is_linked_and_attributes_are_copied(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    other = sign_in("planner", WEST, name="wang")
    plan = drawn(other, geometry=ring(125.05, 43.05), stage="planned")
    beside = drawn(
        other,
        geometry=ring(125.054, 43.05),
        name=HOSTILE,
        method="植苗造林",
        species=[{"code": "红松", "share": 1}],
    )
    desk = open_desk("planner", WEST)
    desk.tool("d")
    desk.draw([(125.0501, 43.0501), (125.0519, 43.0501), (125.0519, 43.0519), (125.0501, 43.0519)])
    before = panel(desk).locator("section.before")
    expect(before.locator(".missing")).to_contain_text("树种")
    no = plan["properties"]["plot_no"]
    expect(before.locator(".plan")).to_contain_text(f"此处有计划图斑 {no}")
    before.get_by_role("button", name="关联").click()
    expect(before.locator(".plan")).to_have_count(0)
    number = beside["properties"]["plot_no"]
    before.get_by_role("button", name=f"抄相邻图斑 {number} 的属性").click()
    expect(before.locator(".missing")).not_to_contain_text("树种")
    assert violations(desk.page, "#side-body") == []
    panel(desk).get_by_role("button", name="保存并提交审核").click()
    say(desk, "已提交")
    plot = stored(desk, newest(desk))
    assert plot["plan_ids"] == [plan["id"]]
    assert (plot["name"], plot["species"][0]["code"]) == (None, "PINKOR")
    assert desk.page.evaluate("window.pwned") is None


def test_a_line_becomes_a_belt_of_the_width_that_is_said(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    desk.tool("b")
    desk.draw([(125.05, 43.05), (125.053, 43.05), (125.053, 43.052)])
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("全宽").fill("-1")
    dialog.get_by_role("button", name="画成图斑").click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("全宽").fill("30")
    assert violations(desk.page, "dialog") == []
    dialog.get_by_role("button", name="画成图斑").click()
    expect(dialog).to_have_count(0)
    desk.page.keyboard.press("Control+s")
    say(desk, "已保存")
    # 244 m and 222 m of 30 m, 14 000 m².
    assert stored(desk, newest(desk))["area_m2"] == pytest.approx(14_000, rel=0.01)
