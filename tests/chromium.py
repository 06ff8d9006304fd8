"""The browser that tests look through: Chromium without a window, and without calls home."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which

from playwright.sync_api import Playwright, expect, sync_playwright

# Of a page that is waited for: five seconds, playwright's own, are short on a busy machine.
expect.set_options(timeout=30_000)

# Debian has it apart from the browser; a page takes it a third of the time. Both are Chromium.
CHROMIUM = which("chromium-headless-shell") or which("chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# No other host has an address.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
# Pages of one browser share a process, which compiles their scripts once.
TOGETHER = "--renderer-process-limit=1"
# Tests live for seconds. What V8 optimizes, the next page no longer runs, and a heap that need not
# stay small is rarely swept.
BRIEF = "--js-flags=--no-maglev --no-turbofan --min-semi-space-size=32 --initial-old-space-size=512"


class Driver:
    """Playwright, started when a page is first wanted and kept for all tests of a worker.

    To asyncio its event loop runs between two calls too, so that nothing else could run one in this
    thread. It is said to run only while a test is at a page.
    """

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextmanager
    def awake(self) -> Iterator[Playwright]:
        """Playwright, for work with a browser or its pages."""
        before = asyncio._get_running_loop()
        if self._playwright is None:
            self._playwright = sync_playwright().start()
            self._loop = asyncio.get_running_loop()
        asyncio._set_running_loop(self._loop)
        try:
            yield self._playwright
        finally:
            asyncio._set_running_loop(before)

    def stop(self) -> None:
        """End playwright and its browsers."""
        if self._playwright is not None:
            with self.awake() as playwright:
                playwright.stop()
