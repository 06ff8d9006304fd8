"""The inspector's day at the desk: one card after the other, by keys or by mouse."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.service.conftest import WEST, SignIn, ring
from tests.service.plots.made import approved, drawn
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OFFICE, TABLET, Desk, OpenDesk
from tests.service.workspace.counted import SEATS, WIDE, ZOOMED, Hands
from tests.service.workspace.plot_panel import HOSTILE, open_plot, panel, say, stored


def submitted(client: httpx.Client, count: int, **properties: Any) -> list[int]:
    """So many plots of the planner, beside each other, handed in."""
    ids = [
        drawn(client, geometry=ring(125.01 + n % 10 * 0.005, 43.02 + n // 10 * 0.005), **properties)
        for n in range(count)
    ]
    numbers = [plot["id"] for plot in ids]
    told = client.post("/api/reviews", json={"verb": "submit", "ids": numbers}).json()
    assert told["done"] == numbers
    return numbers


def card(desk: Desk) -> Any:
    return panel(desk).locator("article.card")


def ready(desk: Desk, name: str) -> None:
    """The card's plot has come, and may be dealt with."""
    expect(card(desk)).to_be_visible()
    expect(panel(desk).get_by_role("button", name=name)).to_be_enabled()


@pytest.mark.parametrize(
    ("language", "size", "by"),
    [
        *((language, size, "finger" if finger else "keys") for language, size, finger in SEATS),
        ("en", OFFICE, "mouse"),
    ],
)
def test_twenty_plots_are_approved_with_twenty_two_keys_clicks_or_taps(
    open_desk: OpenDesk, sign_in: SignIn, language: str, size: tuple[int, int], by: str
) -> None:
    zh = language == "zh"
    submitted(sign_in("planner", WEST, name="wang"), 20)
    desk = open_desk("inspector", WEST, language=language, size=size)
    hands = Hands(desk, finger=by == "finger")
    approve = "通过并看下一个" if zh else "Approve, next"
    if by != "keys":
        hands.on(desk.page.get_by_role("tab", name="审核" if zh else "Review", exact=True))
    else:
        hands.key("5")
    for left in range(20, 0, -1):
        expect(panel(desk)).to_contain_text(f"还剩 {left} 个" if zh else f", {left} left")
        ready(desk, approve)
        if by != "keys":
            hands.click(approve)
        else:
            hands.key("a")
    expect(panel(desk)).to_contain_text("没有等您审核的图斑" if zh else "Nothing waits")
    assert hands.count <= 22
    features = desk.context.request.get(f"{desk.url}/api/plots?review=approved").json()
    assert features["numberMatched"] == 20


