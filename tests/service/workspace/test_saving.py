"""Saving whatever happens: warnings, two people, no line, a session that ends."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from tests.service.conftest import WEST, Database, SignIn, feature, ring
from tests.service.workspace.conftest import Desk, OpenDesk

SMALL = [(125.0520, 43.0510), (125.0522, 43.0510), (125.0522, 43.0511), (125.0520, 43.0511)]
CORNERS = [(125.052, 43.05), (125.054, 43.05), (125.054, 43.052), (125.052, 43.052)]


@pytest.fixture
def other(sign_in: SignIn) -> httpx.Client:
    """Another planner of the county, at the interface."""
    return sign_in("planner", WEST, name="other")


def plots(client: httpx.Client) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = client.get("/api/plots").json()["features"]
    return features


def test_a_warning_is_acknowledged_by_its_name(open_desk: OpenDesk, other: httpx.Client) -> None:
    desk = open_desk("planner", WEST)
    desk.tool("d")
    desk.draw(SMALL)
    desk.page.keyboard.press("Control+s")
    dialog = desk.page.get_by_role("dialog")
    save = dialog.get_by_role("button", name="确认并保存")
    expect(save).to_be_disabled()
    dialog.get_by_role("checkbox").check()
    save.click()
    expect(desk.page.get_by_text("已保存，图斑号")).to_be_visible()
    assert len(plots(other)) == 1


def test_a_warning_may_send_one_back_to_the_drawing(
    open_desk: OpenDesk, other: httpx.Client
) -> None:
    desk = open_desk("planner", WEST)
    desk.tool("d")
    desk.draw(SMALL)
    desk.page.keyboard.press("Control+s")
    desk.page.get_by_role("button", name="返回修改").click()
    expect(desk.page.get_by_role("button", name="未保存 1")).to_be_visible()
    assert plots(other) == []


def reshaped(desk: Desk, plot_id: int) -> None:
    """Open the stored plot and move its north-eastern corner."""
    desk.page.evaluate(f"location.hash += '&plot={plot_id}'")
    expect(desk.page.get_by_role("button", name="Reshape")).to_be_enabled()
    desk.page.wait_for_timeout(500)
    desk.tool("e")
    desk.drag((125.052, 43.052), (125.0526, 43.0526))


def test_the_second_of_two_sees_both_versions_and_chooses(
    open_desk: OpenDesk, other: httpx.Client
) -> None:
    made = other.post("/api/plots", json=feature(ring(125.05, 43.05), name="old")).json()
    desk = open_desk("planner", WEST, language="en")
    reshaped(desk, made["id"])
    body = {"properties": {"name": "theirs"}}
    headers = {"If-Match": f'"{made["properties"]["version"]}"'}
    other.patch(f"/api/plots/{made['id']}", json=body, headers=headers).raise_for_status()
    desk.page.keyboard.press("Control+s")
    card = desk.page.get_by_role("region", name="Two people changed the same plot")
    expect(card.get_by_text("other saved first")).to_be_visible()
    expect(card.get_by_role("row", name="Shape")).to_be_visible()
    expect(card.get_by_role("radio", name="theirs")).to_be_checked()
    card.get_by_role("button", name="Save what I chose").click()
    expect(card).to_have_count(0)
    expect(desk.page.get_by_role("button", name="1 unsaved")).to_have_count(0)
    [now] = plots(other)
    assert now["properties"]["name"] == "theirs"
    assert now["geometry"] != made["geometry"]


def test_what_is_drawn_without_a_line_is_saved_when_it_is_back(
    open_desk: OpenDesk, other: httpx.Client
) -> None:
    desk = open_desk("planner", WEST)
    desk.tool("d")
    desk.context.set_offline(True)
    desk.draw(CORNERS)
    desk.page.keyboard.press("Control+s")
    desk.page.get_by_role("button", name="未保存 1").click()
    queue = desk.page.get_by_role("region", name="未保存的改动")
    expect(queue.get_by_text("等待连接，会自动保存")).to_be_visible()
    desk.context.set_offline(False)
    expect(desk.page.get_by_role("button", name="未保存 1")).to_have_count(0)
    assert len(plots(other)) == 1


def test_a_session_that_ended_loses_nothing(
    open_desk: OpenDesk, other: httpx.Client, database: Database
) -> None:
    desk = open_desk("planner", WEST)
    desk.page.evaluate(
        """fetch('/api/me/password', {method: 'PUT', headers: {'Content-Type': 'application/json'},
           body: JSON.stringify({password: 'ein-langes-wort'})})"""
    )
    desk.tool("d")
    desk.draw(CORNERS)
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE credential SET ended_at = now() WHERE kind = 'session'"))
    desk.page.keyboard.press("Control+s")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="密码").fill("ein-langes-wort")
    dialog.get_by_role("button", name="登录").click()
    expect(desk.page.get_by_text("已保存，图斑号")).to_be_visible()
    assert len(plots(other)) == 1


def test_two_tabs_keep_their_drafts_apart_until_one_is_closed(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    desk.tool("d")
    desk.draw(CORNERS)
    second = desk.context.new_page()
    second.goto(f"{desk.url}/#map=16.5/43.051/125.052")
    second.wait_for_selector(".map canvas")
    second.wait_for_timeout(1_000)
    expect(second.get_by_role("button", name="未保存 1")).to_have_count(0)
    desk.page.close()
    second.reload()
    expect(second.get_by_role("button", name="未保存 1")).to_be_visible()
