"""Coverage of a generated lake: how it grows, what a worker takes, what a second one brings.

``python -m tests.bench.lake 10m`` is the size of ten provinces.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from data.lake.counting import count_cells
from data.lake.manifest import Lake
from data.lake.planning import tasks_of
from service.lake.cluster import workers
from service.lake.coverage import lake_coverage
from tests.bench.figures import Figure, timed
from tests.bench.generated_lake import generated_lake

LAKE: Final = ("lake_10m_vs_1m_exponent", "lake_worker_mb", "lake_two_workers_vs_one")
SIZES: Final = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}


def bench(size: str, wanted: frozenset[str]) -> Iterator[Figure]:
    """The figures that are wanted, of a lake of this size and of one of a tenth of it."""
    if not wanted & set(LAKE):
        return
    plots = SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        large = generated_lake(Path(folder) / "large", plots)
        if "lake_two_workers_vs_one" in wanted:
            one, _ = _counted(large, 1)
        two, peak_mb = _counted(large, 2)
        if "lake_two_workers_vs_one" in wanted:
            yield Figure("lake_two_workers_vs_one", two, "s", plots, "one worker", one, one / two)
        if "lake_worker_mb" in wanted:
            yield Figure("lake_worker_mb", peak_mb, "MB", plots)
        if "lake_10m_vs_1m_exponent" in wanted:
            small = generated_lake(Path(folder) / "small", plots // 10)
            less, _ = _counted(small, 2)
            power = math.log10(two / less)
            tenth = "seconds of a tenth"
            yield Figure("lake_10m_vs_1m_exponent", power, "", plots, tenth, less, two / less)


def _counted(lake: Lake, number: int) -> tuple[float, float]:
    """Seconds, and the most megabytes that any worker had."""
    with workers(None, number=number, memory="4GB") as client:
        # Kernels are loaded before the clock runs: a cluster does it once in its life.
        client.run(_warm, lake)
        seconds, answer = timed(lambda: lake_coverage(lake, client))
        assert sum(row.plot_count for row in answer.rows) >= 0.9 * lake.manifest.plots
        return seconds, max(client.run(_peak_mb).values())


def _warm(lake: Lake) -> int:
    tasks = tasks_of(lake, plots=1_000)
    return len(count_cells(tasks[-1], fast=True).cell)


def _peak_mb() -> float:
    lines: Any = Path("/proc/self/status").read_text().splitlines()
    (told,) = (line for line in lines if line.startswith("VmHWM"))
    return int(told.split()[1]) / 1024


if __name__ == "__main__":
    for figure in bench(sys.argv[1] if len(sys.argv) > 1 else "100k", frozenset(LAKE)):
        print(figure, flush=True)
