"""The keyboard: every shortcut that the help lists does what it says."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.service.conftest import WEST, SignIn, feature, ring
from tests.service.workspace.conftest import Desk, OpenDesk

# South of the plot; the last one far from the others.
CORNERS = [(125.0525, 43.0495), (125.0545, 43.0495), (125.0545, 43.0505), (125.0535, 43.0525)]


@pytest.fixture
def desk(open_desk: OpenDesk, sign_in: SignIn) -> Desk:
    """A planner's desk with a draft chosen, and all tools in sight."""
    client = sign_in("planner", WEST, name="before")
    made = client.post("/api/plots", json=feature(ring(125.05, 43.05))).json()
    desk = open_desk("planner", WEST)
    desk.page.evaluate(f"location.hash += '&plot={made['id']}'")
    expect(desk.page.get_by_role("button", name="改形状")).to_be_enabled()
    desk.page.get_by_role("button", name="更多工具").click()
    return desk


def press(desk: Desk, key: str) -> None:
    desk.page.locator(".map").focus()
    desk.page.keyboard.press(key)


def tool(desk: Desk, name: str) -> Locator:
    return desk.page.locator(".draw").get_by_role("button", name=name, exact=True)


def unsaved(desk: Desk, count: int) -> None:
    expect(desk.page.get_by_role("button", name=f"未保存 {count}")).to_be_visible()


def takes_the_tool(desk: Desk, key: str, words: str) -> None:
    press(desk, "l" if key == "V" else "v")
    press(desk, key)
    expect(tool(desk, words)).to_have_attribute("aria-pressed", "true")


def turns_it_over(desk: Desk, key: str, words: str) -> None:
    box = desk.page.get_by_role("checkbox", name=words)
    before = box.is_checked()
    press(desk, key)
    expect(box).to_be_checked(checked=not before)


def puts_a_vertex_in_the_middle(desk: Desk, key: str, _words: str) -> None:
    desk.tool("d")
    for arrow in ("ArrowRight", "ArrowUp"):
        press(desk, key)
        before = desk.page.url
        desk.page.keyboard.press(arrow)
        expect(desk.page).not_to_have_url(before)
    press(desk, key)


def ends_the_drawing(desk: Desk, key: str, _words: str) -> None:
    press(desk, key)
    unsaved(desk, 1)
    assert desk.mu() > 1


def takes_a_vertex_back(desk: Desk, key: str, _words: str) -> None:
    desk.tool("d")
    for corner in CORNERS:
        desk.click(*corner)
    press(desk, key)
    press(desk, "Enter")
    unsaved(desk, 2)
    # Half of 162.9 m by 111.1 m.
    assert desk.mu() == pytest.approx(13.6, abs=0.3)


def takes_the_vertex_out(desk: Desk, key: str, _words: str) -> None:
    desk.page.evaluate("location.hash = 'plot=1&panel=plot'")
    expect(desk.page.locator("article .mu").first).to_be_visible()
    press(desk, "v")
    desk.tool("e")
    desk.point(125.052, 43.052)
    desk.page.keyboard.press(key)
    unsaved(desk, 3)


def drops_the_drawing(desk: Desk, key: str, _words: str) -> None:
    press(desk, "v")
    desk.tool("d")
    for corner in CORNERS[:3]:
        desk.click(*corner)
    press(desk, key)
    press(desk, "Enter")
    unsaved(desk, 3)
    press(desk, key)
    expect(tool(desk, "浏览")).to_have_attribute("aria-pressed", "true")


def undoes(desk: Desk, key: str, _words: str) -> None:
    press(desk, key)
    unsaved(desk, 2)


def does_again(desk: Desk, key: str, _words: str) -> None:
    press(desk, key)
    unsaved(desk, 3)


def saves(desk: Desk, key: str, _words: str) -> None:
    press(desk, key)
    unsaved(desk, 2)


def deletes(desk: Desk, key: str, _words: str) -> None:
    press(desk, key)
    expect(desk.page.get_by_text("图斑已删除，保存后生效")).to_be_visible()


def opens(desk: Desk, key: str, words: str) -> None:
    press(desk, key)
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_contain_text(words[:2])
    desk.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def leads_to_the_search(desk: Desk, key: str, _words: str) -> None:
    press(desk, key)
    expect(desk.page.locator("#search")).to_be_focused()


def opens_the_page(desk: Desk, key: str, words: str) -> None:
    press(desk, key)
    page = desk.page.get_by_role("tab", name=words, exact=True)
    expect(page).to_have_attribute("aria-current", "page")


Does = Callable[[Desk, str, str], None]
# In the order in which they are tried: what one leaves behind the next begins with.
KEYS: dict[str, Does] = {
    **dict.fromkeys("1346792", opens_the_page),
    **dict.fromkeys("VDEHAXMBLK", takes_the_tool),
    **dict.fromkeys("STG", turns_it_over),
    "/": leads_to_the_search,
    "?": opens,
    "Ctrl+V": opens,
    "Space": puts_a_vertex_in_the_middle,
    "Enter": ends_the_drawing,
    "Backspace": takes_a_vertex_back,
    "Delete": takes_the_vertex_out,
    "Esc": drops_the_drawing,
    "Ctrl+Z": undoes,
    "Ctrl+Y": does_again,
    "Ctrl+S": saves,
    "Shift+Delete": deletes,
}
NAMES = {"Esc": "Escape"}


def test_each_shortcut_of_the_help_does_what_it_says(desk: Desk) -> None:
    press(desk, "?")
    rows = desk.page.get_by_role("dialog").locator("tr")
    expect(rows.first).to_be_visible()
    listed = {row.locator("kbd").inner_text(): row.locator("td").inner_text() for row in rows.all()}
    desk.page.keyboard.press("Escape")
    assert set(listed) == set(KEYS)
    for key, does in KEYS.items():
        name = NAMES.get(key, key if len(key) > 1 else key.lower()).replace("Ctrl+", "Control+")
        does(desk, name, listed[key])
