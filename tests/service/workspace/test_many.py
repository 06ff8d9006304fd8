"""Many plots at once, by ticks in the table and by a box on the map; the search for one of them."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import text

from tests.service.accounts.db.filled import fill
from tests.service.conftest import WEST, Database, SignIn, feature, ring
from tests.service.plots.made import drawn
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OFFICE, TABLET, Desk, OpenDesk
from tests.service.workspace.counted import SEATS, Hands

HOSTILE = '<img src=x onerror="window.pwned=1">{{7*7}}'
WIDE, DOUBLE = (1920, 1080), (683, 384)
COUNT_CLICKS = """() => {
    window.clicks = 0;
    addEventListener("pointerdown", () => window.clicks++, true);
}"""


def spot(n: int) -> dict[str, Any]:
    """The ground of one of many plots, five to a row."""
    return ring(125.02 + 0.004 * (n % 5), 43.03 + 0.004 * (n // 5), 0.002)


@pytest.fixture
def many(open_desk: OpenDesk, sign_in: SignIn) -> Callable[..., tuple[Desk, list[int]]]:
    """A planner's desk with the table of drafts open, one of them of a hostile name."""

    def opened(count: int, **how: Any) -> tuple[Desk, list[int]]:
        desk = open_desk("planner", WEST, name="planner", place=(125.028, 43.038, 14), **how)
        client = desk.context.request
        ids = []
        for n in range(count):
            body = feature(spot(n), name=HOSTILE if n == 0 else f"林{n}")
            answer = client.post(f"{desk.url}/api/plots", data=body, max_retries=3)
            assert answer.status == 201, answer.text()
            ids.append(answer.json()["id"])
        return desk, ids

    return opened


def bar(desk: Desk) -> Locator:
    return desk.page.get_by_role("region", name=re.compile("已选图斑|Chosen plots"))


def does(desk: Desk, name: str) -> Locator:
    return bar(desk).get_by_role("button", name=name, exact=True)


def dialog(desk: Desk) -> Locator:
    return desk.page.get_by_role("dialog")


def reviews(desk: Desk) -> list[str]:
    answer = desk.context.request.get(f"{desk.url}/api/plots?limit=100", max_retries=3).json()
    return [plot["properties"]["review"] for plot in answer["features"]]


@pytest.mark.parametrize(("language", "size", "finger"), SEATS)
def test_24_drafts_are_submitted_by_four_clicks_or_taps(
    many: Callable[..., tuple[Desk, list[int]]],
    language: str,
    size: tuple[int, int],
    finger: bool,
) -> None:
    zh = language == "zh"
    desk, _ids = many(24, language=language, size=size)
    page = desk.page
    hands = Hands(desk, finger=finger)
    page.evaluate(COUNT_CLICKS)
    hands.on(page.get_by_role("button", name=re.compile("^图斑表" if zh else "^Plots")))
    hands.on(page.get_by_role("checkbox", name=re.compile("选中本页全部|Choose all on this page")))
    hands.on(does(desk, "提交审核" if zh else "Submit"))
    hands.on(dialog(desk).get_by_role("button", name="提交 24 个" if zh else "Submit 24"))
    expect(dialog(desk)).to_contain_text("已办理 24 个" if zh else "24 are done")
    assert page.evaluate("window.clicks") == hands.count <= 4
    assert reviews(desk) == ["submitted"] * 24


def test_a_range_of_submitted_plots_is_taken_back(
    many: Callable[..., tuple[Desk, list[int]]],
) -> None:
    desk, ids = many(6)
    page = desk.page
    page.get_by_role("button", name="图斑表").click()
    page.get_by_role("checkbox", name="选中本页全部").click()
    does(desk, "提交审核").click()
    dialog(desk).get_by_role("button", name="提交 6 个").click()
    expect(dialog(desk)).to_contain_text("已办理 6 个")
    page.keyboard.press("Escape")
    expect(bar(desk)).to_have_count(0)
    # From the third to the fifth by a range, and one of them let go again.
    boxes = page.locator("tbody").get_by_role("checkbox")
    boxes.nth(2).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(bar(desk)).to_contain_text("已选 3 个")
    does(desk, "撤回").click()
    dialog(desk).get_by_role("button", name="撤回 3 个").click()
    expect(dialog(desk)).to_contain_text("已办理 3 个")
    assert [ids[n] for n, one in enumerate(reviews(desk)) if one == "draft"] == ids[2:5]
    assert page.evaluate("window.pwned") is None


