"""``make browser-million``: the workspace on a million plots, in Chromium, with its times.

Opens the province of ``make seed-million``, looks at it from far and near, draws a plot among its
neighbours, and prints how long each took until the map was whole. SIZE=100k is the quick one.
"""

from __future__ import annotations

import argparse
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import which
from typing import Any, Final

import structlog
from playwright.sync_api import Page, sync_playwright

from service.accounts.db import accounts
from service.accounts.db.row_security import see_whole_tree, whole_tree_key
from service.app import create_app
from service.database.engine import make_engine
from service.database.location import DatabaseLocation
from service.run.uvicorn_config import QuickServer, server_config
from service.settings import Settings
from tests.bench.seed import SIZES, home_of, seeded

NAME: Final = "browser"
BEGINS_MS: Final = 100
FAR, NEAR, DRAWING = 8.0, 12.0, 15.5


@contextmanager
def served(place: DatabaseLocation, settings: Settings) -> Iterator[str]:
    """The service in a thread of its own; its address."""
    server = QuickServer(server_config(create_app(settings, place.service), settings))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.05)
        yield f"http://{settings.host}:{settings.port}"
    finally:
        server.should_exit = True
        thread.join()


def signed_link(place: DatabaseLocation) -> tuple[str, tuple[float, float]]:
    """A one-time link of a planner, and where its plots are."""
    owner, service = make_engine(place.owner), make_engine(place.service)
    see_whole_tree(service, whole_tree_key(owner))
    with service.begin() as connection:
        number = accounts.account_id(connection, NAME)
        if number is None:
            number = accounts.add_account(connection, NAME, "planner", ())
        link = accounts.give_credential(connection, number, "link", timedelta(hours=1))
    with owner.connect() as connection:
        at = connection.exec_driver_sql(
            "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_PointOnSurface(geom) AS p"
            " FROM plot_version LIMIT 1) one"
        ).one()
    owner.dispose()
    service.dispose()
    return link, (float(at[0]), float(at[1]))


def looked_at(page: Page, at: tuple[float, float], zoom: float) -> float:
    """Seconds until a view is whole: every tile of it is drawn."""
    began = time.perf_counter()
    lon, lat = at
    page.evaluate(f"location.hash = 'map={zoom}/{lat}/{lon}'")
    page.wait_for_timeout(BEGINS_MS)
    whole(page)
    return time.perf_counter() - began


def whole(page: Page) -> None:
    """Wait until no tile is on its way any more."""
    page.wait_for_selector("[data-tiles=whole]", timeout=120_000)


def measured(
    url: str, link: str, at: tuple[float, float], shot: Path
) -> Iterator[tuple[str, float]]:
    """What was looked at, and how many seconds it took."""
    with sync_playwright() as playwright:
        chromium = which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page: Any = browser.new_page(viewport={"width": 1366, "height": 768})
        began = time.perf_counter()
        page.goto(f"{url}/#link={link}&map={FAR}/{at[1]}/{at[0]}")
        page.wait_for_selector(".map canvas")
        yield "page and map stand", time.perf_counter() - began
        whole(page)
        yield f"whole at zoom {FAR:g} (squares)", time.perf_counter() - began
        yield f"at zoom {NEAR:g}", looked_at(page, at, NEAR)
        yield f"at zoom {DRAWING:g}", looked_at(page, at, DRAWING)
        began = time.perf_counter()
        page.locator(".map").focus()
        page.keyboard.press("d")
        page.wait_for_selector("[data-ground=there]", timeout=120_000)
        yield "real plots of the view, to draw upon", time.perf_counter() - began
        page.screenshot(path=shot)
        browser.close()


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.browser", description=__doc__)
    parser.add_argument("--size", default="1m", type=str.lower, choices=SIZES)
    parser.add_argument("--port", default=8190, type=int)
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    home = home_of(arguments.size)
    settings = Settings(home=home, out=Path("out"), port=arguments.port)
    with seeded(arguments.size) as place:
        link, at = signed_link(place)
        with served(place, settings) as url:
            for what, seconds in measured(url, link, at, home / "browser.png"):
                print(f"{seconds:8.2f} s  {what}")
    print(f"looked at: {home / 'browser.png'}")


if __name__ == "__main__":
    main()
