"""Tables under the map: filtered, sorted, exported; nothing that axe would not let pass."""

import re
from collections.abc import Callable
from pathlib import Path

import pyogrio
import pytest
from playwright.sync_api import Locator, expect

from tests.service.accounts.db.filled import fill
from tests.service.conftest import WEST, Database, SignIn, feature, ring
from tests.service.progress.test_progress import Tasks
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OFFICE, TABLET, Desk, OpenDesk

HOSTILE = '<img src=x onerror="window.pwned=1">{{7*7}}'


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    """A planner with three plots of three years, one of them with a hostile name."""
    desk = open_desk("planner", WEST)
    for n, (year, width) in enumerate([(2024, 0.002), (2026, 0.001), (2025, 0.003)]):
        name = HOSTILE if n == 0 else f"图斑{n}"
        drawn = feature(ring(125.02 + n * 0.01, 43.05, width), year=year, name=name)
        assert (
            desk.context.request.post(f"{desk.url}/api/plots", data=drawn, max_retries=3).status
            == 201
        )
    desk.page.get_by_role("button", name="图斑表").click()
    expect(desk.page.get_by_text("共 3 个图斑")).to_be_visible()
    return desk


def test_a_heading_sorts_up_and_down(desk: Desk) -> None:
    heading = desk.page.get_by_role("columnheader", name="任务年度")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    years = desk.page.locator("div.table tbody td.year")
    expect(years).to_have_text(["2024", "2025", "2026"])
    heading.get_by_role("button").click()
    expect(years).to_have_text(["2026", "2025", "2024"])


def test_every_column_sorts_the_list_on_the_server(desk: Desk) -> None:
    for one in (
        desk.page.get_by_role("columnheader").filter(has=desk.page.get_by_role("button")).all()
    ):
        name = one.get_by_role("button").inner_text().split()[0]
        with desk.page.expect_response(re.compile(r"/api/plots\?.*sort=")) as waiting:
            one.get_by_role("button").click()
        assert waiting.value.status == 200, name
        expect(one).to_have_attribute("aria-sort", "ascending")
    headings = desk.page.get_by_role("columnheader").filter(has_text=re.compile("."))
    assert headings.count() == headings.filter(has=desk.page.get_by_role("button")).count()
    desk.page.get_by_role("columnheader", name="名称").get_by_role("button").click()
    expect(desk.page.locator("div.table tbody td.name")).to_have_text([HOSTILE, "图斑1", "图斑2"])


