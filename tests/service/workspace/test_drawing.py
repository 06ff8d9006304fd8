"""A planner draws: along a neighbour, with a hole, wrongly and mended, split and undone."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect
from shapely import LineString, Point

from gis.measure import area_m2, length_m, to_mu
from gis.polygons import from_geojson
from tests.service.conftest import WEST, SignIn, feature, ring
from tests.service.plots.made import approved
from tests.service.workspace.conftest import Desk, OpenDesk
from tests.service.workspace.pixels import over, wait_for_colours

# East of the neighbour, whose eastern edge lies on 125.052.
CORNERS = [(125.052, 43.05), (125.054, 43.05), (125.054, 43.052), (125.052, 43.052)]
HOLE = [(125.0525, 43.0505), (125.0535, 43.0505), (125.053, 43.0515)]


@pytest.fixture
def neighbour(sign_in: SignIn) -> httpx.Client:
    """A planner who has drawn one plot already, and answers what is stored."""
    client = sign_in("planner", WEST, name="before")
    client.post("/api/plots", json=feature(ring(125.05, 43.05))).raise_for_status()
    return client


@pytest.fixture
def desk(open_desk: OpenDesk, neighbour: httpx.Client) -> Desk:
    """A planner's desk above the neighbour."""
    return open_desk("planner", WEST)


def stored(client: httpx.Client) -> list[dict[str, Any]]:
    """All plots but the neighbour."""
    features: list[dict[str, Any]] = client.get("/api/plots").json()["features"]
    return features[1:]


def save(desk: Desk) -> None:
    desk.page.keyboard.press("Control+s")
    expect(desk.page.get_by_text("已保存，图斑号")).to_be_visible()


def test_a_plot_along_a_neighbour_shares_its_vertices(desk: Desk, neighbour: httpx.Client) -> None:
    desk.tool("d")
    desk.draw([(lon + 0.00002, lat + 0.00001) for lon, lat in CORNERS[:1]] + CORNERS[1:])
    save(desk)
    drawn = stored(neighbour)[0]["geometry"]["coordinates"][0][0]
    assert [125.052, 43.05] in drawn
    assert [125.052, 43.052] in drawn


