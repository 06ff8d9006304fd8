"""Coverage of a lake is that of the database, whoever counts it and however it is cut."""

import gc
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.errors import FileRefused
from data.lake.counting import CellCounts, LakeChoice, count_cells
from data.lake.manifest import Lake, open_lake
from data.lake.planning import tasks_of
from service.accounts.db.accounts import command_line_account
from service.coverage.db.figures import Choice
from service.coverage.db.verify import SLIGHT_M2
from service.coverage.rollup import CoverageAnswer, CoverageQuestion, coverage
from service.embedded import Endpoint
from service.errors import Problem
from service.lake import cluster
from service.lake.cluster import workers
from service.lake.coverage import lake_coverage
from service.lake.event_loop import event_loop
from service.lake.write import write_lake
from tests.dask_processes import Processes, processes
from tests.service.conftest import CITY, EAST, PROVINCE, SOUTH, WEST, Database, new_database
from tests.service.lake.conftest import location
from tests.service.lake.given import die, never, slowly
from tests.waiting import until


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """A scheduler and two workers that nobody kills."""
    with processes(tmp_path_factory.mktemp("dask"), 2) as made:
        yield made


@pytest.fixture(scope="module")
def client(dask: Processes) -> Iterator[Any]:
    """A client of it."""
    with workers(dask.address) as made:
        yield made


def of_database(database: Database, question: CoverageQuestion) -> CoverageAnswer:
    with database.service.connect() as connection, connection.begin():
        return coverage(connection, command_line_account(connection, "test"), question)


def same(mine: CoverageAnswer, theirs: CoverageAnswer) -> None:
    """The same rows, words and counts; areas within 1e-9 or what PostGIS itself rounds."""
    assert [(row.code, row.group) for row in mine.rows] == [
        (row.code, row.group) for row in theirs.rows
    ]
    for one, other in zip(mine.rows, theirs.rows, strict=True):
        for name, value in vars(one).items():
            if name == "coverage" or name.endswith("_m2"):
                assert value == pytest.approx(getattr(other, name), rel=1e-9, abs=1e-4), name
            elif name != "as_json":
                assert value == getattr(other, name), name
    assert mine.outside_m2 == pytest.approx(theirs.outside_m2, rel=1e-9)
    assert mine.boundary == theirs.boundary


@pytest.mark.parametrize("by", [None, "kind", "green_class", "stage"])
@pytest.mark.parametrize("year", [None, 2026, 2025])
def test_the_figures_are_those_of_the_database(
    full: Database, lake: Path, client: Any, by: Any, year: int | None
) -> None:
    mine = lake_coverage(open_lake(lake), client, LakeChoice(by, year))
    theirs = of_database(full, CoverageQuestion(by=by, choice=Choice(year=year)))
    same(mine, theirs)
    if year != 2025:
        assert sum(row.refused_m2 for row in mine.rows) > 0
        assert mine.outside_m2 > 0


@pytest.mark.parametrize(
    ("level", "parent"),
    [("city", None), ("province", None), ("county", PROVINCE), ("city", PROVINCE)],
)
def test_levels_and_parents_are_those_of_the_database(
    full: Database, lake: Path, client: Any, level: str, parent: str | None
) -> None:
    mine = lake_coverage(open_lake(lake), client, level=level, parent=parent)
    theirs = of_database(full, CoverageQuestion(level=level, parent=parent))
    same(mine, theirs)


def test_a_county_that_is_cut_into_many_tasks_has_the_same_figures(
    full: Database, lake: Path, client: Any
) -> None:
    whole = open_lake(lake)
    assert len(tasks_of(whole, plots=5)) > len(tasks_of(whole, plots=50)) > len(tasks_of(whole))
    for plots in (5, 50):
        same(lake_coverage(whole, client, plots=plots), of_database(full, CoverageQuestion()))
    counties = whole.manifest.counties.values()
    for plots in (5, 50, 50_000):
        rows = sum(task.rows for task in tasks_of(whole, plots=plots))
        assert rows == sum(county.plots.rows for county in counties if county.plots)


