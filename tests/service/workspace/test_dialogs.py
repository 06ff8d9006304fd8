"""Every dialog, at both sizes and in both languages, without anything that axe finds wrong."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.service.conftest import WEST, SignIn, feature, ring
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OFFICE, TABLET, Desk, OpenDesk

SPECK = ring(125.053, 43.051, 0.0001, 0.0001)


@pytest.fixture(params=[("zh", OFFICE), ("en", TABLET)], ids=["zh-office", "en-tablet"])
def desk(request: pytest.FixtureRequest, open_desk: OpenDesk, sign_in: SignIn) -> Desk:
    """A desk of an administrator with an approved plot and one that waits."""
    planner, inspector = sign_in("planner", WEST), sign_in("inspector", WEST)
    for west in (125.05, 125.06):
        made = planner.post("/api/plots", json=feature(ring(west, 43.05))).json()
        planner.post(f"/api/plots/{made['id']}/submit").raise_for_status()
        if west < 125.055:
            inspector.post(f"/api/plots/{made['id']}/approve").raise_for_status()
    language, size = request.param
    opened: Desk = open_desk("admin", WEST, language=language, size=size)
    return opened


def by_key(key: str) -> Callable[[Desk], None]:
    def press(desk: Desk) -> None:
        desk.page.locator(".map").focus()
        desk.page.keyboard.press(key)

    return press


def from_menu(place: int) -> Callable[[Desk], None]:
    def choose(desk: Desk) -> None:
        desk.page.locator(".account .opener").click()
        desk.page.locator("#account-menu > button").nth(place).click()

    return choose


def from_panel(review: str, place: int) -> Callable[[Desk], None]:
    """A button of a plot's review, from the left."""

    def choose(desk: Desk) -> None:
        body = desk.context.request.get(
            f"{desk.url}/api/plots?review={review}", max_retries=3
        ).json()
        number = body["features"][0]["id"]
        desk.page.evaluate(f"location.hash = 'plot={number}&panel=plot'")
        desk.page.locator(f"section.review.{review} .does button").nth(place).click()

    return choose


def export(desk: Desk) -> None:
    desk.page.locator(".drawer .tabs button").first.click()
    desk.page.locator(".drawer .filters > button.button").last.click()


def warn(desk: Desk) -> None:
    """A plot that is too small, by the clipboard's dialog."""
    by_key("Control+v")(desk)
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(str(SPECK).replace("'", '"'))
    dialog.locator("button.main").click()
    expect(dialog).to_have_count(0)
    by_key("Control+s")(desk)
    expect(desk.page.get_by_role("dialog").get_by_role("checkbox")).to_be_visible()


DIALOGS: dict[str, Callable[[Desk], None]] = {
    "shortcuts": by_key("?"),
    "paste": by_key("Control+v"),
    "password": from_menu(0),
    "tokens": from_menu(1),
    "help": from_menu(2),
    "export": export,
    "return": from_panel("submitted", -1),
    "delete": from_panel("approved", -1),
    "accept": from_panel("approved", -3),
    "warning": warn,
}


def test_axe_finds_nothing_in_any_dialog_or_menu_and_none_is_cut_off(desk: Desk) -> None:
    faults: dict[str, list[str]] = {}
    for name, show in DIALOGS.items():
        show(desk)
        dialog = desk.page.locator("dialog[open]")
        expect(dialog).to_be_visible()
        expect(dialog.get_by_role("heading").first).not_to_be_empty()
        box = dialog.bounding_box()
        assert box is not None
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= desk.page.evaluate("innerWidth"), name
        if wrong := violations(desk.page, "dialog[open]"):
            faults[name] = wrong
        desk.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    assert faults == {}
    # The plot of the last dialog waits in the queue.
    desk.page.locator("header .unsaved > button").click()
    desk.page.locator(".account .opener").click()
    assert violations(desk.page, "header") == []
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("header .queue")).to_have_count(0)