@pytest.mark.parametrize(
    ("language", "size"), [("zh", OFFICE), ("en", WIDE), ("zh", TABLET), ("en", ZOOMED)]
)
def test_a_change_is_seen_and_returned_with_pins_that_its_planner_reads(
    open_desk: OpenDesk, sign_in: SignIn, language: str, size: tuple[int, int]
) -> None:
    zh = language == "zh"
    plot = approved(sign_in, geometry=ring(125.05, 43.05), name=HOSTILE, note="旧")
    planner = open_desk("planner", WEST, language=language)
    wider = {
        "type": "Feature",
        "geometry": ring(125.05, 43.05, 0.003, 0.002),
        "properties": {"note": HOSTILE},
    }
    address = f"{planner.url}/api/plots/{plot['id']}"
    match = {"If-Match": f'"{plot["properties"]["version"]}"', "Content-Type": "application/json"}
    assert planner.context.request.patch(address, data=wider, headers=match).status == 200
    assert planner.context.request.post(f"{address}/submit").status == 200

    desk = open_desk("inspector", WEST, language=language, size=size)
    desk.page.keyboard.press("5")
    ready(desk, "通过并看下一个" if zh else "Approve, next")
    expect(card(desk)).to_contain_text("面积变化大" if zh else "Big change of area")
    expect(card(desk)).to_contain_text("面积 +" if zh else "Area +")
    expect(card(desk)).to_contain_text(HOSTILE)
    swipe = desk.page.get_by_role("slider")
    expect(swipe).to_have_value("50")
    swipe.press("ArrowRight")
    expect(swipe).to_have_value("51")
    # By hand, too: the line is taken hold of in the middle and left at a quarter.
    box = swipe.bounding_box()
    assert box is not None
    middle, height = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    desk.page.mouse.move(middle, height)
    desk.page.mouse.down()
    desk.page.mouse.move(box["x"] + box["width"] / 4, height, steps=4)
    desk.page.mouse.up()
    expect(swipe).to_have_value(re.compile(r"^2\d$"))
    assert violations(desk.page, "#side-body") == []

    desk.page.locator("h2").first.click()
    desk.page.keyboard.press("r")
    form = panel(desk).locator("form.return")
    form.locator("button.danger").click()
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_label("边界不准" if zh else "border is off").check()
    form.get_by_role("button", name="放在地图中心" if zh else "Pin the middle").click()
    form.locator("li input").fill(f"压到水面 {HOSTILE}")
    assert violations(desk.page, "#side-body") == []
    form.locator("button.danger").click()
    say(desk, "已退回" if zh else "returned")
    expect(panel(desk)).to_contain_text("没有等您审核" if zh else "Nothing waits")

    assert planner.context.request.post(f"{address}/submit").status == 409
    open_plot(planner, plot["id"])
    comments = panel(planner).locator("section.comments")
    expect(comments).to_contain_text(f"压到水面 {HOSTILE}")
    comments.get_by_role("button", name="标为已处理" if zh else "Mark as settled").click()
    expect(comments).to_contain_text("已处理" if zh else "settled by")
    submit = "提交审核" if zh else "Submit for review"
    panel(planner).get_by_role("button", name=submit, exact=True).click()
    say(planner, "已提交" if zh else "Submitted")
    for one in (desk, planner):
        assert one.page.evaluate("window.pwned") is None


