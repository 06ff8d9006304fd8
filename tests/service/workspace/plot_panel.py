"""Hands on the panel of a plot."""

from typing import Any

from playwright.sync_api import Locator, expect

from tests.service.conftest import feature, ring
from tests.service.workspace.conftest import Desk

HOSTILE = '<img src=x onerror="window.pwned=1">{{7*7}}'


def draft(desk: Desk, **properties: Any) -> int:
    """A plot that is this desk's own."""
    geometry = properties.pop("geometry", None) or ring(125.05, 43.05)
    made = desk.context.request.post(
        f"{desk.url}/api/plots", data=feature(geometry, **properties), max_retries=3
    )
    assert made.status == 201, made.text()
    number: int = made.json()["id"]
    return number


def stored(desk: Desk, number: int) -> dict[str, Any]:
    body: dict[str, Any] = desk.context.request.get(
        f"{desk.url}/api/plots/{number}", max_retries=3
    ).json()
    properties: dict[str, Any] = body["properties"]
    return properties


def panel(desk: Desk) -> Locator:
    return desk.page.get_by_role("tabpanel")


def open_plot(desk: Desk, number: int) -> None:
    desk.page.evaluate(f"location.hash = 'plot={number}&panel=plot'")
    expect(panel(desk).locator("article")).to_be_visible()


def choose(desk: Desk, field: str, words: str) -> None:
    """Find a code by typing part of its name."""
    box = panel(desk).get_by_role("combobox", name=field, exact=True)
    box.click()
    box.fill(words)
    desk.page.get_by_role("option", name=words).first.click()


def say(desk: Desk, words: str) -> None:
    expect(desk.page.get_by_role("status").filter(has_text=words).first).to_be_visible()
