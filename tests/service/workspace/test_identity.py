"""A plot that was drawn here is one plot: after a reload, a lost answer, and in two tabs."""

import json
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.service.conftest import WEST, SignIn, feature, ring
from tests.service.workspace.conftest import Desk, OpenDesk

CORNERS = [(125.052, 43.05), (125.054, 43.05), (125.054, 43.052), (125.052, 43.052)]
CONFLICT = "两个人改了同一个图斑"


@pytest.fixture
def other(sign_in: SignIn) -> httpx.Client:
    """Another planner of the county, at the interface."""
    return sign_in("planner", WEST, name="other")


@pytest.fixture
def desk(open_desk: OpenDesk, other: httpx.Client) -> Desk:
    """A planner's desk."""
    return open_desk("planner", WEST)


def plots(client: httpx.Client) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = client.get("/api/plots").json()["features"]
    return features


def saved(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect(page.get_by_text("已保存，图斑号").first).to_be_visible()
    expect(page.locator("header .unsaved > button")).to_have_count(0)


def rename(page: Page, name: str) -> None:
    field = page.get_by_role("tabpanel").get_by_label("名称", exact=True)
    field.fill(name)
    field.press("Tab")


def lose_the_answer(page: Page, method: str, address: str) -> list[Request]:
    """The service does the next request of a kind, but the line is cut before it answers."""
    lost: list[Request] = []

    def cut(route: Route) -> None:
        if route.request.method != method or lost:
            route.continue_()
            return
        lost.append(route.request)
        route.fetch()
        route.abort()

    page.route(address, cut)
    return lost


def test_after_drawing_saving_and_reloading_a_plot_does_not_conflict_with_itself(
    desk: Desk, other: httpx.Client
) -> None:
    page = desk.page
    desk.tool("d")
    desk.draw(CORNERS)
    saved(page)
    page.reload()
    page.wait_for_selector(".map canvas")
    # The way back is there again: the drafts have been taken up.
    expect(page.locator("button[title*='Ctrl+Z']")).to_be_enabled()
    expect(page.locator("header .unsaved > button")).to_have_count(0)
    expect(page.get_by_role("tabpanel").locator("strong.mu")).to_be_visible()
    desk.tool("e")
    desk.drag((125.054, 43.052), (125.0545, 43.0525))
    expect(page.get_by_role("button", name="未保存 1")).to_be_visible()
    expect(page.locator(".card").get_by_text("检查通过")).to_be_visible()
    saved(page)
    rename(page, "again")
    saved(page)
    [plot] = plots(other)
    assert (plot["properties"]["name"], plot["properties"]["version"]) == ("again", 3)
    desk.undo()
    desk.undo()
    saved(page)
    assert plots(other)[0]["properties"]["name"] is None


def test_what_somebody_changed_after_it_was_saved_is_no_change_of_ones_own(
    desk: Desk, other: httpx.Client
) -> None:
    page = desk.page
    desk.tool("d")
    desk.draw(CORNERS)
    saved(page)
    [plot] = plots(other)
    body = {"type": "Feature", "properties": {"name": "theirs"}}
    headers = {"If-Match": '"1"', "Content-Type": "application/merge-patch+json"}
    other.patch(
        f"/api/plots/{plot['id']}", content=json.dumps(body), headers=headers
    ).raise_for_status()
    page.reload()
    expect(page.locator("button[title*='Ctrl+Z']")).to_be_enabled()
    expect(page.get_by_role("heading", level=2, name="theirs")).to_be_visible()
    expect(page.locator("header .unsaved > button")).to_have_count(0)


def test_a_draft_whose_answer_was_lost_is_sent_again_as_it_was_and_is_one_plot(
    desk: Desk, other: httpx.Client
) -> None:
    page = desk.page
    sent: list[Request] = []
    page.on(
        "request",
        lambda request: (
            sent.append(request)
            if request.method == "POST" and request.url.split("?")[0].endswith("/api/plots")
            else None
        ),
    )
    lose_the_answer(page, "POST", "**/api/plots*")
    desk.tool("d")
    desk.draw(CORNERS)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("等待连接，会自动保存").first).to_be_visible()
    # It is changed before the service is reached again.
    rename(page, "later")
    page.reload()
    page.wait_for_selector(".map canvas")
    # The page learns at once what became of it; the change after it waits to be saved.
    expect(page.get_by_role("button", name="未保存 1")).to_be_visible()
    page.get_by_role("button", name="未保存 1").click()
    expect(page.get_by_role("button", name="later")).to_be_visible()
    page.get_by_role("button", name="全部保存").click()
    expect(page.locator("header .unsaved > button")).to_have_count(0)
    [plot] = plots(other)
    assert (plot["properties"]["name"], plot["properties"]["version"]) == ("later", 2)
    first, again = sent
    assert again.headers["idempotency-key"] == first.headers["idempotency-key"]
    assert (again.url, again.post_data) == (first.url, first.post_data)


