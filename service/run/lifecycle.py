"""``luotu run``: everything from an empty folder to a served page, and a clean end."""

import gc
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import NamedTuple, NoReturn

from sqlalchemy import Connection

from data.writing.dispatch import Form
from data.writing.export_report import ExportRefused
from service.accounts.db import accounts
from service.accounts.db.accounts import Account
from service.app import create_app
from service.coverage.db.data_version import data_version
from service.coverage.rollup import CoverageAnswer, CoverageQuestion, coverage
from service.database.location import DatabaseLocation
from service.maps.coverage_maps import coverage_page
from service.plots.db.plots import PlotFilter
from service.plots.export import export_plots
from service.run.background import in_background
from service.run.db.demo_rows import has_demo
from service.run.demo import DEMO_ACCOUNTS
from service.run.uvicorn_config import QuickServer, server_config
from service.settings import Settings
from service.web.access_log import configure_logs
from service.web.atomic_write import write_whole

WATCH_S = 1.0
DRAIN = (sys.executable, "-m", "service.cli", "db", "drain")


class Stopped(BaseException):
    """SIGTERM or SIGINT: unwinds the stack, so that every ``finally`` runs."""


@contextmanager
def stopping_cleanly() -> Iterator[None]:
    """Turn SIGTERM and SIGINT into :class:`Stopped`, once; later signals do not interrupt the
    shutdown.

    uvicorn raises the signal again after its own shutdown: with the system's default handler the
    process would die there and leave the database running.
    """

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, signal.SIG_IGN)
        raise Stopped

    before = {signum: signal.signal(signum, stop) for signum in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    except Stopped:
        pass
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


class Outputs(NamedTuple):
    """The figures, the files that were written, and why one was not."""

    answer: CoverageAnswer
    files: list[Path]
    refused: tuple[Path, ExportRefused] | None = None


def write_outputs(connection: Connection, account: Account, out: Path) -> Outputs:
    """Write the coverage map and the official shapefile.

    Files of the same data that are there already are not written again. A value that no shapefile
    can hold is reported and stops nothing: correcting it needs the service.
    """
    page, archive, stamp = out / "coverage.html", out / "plots.shp.zip", out / ".written-from"
    of_data = data_version(connection, account)
    data = f"{version('luotu')} {of_data}"
    written = page.exists() and archive.exists() and stamp.exists()
    if of_data is not None and written and stamp.read_text() == data:
        return Outputs(coverage(connection, account, CoverageQuestion()), [])
    made = coverage_page(connection, account)
    write_whole(page, made.page.html)
    try:
        export_plots(connection, account, PlotFilter(version="approved"), archive, Form("shp"))
    except ExportRefused as refused:
        return Outputs(made.answer, [page], (archive, refused))
    write_whole(stamp, data)
    return Outputs(made.answer, [page, archive])


def sign_in_links(
    connection: Connection, settings: Settings, address: Callable[[Settings, str], str]
) -> dict[str, str]:
    """One-time links: of the demo's four accounts, or of the first administrator."""
    names = dict(DEMO_ACCOUNTS) if has_demo(connection) else {"admin": "admin"}
    links = {}
    for name, role in names.items():
        number = accounts.account_id(connection, name)
        if number is None:
            if name in DEMO_ACCOUNTS:
                continue
            number = accounts.add_account(connection, name, role)
        elif name not in DEMO_ACCOUNTS and accounts.has_password(connection, number):
            continue
        secret = accounts.give_credential(
            connection, number, "link", timedelta(hours=settings.link_hours)
        )
        links[name] = address(settings, secret)
    return links


@contextmanager
def watched(place: DatabaseLocation) -> Iterator[None]:
    """Start the embedded PostGIS again whenever it dies under the service."""
    if place.cluster is None:
        yield
        return
    cluster = place.cluster

    def watch() -> float:
        cluster.ensure()
        return WATCH_S

    with in_background(
        "watch-database",
        watch,
        failed="database_not_restarted",
        first_pause_s=WATCH_S,
        failed_pause_s=WATCH_S,
    ):
        yield


def serve(settings: Settings, place: DatabaseLocation) -> None:
    """Serve until a signal comes."""
    configure_logs(settings.log_level)
    config = server_config(create_app(settings, place.service, bulk=DRAIN), settings)
    # Modules and routes stay: a collection that walked through them, too, would stop the event
    # loop for a fifth of a second.
    gc.freeze()
    with watched(place):
        QuickServer(config).run()