@pytest.mark.parametrize("fast", [False, True])
def test_steps_of_a_task_add_up_to_the_same_cells(
    lake: Path, monkeypatch: pytest.MonkeyPatch, fast: bool
) -> None:
    (task,) = tasks_of(open_lake(lake))
    at_once = count_cells(task)
    monkeypatch.setattr("data.lake.counting.PLOTS_AT_ONCE", 3)
    in_steps = count_cells(task, fast=fast)
    assert len(at_once.cell) > 5
    for name in CellCounts._fields:
        one, other = getattr(at_once, name), getattr(in_steps, name)
        if name.endswith("_m2"):
            # Kernels are off by what PostGIS itself rounds.
            assert one == pytest.approx(other, rel=1e-9, abs=SLIGHT_M2)
        else:
            assert one.tolist() == other.tolist()


def test_by_year_each_year_is_a_group(full: Database, lake: Path, client: Any) -> None:
    mine = lake_coverage(open_lake(lake), client, LakeChoice("year"), parent=CITY)
    theirs = of_database(full, CoverageQuestion(parent=CITY, choice=Choice(year=2026)))
    assert {row.group for row in mine.rows} == {"2026"}
    same(mine_without_groups(mine), theirs)


def mine_without_groups(answer: CoverageAnswer) -> CoverageAnswer:
    return replace(answer, rows=type(answer.rows)(replace(row, group=None) for row in answer.rows))


def test_a_parent_that_the_lake_does_not_know_is_told(lake: Path, client: Any) -> None:
    with pytest.raises(Problem) as refused:
        lake_coverage(open_lake(lake), client, parent="999999")
    assert refused.value.code == "unknown_district"


def test_a_worker_killed_in_the_middle_costs_no_plot(
    full: Database, lake: Path, tmp_path: Path
) -> None:
    told: list[int] = []
    with processes(tmp_path, 2) as made, workers(made.address) as client:
        until(lambda: len(client.scheduler_info()["workers"]) == 2)
        whole = open_lake(lake)
        tasks = tasks_of(whole, plots=3)
        assert len(tasks) > 6

        answers = {}
        for place, answer in cluster.each(client, slowly, tasks):
            told.append(len(client.scheduler_info()["workers"]))
            answers[place] = answer
            if len(told) == 2:
                made.workers[0].kill()
        assert sorted(answers) == [*range(len(tasks))]
        assert told[0] == 2
        until(lambda: len(client.scheduler_info()["workers"]) == 1)
        same(lake_coverage(whole, client, plots=3), of_database(full, CoverageQuestion()))
    (task,) = tasks_of(whole)
    rows = [
        sorted(zip(*(part.tolist() for part in one[:2]), strict=True)) for one in answers.values()
    ]
    every = sorted(row for some in rows for row in some)
    once = count_cells(task)
    assert every == sorted(zip(once.cell.tolist(), once.boundary.tolist(), strict=True))


def test_a_scheduler_that_is_not_there_is_told(dask: Processes) -> None:
    with pytest.raises(Problem, match="dask scheduler") as refused, workers("tcp://127.0.0.1:9"):
        pass
    assert refused.value.code == "scheduler_gone"
    with pytest.raises(Problem) as refused, workers("not an address"):
        pass
    assert refused.value.code == "scheduler_gone"
    assert dask.scheduler.poll() is None


def test_a_client_that_found_nobody_may_be_swept_away_by_the_loop_itself() -> None:
    gc.disable()
    with pytest.raises(Problem), workers("not an address"):
        pass
    swept = threading.Event()

    def sweep() -> None:
        gc.enable()
        gc.collect()
        swept.set()

    # There an open client could not wait for its end: Python would tell of work that is left.
    event_loop().add_callback(sweep)
    assert swept.wait(60)