# The change, and the reload as the next thing that a busy page does.
RENAMED_AND_LEFT = """field => {
    field.value = "left";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    setTimeout(() => {
        location.reload();
        for (const end = performance.now() + 50; performance.now() < end; ) ;
    });
}"""


def test_what_was_typed_at_the_moment_when_the_page_is_left_is_kept(desk: Desk) -> None:
    page = desk.page
    desk.tool("d")
    desk.draw(CORNERS)
    saved(page)
    field = page.get_by_role("tabpanel").get_by_label("名称", exact=True)
    with page.expect_navigation():
        field.evaluate(RENAMED_AND_LEFT)
    page.get_by_role("button", name="未保存 1").click()
    expect(page.get_by_role("button", name="left")).to_be_visible()


def test_all_is_saved_though_the_fate_of_a_draft_is_still_being_learnt(
    desk: Desk, other: httpx.Client
) -> None:
    page = desk.page
    lose_the_answer(page, "POST", "**/api/plots*")
    desk.tool("d")
    desk.draw(CORNERS)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("等待连接，会自动保存").first).to_be_visible()
    rename(page, "later")
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/plots*", hold)
    with page.expect_request(lambda request: request.method == "POST"):
        page.reload()
    page.get_by_role("button", name="未保存 1").click()
    page.get_by_role("button", name="全部保存").click()
    held[0].continue_()
    expect(page.locator("header .unsaved > button")).to_have_count(0)
    assert plots(other)[0]["properties"]["name"] == "later"


def test_a_change_whose_answer_was_lost_is_no_conflict(desk: Desk, other: httpx.Client) -> None:
    page = desk.page
    made = other.post("/api/plots", json=feature(ring(125.05, 43.05), name="old")).json()
    page.evaluate(f"location.hash += '&plot={made['id']}'")
    expect(page.get_by_role("heading", level=2, name="old")).to_be_visible()
    lost = lose_the_answer(page, "PATCH", "**/api/plots/*")
    rename(page, "new")
    page.keyboard.press("Control+s")
    expect(page.locator(".card").get_by_text("等待连接").first).to_be_visible()
    rename(page, "newer")
    page.keyboard.press("Control+s")
    expect(page.locator("header .unsaved > button")).to_have_count(0)
    assert len(lost) == 1
    assert plots(other)[0]["properties"]["name"] == "newer"
    expect(page.get_by_role("region", name=CONFLICT)).to_have_count(0)


def test_a_deletion_whose_answer_was_lost_is_done(desk: Desk, other: httpx.Client) -> None:
    page = desk.page
    desk.tool("d")
    desk.draw(CORNERS)
    saved(page)
    lost = lose_the_answer(page, "DELETE", "**/api/plots/*")
    page.keyboard.press("Shift+Delete")
    page.get_by_role("button", name="未保存 1").click()
    page.get_by_role("button", name="全部保存").click()
    expect(page.locator("header .unsaved > button")).to_have_count(0)
    assert len(lost) == 1
    assert plots(other) == []


def test_what_one_tab_saved_the_other_knows(desk: Desk, other: httpx.Client) -> None:
    first_page = desk.page
    desk.tool("d")
    desk.draw(CORNERS)
    saved(first_page)
    [plot] = plots(other)
    second = desk.context.new_page()
    second.goto(f"{desk.url}/#map=16.5/43.051/125.052&plot={plot['id']}")
    field = second.get_by_role("tabpanel").get_by_label("名称", exact=True)
    expect(field).to_have_value("")
    rename(first_page, "first")
    saved(first_page)
    expect(field).to_have_value("first")
    rename(second, "second")
    saved(second)
    expect(first_page.get_by_role("heading", level=2, name="second")).to_be_visible()
    rename(first_page, "third")
    saved(first_page)
    assert plots(other)[0]["properties"]["name"] == "third"
    for page in (first_page, second):
        expect(page.get_by_role("region", name=CONFLICT)).to_have_count(0)


def test_a_draft_that_a_closed_tab_left_is_taken_by_one_of_two_tabs(
    desk: Desk, other: httpx.Client
) -> None:
    desk.tool("d")
    desk.draw(CORNERS)
    tabs = [desk.context.new_page() for _ in range(2)]
    desk.page.close()
    for tab in tabs:
        tab.goto(f"{desk.url}/#map=16.5/43.051/125.052", wait_until="commit")
    button = tabs[0].get_by_role("button", name="未保存 1")
    also = tabs[1].get_by_role("button", name="未保存 1")
    tabs[0].wait_for_selector(".map canvas")
    tabs[1].wait_for_selector(".map canvas")
    for tab in tabs:
        tab.wait_for_timeout(2_000)
    assert button.count() + also.count() == 1
