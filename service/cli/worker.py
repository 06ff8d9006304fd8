"""``luotu worker``: works on jobs beside the worker of ``luotu run``."""

import os
import signal
import sys
import threading
from typing import Annotated

import typer

from service.cli.context import opened
from service.cli.importing import without_collecting
from service.cli.language import described
from service.web.access_log import configure_logs


@described("执行后台任务（导出、上报包），直到停止。")
def worker(
    with_parent: Annotated[
        bool, typer.Option("--with-parent", hidden=True, help="End when the standard input closes.")
    ] = False,
) -> None:
    """Work on jobs until a signal comes."""
    # Procrastinate and the kinds of jobs take seconds to import.
    with without_collecting():
        from service.jobs.worker import work  # noqa: PLC0415
        from service.run.job_kinds import KINDS  # noqa: PLC0415

    if with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    with opened() as db:
        configure_logs(db.settings.log_level)
        work(db.place.owner, db.place.service, db.settings, KINDS)


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)