def test_what_is_refused_is_told_before_it_is_done_and_opens(
    many: Callable[..., tuple[Desk, list[int]]],
) -> None:
    desk, ids = many(5)
    page = desk.page
    body = {"verb": "submit", "ids": ids[:2]}
    desk.context.request.post(f"{desk.url}/api/reviews", data=body, max_retries=3)
    page.get_by_role("button", name="图斑表").click()
    page.get_by_role("checkbox", name="选中本页全部").click()
    does(desk, "删除…").click()
    expect(dialog(desk)).to_contain_text("3 个可以办理")
    expect(dialog(desk)).to_contain_text("2 个不能办理")
    expect(dialog(desk)).to_contain_text("图斑已提交审核")
    dialog(desk).get_by_role("button", name="删除 3 个").click()
    expect(dialog(desk)).to_contain_text("已办理 3 个")
    dialog(desk).get_by_role("button", name=re.compile("看图斑")).first.click()
    expect(page.get_by_role("tabpanel").get_by_role("heading", level=2)).to_have_text(HOSTILE)
    expect(bar(desk)).to_contain_text("已选 2 个")
    assert reviews(desk) == ["submitted"] * 2


def test_attributes_of_the_ticked_change_after_a_trial(
    many: Callable[..., tuple[Desk, list[int]]],
) -> None:
    desk, _ids = many(2)
    desk.page.get_by_role("button", name="图斑表").click()
    desk.page.get_by_role("checkbox", name="选中本页全部").click()
    does(desk, "改属性…").click()
    dialog(desk).get_by_label("要改的项").select_option("note")
    dialog(desk).get_by_label("改为").fill(HOSTILE)
    dialog(desk).get_by_role("button", name="先试算").click()
    dialog(desk).get_by_role("button", name="修改 2 个").click()
    expect(dialog(desk)).to_contain_text("已办理 2 个")
    answer = desk.context.request.get(f"{desk.url}/api/plots", max_retries=3).json()
    assert [one["properties"]["note"] for one in answer["features"]] == [HOSTILE] * 2


SUBMITTED = """
UPDATE plot_version SET review = 'submitted' WHERE (plot_id, slot) IN (
    SELECT plot_id, slot FROM plot_version
    WHERE district = :county AND slot = 'working' ORDER BY plot_id LIMIT 40)
"""


# `make many-trial` has a file of a whole county: 5 000.
FOUND = int(os.environ.get("MANY", "250"))
REFUSED, AT_ONCE = 40, 200


