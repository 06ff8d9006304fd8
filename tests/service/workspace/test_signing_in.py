"""The way in: by link and by password, what is said when it does not open, and when it ends."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from service.accounts.db import accounts
from tests.service.conftest import WEST, Database, Server
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OFFICE, TABLET, OpenDesk, one_time_link

PASSWORD = "一个很长很长的密码"

NewPage = Callable[..., Page]


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


@pytest.mark.parametrize(
    ("language", "size"), [("zh", OFFICE), ("en", TABLET)], ids=["zh-office", "en-tablet"]
)
def test_the_sign_in_page_is_accessible(
    new_page: NewPage, server: Server, language: str, size: tuple[int, int]
) -> None:
    page = new_page(language, size)
    page.goto(server.url)
    expect(page.locator("input[name=username]")).to_be_focused()
    assert violations(page) == []


def test_the_first_password_opens_the_page_the_next_time(
    new_page: NewPage, server: Server, database: Database
) -> None:
    page = new_page()
    page.goto(f"{server.url}/#link={one_time_link(database, 'planner', WEST)}")
    bar = page.get_by_role("region", name="请设一个密码")
    bar.get_by_role("button", name="设密码").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("新密码").fill("短")
    dialog.get_by_label("再输一遍").fill("短")
    dialog.get_by_role("button", name="保存密码").click()
    expect(dialog.get_by_role("alert")).to_contain_text("还差 9 个字符")
    assert violations(page, "dialog[open]") == []
    dialog.get_by_label("新密码").fill(PASSWORD * 2)
    dialog.get_by_label("再输一遍").fill(PASSWORD * 2)
    dialog.get_by_role("button", name="保存密码").click()
    expect(bar).to_have_count(0)
    page.get_by_role("button", name="账号").click()
    page.get_by_role("button", name="退出登录").click()
    sign_in(page, "planner", PASSWORD * 2)
    expect(page.get_by_role("button", name="画图斑")).to_be_visible()


def test_a_new_password_is_chosen_by_the_old_one(
    new_page: NewPage, server: Server, database: Database
) -> None:
    one_time_link(database, "planner", WEST)
    with database.service.begin() as connection:
        number = accounts.account_id(connection, "planner")
        assert number is not None
        accounts.set_password(connection, number, PASSWORD * 2)
    page = new_page()
    page.goto(server.url)
    sign_in(page, "planner", PASSWORD * 2)
    page.get_by_role("button", name="账号").click()
    page.get_by_role("button", name="修改密码").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("旧密码").fill("不是这个密码不是这个")
    dialog.get_by_label("新密码").fill(PASSWORD * 3)
    dialog.get_by_label("再输一遍").fill(PASSWORD * 3)
    dialog.get_by_role("button", name="保存密码").click()
    expect(dialog.get_by_role("alert")).to_contain_text("旧密码不对，密码未改")
    assert violations(page, "dialog[open]") == []
    dialog.get_by_label("旧密码").fill(PASSWORD * 2)
    dialog.get_by_role("button", name="保存密码").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="账号").click()
    page.get_by_role("button", name="退出登录").click()
    sign_in(page, "planner", PASSWORD * 3)
    expect(page.get_by_role("button", name="画图斑")).to_be_visible()


def test_a_link_that_was_used_is_told_so(
    new_page: NewPage, server: Server, database: Database
) -> None:
    link = one_time_link(database, "planner", WEST)
    with server.client() as client:
        assert client.post("/api/session", json={"link": link}).status_code == 200
    page = new_page()
    page.goto(f"{server.url}/#link={link}")
    expect(page.get_by_role("alert")).to_contain_text("这个一次性链接已用过或已过期")
    assert link not in page.url


def test_a_wrong_password_says_what_to_do_and_too_many_how_long_to_wait(
    new_page: NewPage, server: Server, database: Database
) -> None:
    one_time_link(database, "planner", WEST)
    page = new_page()
    page.goto(server.url)
    sign_in(page, "planner", "falsch-falsch")
    expect(page.get_by_role("alert")).to_contain_text("请向管理员要一个新的一次性链接")
    with database.owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO sign_in_failure (name, address) "
                "SELECT name, address FROM sign_in_failure, generate_series(1, 10)"
            )
        )
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("登录失败次数过多，请")
    assert violations(page) == []


def test_a_session_that_ended_is_told_in_a_dialog_over_the_page(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST, language="en")
    desk.context.clear_cookies()
    # The page may find out by itself first: its dialog would take a real click.
    desk.page.get_by_role("button", name="Plots").dispatch_event("click")
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("nothing that you entered is lost")
    expect(dialog.get_by_label("User name")).to_have_value("planner")
    assert violations(desk.page, "dialog[open]") == []
    desk.page.keyboard.press("Escape")
    expect(dialog).to_be_visible()


def test_a_link_that_is_pasted_into_the_open_page_signs_in(
    new_page: NewPage, server: Server, database: Database
) -> None:
    page = new_page()
    page.goto(server.url)
    expect(page.locator("input[name=username]")).to_be_focused()
    used = one_time_link(database, "planner", WEST)
    page.evaluate(f"location.hash = 'link={used}&map=14/43.05/125.05'")
    expect(page.get_by_role("button", name="画图斑")).to_be_visible()
    expect(page.get_by_role("region", name="请设一个密码")).to_be_visible()
    expect(page).to_have_url(re.compile("#map=14"))
    assert used not in page.url
    # Over somebody's open page: a link that was used says so, and nothing changes.
    page.evaluate(f"location.hash = 'link={used}'")
    expect(page.get_by_text("已用过或已过期")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("账号.*planner"))).to_be_visible()
    assert used not in page.url
    # That of another account opens the page anew for it, which has no password either.
    other = one_time_link(database, "inspector", WEST)
    page.evaluate(f"location.hash = 'link={other}'")
    expect(page.get_by_role("button", name=re.compile("账号.*inspector"))).to_be_visible()
    expect(page.get_by_role("region", name="请设一个密码")).to_be_visible()
    assert other not in page.url


def test_a_used_link_that_is_pasted_into_the_sign_in_page_is_told_so(
    new_page: NewPage, server: Server
) -> None:
    page = new_page()
    page.goto(server.url)
    expect(page.locator("input[name=username]")).to_be_focused()
    page.evaluate("location.hash = 'link=wrong'")
    expect(page.get_by_role("alert")).to_contain_text("已用过或已过期")