def test_a_client_comes_however_late_a_thread_of_dasks_own_would_start(
    dask: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Dask waits for ten seconds. On a busy machine that is not always enough.
    monkeypatch.setattr("distributed.utils.asyncio_run", lambda *_, **_options: time.sleep(11))
    with workers(dask.address) as client:
        assert len(client.scheduler_info()["workers"]) == 2


def test_a_scheduler_that_goes_in_the_middle_is_told(tmp_path: Path) -> None:
    with processes(tmp_path, 1) as made, workers(made.address) as client:
        threading.Timer(2.0, made.scheduler.kill).start()
        with pytest.raises(Problem) as refused:
            list(cluster.each(client, never, [1, 2]))
    assert refused.value.code == "scheduler_gone"


def test_a_scheduler_without_workers_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.lake.cluster._WORKERS_S", 2)
    with processes(tmp_path, 0) as made:
        with pytest.raises(Problem, match="dask worker tcp") as refused, workers(made.address):
            pass
        assert refused.value.code == "no_workers"
        worker = made.worker()
        monkeypatch.setattr("service.lake.cluster._WORKERS_S", 60)
        with workers(made.address) as client:
            monkeypatch.setattr("service.lake.cluster._WORKERS_S", 2)
            worker.kill()
            with pytest.raises(Problem) as refused:
                list(cluster.each(client, never, [1]))
            assert refused.value.code == "no_workers"


def test_what_kills_one_worker_after_the_other_is_told(tmp_path: Path) -> None:
    with processes(tmp_path, 3, failures=1) as made, workers(made.address) as client:
        until(lambda: len(client.scheduler_info()["workers"]) == 3)
        with pytest.raises(Problem, match="--memory") as refused:
            list(cluster.each(client, die, [1]))
    assert refused.value.code == "workers_lost"


def test_a_file_that_goes_in_the_middle_is_told_by_the_worker(
    full: Database, client: Any, lake: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "lake"
    shutil.copytree(lake, copy, symlinks=True)
    whole = open_lake(copy)
    part = whole.manifest.counties[WEST].plots
    assert part is not None
    whole.file(part).unlink()
    with pytest.raises(FileRefused, match="it is missing") as refused:
        lake_coverage(whole, client)
    assert refused.value.code == "lake_damaged"


def test_workers_that_see_another_lake_are_told(client: Any, lake: Path) -> None:
    whole = open_lake(lake)
    later = whole.manifest.model_copy(update={"number": 7})
    with pytest.raises(Problem, match="version 1 of the lake, here it is") as refused:
        lake_coverage(Lake(whole.folder, later), client)
    assert refused.value.code == "workers_differ"


def test_a_lake_without_plots_has_rows_of_zero(empty_lake: Path, client: Any) -> None:
    answer = lake_coverage(open_lake(empty_lake), client)
    assert [row.code for row in answer.rows] == [WEST, EAST, SOUTH]
    assert {row.green_m2 for row in answer.rows} == {0.0}


@pytest.fixture(scope="module")
def empty_lake(
    endpoint: Endpoint, with_districts: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A lake of counties alone."""
    folder = tmp_path_factory.mktemp("empty") / "lake"
    with new_database(endpoint, with_districts) as database:
        write_lake(location(database), folder)
    return folder


# As where the extra is not installed: an import of it fails.
WITHOUT = """
import sys
class Nothing:
    def find_spec(self, name, *_):
        if name.partition(".")[0] == "distributed":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Nothing())
from service.cli import main
sys.argv = ["luotu", "lake", "coverage", sys.argv[1]]
try:
    main()
except SystemExit as end:
    print(end.__context__.code)
    raise
"""


def test_a_machine_without_dask_says_what_to_install(lake: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, lake], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == "no_dask\n"
    assert "luotu[lake]" in done.stderr