def test_of_hundreds_the_refused_are_one_list_and_a_broken_line_does_nothing_twice(
    open_desk: OpenDesk, database: Database
) -> None:
    fill(database, each=FOUND)
    able = FOUND - REFUSED
    with database.owner.begin() as connection:
        connection.execute(text(SUBMITTED), {"county": WEST})
    desk = open_desk("planner", WEST)
    page = desk.page
    keys: list[str] = []

    def cut_the_line(route: Route) -> None:
        if '"dry_run":true' in (route.request.post_data or ""):
            route.continue_()
            return
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 2:
            # It was done, and its answer was lost.
            route.fetch()
            route.abort()
        elif len(keys) == 3:
            # It never arrived.
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route("**/api/reviews", cut_the_line)
    page.get_by_role("button", name="图斑表").click()
    page.get_by_role("checkbox", name="选中本页全部").click()
    page.get_by_role("button", name=f"选中全部 {FOUND:,} 个").click()
    does(desk, "提交审核").click()
    expect(dialog(desk)).to_contain_text(f"{able:,} 个可以办理")
    expect(dialog(desk)).to_contain_text(f"{REFUSED} 个不能办理")
    assert len(reviewed(database, "submitted")) == REFUSED
    reasons = dialog(desk).locator(".refused > ul > li")
    expect(reasons).to_have_count(1)
    dialog(desk).get_by_role("button", name=f"提交 {able:,} 个").click()
    for _again in range(2):
        expect(dialog(desk)).to_contain_text(f"已得到答复的 {AT_ONCE} 个不会重复办理")
        go_on = dialog(desk).get_by_role("button", name="继续")
        expect(go_on).to_be_focused()
        go_on.click()
    # Each request of 200 has the time that a page has.
    patience_ms = 30_000 * -(-able // AT_ONCE)
    expect(dialog(desk)).to_contain_text(f"已办理 {able:,} 个", timeout=patience_ms)
    expect(dialog(desk)).to_contain_text(f"{REFUSED} 个不能办理")
    reasons.get_by_role("button", name="再显示").click()
    expect(reasons.get_by_role("button", name="看图斑")).to_have_count(REFUSED)
    assert len(keys) == -(-able // AT_ONCE) + 2
    assert keys[1] == keys[2] == keys[3]
    assert len(set(keys)) == len(keys) - 2
    assert len(reviewed(database, "submitted")) == FOUND
    assert len(handed_in_once(database)) == able
    # They stay chosen, to be looked at.
    page.keyboard.press("Escape")
    expect(bar(desk)).to_contain_text(f"已选 {REFUSED} 个")


def reviewed(database: Database, review: str) -> list[int]:
    """Drafts of the county in a state of review."""
    statement = "SELECT plot_id FROM plot_version WHERE district = :county AND review = :review"
    with database.owner.begin() as connection:
        given = {"county": WEST, "review": review}
        return list(connection.scalars(text(statement), given))


def handed_in_once(database: Database) -> list[int]:
    """Plots that an account submitted, and did not submit twice."""
    statement = """
        SELECT plot_id FROM plot_history WHERE review = 'submitted' AND account_id IS NOT NULL
        GROUP BY plot_id HAVING count(*) = 1"""
    with database.owner.begin() as connection:
        return list(connection.scalars(text(statement)))


def test_all_that_a_filter_finds_is_chosen_and_returned_by_an_inspector(
    open_desk: OpenDesk, sign_in: SignIn, tmp_path: Path
) -> None:
    planner = sign_in("planner", WEST)
    ids = [drawn(planner, geometry=spot(n), name=f"林{n}")["id"] for n in range(52)]
    planner.post("/api/reviews", json={"verb": "submit", "ids": ids}).raise_for_status()
    desk = open_desk("inspector", WEST)
    page = desk.page
    page.get_by_role("button", name="图斑表").click()
    page.get_by_role("searchbox", name="名称或图斑号").fill("林")
    page.get_by_role("checkbox", name="选中本页全部").click()
    page.get_by_role("button", name="选中全部 52 个").click()
    expect(bar(desk)).to_contain_text("已选 52 个")
    # Somebody else takes one of them away in the meantime.
    taken = planner.post(f"/api/plots/{ids[0]}/withdraw").raise_for_status().json()
    version = {"If-Match": f'"{taken["properties"]["version"]}"'}
    planner.delete(f"/api/plots/{ids[0]}", headers=version).raise_for_status()
    does(desk, "退回…").click()
    expect(dialog(desk)).to_contain_text("另有 1 个在您选中之后已由他人办理或改动")
    dialog(desk).get_by_role("button", name="退回 51 个").click()
    expect(dialog(desk).get_by_role("alert")).to_contain_text("请写明理由")
    dialog(desk).get_by_role("button", name="位置偏移").click()
    dialog(desk).get_by_role("button", name="退回 51 个").click()
    expect(dialog(desk)).to_contain_text("已办理 51 个")
    told = planner.get("/api/plots?limit=100").json()["features"]
    assert {one["properties"]["return_reason"] for one in told} == {"位置偏移"}


@pytest.mark.parametrize("how", ["框选", "圈选"])
def test_plots_are_chosen_by_a_box_and_by_a_lasso(
    many: Callable[..., tuple[Desk, list[int]]], how: str
) -> None:
    desk, _ids = many(10)
    page = desk.page
    page.wait_for_timeout(400)
    page.get_by_role("button", name=how, exact=True).click()
    expect(page.locator(".ol-viewport")).to_have_css("cursor", "crosshair")
    # Around the first three of the lower row.
    around = [(125.019, 43.029), (125.0315, 43.029), (125.0315, 43.0335), (125.019, 43.0335)]
    corners = [around[0], around[2]] if how == "框选" else [*around, around[0]]
    desk.point(*corners[0])
    page.mouse.down()
    for lon, lat in corners[1:]:
        page.mouse.move(*desk.pixel(lon, lat), steps=6)
    page.mouse.up()
    expect(bar(desk)).to_contain_text("已选 3 个")
    with page.expect_download() as waiting:
        does(desk, "导出…").click()
        page.get_by_label("格式").select_option("geojson")
        page.get_by_label("图斑版本").select_option("working")
        dialog(desk).get_by_role("button", name="导出", exact=True).click()
    assert len(Path(waiting.value.path()).read_text("utf-8").split('"Feature"')) == 4


@pytest.mark.parametrize(("language", "size"), [("en", OFFICE), ("zh", DOUBLE), ("zh", TABLET)])
def test_by_keys_alone(
    many: Callable[..., tuple[Desk, list[int]]], language: str, size: tuple[int, int]
) -> None:
    zh = language == "zh"
    desk, _ids = many(3, language=language, size=size)
    page = desk.page
    page.get_by_role("button", name="图斑表" if zh else "Plots", exact=True).focus()
    page.keyboard.press("Enter")
    if size == DOUBLE:
        page.get_by_role("button", name="大表格").focus()
        page.keyboard.press("Enter")
    first = page.locator("tbody").get_by_role("checkbox").first
    expect(first).to_be_visible()
    first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(bar(desk)).to_contain_text("已选 2 个" if zh else "2 chosen")
    does(desk, "提交审核" if zh else "Submit").focus()
    page.keyboard.press("Enter")
    expect(dialog(desk)).to_contain_text("2 个可以办理" if zh else "2 can be done")
    dialog(desk).get_by_role("button", name="提交 2" if zh else "Submit 2").focus()
    page.keyboard.press("Enter")
    expect(dialog(desk)).to_contain_text("已办理 2 个" if zh else "2 are done")
    assert reviews(desk) == ["submitted", "submitted", "draft"]


@pytest.mark.parametrize(
    ("language", "size"),
    [("zh", OFFICE), ("en", WIDE), ("zh", TABLET), ("en", DOUBLE)],
    ids=["office", "wide", "tablet", "200 %"],
)
def test_bar_and_dialog_are_accessible_at_every_size(
    many: Callable[..., tuple[Desk, list[int]]], language: str, size: tuple[int, int]
) -> None:
    desk, _ids = many(3, language=language, size=size)
    page = desk.page
    page.get_by_role("button", name=re.compile("^(图斑表|Plots)")).click()
    # The bar takes one line: the rows below need the height.
    tops = page.locator(".drawer .tabs button").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().top)"
    )
    assert len(set(tops)) == 1
    if size == DOUBLE:
        page.get_by_role("button", name="Large table").click()
    page.get_by_role("checkbox", name=re.compile("选中本页全部|Choose all on")).click()
    expect(bar(desk)).to_be_visible()
    assert violations(page) == []
    bar(desk).get_by_role("button", name=re.compile("提交审核|Submit")).click()
    expect(dialog(desk).get_by_role("button", name=re.compile("提交 3|Submit 3"))).to_be_visible()
    assert violations(page, "dialog") == []