def test_a_plot_that_another_dealt_with_is_told_and_the_next_comes(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    first, second = submitted(sign_in("planner", WEST, name="wang"), 2)
    desk = open_desk("inspector", WEST)
    desk.page.keyboard.press("5")
    ready(desk, "通过并看下一个")
    sign_in("inspector", WEST).post(f"/api/plots/{first}/return", json={"reason": "再看"})
    desk.page.keyboard.press("a")
    expect(desk.page.get_by_role("status").filter(has_text="已由他人处理").first).to_be_visible()
    expect(panel(desk)).to_contain_text("还剩 1 个")
    assert (stored(desk, first)["review"], stored(desk, second)["review"]) == (
        "returned",
        "submitted",
    )


def test_what_waits_is_not_asked_for_anew_while_nobody_looks_at_it(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    submitted(sign_in("planner", WEST, name="wang"), 2)
    desk = open_desk("inspector", WEST)
    waiting = desk.page.locator("section.waiting")
    expect(waiting.locator("li")).to_have_count(2)
    desk.page.keyboard.press("5")
    ready(desk, "通过并看下一个")
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.page.keyboard.press("a")
    expect(panel(desk)).to_contain_text("还剩 1 个")
    ready(desk, "通过并看下一个")
    assert any("/approve" in url for url in asked)
    assert [url for url in asked if "/api/me/work" in url or "/api/claims" in url] == []
    desk.page.get_by_role("tab", name="待办", exact=True).click()
    expect(waiting.locator("li")).to_have_count(1)


def test_groups_by_township_and_a_sample_are_at_the_mouse(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    planner = sign_in("planner", WEST, name=HOSTILE.replace(" ", "").replace(":", "")[:60])
    one = submitted(planner, 1, town="220102001")[0]
    planner.post(f"/api/plots/{drawn(planner, geometry=ring(125.06, 43.06))['id']}/submit")
    desk = open_desk("inspector", WEST)
    desk.page.keyboard.press("5")
    panel(desk).get_by_label("分组").select_option("township")
    panel(desk).locator(".groups").get_by_role("button", name="220102001").click()
    expect(panel(desk)).to_contain_text("还剩 1 个")
    panel(desk).get_by_label("分组").select_option("submitter")
    expect(panel(desk).locator(".groups")).to_contain_text("<img")
    panel(desk).get_by_label("分组").select_option("none")
    ready(desk, "通过并看下一个")
    panel(desk).get_by_role("button", name="通过并看下一个").click()
    say(desk, "已通过")
    panel(desk).locator("summary", has_text="抽查").click()
    sample = panel(desk).locator("details.sample")
    sample.get_by_label("行政区").select_option(WEST)
    sample.get_by_label("面积比例").fill("100")
    sample.get_by_label("种子").fill("7")
    sample.get_by_role("button", name="抽取").click()
    expect(sample.get_by_role("status")).to_contain_text("种子 7：抽中 1 / 1 个")
    assert stored(desk, one)["review"] == "approved"
    assert violations(desk.page, "#side-body") == []
    assert desk.page.evaluate("window.pwned") is None


def test_a_planner_withdraws_until_an_inspector_has_opened_it(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    desk = open_desk("planner", WEST)
    answer = desk.context.request.post(
        f"{desk.url}/api/plots",
        data={
            "type": "Feature",
            "geometry": ring(125.05, 43.05),
            "properties": {"stage": "planted", "kind": "RGZL", "year": 2026},
        },
    )
    number = answer.json()["id"]
    open_plot(desk, number)
    panel(desk).get_by_role("button", name="提交审核", exact=True).click()
    say(desk, "已提交")
    panel(desk).get_by_role("button", name="撤回提交").click()
    say(desk, "已撤回")
    panel(desk).get_by_role("button", name="提交审核", exact=True).click()
    expect(panel(desk).get_by_role("button", name="撤回提交")).to_be_visible()
    sign_in("inspector", WEST).get(f"/api/plots/{number}/comments").raise_for_status()
    panel(desk).get_by_role("button", name="撤回提交").click()
    expect(desk.page.get_by_role("status").filter(has_text="不能再撤回").first).to_be_visible()


def test_a_plot_that_was_approved_is_no_longer_counted_in_its_group(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    submitted(sign_in("planner", WEST, name="wang"), 3)
    desk = open_desk("inspector", WEST)
    desk.page.keyboard.press("5")
    panel(desk).get_by_label("分组").select_option("submitter")
    group = panel(desk).locator(".groups").get_by_role("button", name="wang")
    expect(group).to_contain_text("3 ·")
    ready(desk, "通过并看下一个")
    desk.page.keyboard.press("a")
    expect(group).to_contain_text("2 ·")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_waits_is_ticked_in_the_pile_and_approved_at_once(
    open_desk: OpenDesk, sign_in: SignIn, language: str
) -> None:
    zh = language == "zh"
    submitted(sign_in("planner", WEST, name="wang"), 60, name=HOSTILE)
    desk = open_desk("inspector", WEST, language=language)
    desk.page.keyboard.press("5")
    queue = panel(desk).locator("details.queue")
    queue.locator("summary").click()
    expect(queue.locator("li")).to_have_count(50)
    assert violations(desk.page, "#side-body") == []
    queue.get_by_role("button", name="勾选全部 60 个" if zh else "Tick all 60").click()
    expect(desk.page.locator("section.many")).to_contain_text("60")
    bar = desk.page.locator("section.many")
    bar.get_by_role("button", name="通过" if zh else "Approve", exact=True).click()
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("button", name="通过 60 个" if zh else "Approve 60").click()
    expect(dialog).to_contain_text("已办理 60 个" if zh else "60 are done")
    dialog.get_by_role("button", name="关闭" if zh else "Close").first.click()
    expect(panel(desk)).to_contain_text("没有等您审核" if zh else "Nothing waits")
    assert desk.page.evaluate("window.pwned") is None