SEEN = """() => {
    const of = (selector) => document.querySelector(`.rows ${selector}`).getBoundingClientRect();
    const top = of("thead th").bottom - 1, bottom = of("tfoot td").top + 1;
    const rows = [...document.querySelectorAll(".rows tbody tr")];
    return rows.map((row) => row.getBoundingClientRect())
        .filter((row) => row.top >= top && row.bottom <= bottom).length;
}"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_of_fifty_plots_is_seen_at_once(
    open_desk: OpenDesk, database: Database, language: str
) -> None:
    fill(database, each=51)
    page = open_desk("planner", WEST, language=language, size=OFFICE).page
    page.get_by_role("button", name="图斑表" if language == "zh" else "Plots").last.click()
    page.locator(".size").click()
    expect(page.locator(".rows tbody tr")).to_have_count(50)
    # Type for the eyes of every day; 50 rows need 13 px each, which somebody has to ask for.
    assert 15 <= page.evaluate(SEEN) < 50
    page.locator(".compact input").check()
    assert page.evaluate(SEEN) == 50
    row = page.locator(".rows tbody td.name").first
    assert row.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") >= 12
    assert violations(page) == []
    page.locator(".compact input").uncheck()
    assert page.evaluate(SEEN) < 50
    page.keyboard.press("Escape")
    expect(page.locator(".size")).to_have_attribute("aria-pressed", "false")
    page.locator(".size").click()
    row.click()
    expect(page.locator(".size")).to_have_attribute("aria-pressed", "false")


def test_filters_are_kept_by_name_and_stand_in_the_address(desk: Desk) -> None:
    desk.page.get_by_label("任务年度", exact=True).select_option("2025")
    expect(desk.page.get_by_text("共 1 个图斑")).to_be_visible()
    assert "year=2025" in desk.page.url
    desk.page.get_by_role("button", name="存为常用").click()
    desk.page.get_by_label("给这组筛选起个名字").fill("去年的")
    desk.page.get_by_role("button", name="保存", exact=True).click()
    desk.page.get_by_role("button", name="清除筛选").click()
    expect(desk.page.get_by_text("共 3 个图斑")).to_be_visible()
    desk.page.reload()
    desk.page.get_by_label("常用筛选").select_option("去年的")
    expect(desk.page.get_by_text("共 1 个图斑")).to_be_visible()


def test_a_row_opens_its_plot_and_hostile_names_are_text(desk: Desk) -> None:
    row = desk.page.locator("div.table tbody tr").first
    expect(row.locator("td.name")).to_have_text(HOSTILE)
    row.get_by_role("button").click()
    expect(desk.page.get_by_role("tabpanel").get_by_role("heading", level=2)).to_have_text(HOSTILE)
    expect(row).to_have_attribute("aria-selected", "true")
    assert desk.page.evaluate("window.pwned") is None


def test_what_is_filtered_is_exported_with_schema_and_encoding(desk: Desk, tmp_path: Path) -> None:
    desk.page.get_by_label("任务年度", exact=True).select_option("2026")
    expect(desk.page.get_by_text("共 1 个图斑")).to_be_visible()
    desk.page.get_by_role("button", name="导出…").click()
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("文字编码").select_option("GBK")
    dialog.get_by_label("坐标系").select_option(index=1)
    expect(dialog.get_by_label("图斑版本")).to_have_value("approved")
    dialog.get_by_label("图斑版本").select_option("working")
    with desk.page.expect_download() as waiting:
        dialog.get_by_role("button", name="导出", exact=True).click()
    assert waiting.value.suggested_filename == "plots-含未审核图斑.shp.zip"
    expect(desk.page.get_by_text("其中 1 个未审核")).to_be_visible()
    file = tmp_path / "plots.shp.zip"
    waiting.value.save_as(file)
    frame = pyogrio.read_dataframe(file)
    assert len(frame) == 1
    assert frame.crs.coordinate_operation.params[1].value == 126
    assert "图斑1" in frame.iloc[0].astype(str).tolist()


def test_the_plots_behind_a_figure_stand_in_the_table(open_desk: OpenDesk, sign_in: SignIn) -> None:
    planner, inspector = sign_in("planner", WEST), sign_in("inspector", WEST)
    numbers = []
    for west in (125.02, 125.04, 125.06):
        made = planner.post("/api/plots", json=feature(ring(west, 43.05))).json()
        numbers.append(made["properties"]["plot_no"])
        planner.post(f"/api/plots/{made['id']}/submit").raise_for_status()
        if west < 125.05:
            inspector.post(f"/api/plots/{made['id']}/approve").raise_for_status()
    tasks = Tasks(sign_in)
    tasks.target(indicator="plots.planted_area", district=WEST, lower=100, measured_in="亩")
    page = open_desk("inspector", WEST).page
    page.get_by_role("button", name="覆盖率表").click()
    page.get_by_label("对照任务").select_option(index=1)
    expect(page.get_by_role("row", name="西县").locator("td.target")).to_have_text("100 亩")
    expect(page.get_by_role("row", name="西县").locator("td.done")).to_contain_text(" 亩 · ")
    assert violations(page) == []
    page.get_by_role("button", name="看“西县”背后的图斑").click()
    expect(page.get_by_text("“西县”覆盖率背后的图斑，共 2 个")).to_be_visible()
    expect(page.locator("tbody td.plot_no")).to_have_text(numbers[:2])
    page.get_by_role("button", name="返回全部图斑").click()
    expect(page.get_by_text("共 3 个图斑")).to_be_visible()


def test_a_long_list_is_read_page_by_page(open_desk: OpenDesk, database: Database) -> None:
    fill(database, each=51)
    page = open_desk("planner", WEST).page
    page.get_by_role("button", name="图斑表").click()
    expect(page.get_by_text("共 51 个图斑")).to_be_visible()
    first = page.locator("td.plot_no").all_inner_texts()
    assert len(first) == 50
    page.get_by_role("button", name="下一页").click()
    expect(page.get_by_text("第 51–51 个")).to_be_visible()
    expect(page.locator("td.plot_no")).to_have_count(1)
    assert page.locator("td.plot_no").inner_text() not in first
    page.get_by_role("button", name="上一页").click()
    expect(page.locator("td.plot_no")).to_have_text(first)


def test_only_the_plots_that_the_map_shows_are_listed(desk: Desk) -> None:
    desk.go(125.0305, 43.051, 17)
    desk.page.get_by_role("checkbox", name="只看地图范围").check()
    expect(desk.page.get_by_text("共 1 个图斑")).to_be_visible()
    expect(desk.page.locator("td.name")).to_have_text("图斑1")


def test_a_link_opens_the_same_colours_filters_table_and_plot(desk: Desk) -> None:
    number = desk.context.request.get(f"{desk.url}/api/plots?year=2025", max_retries=3).json()
    shown = f"plot={number['features'][0]['id']}&colour=kind&zones=1&table=plots&panel=plot"
    link = desk.context.new_page()
    link.goto(f"{desk.url}/#map=15.00/43.050000/125.040000&{shown}&year=2025")
    expect(link.get_by_text("共 1 个图斑")).to_be_visible()
    expect(link.get_by_role("tabpanel").get_by_role("heading", level=2)).to_have_text("图斑2")
    expect(link.locator(".legend button")).to_contain_text("造林类型")
    link.get_by_role("tab", name="图层").click()
    expect(link.get_by_role("checkbox", name="显示巡护责任区")).to_be_checked()


def test_what_cannot_be_asked_says_so_everywhere_and_is_asked_again(desk: Desk) -> None:
    page = desk.page
    page.locator("td.plot_no button").first.click()
    history = page.locator("section.history").get_by_role("button", name="历史")
    expect(history).to_be_visible()
    # The page of layers is fetched when it is first opened.
    page.get_by_role("tab", name="图层").click()
    expect(page.get_by_role("radio", name="覆盖率")).to_be_visible()
    page.get_by_role("tab", name="图斑").click()
    expect(history).to_be_visible()
    desk.context.set_offline(True)
    away = re.compile("连不上服务器，没有得到答复")

    def told_in(place: Locator) -> None:
        expect(place.get_by_text(away).first).to_be_visible()

    page.get_by_label("任务年度", exact=True).select_option("2025")
    told_in(page.locator(".drawer").get_by_role("alert"))
    history.click()
    told_in(page.locator("section.history").get_by_role("alert"))
    notices = page.locator(".notices")
    asks: list[Callable[[], None]] = [
        lambda: page.get_by_role("combobox", name="搜图斑号").fill("1"),
        page.get_by_role("checkbox", name="显示巡护责任区").check,
        page.get_by_role("radio", name="覆盖率").check,
    ]
    for n, ask in enumerate(asks):
        if n == 1:
            page.get_by_role("tab", name="图层").click()
        ask()
        expect(notices.get_by_text(away)).to_have_count(1)
        notices.get_by_role("button").click()
        expect(notices.get_by_text(away)).to_have_count(0)
    desk.context.set_offline(False)
    page.locator(".drawer").get_by_role("button", name="重试").click()
    expect(page.get_by_text("共 1 个图斑")).to_be_visible()


def test_a_plot_that_is_not_there_is_told_with_what_to_do(desk: Desk) -> None:
    desk.page.evaluate("location.hash = 'plot=999999&panel=plot'")
    notices = desk.page.locator(".notices")
    expect(notices).to_contain_text("没有此图斑，或不在您的管辖范围，请核对，或请管理员扩大范围")


@pytest.mark.parametrize(
    ("language", "size"), [("zh", OFFICE), ("en", TABLET)], ids=["zh-office", "en-tablet"]
)
def test_both_tables_are_accessible(
    open_desk: OpenDesk, language: str, size: tuple[int, int]
) -> None:
    desk = open_desk("admin", language=language, size=size)
    made = desk.context.request.post(
        f"{desk.url}/api/plots", data=feature(species=[]), max_retries=3
    )
    for table, panel in (("plots", "work"), ("coverage", f"plot&plot={made.json()['id']}")):
        desk.page.evaluate(f"location.hash = 'table={table}&panel={panel}'")
        expect(desk.page.locator(".drawer tbody tr").first).to_be_visible()
        assert violations(desk.page) == [], table
        rows = desk.page.locator(".drawer .rows")
        assert rows.evaluate("one => one.scrollWidth - one.clientWidth") <= 0, table


def test_a_row_is_one_line_on_a_tablet_that_is_held_upright(open_desk: OpenDesk) -> None:
    desk = open_desk("admin", size=(820, 1180))
    made = desk.context.request.post(
        f"{desk.url}/api/plots",
        data=feature(name="南关区退化林修复第一作业区", species=[]),
        max_retries=3,
    )
    assert made.status == 201
    desk.page.evaluate("location.hash = 'table=plots'")
    row = desk.page.locator(".drawer tbody tr").first
    expect(row).to_be_visible()
    assert row.evaluate("one => one.getBoundingClientRect().height") < 40


@pytest.mark.parametrize(("role", "buttons"), [("viewer", 0), ("inspector", 1)])
def test_the_table_offers_files_to_whoever_may_have_them(
    open_desk: OpenDesk, role: str, buttons: int
) -> None:
    page = open_desk(role).page
    page.get_by_role("button", name="图斑表").click()
    expect(page.get_by_text("共 0 个图斑")).to_be_visible()
    expect(page.get_by_role("button", name="导出")).to_have_count(buttons)


# Of each heading of a table: whether it is what stands where it is, and not a row below it.
UNCOVERED = """table => [...table.querySelectorAll("thead th")].map((th, _n, all) => {
    const {left, top, width, height} = th.getBoundingClientRect();
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    return th.contains(there) && top === all[0].getBoundingClientRect().top;
})"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_headings_stay_above_the_rows_that_are_scrolled(open_desk: OpenDesk, language: str) -> None:
    desk = open_desk("planner", language=language, size=(1366, 420))
    for name in (r"图斑表|Plots", r"覆盖率表|Coverage"):
        for n in range(4 if name.startswith("图") else 0):
            drawn = feature(ring(125.02 + n * 0.01, 43.05))
            desk.context.request.post(f"{desk.url}/api/plots", data=drawn, max_retries=3)
        desk.page.locator(".drawer > .tabs").get_by_role("button", name=re.compile(name)).click()
        table = desk.page.locator(".drawer table")
        expect(table.locator("tbody tr").first).to_be_visible()
        rows = table.locator("xpath=..")
        rows.evaluate("element => element.scrollTo(0, 25)")
        assert rows.evaluate("element => element.scrollTop") > 0
        assert all(table.evaluate(UNCOVERED)), name
        desk.page.locator(".drawer > .tabs").get_by_role("button", name=re.compile(name)).click()