def hit(page: Page, words: str) -> Locator:
    box = page.get_by_role("combobox", name=re.compile("搜图斑号|Search"))
    box.fill(words)
    # The choices of a form's fields are options, too.
    return page.get_by_role("listbox").get_by_role("option")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_plot_by_county_year_and_number_is_one_choice(
    open_desk: OpenDesk, sign_in: SignIn, language: str
) -> None:
    planner = sign_in("planner", WEST)
    wanted = drawn(planner, geometry=spot(0), plot_no="00010")
    drawn(planner, geometry=spot(1), plot_no="00010", year=2025)
    drawn(planner, geometry=spot(2), plot_no="00011")
    desk = open_desk("planner", WEST, language=language)
    for size in (OFFICE, WIDE, TABLET, DOUBLE):
        desk.page.set_viewport_size({"width": size[0], "height": size[1]})
        desk.page.goto(f"{desk.url}/#page=work")
        desk.page.reload()
        hands = Hands(desk, finger=size == TABLET)
        found = hit(desk.page, "西县 2026 00010")
        expect(found).to_have_count(1)
        hands.on(found)
        expect(desk.page).to_have_url(re.compile(f"plot={wanted['id']}"))
        assert hands.count <= 1


def test_the_palette_finds_plots_districts_coordinates_and_pages_by_keys(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    planner = sign_in("planner", WEST)
    wanted = drawn(planner, geometry=spot(0), plot_no="00010", name=HOSTILE)
    drawn(planner, geometry=spot(1), plot_no="00010", year=2025, name="三家子林")
    inspector = sign_in("inspector", WEST)
    place = {"type": "Point", "coordinates": [125.05, 43.05]}
    tree = {"type": "Feature", "geometry": place, "properties": {"name": f"古榆{HOSTILE}"}}
    inspector.post("/api/registers/ancient_tree", json=tree).raise_for_status()
    properties = {"code": "CN-01", "name": "城南片", "level": "village"}
    zone = {"type": "Feature", "geometry": ring(125.04, 43.04), "properties": properties}
    inspector.post("/api/zones", json=zone).raise_for_status()
    desk = open_desk("planner", WEST)
    page = desk.page
    page.locator(".map").focus()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    expect(hit(page, "西县 2026 00010")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"plot={wanted['id']}"))
    for words, told in (
        ("xixian", "西县"),
        ("sjz", "三家子林"),
        (str(wanted["id"]), "系统编号"),
        ("img src", HOSTILE),
        ("43.05 125.06", "125.060000°E 43.050000°N"),
        ("4768000 42405000", "三度带 42"),
        ("guyu", HOSTILE),
        ("古榆", "古树名木"),
        ("cn-0", "城南片"),
        ("图层", "图层"),
    ):
        expect(hit(page, words).first).to_contain_text(told)
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="图层")).to_have_attribute("aria-selected", "true")
    expect(hit(page, "xixian").first).to_contain_text("西县")
    page.keyboard.press("Enter")
    expect(page.locator(".notices")).to_contain_text("已圈出“西县”")
    expect(hit(page, "城南片").first).to_contain_text("CN-01")
    page.keyboard.press("Enter")
    expect(page.locator(".notices")).to_contain_text("已圈出“城南片”")
    expect(hit(page, "古榆").first).to_contain_text("古榆")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"page=registers.*register=ancient_tree&record="))
    expect(page.get_by_role("heading", name=HOSTILE).first).to_be_visible()
    assert page.evaluate("window.pwned") is None


