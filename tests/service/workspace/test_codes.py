"""The page of code lists: an administrator adds, changes, retires and deletes words."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.service.codes.shipped import put_shipped_lists_back
from tests.service.conftest import WEST, Database, SignIn
from tests.service.plots.made import drawn
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OpenDesk

HEADINGS = {"zh": "代码表", "en": "Code lists"}


@pytest.fixture(autouse=True)
def shipped_lists(database: Database) -> Iterator[None]:
    """Nothing of a bureau's own is left in the lists."""
    yield
    put_shipped_lists_back(database)


def code_page(open_desk: OpenDesk, name: str, language: str = "zh") -> Page:
    """The page with one list chosen."""
    page = open_desk("admin", language=language).page
    page.get_by_role("tab", name=HEADINGS[language], exact=True).click()
    page.locator(".codes header select").select_option(name)
    return page


def add(page: Page, code: str, label: str) -> None:
    """Fill the dialog of a new code in and keep it."""
    page.get_by_role("button", name="新增代码").click()
    page.get_by_label("代码", exact=True).fill(code)
    page.get_by_label("中文名称").fill(label)
    page.get_by_role("button", name="保存").click()


def test_a_code_is_added_changed_and_deleted(open_desk: OpenDesk) -> None:
    page = code_page(open_desk, "theme")
    add(page, "LMXY", "绿美校园")
    row = page.get_by_role("row", name=re.compile("LMXY"))
    expect(row).to_contain_text("本单位")
    row.get_by_role("button", name="修改").click()
    page.get_by_label("中文名称").fill("绿美校园建设")
    page.get_by_role("dialog").get_by_role("checkbox").check()
    page.get_by_role("button", name="保存").click()
    expect(row).to_contain_text("绿美校园建设")
    expect(row).to_contain_text("已停用")
    row.get_by_role("button", name="删除").click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(row).to_have_count(0)


def test_a_code_in_use_is_not_deleted_and_the_dialog_says_why(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    page = code_page(open_desk, "theme")
    add(page, "LMXY", "绿美校园")
    row = page.get_by_role("row", name=re.compile("LMXY"))
    expect(row).to_be_visible()
    drawn(sign_in("planner"), theme="绿美校园")
    row.get_by_role("button", name="删除").click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("1 个图斑")


def test_a_wrong_row_is_told_and_the_dialog_stays(open_desk: OpenDesk) -> None:
    page = code_page(open_desk, "method")
    add(page, "MINE", "植苗造林")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("植苗造林")


@pytest.mark.parametrize("name", ["stage", "patrol_rule"])
def test_lists_that_take_no_codes_offer_none(open_desk: OpenDesk, name: str) -> None:
    page = code_page(open_desk, name)
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    expect(page.get_by_role("button", name="新增代码")).to_have_count(0)


def test_an_administrator_of_a_part_reads_them_and_is_told_who_changes_them(
    open_desk: OpenDesk,
) -> None:
    page = open_desk("admin", WEST).page
    page.get_by_role("tab", name="代码表", exact=True).click()
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    expect(page.get_by_text("请联系管辖全部地区的管理员")).to_be_visible()
    for name in ("新增代码", "修改", "删除"):
        expect(page.locator(".codes").get_by_role("button", name=name)).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_and_dialog_are_accessible_in_both_languages(
    open_desk: OpenDesk, language: str
) -> None:
    page = code_page(open_desk, "kind", language)
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    assert violations(page) == []
    page.get_by_role("row").nth(1).get_by_role("button").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
