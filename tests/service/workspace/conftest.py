"""A browser that knows one host, and hands that draw on its map."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import asinh, pi, radians, tan
from shutil import which
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Route,
    expect,
    sync_playwright,
)

from service.db import accounts
from tests.service.conftest import Database, Server

CHROMIUM = which("chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OFFICE, TABLET = (1366, 768), (1024, 768)
WORLD_M = 2 * pi * 6_378_137.0
TILE_PX = 256

Position = tuple[float, float]

expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; ends with its file, for playwright runs once a process."""
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@dataclass
class Desk:
    """Somebody's browser with the workspace open."""

    page: Page
    context: BrowserContext
    url: str

    def go(self, lon: float, lat: float, zoom: float = 17.0) -> None:
        """Look at a place."""
        self.page.evaluate(f"location.hash = 'map={zoom}/{lat}/{lon}'")
        self.page.wait_for_timeout(400)

    def pixel(self, lon: float, lat: float) -> Position:
        """Where on the page a place is, from the permalink."""
        found = re.search(r"map=([\d.]+)/([-\d.]+)/([-\d.]+)", self.page.url)
        assert found is not None, self.page.url
        zoom, middle_lat, middle_lon = map(float, found.groups())
        box = self.page.locator(".map").bounding_box()
        assert box is not None
        metres_px = WORLD_M / TILE_PX / 2**zoom
        x, y = _mercator(lon, lat)
        middle_x, middle_y = _mercator(middle_lon, middle_lat)
        return (
            box["x"] + box["width"] / 2 + (x - middle_x) / metres_px,
            box["y"] + box["height"] / 2 - (y - middle_y) / metres_px,
        )

    def point(self, lon: float, lat: float) -> None:
        """Move the pointer to a place."""
        self.page.mouse.move(*self.pixel(lon, lat), steps=3)

    def click(self, lon: float, lat: float) -> None:
        """Click on a place; slower than a double click."""
        self.point(lon, lat)
        self.page.mouse.click(*self.pixel(lon, lat))
        self.page.wait_for_timeout(320)

    def drag(self, start: Position, end: Position) -> None:
        """Take hold of something and let it go elsewhere."""
        self.point(*start)
        self.page.mouse.down()
        self.page.mouse.move(*self.pixel(*end), steps=8)
        self.page.mouse.up()
        self.page.wait_for_timeout(150)

    def draw(self, places: Sequence[Position]) -> None:
        """Click from place to place and finish."""
        for lon, lat in places:
            self.click(lon, lat)
        self.page.keyboard.press("Enter")
        self.page.wait_for_timeout(150)

    def tool(self, letter: str) -> None:
        """Take a tool in hand once the plots around are there."""
        self.page.locator(".map").focus()
        self.page.keyboard.press(letter)
        self.page.wait_for_selector("[data-ground=there]")
        self.page.wait_for_timeout(150)

    def mu(self) -> float:
        """The area that the page shows, in mu."""
        text = self.page.locator("[data-test=mu]").inner_text()
        return float(re.sub(r"[^\d.]", "", text))


def _mercator(lon: float, lat: float) -> Position:
    return WORLD_M * lon / 360, WORLD_M / (2 * pi) * asinh(tan(radians(lat)))


OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(browser: Browser, server: Server, database: Database) -> Iterator[OpenDesk]:
    """Sign somebody in by a one-time link; every other host, and every error, fails the test."""
    trouble: list[str] = []
    contexts: list[BrowserContext] = []

    def watch(route: Route) -> None:
        if route.request.url.startswith((server.url, "data:", "blob:")):
            route.continue_()
        else:
            trouble.append(f"asked for {route.request.url}")
            route.abort()

    def said(message: ConsoleMessage) -> None:
        # The browser's own line for an answer of 4xx; what the page makes of it is tested.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            trouble.append(f"{message.type}: {message.text}")

    def opened(
        role: str,
        *districts: str,
        name: str | None = None,
        language: str = "zh",
        size: tuple[int, int] = OFFICE,
        place: tuple[float, float, float] = (125.052, 43.051, 16.5),
    ) -> Desk:
        with database.service.begin() as connection:
            number = accounts.add_account(connection, name or role, role, districts)
            link = accounts.give_credential(connection, number, "link", timedelta(hours=1))
        viewport: Any = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=viewport, locale="zh-CN")
        contexts.append(context)
        context.route("**/*", watch)
        context.add_init_script(
            f"localStorage.getItem('luotu.language') ?? "
            f"localStorage.setItem('luotu.language', '{language}')"
        )
        page = context.new_page()
        page.on("console", said)
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        lon, lat, zoom = place
        page.goto(f"{server.url}/#link={link}&map={zoom}/{lat}/{lon}")
        page.wait_for_selector(".map canvas")
        return Desk(page, context, server.url)

    yield opened
    for context in contexts:
        context.close()
    server.rest()
    assert trouble == []
