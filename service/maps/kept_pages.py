"""Maps that were drawn, kept as files until what they show changes.

A page is drawn once for a data version, a scope and a question; whoever asks the same meanwhile
gets the file. The folder is bounded: what was not asked for longest goes first.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import structlog
from sqlalchemy import Connection

from maps.page import Page, policy_of
from service.accounts.db.accounts import Account
from service.coverage.db.data_version import data_version
from service.settings import Settings
from service.web.atomic_write import write_whole
from service.web.program import program_digest

_SUFFIX: Final = ".html"

log = structlog.get_logger(__name__)


class KeptPage(NamedTuple):
    """A page and its ETag; without one it must not be kept anywhere."""

    page: Page
    tag: str | None


@dataclass(frozen=True)
class PageStore:
    """The folder of the pages, and how many bytes it may hold; 0: none is kept."""

    folder: Path
    max_bytes: int

    def read(self, key: str) -> Page | None:
        """The page under a key; it counts as asked for now."""
        path = self.folder / (key + _SUFFIX)
        try:
            html = path.read_text(encoding="utf-8")
            os.utime(path)
        except OSError:
            return None
        return Page(html, policy_of(html))

    def write(self, key: str, page: Page) -> None:
        """Keep a page, and let the oldest go; a full disk keeps none, and stops nobody."""
        if len(page.html.encode()) > self.max_bytes:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self.folder / (key + _SUFFIX), page.html)
        except OSError as error:
            log.warning("map_not_kept", error=str(error))
            return
        self._make_room()

    def _make_room(self) -> None:
        files = sorted(self._files(), reverse=True)
        total = 0
        for _asked_at, size, path in files:
            total += size
            if total > self.max_bytes:
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self.folder.glob("*" + _SUFFIX):
            # Another request may have removed it just now.
            with suppress(FileNotFoundError):
                status = path.stat()
                yield status.st_mtime, status.st_size, path


def store_of(settings: Settings) -> PageStore:
    """The pages kept in the home of the service."""
    return PageStore(settings.home / "maps", settings.map_store_bytes)


def kept_page(
    connection: Connection,
    account: Account,
    settings: Settings,
    question: object,
    draw: Callable[[], Page],
) -> KeptPage:
    """The page that answers a question, from its file where nothing changed since it was drawn.

    ``question`` says all that ``draw`` hangs on beside the data, the account and the settings.
    While coverage is being computed pages are drawn for each request and not kept.
    """
    version = data_version(connection, account)
    if version is None:
        return KeptPage(draw(), None)
    rights = (account.role, account.scope, account.counties, account.units)
    bounds = (settings.map_plot_limit, settings.patrol_limit)
    key = sha256(repr((program_digest(), version, rights, bounds, question)).encode()).hexdigest()
    store = store_of(settings)
    page = store.read(key)
    if page is None:
        page = draw()
        store.write(key, page)
    return KeptPage(page, f'"{key[:32]}"')
