"""A check of a lake says what a check of a file says, and each overlap once."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from data.lake.checking import Found, check_plots, check_tasks, damaged_files
from data.lake.manifest import open_lake
from data.lake.problem_table import problem_table
from gis.verdicts import check_many, overlaps_among
from service.embedded import Endpoint
from service.lake.check import LakeReport, check_lake
from service.lake.cluster import workers
from service.lake.write import write_lake
from tests.dask_processes import processes
from tests.service.conftest import Database, new_database
from tests.service.coverage.db.test_queue import plant
from tests.service.lake.conftest import location

GREEN = """
SELECT plot_id, ST_AsBinary(geom) FROM plot_version
WHERE slot = 'approved' AND stage IN ('planted', 'accepted', 'existing') ORDER BY plot_id
"""
EVERY = (
    "SELECT plot_id, ST_AsBinary(geom) FROM plot_version WHERE slot = 'approved' ORDER BY plot_id"
)


def shapes(database: Database, statement: str) -> tuple[list[int], np.ndarray]:
    """Numbers and shapes of plots."""
    with database.owner.connect() as connection:
        rows = connection.execute(text(statement)).all()
    return [row[0] for row in rows], shapely.from_wkb([bytes(row[1]) for row in rows])


def found_in(folder: Path, plots: int) -> list[Found]:
    """All that tasks of about so many plots find."""
    tasks = check_tasks(open_lake(folder), plots=plots)
    return [one for task in tasks for one in check_plots(task).found]


@pytest.mark.parametrize("plots", [10_000, 1])
def test_overlaps_are_those_of_a_file_each_told_once(
    full: Database, lake: Path, plots: int
) -> None:
    numbers, green = shapes(full, GREEN)
    expected = {
        (numbers[pair.left], numbers[pair.right]): pair.problem.area_m2
        for pair in overlaps_among(green)
    }
    found = [one for one in found_in(lake, plots) if one.other is not None]
    assert len(found) == len(expected) > 50
    for one in found:
        assert one.other is not None
        assert expected[one.plot, one.other] == pytest.approx(one.problem.area_m2)


@pytest.mark.parametrize("plots", [10_000, 1])
def test_verdicts_are_those_of_a_file(full: Database, lake: Path, plots: int) -> None:
    numbers, every = shapes(full, EVERY)
    expected = Counter((numbers[row], problem.code) for row, problem in check_many(every))
    alone = [one for one in found_in(lake, plots) if one.other is None]
    outside = [one.plot for one in alone if one.problem.code == "outside_districts"]
    noted = "SELECT array_agg(plot_id) FROM coverage_outside WHERE area_m2 IS NOT NULL"
    assert sorted(outside) == sorted(full.scalar(noted))
    mine = Counter((one.plot, one.problem.code) for one in alone)
    assert mine - expected == Counter((plot, "outside_districts") for plot in outside)
    assert expected - mine == Counter()


@pytest.fixture
def thin(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """A database with two plots on each other."""
    with new_database(endpoint, with_districts) as database:
        with database.owner.begin() as connection:
            plant(connection)
            plant(connection, 125.051)
        yield database


def test_workers_report_what_they_find_and_the_table_has_every_row(
    thin: Database, tmp_path: Path
) -> None:
    write_lake(location(thin), tmp_path / "lake")
    lake = open_lake(tmp_path / "lake")
    table = tmp_path / "found.csv"
    with (
        processes(tmp_path, 1) as made,
        workers(made.address) as client,
        problem_table(table) as told,
    ):
        report = check_lake(lake, client, told=told)
    assert report.plots == 2
    assert report.problems == {"overlap": 1}
    (worst,) = report.worst
    assert report.overlap_m2 == worst.problem.area_m2 == pytest.approx(18_000, rel=0.01)
    with table.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["plot_id"], row["other_id"], row["code"]) == ("1", "2", "overlap")
    assert float(row["area_m2"]) == pytest.approx(report.overlap_m2)


def test_only_the_largest_overlaps_are_kept(full: Database, lake: Path) -> None:
    report = LakeReport()
    every = found_in(lake, 10_000)
    for one in every:
        report.add(one, 3)
    report.settle(3)
    areas = sorted((one.problem.area_m2 or 0.0 for one in every if one.other), reverse=True)
    assert [one.problem.area_m2 for one in report.worst] == areas[:3]
    assert report.overlap_m2 == pytest.approx(sum(areas))


def test_a_file_with_another_checksum_is_damaged(thin: Database, tmp_path: Path) -> None:
    write_lake(location(thin), tmp_path / "lake")
    lake = open_lake(tmp_path / "lake")
    assert [*damaged_files(lake)] == []
    path = lake.file(lake.manifest.districts)
    content = bytearray(path.read_bytes())
    content[10] ^= 1
    path.write_bytes(content)
    assert [*damaged_files(lake)] == [lake.manifest.districts]


def test_a_table_of_nothing_has_its_heads(tmp_path: Path) -> None:
    with problem_table(tmp_path / "none.csv"):
        pass
    assert (tmp_path / "none.csv").read_text("utf-8-sig").startswith("county,plot_id,")
