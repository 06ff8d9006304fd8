"""A file of plots in: read, checked by every verdict and written, in a province of a size."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import geopandas
import numpy as np
import pyogrio

from data.plots.plots import read_plots
from data.reading.limits import Limits
from gis.crs import CGCS2000
from service.accounts.db.accounts import command_line_account
from service.plots.importing import Settlement, import_plots
from service.settings import Settings
from tests.bench.figures import Figure
from tests.bench.landscape import landscape
from tests.bench.live import sessions
from tests.bench.seed import seeded

IMPORTS: Final = ("import_rows_per_s", "import_peak_mb")
SEEN: Final = (
    "another_datum",
    "credited_ground",
    "crosses_district",
    "kind_size",
    "overlap",
    "same_ground",
    "sliver",
    "spike",
    "too_large",
    "too_small",
)
COUNTIES: Final = 80
YEAR: Final = 2019  # in which the province has no plots, so that all rows are new
MB: Final = 1024


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """The figures that are wanted: rows a second from the file to what is live, nothing kept."""
    if not wanted & set(IMPORTS):
        return
    n = 100_000 if size == "1m" else int(size.removesuffix("k")) * 1000 // 2
    with seeded(size) as place, sessions(place) as engine, tempfile.TemporaryDirectory() as name:
        path = _file(Path(name), n)
        begin = time.perf_counter()
        table = read_plots(path, limits=Limits(features=n))
        with engine.connect() as connection, connection.begin() as whole:
            account = command_line_account(connection, "bench")
            settlement = Settlement(list(SEEN), skip_blocked=True)
            done = import_plots(
                connection, account, table, path.name, Settings(), settlement=settlement
            )
            seconds = time.perf_counter() - begin
            whole.rollback()
        yield Figure(IMPORTS[0], done.rows / seconds, "rows/s", done.rows)
        peak_kb = sum(
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        yield Figure(IMPORTS[1], peak_kb / MB, "MB", n)


def _file(folder: Path, n: int) -> Path:
    made = landscape(n, COUNTIES, seed=7)
    frame = geopandas.GeoDataFrame(
        {
            "stage": np.full(len(made.plots), "planted"),
            "kind": np.full(len(made.plots), "RGZL"),
            "year": np.full(len(made.plots), YEAR),
        },
        geometry=list(made.plots),
        crs=CGCS2000,
    )
    path = folder / "plots.gpkg"
    pyogrio.write_dataframe(frame, path)
    return path
