"""No browser asks for a password in a window of its own, also where a page is not on HTTPS."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.chromium import CHROMIUM, QUIET, Driver
from tests.service.conftest import Database, Server

# To a host that is neither HTTPS nor the machine itself browsers send no `Sec-Fetch-Mode`.
OFFICE = "luotu.example"


class Watched:
    """A page, and how often its browser was about to ask for a password."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        line = page.context.new_cdp_session(page)
        line.on("Fetch.requestPaused", lambda event: self._go_on(event["requestId"]))
        line.on("Fetch.authRequired", self._give_up)
        line.send("Fetch.enable", {"handleAuthRequests": True})
        self._line = line

    def _go_on(self, number: str) -> None:
        self._line.send("Fetch.continueRequest", {"requestId": number})

    def _give_up(self, event: dict[str, dict[str, str]]) -> None:
        self.asked.append(event["request"]["url"])
        reply = {"response": "CancelAuth"}
        number = event["requestId"]
        self._line.send(
            "Fetch.continueWithAuth", {"requestId": number, "authChallengeResponse": reply}
        )


@pytest.fixture
def office_browser(driver: Driver) -> Iterator[Page]:
    """Chromium that knows one name, which is not the machine's own."""
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt-get install chromium fonts-noto-cjk")
    names = f"--host-resolver-rules=MAP {OFFICE} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with driver.awake() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, names])
        yield running.new_page()
        running.close()


STATUS = "([path, options]) => fetch(path, options).then((answer) => answer.status)"


def test_the_browser_asks_for_no_password_by_itself(
    office_browser: Page, server: Server, database: Database
) -> None:
    watched = Watched(office_browser)
    origin = server.url.replace("127.0.0.1", OFFICE)
    office_browser.goto(origin)
    office_browser.get_by_label("用户名").wait_for()
    tile = "/tiles/plots/WebMercatorQuad/11/752/1735"
    assert office_browser.evaluate(STATUS, ["/api/me", {}]) == 401
    assert office_browser.evaluate(STATUS, [tile, {}]) == 401
    assert office_browser.goto(f"{origin}/maps/coverage").status == 401  # type: ignore[union-attr]
    assert watched.asked == []
    # The browser would tell: a request that hides that a page made it is offered Basic.
    office_browser.goto(f"{origin}/docs")
    hidden = {"referrerPolicy": "no-referrer"}
    assert office_browser.evaluate(STATUS, ["/api/me", hidden]) == 401
    assert len(watched.asked) == 1
