"""A planner's and an inspector's day in either language, from the link to the coverage."""

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from gis.polygons import from_geojson
from tests.service.conftest import WEST, feature, ring
from tests.service.workspace.conftest import OFFICE, TABLET, Desk, OpenDesk

HOSTILE = '<img src=x onerror="window.pwned=1">{{7*7}}'
# Along the neighbour's edge on 125.052; on top it crosses itself.
OUTLINE = [
    (125.05202, 43.05001),
    (125.054, 43.05),
    (125.0535, 43.0523),
    (125.0541, 43.052),
    (125.052, 43.052),
]
HOLE = [(125.0525, 43.0506), (125.0533, 43.0506), (125.0529, 43.0513)]
LINE = [(125.0529, 43.0495), (125.0529, 43.0525)]


@dataclass(frozen=True)
class Words:
    """What the page says in one language."""

    repair: str
    crossing: str
    saved: str
    split: str
    unsaved: str
    save_all: str
    all_saved: str
    submit: str
    save_and_submit: str
    submitted: str
    coverage: str
    give_back: str
    give_back_now: str
    reason: str
    reason_missing: str
    given_back: str
    work: str
    look_again: str
    note: str
    approve: str
    approved: str
    sound: str


WORDS = {
    "zh": Words(
        repair="修复交叉",
        crossing="边界自相交",
        saved="已保存，图斑号",
        split="已分成",
        unsaved="未保存 2",
        save_all="全部保存",
        all_saved="全部改动已保存",
        submit="提交审核",
        save_and_submit="保存并提交审核",
        submitted="已提交",
        coverage="覆盖率表",
        give_back="退回…",
        give_back_now="退回",
        reason="退回理由",
        reason_missing="请写明理由",
        given_back="已退回",
        work="待办",
        look_again="刷新",
        note="备注",
        approve="通过",
        approved="已通过",
        sound="检查通过",
    ),
    "en": Words(
        repair="Repair",
        crossing="Self-intersection",
        saved="Saved as plot",
        split="Split into",
        unsaved="2 unsaved",
        save_all="Save all",
        all_saved="All changes are saved",
        submit="Submit for review",
        save_and_submit="Save and submit",
        submitted="Submitted",
        coverage="Coverage",
        give_back="Return…",
        give_back_now="Return",
        reason="Reason",
        reason_missing="Give a reason",
        given_back="Returned to the planner",
        work="My work",
        look_again="Look again",
        note="Note",
        approve="Approve",
        approved="Approved",
        sound="No problems",
    ),
}


def panel(desk: Desk) -> Locator:
    return desk.page.get_by_role("tabpanel")


def button(place: Any, name: str) -> Locator:
    locator: Locator = place.get_by_role("button", name=name, exact=True)
    return locator


def said(desk: Desk, words: str) -> None:
    expect(desk.page.get_by_role("status").filter(has_text=words).first).to_be_visible()


def stored(desk: Desk) -> list[dict[str, Any]]:
    answer = desk.context.request.get(f"{desk.url}/api/plots", max_retries=3).json()
    features: list[dict[str, Any]] = answer["features"]
    return features


def draw(desk: Desk, words: Words) -> None:
    """A plot along the neighbour, its crossing mended, with a hole, saved."""
    desk.tool("d")
    desk.draw(OUTLINE)
    expect(desk.page.get_by_text(words.crossing).first).to_be_visible()
    button(desk.page, words.repair).first.click()
    expect(desk.page.get_by_text(words.crossing)).to_have_count(0)
    whole = desk.mu()
    desk.tool("h")
    desk.draw(HOLE)
    assert desk.mu() < whole - 3
    desk.page.keyboard.press("Control+s")
    said(desk, words.saved)


def split_and_undo(desk: Desk, words: Words) -> None:
    """In two, then one again after a reload."""
    desk.tool("x")
    desk.draw(LINE)
    said(desk, words.split)
    pieces = len(stored(desk))
    assert pieces > 2
    desk.page.reload()
    desk.page.wait_for_selector(".map canvas")
    desk.undo()
    button(desk.page, words.unsaved).click()
    button(desk.page, words.save_all).click()
    said(desk, words.all_saved)


def submitted(desk: Desk, words: Words) -> None:
    """What passes by may be left of another time: the plot itself is in review."""
    said(desk, words.submitted)
    expect(panel(desk).locator("section.review.submitted")).to_be_visible()


def submit(desk: Desk, words: Words, number: int) -> None:
    desk.page.evaluate(f"location.hash = 'plot={number}&panel=plot'")
    button(panel(desk), words.submit).click()
    submitted(desk, words)


def give_back(desk: Desk, words: Words) -> None:
    """The inspector looks at what waits and returns it, not without a reason."""
    desk.page.locator("section.waiting").get_by_role("button").click()
    expect(panel(desk).get_by_text(words.sound)).to_be_visible()
    button(panel(desk), words.give_back).click()
    dialog = desk.page.get_by_role("dialog")
    button(dialog, words.give_back_now).click()
    expect(dialog.get_by_role("alert")).to_contain_text(words.reason_missing)
    dialog.get_by_label(words.reason).fill(f"东侧压到水面 {HOSTILE}")
    button(dialog, words.give_back_now).click()
    said(desk, words.given_back)


def mend(desk: Desk, words: Words) -> None:
    """The planner reads why, writes a note and submits again."""
    desk.page.get_by_role("tab", name=words.work).click()
    mine = desk.page.locator("section.returned").get_by_role("button")
    expect(mine).to_contain_text("东侧压到水面")
    mine.click()
    expect(panel(desk).locator("section.review")).to_contain_text(HOSTILE)
    panel(desk).get_by_label(words.note, exact=True).last.fill("已沿岸线修改")
    button(panel(desk), words.save_and_submit).click()
    submitted(desk, words)


@pytest.mark.parametrize(("language", "size"), [("zh", OFFICE), ("en", TABLET)])
def test_a_day_from_drawing_to_the_coverage(
    open_desk: OpenDesk, language: str, size: tuple[int, int]
) -> None:
    words = WORDS[language]
    planner = open_desk("planner", WEST, language=language, size=size)
    beside = feature(ring(125.05, 43.05))
    assert (
        planner.context.request.post(f"{planner.url}/api/plots", data=beside, max_retries=3).status
        == 201
    )
    draw(planner, words)
    split_and_undo(planner, words)
    [neighbour, plot] = stored(planner)
    rings = plot["geometry"]["coordinates"]
    assert [125.052, 43.05] in rings[0][0]
    assert max(len(part) for part in rings) == 2
    assert from_geojson(plot["geometry"]).is_valid
    submit(planner, words, plot["id"])

    inspector = open_desk("inspector", WEST, language=language, size=size)
    button(inspector.page, words.coverage).click()
    row = inspector.page.get_by_role("row", name="西县")
    expect(row).to_contain_text("0.000 %")
    give_back(inspector, words)
    mend(planner, words)
    inspector.page.get_by_role("tab", name=words.work).click()
    button(inspector.page, words.look_again).click()
    inspector.page.locator("section.waiting").get_by_role("button").click()
    button(panel(inspector), words.approve).click()
    said(inspector, words.approved)
    expect(row).not_to_contain_text("0.000 %")
    expect(row.get_by_role("status")).to_contain_text("▲ +")
    assert [plot["properties"]["review"] for plot in stored(planner)] == ["draft", "approved"]
    assert neighbour["id"] < plot["id"]
    for desk in (planner, inspector):
        assert desk.page.evaluate("window.pwned") is None
