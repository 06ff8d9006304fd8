"""A backup of a province beside plain pg_dump of the same, in the same form."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from service.backup.backup import write_backup
from service.database.client_programs import call, find_program
from service.database.location import DatabaseLocation
from service.settings import Settings
from tests.bench.figures import Figure, timed
from tests.bench.seed import seeded

BACKUPS: Final = ("backup_vs_pg_dump",)


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """The figure, in a province of a size: its ratio is how many times as long we take."""
    if not wanted & set(BACKUPS):
        return
    n = 1_000_000 if size == "1m" else int(size.removesuffix("k")) * 1000
    runs = 1 if size == "1m" else 3
    with seeded(size) as place, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _dump(place, folder / "warm")
        theirs, _ = timed(lambda: _dump(place, folder / "peer"), runs=runs)
        ours, _ = timed(lambda: _back_up(place, folder / "ours"), runs=runs)
        yield Figure(BACKUPS[0], ours, "s", n, "pg_dump", theirs, ours / theirs, runs)


def _back_up(place: DatabaseLocation, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    write_backup(place, Settings(), folder)


def _dump(place: DatabaseLocation, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    jobs = min(4, os.cpu_count() or 1)
    options = ["--format=directory", "--compress=1", f"--jobs={jobs}", f"--file={folder}"]
    call(find_program("pg_dump", 15), place.owner, options)
