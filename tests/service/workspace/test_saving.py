"""Saving whatever happens: warnings, two people, no line, a session that ends."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from gis.polygons import from_geojson
from tests.service.conftest import WEST, Database, SignIn, feature, ring
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OpenDesk
from tests.service.workspace.pixels import over, wait_for_colours

HOSTILE = '<img src=x onerror="window.pwned=1">{{7*7}}'

# Where the map looks, as the address says.
PLACE = "location.hash.match(/map=[^&]+/)?.[0]"
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
    expect(dialog.get_by_role("heading")).to_have_text("新图斑：请确认这些警告")
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


@dataclass(frozen=True)
class Words:
    """What the page says in one language."""

    language: str
    reshape: str
    name: str
    save: str
    conflict: str
    first: str
    shape: str
    choose: str


ZH = Words("zh", "改形状", "名称", "保存", "两个人改了同一个图斑", "先保存了", "图形", "按所选保存")
EN = Words(
    "en",
    "Reshape",
    "Name",
    "Save",
    "Two people changed the same plot",
    "saved first",
    "Shape",
    "Save what I chose",
)


@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
def test_the_second_of_two_browsers_sees_both_versions_and_chooses(
    open_desk: OpenDesk, other: httpx.Client, words: Words
) -> None:
    made = other.post("/api/plots", json=feature(ring(125.05, 43.05), name="old")).json()
    first, two = (open_desk("planner", WEST, name=name, language=words.language) for name in "ab")
    for desk in (first, two):
        desk.page.evaluate(f"location.hash += '&plot={made['id']}'")
        expect(desk.page.get_by_role("button", name=words.reshape)).to_be_enabled()
    two.tool("e")
    two.drag((125.052, 43.052), (125.0526, 43.0526))
    here = first.page.get_by_role("tabpanel")
    here.get_by_label(words.name, exact=True).fill("theirs")
    here.get_by_role("button", name=words.save, exact=True).click()
    expect(here.get_by_role("heading", level=2)).to_have_text("theirs")
    expect(first.page.locator("header .unsaved > button")).to_have_count(0)
    two.page.keyboard.press("Control+s")
    card = two.page.get_by_role("region", name=words.conflict)
    expect(card.get_by_text(words.first)).to_contain_text("a ")
    expect(card.get_by_role("row", name=words.shape)).to_be_visible()
    expect(card.get_by_role("radio", name="theirs")).to_be_checked()
    assert violations(two.page) == []
    card.get_by_role("button", name=words.choose).click()
    expect(card).to_have_count(0)
    expect(two.page.locator("header .unsaved > button")).to_have_count(0)
    [now] = plots(other)
    assert now["properties"]["name"] == "theirs"
    assert now["geometry"] != made["geometry"]


def test_of_a_conflict_each_attribute_and_the_shape_may_be_the_others(
    open_desk: OpenDesk, other: httpx.Client
) -> None:
    made = other.post("/api/plots", json=feature(ring(125.05, 43.05), name="old")).json()
    desk = open_desk("planner", WEST)
    desk.page.evaluate(f"location.hash += '&plot={made['id']}'")
    here = desk.page.get_by_role("tabpanel")
    for field, words in (("名称", "mine"), ("备注", "noted")):
        here.get_by_label(field, exact=True).last.fill(words)
        here.get_by_label(field, exact=True).last.press("Tab")
    desk.tool("e")
    desk.drag((125.052, 43.052), (125.0526, 43.0526))
    address, shape = f"/api/plots/{made['id']}", ring(125.0494, 43.05)
    theirs = feature(shape, name=HOSTILE)
    other.put(address, json=theirs, headers={"If-Match": '"1"'}).raise_for_status()
    there = desk.page.evaluate(PLACE)
    desk.page.keyboard.press("Control+s")
    card = desk.page.get_by_role("region", name="两个人改了同一个图斑")
    name, note, outline = (
        card.get_by_role("row", name=words).get_by_role("radio")
        for words in ("名称", "备注", "图形")
    )
    # What only this desk changed, or both, is its own until somebody chooses otherwise.
    for row in (name, note, outline):
        expect(row.first).to_be_checked()
    # Theirs is orange, mine blue upon the plot as it stands here.
    desk.page.wait_for_function(f"there => {PLACE} !== there", arg=there)
    own = over("#0072b2", 0.2, over("#56b4e9", 0.45))
    spots = [((125.0497, 43.0512), over("#d55e00", 0.2)), ((125.0519, 43.0512), own)]
    expect(desk.page.locator("[data-tiles=whole]")).to_be_visible()
    wait_for_colours(desk.page, [(desk.pixel(*at), paint) for at, paint in spots])
    name.last.check()
    outline.last.check()
    card.get_by_role("button", name="按所选保存").click()
    expect(card).to_have_count(0)
    expect(desk.page.locator("header .unsaved > button")).to_have_count(0)
    [now] = plots(other)
    assert (now["properties"]["name"], now["properties"]["note"]) == (HOSTILE, "noted")
    assert from_geojson(now["geometry"]).equals(from_geojson(shape))
    assert desk.page.evaluate("window.pwned") is None


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
    # The session must be found ended by the saving, not by the check of what was drawn.
    expect(desk.page.get_by_text("检查通过").first).to_be_visible()
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
