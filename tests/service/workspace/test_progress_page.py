"""The page of progress: on one sheet for leaders, bulletins that open into plots, the calendar."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.service.conftest import WEST, Database, SignIn
from tests.service.plots.made import approved
from tests.service.progress.test_progress import THIS_YEAR, Tasks
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OpenDesk
from tests.service.workspace.test_tasks_page import seen


@pytest.fixture
def tasks(sign_in: SignIn) -> Tasks:
    """A plan with a task on the map and one that is overdue."""
    made = Tasks(sign_in)
    approved(sign_in, stage="planted", year=THIS_YEAR)
    made.target(indicator="plots.planted_area", district=WEST, lower=100, measured_in="亩")
    made.target(indicator="villages.greened", lower=10, measured_in="个", due=f"{THIS_YEAR}-01-02")
    return made


def opened(page: Page, rail: str, tab: str) -> None:
    """A tab of the page."""
    page.get_by_role("tab", name=rail, exact=True).click()
    page.get_by_role("tab", name=tab, exact=True).click()


def test_a_bulletin_is_issued_looked_at_and_opened_down_to_its_plots(
    open_desk: OpenDesk, tasks: Tasks
) -> None:
    page = open_desk("gis").page
    opened(page, "进度", "通报")
    page.get_by_role("button", name="出通报").click()
    form = page.get_by_role("dialog")
    form.get_by_label("种类").select_option("quarter")
    form.get_by_label("报送").fill("省绿委办公室")
    form.get_by_role("button", name="定稿").click()
    bulletin = page.get_by_role("dialog", name=re.compile("季度督查通报"))
    expect(bulletin).to_contain_text("这是第一期")
    seen(page, "bulletin")
    assert violations(page) == []
    bulletin.get_by_title("看数字背后的图斑").first.click()
    plots = page.get_by_role("dialog", name=re.compile("背后的图斑"))
    expect(plots.get_by_role("row")).to_have_count(2)
    # What the plots bring adds up to the figure that was clicked.
    expect(plots.locator(".sum")).to_contain_text(
        re.compile(r"计入合计 ([\d,.]+) 亩\s*＝ 上图 \1 亩")
    )
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    row = page.get_by_role("row", name=re.compile("季度督查通报"))
    with page.expect_download() as loading:
        row.get_by_role("link", name="Word").click()
    assert loading.value.suggested_filename.endswith(".docx")
    seen(page, "bulletins")
    assert violations(page) == []


def test_a_link_of_a_bulletin_opens_the_plots_of_its_figure(
    open_desk: OpenDesk, tasks: Tasks
) -> None:
    target = tasks.row(indicator="plots.planted_area")["target_id"]
    desk = open_desk("viewer")
    desk.page.goto(f"{desk.url}/#page=progress&figure={target}")
    plots = desk.page.get_by_role("dialog", name=re.compile("背后的图斑"))
    expect(plots.get_by_role("row")).to_have_count(2)
    desk.page.keyboard.press("Escape")
    expect(plots).to_have_count(0)
    assert "figure" not in desk.page.url


@pytest.mark.parametrize(
    ("language", "rail", "tab", "late"),
    [
        ("zh", "进度", "领导一页", "滞后与逾期"),
        ("en", "Progress", "One page", "Behind and overdue"),
    ],
)
def test_leaders_see_a_plan_on_one_sheet(
    open_desk: OpenDesk, tasks: Tasks, language: str, rail: str, tab: str, late: str
) -> None:
    page = open_desk("viewer", language=language).page
    opened(page, rail, tab)
    section = page.locator("section", has=page.get_by_role("heading", name=late))
    expect(section.get_by_role("listitem").first).to_contain_text("长春市")
    widths = page.locator(".track").evaluate_all("(all) => all.map((one) => one.clientWidth)")
    assert len(widths) >= 6
    assert len(set(widths)) == 1, "bars that are compared have one length"
    assert violations(page) == []
    seen(page, f"leaders-{language}")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    seen(page, f"leaders-print-{language}")
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    # What does not fit goes on to the next page.
    page.locator(".printed").evaluate("(sheet) => { sheet.style.minHeight = '5000px'; }")
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") > 1


def test_moves_are_told_in_the_units_of_the_reader(open_desk: OpenDesk, tasks: Tasks) -> None:
    page = open_desk("gis", language="en").page
    page.get_by_role("tab", name="Progress", exact=True).click()
    # What can be done with a row stands in sight, long as English words are.
    expect(page.get_by_role("button", name="Moves").first).to_be_in_viewport(ratio=1)
    seen(page, "progress-en")
    page.get_by_role("button", name="Moves").first.click()
    moves = page.get_by_role("dialog", name=re.compile("What moved"))
    expect(moves.get_by_role("columnheader", name=re.compile("Change"))).to_have_text("Change (mu)")
    moves.get_by_label("Since").fill("2020-01-01")
    moves.get_by_label("Until").fill("2020-02-01")
    expect(moves).to_contain_text("No task was issued on either day")


def test_the_calendar_shows_what_falls_due_and_is_a_file(open_desk: OpenDesk, tasks: Tasks) -> None:
    page = open_desk("viewer").page
    opened(page, "进度", "日历")
    page.get_by_label("月份").fill(f"{THIS_YEAR}-01")
    sheet = page.get_by_role("table", name=re.compile("日历"))
    expect(sheet.locator("td", has_text="任务到期").locator("time")).to_have_text("2")
    expect(page.locator(".tag.late").first).to_have_text("逾期")
    assert violations(page) == []
    seen(page, "calendar")
    link = page.get_by_role("link", name="下载日历 ICS")
    assert f"from={THIS_YEAR}-01-01&to={THIS_YEAR}-01-31" in (link.get_attribute("href") or "")
    page.get_by_role("button", name="下月").click()
    expect(page.get_by_role("heading", name=f"{THIS_YEAR}-02 日历")).to_be_visible()


MANY_PLANS = """
INSERT INTO plan (code, label, kind, first, after, state)
SELECT 'OLD-' || n, '往年计划 ' || n, 'year', '2001-01-01', '2002-01-01', 'issued'
FROM generate_series(1, 50) AS n
"""


@pytest.mark.parametrize(
    ("language", "rail", "told"),
    [("zh", "进度", "共有 51 个计划，这里合看 50 个"), ("en", "Progress", "There are 51 plans")],
)
def test_with_more_plans_than_are_looked_at_together_those_that_run_are_shown(
    open_desk: OpenDesk, tasks: Tasks, database: Database, language: str, rail: str, told: str
) -> None:
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE plan SET state = 'issued'"))
        connection.execute(text(MANY_PLANS))
    page = open_desk("viewer", language=language).page
    page.get_by_role("tab", name=rail, exact=True).click()
    expect(page.get_by_role("status").filter(has_text=told)).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("alert")).to_have_count(0)
    seen(page, f"many-plans-{language}")


def test_a_map_is_there_when_it_is_looked_at_again(open_desk: OpenDesk, tasks: Tasks) -> None:
    desk = open_desk("viewer")
    for _ in range(2):
        # The second time the browser is told that it has the page.
        desk.page.goto(f"{desk.url}/maps/progress?plan={tasks.code}")
        expect(desk.page.get_by_role("heading", name="图例")).to_be_visible()
        desk.page.goto(f"{desk.url}/healthz")
