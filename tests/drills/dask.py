"""``make drill-dask``: one of three workers is killed in the middle of the coverage of a lake."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np

from data.lake.counting import CellCounts, count_cells
from data.lake.planning import Task, tasks_of
from service.lake.cluster import each, workers
from tests.bench.generated_lake import generated_lake
from tests.dask_processes import processes
from tests.waiting import until

PLOTS: Final = 10_000
WORKERS: Final = 3


def main(times: int) -> None:
    """Kill a worker so often; the figures are those of an undisturbed count."""
    with tempfile.TemporaryDirectory() as folder:
        lake = generated_lake(Path(folder) / "lake", PLOTS)
        tasks = tasks_of(lake, plots=PLOTS // 40)
        undisturbed = _together([count_cells(task) for task in tasks])
        lost = 0
        for n in range(times):
            (Path(folder) / f"dask{n}").mkdir()
            began = time.monotonic()
            answers, again = _disturbed(Path(folder) / f"dask{n}", tasks, 2 + 5 * n)
            counted = _together(answers)
            wrong = _differences(undisturbed, counted)
            lost += wrong
            _tell(
                f"{n + 1}: {len(tasks)} tasks of {lake.manifest.plots:,} plots, one of {WORKERS} "
                f"workers killed after {2 + 5 * n}: {time.monotonic() - began:.1f} s, "
                f"{again} workers left, {wrong} cells of {len(undisturbed.cell):,} lost or wrong"
            )
    _tell(f"{times} workers killed in the middle, {lost} cells lost or wrong")
    if lost:
        raise SystemExit(1)


def _disturbed(folder: Path, tasks: list[Task], after: int) -> tuple[list[CellCounts], int]:
    answers = []
    with processes(folder, WORKERS) as made, workers(made.address) as client:
        until(lambda: len(client.scheduler_info()["workers"]) == WORKERS)

        for _place, answer in each(client, count_cells, tasks):
            answers.append(answer)
            if len(answers) == after:
                made.workers[0].kill()
        until(lambda: len(client.scheduler_info()["workers"]) == WORKERS - 1)
        return answers, len(client.scheduler_info()["workers"])


def _together(answers: list[CellCounts]) -> CellCounts:
    every = CellCounts.together(answers)
    return every.at(np.lexsort((every.group.astype(str), every.cell)))


def _differences(mine: CellCounts, other: CellCounts) -> int:
    """Cells that one has and the other has not, or with another figure."""
    if len(mine.cell) != len(other.cell):
        return len(set(mine.cell.tolist()) ^ set(other.cell.tolist())) or 1
    same = np.ones(len(mine.cell), dtype=np.bool_)
    for one, two in zip(mine, other, strict=True):
        same &= np.asarray(one == two, dtype=np.bool_)
    return int((~same).sum())


def _tell(words: str) -> None:
    print(f"drill-dask {words}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