def test_columns_are_chosen_and_kept_and_the_last_row_adds_up(
    open_desk: OpenDesk, sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner", WEST)
    for n in range(2):
        drawn(planner, geometry=spot(n), name=f"林{n}")
    sum_m2 = planner.get("/api/plots").json()["sum_m2"]
    desk = open_desk("planner", WEST)
    page = desk.page
    page.get_by_role("button", name="图斑表").click()
    expect(page.locator("tfoot td.sum-area")).to_have_text(f"{sum_m2 * 3 / 2000:,.2f}")
    page.locator("summary", has_text="列…").click()
    page.get_by_role("checkbox", name="系统编号").check()
    page.get_by_role("checkbox", name="审核", exact=True).uncheck()
    expect(page.get_by_role("columnheader", name="系统编号")).to_be_visible()
    page.reload()
    expect(page.get_by_role("columnheader", name="系统编号")).to_be_visible()
    expect(page.get_by_role("columnheader", name="审核")).to_have_count(0)
    page.get_by_role("searchbox", name="名称或图斑号").fill("林1")
    expect(page.get_by_text("共 1 个图斑")).to_be_visible()


def test_what_waits_is_ticked_in_its_list_and_approved_at_once(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    planner = sign_in("planner", WEST)
    ids = [drawn(planner, geometry=spot(n), name=HOSTILE)["id"] for n in range(4)]
    planner.post("/api/reviews", json={"verb": "submit", "ids": ids}).raise_for_status()
    desk = open_desk("inspector")
    page = desk.page
    page.evaluate("location.hash = 'page=work&table=coverage'")
    rows = page.locator("section.waiting")
    rows.get_by_role("checkbox", name="选中“等我审核的”全部").check()
    rows.get_by_role("checkbox").last.uncheck()
    expect(bar(desk)).to_contain_text("已选 3 个")
    assert violations(page) == []
    does(desk, "通过").click()
    dialog(desk).get_by_role("button", name="通过 3 个").click()
    expect(dialog(desk)).to_contain_text("已办理 3 个")
    page.keyboard.press("Escape")
    total, west = page.locator("tfoot"), page.get_by_role("row", name="西县")
    expect(west.locator("td.count")).to_have_text("3")
    expect(total.locator("td.sum-count")).to_have_text("3")
    expect(total.locator("td.sum-green")).to_have_text(west.locator("td.green").inner_text())
    page.get_by_role("button", name="看“西县”背后的图斑").click()
    page.get_by_role("button", name="导出…").click()
    with page.expect_download() as waiting:
        page.get_by_label("格式").select_option("geojson")
        dialog(desk).get_by_role("button", name="导出", exact=True).click()
    assert len(Path(waiting.value.path()).read_text("utf-8").split('"Feature"')) == 4
    assert page.evaluate("window.pwned") is None
