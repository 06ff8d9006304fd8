"""A browser that knows one host, and hands that draw on its map."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import asinh, pi, radians, tan
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
)

from service.accounts.db import accounts
from tests.service.conftest import Database, Server

OFFICE, TABLET = (1366, 768), (1024, 768)
# The map is there at once: of each flight every frame would be drawn by the processor.
STILL: Any = {"locale": "zh-CN", "reduced_motion": "reduce"}
# Drafts and what else is kept in a browser.
FORGET = """() => {
    localStorage.clear();
    return new Promise((done) => { indexedDB.deleteDatabase('luotu').onsuccess = done; });
}"""
# The address stays as it is for so many frames in a row: a map that moves writes it at its end.
AT_REST = """() => new Promise((done) => {
    let said = location.hash;
    let frames = 0;
    const look = () => {
        frames = said === location.hash ? frames + 1 : 0;
        said = location.hash;
        if (frames < 20) requestAnimationFrame(look);
        else done();
    };
    look();
})"""
# Between two clicks; a drawing takes them for two however quick they are.
CLICK_MS = 60
WORLD_M = 2 * pi * 6_378_137.0
TILE_PX = 256

# The browser's own lines: for an answer of 4xx (what the page makes of it is tested), and how it
# would rather have canvases read, of which OpenLayers reads a pixel a click.
ADVICE = ("Failed to load resource", "willReadFrequently")

Position = tuple[float, float]

expect.set_options(timeout=30_000)


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

    def rest(self) -> None:
        """Wait until the map stands still and the address says where it looks."""
        expect(self.page.locator("[data-tiles=whole]")).to_be_visible()
        self.page.evaluate(AT_REST)

    def pixel(self, lon: float, lat: float) -> Position:
        """Where on the page a place is, from the permalink."""
        match = re.search(r"map=([\d.]+)/([-\d.]+)/([-\d.]+)", self.page.url)
        assert match is not None, self.page.url
        zoom, middle_lat, middle_lon = map(float, match.groups())
        box = self.page.locator(".map").bounding_box()
        assert box is not None
        metres_px = WORLD_M / TILE_PX / 2**zoom
        x, y = mercator(lon, lat)
        middle_x, middle_y = mercator(middle_lon, middle_lat)
        return (
            box["x"] + box["width"] / 2 + (x - middle_x) / metres_px,
            box["y"] + box["height"] / 2 - (y - middle_y) / metres_px,
        )

    def point(self, lon: float, lat: float) -> None:
        """Move the pointer to a place."""
        self.page.mouse.move(*self.pixel(lon, lat), steps=3)

    def click(self, lon: float, lat: float) -> None:
        """Click on a place."""
        self.point(lon, lat)
        self.page.mouse.click(*self.pixel(lon, lat))
        self.page.wait_for_timeout(CLICK_MS)

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

    def undo(self) -> None:
        """Take the last step back, once the drafts have been taken up."""
        expect(self.page.locator("button[title*='Ctrl+Z']")).to_be_enabled()
        self.page.keyboard.press("Control+z")

    def mu(self) -> float:
        """The area that the page shows, in mu."""
        text = self.page.locator("[data-test=mu]").inner_text()
        return float(re.sub(r"[^\d.]", "", text))


def mercator(lon: float, lat: float) -> Position:
    """Metres of Web Mercator."""
    return WORLD_M * lon / 360, WORLD_M / (2 * pi) * asinh(tan(radians(lat)))


OpenDesk = Callable[..., Desk]


class Office:
    """Browsers side by side, each kept for the next test with nothing in it but our files.

    A page of ours stays open in each: the process of its pages lives as long as one of them does,
    and has compiled our scripts by then.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: list[BrowserContext] = []
        self._taken: list[BrowserContext] = []
        self._staying: dict[BrowserContext, tuple[Page, CDPSession]] = {}

    def take(self) -> BrowserContext:
        """A browser without cookies and drafts."""
        context = self._free.pop() if self._free else self._browser.new_context(**STILL)
        self._taken.append(context)
        return context

    def tidy(self, url: str) -> None:
        """Leave all browsers as if nobody had sat there."""
        for context in self._taken:
            context.set_offline(False)
            staying, session = self._stay(context, f"{url}/healthz")
            for page in context.pages:
                if page is not staying:
                    page.close()
            staying.evaluate(FORGET)
            # The next test's plots have the numbers and versions of this one's: an answer that was
            # kept would be asked for by its ETag, under another cookie too.
            session.send("Network.clearBrowserCache")
            context.clear_cookies()
        self._free += self._taken
        self._taken.clear()

    def _stay(self, context: BrowserContext, address: str) -> tuple[Page, CDPSession]:
        if context not in self._staying:
            page = context.new_page()
            self._staying[context] = page, context.new_cdp_session(page)
        page, session = self._staying[context]
        if page.url != address:
            page.goto(address)
        return page, session


@pytest.fixture(scope="session")
def shared_office(chromium: Browser) -> Office:
    """The browsers that all files share; :func:`office` gives them to a test."""
    return Office(chromium)


@pytest.fixture
def office(browser: Browser, shared_office: Office) -> Office:
    """The browsers for the time of one test."""
    return shared_office


class Trouble:
    """Other hosts that were asked, and errors of the console."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.found: list[str] = []

    def watch(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("request", self._note_foreign)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.found.append(f"error: {error}"))

    def _note_foreign(self, request: Request) -> None:
        if not request.url.startswith((self._url, "data:", "blob:")):
            self.found.append(f"asked for {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        said = message.text
        if message.type in ("error", "warning") and not any(word in said for word in ADVICE):
            self.found.append(f"{message.type}: {said}")


@pytest.fixture
def new_page(office: Office, server: Server) -> Iterator[Callable[..., Page]]:
    """Pages of browsers of their own; every other host, and every error, fails the test."""
    trouble = Trouble(server.url)

    def opened(language: str = "zh", size: tuple[int, int] = OFFICE) -> Page:
        page = office.take().new_page()
        page.set_viewport_size(ViewportSize(width=size[0], height=size[1]))
        page.add_init_script(
            f"localStorage.getItem('luotu.language') ?? "
            f"localStorage.setItem('luotu.language', '{language}')"
        )
        trouble.watch(page)
        return page

    yield opened
    office.tidy(server.url)
    server.rest()
    assert trouble.found == []


@pytest.fixture
def open_desk(new_page: Callable[..., Page], server: Server, database: Database) -> OpenDesk:
    """Sign somebody in by a one-time link."""

    def opened(
        role: str,
        *districts: str,
        name: str | None = None,
        language: str = "zh",
        size: tuple[int, int] = OFFICE,
        place: tuple[float, float, float] = (125.052, 43.051, 16.5),
    ) -> Desk:
        link = one_time_link(database, role, *districts, name=name)
        page = new_page(language, size)
        lon, lat, zoom = place
        page.goto(f"{server.url}/#link={link}&map={zoom}/{lat}/{lon}")
        page.wait_for_selector(".map canvas")
        return Desk(page, page.context, server.url)

    return opened


def one_time_link(database: Database, role: str, *districts: str, name: str | None = None) -> str:
    """The secret of a link for a new account."""
    with database.service.begin() as connection:
        number = accounts.add_account(connection, name or role, role, districts)
        return accounts.give_credential(connection, number, "link", timedelta(hours=1))
