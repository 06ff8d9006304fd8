"""A file of plots in: read, checked by every verdict and written, in a province of a size.

Beside it stands what PostgreSQL takes for the rows alone, without a reader, a verdict or a trigger:
no import is quicker than that.
"""

from __future__ import annotations

import subprocess
import sys
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
from service.plots.importing import import_plots
from service.plots.settlement import Settlement
from service.settings import Settings
from tests.bench.bare_copy import copied_per_s
from tests.bench.figures import Figure
from tests.bench.landscape import landscape
from tests.bench.live import sessions
from tests.bench.memory import watched
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
BARE: Final = "COPY, same keys"
# As densely as the province has them: crowded plots overlap each other, and three quarters of the
# rows had a neighbour in the file where a sixth has.
PLOTS_A_DISTRICT: Final = 500
LEAST_DISTRICTS: Final = 80
YEAR: Final = 2019  # in which the province has no plots, so that all rows are new


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """The figures that are wanted: rows a second from the file to what is live, nothing kept."""
    if not wanted & set(IMPORTS):
        return
    n = 100_000 if size == "1m" else int(size.removesuffix("k")) * 1000 // 2
    with seeded(size) as place, sessions(place) as engine, tempfile.TemporaryDirectory() as name:
        path = Path(name, "plots.gpkg")
        # The file is drawn in another process: what that took is not the import's.
        subprocess.run([sys.executable, "-m", __name__, str(path), str(n)], check=True)
        read_plots(path, limits=Limits(features=n))  # the reader stands ready, as in a service
        with watched() as peak:
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
        bare = copied_per_s(place, table.frame.geometry.to_numpy(), YEAR)
        ours = done.rows / seconds
        yield Figure(IMPORTS[0], ours, "rows/s", done.rows, BARE, bare, ours / bare)
        yield Figure(IMPORTS[1], peak.all_mb, "MB", n)


def draw(path: Path, n: int) -> None:
    """Write a file of so many plots."""
    made = landscape(n, max(LEAST_DISTRICTS, n // PLOTS_A_DISTRICT), seed=7)
    frame = geopandas.GeoDataFrame(
        {
            "stage": np.full(len(made.plots), "planted"),
            "kind": np.full(len(made.plots), "RGZL"),
            "year": np.full(len(made.plots), YEAR),
        },
        geometry=list(made.plots),
        crs=CGCS2000,
    )
    pyogrio.write_dataframe(frame, path)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), int(sys.argv[2]))
