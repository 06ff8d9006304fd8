"""The history of a plot: who did what, what it was before, and how to have it back."""

from playwright.sync_api import expect

from tests.service.conftest import WEST, feature, ring
from tests.service.workspace.conftest import OpenDesk
from tests.service.workspace.pixels import BARE, over, wait_for_colours
from tests.service.workspace.plot_panel import HOSTILE, draft, open_plot, panel, say

PLANTED = over("#56b4e9", 0.45)
WAS, IS = over("#d55e00", 0.2), over("#0072b2", 0.2, PLANTED)


def test_the_history_tells_what_changed_and_brings_it_back(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    number = draft(desk, name="城南一号")
    open_plot(desk, number)
    here = panel(desk)
    here.get_by_label("名称").fill("城南二号")
    here.get_by_role("button", name="保存", exact=True).click()
    say(desk, "已保存")
    here.get_by_role("button", name="历史").click()
    entry = here.locator("section.history li").first
    expect(entry.locator("del")).to_have_text("城南一号")
    expect(entry.locator("ins")).to_have_text("城南二号")
    desk.page.on("dialog", lambda dialog: dialog.accept())
    here.get_by_role("button", name="恢复这一版").last.click()
    say(desk, "已恢复第 1 版")
    expect(here.get_by_label("名称")).to_have_value("城南一号")


def test_before_and_after_of_a_change_are_shown_on_the_map(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    number = draft(desk, name=HOSTILE)
    moved = feature(ring(125.051, 43.05), name=HOSTILE)
    answer = desk.context.request.put(
        f"{desk.url}/api/plots/{number}", data=moved, headers={"If-Match": '"1"'}, max_retries=3
    )
    assert answer.ok, answer.text()
    # The map was there before the plot.
    desk.page.reload()
    open_plot(desk, number)
    history = panel(desk).locator("section.history")
    history.get_by_role("button", name="历史").click()
    # The newest first, each with who and when.
    expect(history.locator("li .head")).to_have_count(2)
    for words, entry in zip(("修改", "新建"), history.locator("li .head").all(), strict=True):
        expect(entry).to_contain_text(f"planner {words}")
        expect(entry).to_contain_text("20")
    before, after = desk.pixel(125.0505, 43.0505), desk.pixel(125.0525, 43.0505)
    wait_for_colours(desk.page, [(before, BARE), (after, PLANTED)])
    history.get_by_role("button", name="在地图上看前后").click()
    wait_for_colours(desk.page, [(before, WAS), (after, IS)])
    expect(history.get_by_text("橙色虚线：改前；蓝色：改后")).to_be_visible()
    history.get_by_role("button", name="收起地图对比").click()
    wait_for_colours(desk.page, [(before, BARE), (after, PLANTED)])
    assert desk.page.evaluate("window.pwned") is None