def test_a_vertex_by_hand_lies_on_the_edge_the_crossing_or_the_border_it_was_put_beside(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    # A planted plot and a plan of the same ground, neither along a meridian; the county ends at
    # 125.1. Longitude that a pixel is wide: 0.000015 degrees.
    planted = [[125.0912, 43.0493], [125.0952, 43.0497], [125.0955, 43.0527], [125.0912, 43.0493]]
    planned = [[125.0941, 43.0502], [125.0968, 43.0511], [125.0957, 43.0534], [125.0941, 43.0502]]
    client = sign_in("planner", WEST, name="before")
    for stage, outline in (("planted", planted), ("planned", planned)):
        shape = {"type": "Polygon", "coordinates": [outline]}
        client.post("/api/plots", json=feature(shape, stage=stage)).raise_for_status()
    east, north = LineString(planted[1:3]), LineString(planned[:2])
    crossing = east.intersection(north)
    assert isinstance(crossing, Point)
    edge, border = east.interpolate(0.15, normalized=True), LineString([(125.1, 43), (125.1, 43.1)])
    desk = open_desk("planner", WEST, place=(125.0960, 43.0510, 16.5))
    desk.tool("d")
    desk.draw(
        [
            (edge.x + 0.00008, edge.y - 0.00002),
            (125.1 - 0.00008, 43.0495),
            (125.1 + 0.00008, 43.0512),
            (crossing.x + 0.00006, crossing.y + 0.00003),
        ]
    )
    save(desk)
    drawn = stored(client)[-1]["geometry"]["coordinates"][0][0]
    corners = [Point(corner) for corner in drawn[:-1]]
    exact = 1e-9
    assert min(corners, key=edge.distance).distance(east) < exact
    on_crossing = min(corners, key=crossing.distance)
    assert max(on_crossing.distance(east), on_crossing.distance(north)) < exact
    assert sum(corner.distance(border) < exact for corner in corners) == 2


def test_the_area_that_is_shown_is_that_of_the_service(desk: Desk, neighbour: httpx.Client) -> None:
    desk.tool("d")
    desk.draw(CORNERS)
    shown = desk.mu()
    text = desk.page.get_by_text("公顷 ·").inner_text().replace(",", "")
    match = re.fullmatch(r"([\d.]+) 公顷 · 周长 ([\d.]+) m", text.strip())
    assert match is not None, text
    save(desk)
    drawn = stored(neighbour)[0]
    assert shown == pytest.approx(to_mu(drawn["properties"]["area_m2"]), abs=0.0051)
    assert float(match[1]) == pytest.approx(drawn["properties"]["area_m2"] / 10_000, abs=5.1e-5)
    edge = LineString(from_geojson(drawn["geometry"]).geoms[0].exterior)
    assert float(match[2]) == pytest.approx(length_m(edge), abs=0.051)
    assert drawn["properties"]["area_m2"] == pytest.approx(
        area_m2(from_geojson(drawn["geometry"])), rel=1e-9
    )


def test_a_hole_makes_the_plot_smaller(desk: Desk, neighbour: httpx.Client) -> None:
    desk.tool("d")
    desk.draw(CORNERS)
    whole = desk.mu()
    desk.tool("h")
    desk.draw(HOLE)
    assert desk.mu() < whole - 5
    save(desk)
    assert len(stored(neighbour)[0]["geometry"]["coordinates"][0]) == 2


def test_a_crossing_is_marked_and_mended_by_one_click(desk: Desk, neighbour: httpx.Client) -> None:
    desk.tool("d")
    desk.draw([CORNERS[0], CORNERS[2], CORNERS[1], CORNERS[3]])
    expect(desk.page.get_by_text("边界自相交").first).to_be_visible()
    # Its halves cancel: no figure is shown that nobody means, but what mending would leave.
    expect(desk.page.locator("[data-test=mu]")).to_have_text("—")
    promised = desk.page.get_by_text(re.compile(r"修复交叉后 [\d.]+ 亩"))
    expect(promised).to_be_visible()
    mended_mu = float(re.sub(r"[^\d.]", "", promised.inner_text()))
    desk.page.get_by_role("button", name="修复交叉").first.click()
    expect(desk.page.get_by_text("边界自相交")).to_have_count(0)
    assert desk.mu() == mended_mu
    save(desk)
    assert from_geojson(stored(neighbour)[0]["geometry"]).is_valid


def test_an_overlap_is_told_and_cut_out(desk: Desk, neighbour: httpx.Client) -> None:
    desk.tool("d")
    desk.page.keyboard.press("s")
    desk.draw([(125.0515, 43.0505), (125.054, 43.0505), (125.054, 43.0515), (125.0515, 43.0515)])
    desk.page.get_by_role("button", name="减去重叠").click()
    # Said once: the panel leaves it to the card while something is being changed.
    expect(desk.page.get_by_text("检查通过")).to_have_count(1)
    save(desk)
    assert from_geojson(stored(neighbour)[0]["geometry"]).bounds[0] == 125.052


def test_ground_that_counts_already_is_not_added_and_the_overlap_is_marked(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    approved(sign_in, geometry=ring(125.05, 43.05))
    desk = open_desk("planner", WEST)
    desk.tool("d")
    desk.page.keyboard.press("s")
    with desk.page.expect_response(re.compile("/api/plots/check")) as checked:
        desk.draw([(125.051, 43.0505), (125.053, 43.0505), (125.053, 43.0515), (125.051, 43.0515)])
    adds = desk.page.locator(".adds")
    expect(adds).to_contain_text("新增未计入")
    added_mu = float(re.sub(r"[^\d.]", "", adds.inner_text()))
    # Half of it lies on the plot that counts; a click is as fine as a pixel.
    assert added_mu == pytest.approx(desk.mu() / 2, rel=0.03)
    [overlap] = [
        problem for problem in checked.value.json()["problems"] if problem["code"] == "overlap"
    ]
    x, y = desk.pixel(*overlap["at"])
    wait_for_colours(desk.page, [((x - 6, y + 4), over("#8a5a00", 1))])


def test_a_counted_plot_that_grows_adds_what_it_grows_by(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    counted = approved(sign_in, geometry=ring(125.05, 43.05))
    desk = open_desk("planner", WEST)
    desk.page.evaluate(f"location.hash += '&plot={counted['id']}'")
    expect(desk.page.get_by_role("button", name="改形状")).to_be_enabled()
    whole = float(re.sub(r"[^\d.]", "", desk.page.locator("strong.mu").inner_text()))
    desk.tool("e")
    desk.page.keyboard.press("s")
    adds = desk.page.locator(".adds")
    expect(adds).to_have_text("新增未计入 0.00 亩")
    desk.drag((125.052, 43.052), (125.053, 43.052))
    expect(adds).not_to_have_text("新增未计入 0.00 亩")
    expect(desk.page.get_by_text("检查通过")).to_be_visible()
    added = float(re.sub(r"[^\d.]", "", adds.inner_text()))
    # A triangle beside it, a quarter of it; the card shows both figures.
    assert added == pytest.approx(desk.mu() - whole, abs=0.02)
    assert added == pytest.approx(whole / 4, rel=0.05)


def test_what_is_said_of_a_sketch_does_not_stand_beside_another_plots_buttons(
    desk: Desk, neighbour: httpx.Client
) -> None:
    page = desk.page
    [plot] = neighbour.get("/api/plots").json()["features"]
    page.evaluate(f"location.hash += '&plot={plot['id']}'")
    panel = page.get_by_role("tabpanel")
    expect(panel.get_by_role("button", name="提交审核")).to_be_visible()
    panel.get_by_label("申报面积").fill("54")
    panel.get_by_label("申报面积").press("Tab")
    save(desk)
    desk.tool("d")
    page.keyboard.press("s")
    for place in [(125.0515, 43.0505), (125.054, 43.0505), (125.054, 43.0515)]:
        desk.click(*place)
    desk.point(125.0515, 43.0515)
    card = page.locator(".card")
    expect(card.get_by_text("与其他图斑重叠")).to_be_visible()
    expect(card.get_by_role("button", name="保存")).to_have_count(0)
    expect(panel.get_by_text("与其他图斑重叠")).to_have_count(0)
    expect(panel.get_by_text("检查通过")).to_have_count(0)
    # Given up, the sketch leaves nothing behind.
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(panel.get_by_text("与其他图斑重叠")).to_have_count(0)
    # What is measured while the plot is changed has no buttons of the plot either.
    panel.get_by_label("名称", exact=True).fill("changed")
    panel.get_by_label("名称", exact=True).press("Tab")
    expect(card.get_by_role("button", name="保存")).to_be_visible()
    page.locator(".map").focus()
    page.keyboard.press("k")
    desk.draw(HOLE)
    expect(card.locator("[data-test=mu]")).to_be_visible()
    expect(card.get_by_role("button")).to_have_count(0)


def test_a_drawing_that_was_not_saved_is_there_after_a_reload(desk: Desk) -> None:
    desk.tool("d")
    desk.draw(CORNERS)
    desk.page.reload()
    expect(desk.page.get_by_role("button", name="未保存 1")).to_be_visible()


def test_neighbours_move_together_at_a_shared_vertex(desk: Desk, neighbour: httpx.Client) -> None:
    desk.tool("d")
    desk.draw(CORNERS)
    save(desk)
    desk.drag((125.052, 43.052), (125.0521, 43.0523))
    desk.page.get_by_role("button", name="未保存 2").click()
    desk.page.get_by_role("button", name="全部保存").click()
    expect(desk.page.get_by_text("全部改动已保存")).to_be_visible()
    both = neighbour.get("/api/plots").json()["features"]
    rings = [{tuple(at) for at in plot["geometry"]["coordinates"][0][0]} for plot in both]
    assert len(rings[0] & rings[1]) == 2
    assert (125.052, 43.052) not in rings[0] | rings[1]


def small_places_asked(desk: Desk) -> list[str]:
    """Addresses of towns and villages as they are asked for from now on."""
    asked: list[str] = []
    small = re.compile(r"/api/districts\?level=(town|village)")
    desk.page.on("request", lambda one: asked.append(one.url) if small.search(one.url) else None)
    return asked


def test_of_a_drawing_without_a_county_no_towns_are_asked_for(desk: Desk) -> None:
    asked = small_places_asked(desk)
    desk.tool("d")
    desk.draw(CORNERS)
    expect(desk.page.get_by_label("乡镇代码（9 位）")).to_be_attached()
    desk.page.wait_for_timeout(500)
    assert asked == []


def test_towns_that_could_not_be_had_are_not_asked_for_without_a_pause(desk: Desk) -> None:
    asked = small_places_asked(desk)
    desk.page.route(re.compile(r"/api/districts\?level=(town|village)"), lambda one: one.abort())
    desk.tool("d")
    desk.draw(CORNERS)
    save(desk)
    expect(desk.page.get_by_label("乡镇代码（9 位）")).to_be_attached()
    desk.page.wait_for_timeout(500)
    assert sorted(re.findall("level=([a-z]+)", " ".join(asked))) == ["town", "village"]
