"""The chosen plot: found by its link, seen from far, back after it was deleted."""

import re

import httpx
import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.service.conftest import WEST, SignIn, feature, ring
from tests.service.workspace.conftest import OpenDesk
from tests.service.workspace.pixels import BARE, over, wait_for_colours

FAR = (125.08, 43.08, 9.0)
CHOSEN = "#b8004f"


@pytest.fixture
def number(sign_in: SignIn) -> int:
    """A plot that somebody drew before."""
    client: httpx.Client = sign_in("planner", WEST, name="before")
    answer = client.post("/api/plots", json=feature(ring(125.05, 43.05)))
    return int(answer.raise_for_status().json()["id"])


def place(page: Page) -> list[float]:
    """Zoom, latitude and longitude in the address."""
    found = re.search(r"map=([\d.]+)/([\d.]+)/([\d.]+)", page.url)
    assert found is not None
    return [float(one) for one in found.groups()]


def test_a_link_to_a_plot_pasted_into_the_open_page_leads_to_it(
    open_desk: OpenDesk, number: int
) -> None:
    desk = open_desk("planner", WEST, place=FAR)
    for _again in range(2):
        desk.page.evaluate(f"location.hash = 'plot={number}'")
        # In the middle of the plot, as near as it fills the map.
        desk.page.wait_for_url(re.compile(r"map=1[67]\.\d+/43\.051\d*/125\.05[12]"))
        expect(desk.page.locator("article h2")).to_be_visible()
        desk.rest()
        # Away again: the same link leads back, though the plot is chosen already.
        desk.page.evaluate("location.hash = 'map=9/43.08/125.08'")
        desk.page.wait_for_url(re.compile(r"map=9\.00/43\.08"))
        desk.rest()


def test_a_link_pasted_while_the_page_writes_its_address_leads_to_the_plot(
    open_desk: OpenDesk, number: int
) -> None:
    desk = open_desk("planner", WEST, place=FAR)
    # A tab is opened between the new fragment and its event, as a map that still moves does.
    desk.page.evaluate(
        f"location.hash = 'plot={number}';"
        "[...document.querySelectorAll('[role=tab]')].find(tab => tab.innerText === '图层').click()"
    )
    expect(desk.page.locator("article h2")).to_be_visible()
    assert f"plot={number}" in desk.page.url


def test_the_chosen_plot_is_marked_from_far(open_desk: OpenDesk, number: int) -> None:
    desk = open_desk("planner", WEST, place=FAR)
    desk.page.evaluate(f"location.hash = 'map=9/43.08/125.08&plot={number}'")
    expect(desk.page.locator("article h2")).to_be_visible()
    x, y = desk.pixel(125.051, 43.051)
    wait_for_colours(desk.page, [((x, y - 11), over(CHOSEN, 1))])
    desk.page.evaluate("location.hash = 'map=16.5/43.051/125.052'")
    desk.page.wait_for_url(re.compile("map=16.50"))
    x, y = desk.pixel(125.051, 43.0528)
    wait_for_colours(desk.page, [((x, y), BARE)])


def test_a_deletion_that_is_undone_shows_the_plot_again(open_desk: OpenDesk, number: int) -> None:
    desk = open_desk("planner", WEST, name="before2")
    own = desk.context.request.post(
        f"{desk.url}/api/plots", data=feature(ring(125.053, 43.05)), max_retries=3
    ).json()["id"]
    desk.page.evaluate(f"location.hash = 'map=16.5/43.051/125.052&plot={own}'")
    desk.page.get_by_role("button", name="删除图斑").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="删除图斑").click()
    expect(desk.page.get_by_role("status").filter(has_text="已删除").first).to_be_visible()
    wait_for_colours(desk.page, [(desk.pixel(125.0545, 43.0515), BARE)])
    desk.undo()
    wait_for_colours(desk.page, [(desk.pixel(125.0545, 43.0515), over("#56b4e9", 0.45))])
    expect(desk.page.get_by_role("button", name="未保存 1")).to_be_visible()


def test_a_viewer_is_offered_no_states_of_review(open_desk: OpenDesk) -> None:
    page = open_desk("viewer", WEST).page
    page.get_by_role("button", name="图斑表").click()
    filters = page.get_by_role("group", name="筛选")
    expect(filters.get_by_label("阶段")).to_be_visible()
    expect(filters.get_by_label("审核")).to_have_count(0)
    page.get_by_role("tab", name="图层").click()
    expect(page.get_by_label("按审核状态")).to_have_count(0)


def test_an_approval_whose_answer_was_lost_is_asked_for_under_its_key(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    client = sign_in("planner", WEST)
    plot = client.post("/api/plots", json=feature(ring(125.05, 43.05))).json()["id"]
    client.post(f"/api/plots/{plot}/submit").raise_for_status()
    desk = open_desk("inspector", WEST)
    keys: list[str | None] = []

    def watch(request: Request) -> None:
        if request.url.endswith("/approve"):
            keys.append(request.headers.get("idempotency-key"))

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    desk.page.on("request", watch)
    desk.page.route("**/approve", lose, times=1)
    desk.page.evaluate(f"location.hash = 'plot={plot}'")
    approve = desk.page.get_by_role("button", name="通过", exact=True)
    approve.click()
    lost = desk.page.get_by_role("status").locator("p", has_text="连不上服务器")
    expect(lost).to_have_count(1)
    # The sentence covers neither the scale nor the figures of the pointer.
    notice = lost.bounding_box()
    assert notice is not None
    for name in (".ol-scale-line", ".status"):
        below = desk.page.locator(name).first.bounding_box()
        assert below is not None
        assert notice["y"] + notice["height"] <= below["y"], name
    approve.click()
    expect(desk.page.get_by_role("status").filter(has_text="已通过").first).to_be_visible()
    assert len(keys) == 2
    assert keys[0] is not None
    assert keys[0] == keys[1]
