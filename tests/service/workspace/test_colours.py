"""What the map shows is what its legend says, and lies where it belongs."""

import re
from functools import partial
from http import HTTPStatus

import pytest
from playwright.sync_api import FloatRect, Locator, Page, Response, expect

from service.web.timestamps import today
from tests.service.conftest import WEST, SignIn, feature, ring
from tests.service.mvt import layers
from tests.service.workspace.conftest import Desk, OpenDesk
from tests.service.workspace.pixels import Colour, alike, colour, over, wait_for_colours

# Middles of two plots, and a spot beside them.
ONE, OTHER, BESIDE = (125.051, 43.051), (125.054, 43.051), (125.0525, 43.0515)
PLOT, FADED, DISTRICT = 0.45, 0.15, 0.75


@pytest.fixture
def desk(open_desk: OpenDesk, sign_in: SignIn) -> Desk:
    """A planner's desk above an approved plot of last year and a draft of two years before."""
    planner, year = sign_in("planner", WEST, name="before"), today().year
    plots = [("RGZL", year - 1, 125.05), ("FSYL", year - 3, 125.053)]
    for kind, of_year, west in plots:
        made = planner.post(
            "/api/plots", json=feature(ring(west, 43.05), kind=kind, year=of_year)
        ).json()
        if kind == "RGZL":
            planner.post(f"/api/plots/{made['id']}/submit").raise_for_status()
            sign_in("inspector", WEST).post(f"/api/plots/{made['id']}/approve").raise_for_status()
    return open_desk("planner", WEST)


def legend(page: Page) -> Locator:
    return page.locator(".legend li")


def said(page: Page, words: str) -> str:
    """The colour that the legend has for something."""
    entry = legend(page).filter(has_text=re.compile(f"^\\s*{words}\\s*$"))
    fill = entry.locator("rect").get_attribute("fill")
    assert fill is not None
    return fill


def test_plots_have_the_colours_that_the_legend_says(desk: Desk) -> None:
    page, year = desk.page, today().year
    page.get_by_role("tab", name="图层").click()
    for by, chinese, other in (
        ("造林类型", "人工造林", "封山育林"),
        ("任务年度", str(year - 1), str(year - 3)),
        ("审核状态", "已通过", "草稿"),
    ):
        page.get_by_role("radio", name=by).check()
        expect(page.locator(".legend button")).to_contain_text(by)
        paints = [said(page, words) for words in (chinese, other)]
        assert paints[0] != paints[1]
        wait_for_colours(
            page,
            [
                (desk.pixel(*at), over(paint, PLOT))
                for at, paint in zip((ONE, OTHER), paints, strict=True)
            ],
        )


def edge(desk: Desk, west: float) -> list[Colour]:
    """Two periods of the dots along the western edge of a plot."""
    x, y = desk.pixel(west, 43.051)
    return [colour(desk.page, x, y + n) for n in range(14)]


def test_a_plot_that_is_not_approved_has_a_dotted_edge_and_the_legend_says_so(desk: Desk) -> None:
    page = desk.page
    wait_for_colours(page, [(desk.pixel(*OTHER), over(said(page, "已造林"), PLOT))])
    note = legend(page).filter(has_text="虚线边：未审核")
    expect(note).to_have_count(1)
    solid, dotted = edge(desk, 125.05), edge(desk, 125.053)
    assert all(alike(colour, solid[0]) for colour in solid)
    assert not all(alike(colour, dotted[0]) for colour in dotted)
    page.get_by_role("tab", name="图层").click()
    page.get_by_role("radio", name="最后审核通过的").check()
    expect(note).to_have_count(0)


def test_the_choropleth_is_that_of_the_coverage_table(desk: Desk) -> None:
    page = desk.page
    page.get_by_role("button", name="覆盖率表").click()
    page.get_by_role("checkbox", name="在地图上着色").check()
    rate = page.locator("td.rate").inner_text().split("%")[0].strip()
    expect(legend(page)).to_have_count(1)
    rate_told = legend(page).inner_text().removesuffix("%").strip()
    assert float(rate_told) == pytest.approx(float(rate), abs=0.006)
    assert float(rate) > 0
    paint = legend(page).locator("rect").get_attribute("fill")
    assert paint is not None
    wait_for_colours(page, [(desk.pixel(*BESIDE), over(paint, DISTRICT))])
    # The name of a district brings it into view.
    page.get_by_role("row", name="西县").get_by_role("button", name="西县", exact=True).click()
    expect(page).to_have_url(re.compile(r"map=1[0-2]\.\d+/43\.0[3-6]\d*/125\.0[3-6]"))


def test_zones_are_shown_and_taken_away_again(desk: Desk, sign_in: SignIn) -> None:
    inspector = sign_in("inspector", WEST)
    zone = {"code": "T1", "name": "<b>一区</b>", "level": "town", "chief": "张三"}
    inspector.post(
        "/api/zones",
        json={"type": "Feature", "geometry": ring(125.049, 43.048, 0.03, 0.03), "properties": zone},
    ).raise_for_status()
    page = desk.page
    page.get_by_role("tab", name="图层").click()
    expect(page.locator("[data-tiles=whole]")).to_be_visible()
    # Its western border runs through this piece of the map.
    x, y = desk.pixel(125.049, 43.051)
    piece = FloatRect(x=x - 10, y=y - 20, width=20, height=40)

    def picture() -> bytes:
        return page.screenshot(clip=piece)

    def wait_for(same: bool) -> None:
        for _ in range(200):
            if (picture() == bare) == same:
                return
            page.wait_for_timeout(100)
        assert (picture() == bare) == same

    bare = picture()
    page.get_by_role("checkbox", name="显示巡护责任区").check()
    wait_for(same=False)
    assert "zones=1" in page.url
    page.get_by_role("checkbox", name="显示巡护责任区").uncheck()
    wait_for(same=True)


def is_tile(address: str, answer: Response) -> bool:
    return address in answer.url and answer.status == HTTPStatus.OK


def test_the_legend_speaks_of_squares_as_long_as_the_map_shows_them(desk: Desk) -> None:
    note = legend(desk.page).filter(has_text="方格")
    for zoom, z, layer in ((11.8, 10, "plot_squares"), (12.2, 11, "plots")):
        address = f"/tiles/plots/WebMercatorQuad/{z}/"
        with desk.page.expect_response(partial(is_tile, address)) as response:
            desk.go(*ONE, zoom)
        assert set(layers(response.value.body())) == {layer, "tile"}
        expect(note).to_have_count(int(layer == "plot_squares"))
