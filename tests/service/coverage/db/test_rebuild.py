"""What is computed outside the database is what the database computes, whoever writes meanwhile."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from shapely import box
from sqlalchemy import text

from service.coverage.db.figures import MATERIALISED_GROUPINGS
from service.coverage.db.queue import drain, waiting
from service.coverage.db.rebuild import rebuild
from service.coverage.db.verify import SLIGHT_M2, boundaries, forget
from service.districts.db.districts import store_districts
from service.embedded import Endpoint
from service.run.coverage_worker import Bulk, Gauges, draining, settle
from tests.alongside import alongside
from tests.service.conftest import EAST, WEST, Database, district_frame, new_database
from tests.service.coverage.db.test_coverage_machine import ROUND, two_counties
from tests.service.coverage.db.test_coverage_proof import wrong
from tests.service.coverage.db.test_queue import as_dict, live, plant

PIECES = """
    SELECT cell_id, plot_id, boundary_id, whole, counted, overlapping_plot_ids,
           cluster_id IS NULL, cluster_plots, area_m2, cluster_m2, overlap_m2, outside_m2,
           factor
    FROM coverage_piece ORDER BY cell_id, plot_id
"""
CELLS = """
    SELECT cell_id, boundary_id, grouping, grp, plot_count, green_m2, sum_m2, outside_m2
    FROM coverage_cell ORDER BY cell_id, grouping, grp
"""
DISTRICTS = """
    SELECT code, level, grouping, grp, plot_count, green_m2, sum_m2, outside_m2
    FROM coverage_district ORDER BY code, grouping, grp
"""


@pytest.fixture(scope="module")
def planted(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """Plots of all stages and kinds on each other, in counties of one cell and of many."""
    with new_database(endpoint, with_districts) as database:
        with database.owner.begin() as connection:
            two_counties(connection)
            for n in range(60):
                x, y = n * 7 % 12, n * 5 % 12
                plant(
                    connection,
                    127.0 + x * 0.001,
                    44.0 + y * 0.001,
                    size=0.001 * (1 + n % 4) + 1e-5 * n,
                    stage=("planted", "existing", "planned", "accepted")[n % 4],
                    kind=("RGZL", "G11")[n % 2],
                    county=ROUND,
                )
                plant(connection, 125.05 + 0.0015 * n, 43.05, size=0.002)
        settle(database.service)
        yield database


def rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    """All rows, as the owner."""
    with database.owner.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def same(mine: list[tuple[Any, ...]], other: list[tuple[Any, ...]], slight: float) -> None:
    """Words and numbers of things are equal, areas within 1e-9."""
    assert len(mine) == len(other)
    for ours, two in zip(mine, other, strict=True):
        for a, b in zip(ours, two, strict=True):
            if isinstance(a, float) or (isinstance(a, list) and isinstance(a[0], float)):
                assert a == pytest.approx(b, rel=1e-9, abs=slight)
            else:
                assert a == b


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("max_cells", [1, 1_000])
def test_a_rebuild_is_what_was_drained(planted: Database, max_cells: int, fast: bool) -> None:
    for number, _code in boundaries(planted.owner):
        forget(planted.owner, number)
    settle(planted.service)
    drained = [rows(planted, table) for table in (PIECES, CELLS, DISTRICTS)]
    assert any(row[5] for row in drained[0])
    assert any(row[7] for row in drained[0])
    for number, _code in boundaries(planted.owner):
        forget(planted.owner, number)
    while rebuild(planted.owner, max_cells=max_cells, fast=fast):
        pass
    assert waiting(planted.service) == (0, None)
    rebuilt = [rows(planted, table) for table in (PIECES, CELLS, DISTRICTS)]
    # Kernels are off by what PostGIS itself rounds.
    for mine, theirs, slight in zip(rebuilt, drained, (1e-4, 1e-4, 0.0), strict=True):
        same(mine, theirs, SLIGHT_M2 if fast else slight)
    assert wrong(planted) == []


def test_some_marked_cells_of_a_boundary_are_computed_and_the_others_stay(
    planted: Database,
) -> None:
    settle(planted.service)
    with planted.owner.begin() as connection:
        for n in range(6):
            plant(connection, 127.0 + 0.002 * n, 44.0011 + 0.001 * n, size=0.003, county=ROUND)
    cells = "SELECT count(*) FROM district_cell WHERE {}"
    marked = planted.scalar(cells.format("id IN (SELECT cell_id FROM coverage_dirty)"))
    of_them = planted.scalar(
        cells.format("boundary_id IN (SELECT boundary_id FROM coverage_dirty)")
    )
    assert 1 < marked < of_them
    assert rebuild(planted.owner, one_in=1_000) > 0
    assert waiting(planted.service) == (0, None)
    assert wrong(planted) == []


def test_pieces_that_are_as_they_were_are_not_written_again(planted: Database) -> None:
    settle(planted.service)
    before = rows(planted, "SELECT cell_id, plot_id, xmin::text FROM coverage_piece")
    with planted.owner.begin() as connection:
        plant(connection, 125.05, 43.052, size=0.002)  # on one plot, beside others
    assert rebuild(planted.owner) > 0
    after = rows(planted, "SELECT cell_id, plot_id, xmin::text FROM coverage_piece")
    anew = {row[:2] for row in set(after) - set(before)}
    assert 0 < len(anew) < len(after) / 4
    assert wrong(planted) == []


def test_pieces_of_plots_that_are_gone_go(planted: Database) -> None:
    with planted.owner.begin() as connection:
        plant(connection, 125.03, 43.02, size=0.001)
    assert rebuild(planted.owner) > 0
    many = planted.scalar("SELECT count(*) FROM coverage_piece")
    with planted.owner.begin() as connection:
        connection.execute(
            text(
                "DELETE FROM plot_version WHERE slot = 'approved'"
                " AND plot_id = (SELECT max(plot_id) FROM plot_version)"
            )
        )
    assert rebuild(planted.owner) > 0
    assert planted.scalar("SELECT count(*) FROM coverage_piece") < many
    assert wrong(planted) == []


def test_what_one_of_a_cluster_shares_with_somebody_outside_is_kept(planted: Database) -> None:
    settle(planted.service)
    with planted.owner.begin() as connection:
        for n in (0, 1, 2, 5):  # squares of three steps: the last shares ground with the third only
            plant(connection, 125.01 + 0.0003 * n, 43.09 + 0.0003 * n, size=0.001)
    assert rebuild(planted.owner) > 0
    overlapping = rows(
        planted,
        "SELECT 1 FROM coverage_piece"
        " WHERE cluster_id IS NOT NULL AND overlapping_plot_ids IS NOT NULL",
    )
    assert len(overlapping) > 0
    assert wrong(planted) == []


def test_few_marked_cells_of_a_boundary_are_left_to_the_drainer(planted: Database) -> None:
    settle(planted.service)
    with planted.owner.begin() as connection:
        plant(connection, 127.00513, 44.00517, size=1e-5, county=ROUND)
    assert waiting(planted.service)[0] == 1
    assert rebuild(planted.owner, one_in=3) == 0
    assert drain(planted.service, max_cells=10) == 1


def test_a_boundary_that_somebody_holds_is_passed_over(planted: Database) -> None:
    settle(planted.service)
    numbers = {code: number for number, code in boundaries(planted.owner)}
    for code in (WEST, EAST):
        forget(planted.owner, numbers[code])
    with planted.owner.begin() as connection:
        connection.execute(
            text("SELECT 1 FROM district_boundary WHERE id = :id FOR NO KEY UPDATE"),
            {"id": numbers[WEST]},
        )
        assert rebuild(planted.owner) == 1
        assert waiting(planted.service)[0] == 1
    assert rebuild(planted.owner) == 1


@contextmanager
def at_work(*works: Callable[[], Any]) -> Iterator[None]:
    """Each in a thread of its own, again and again; what breaks is told."""
    over = threading.Event()
    broken: list[BaseException] = []

    def run(work: Callable[[], Any]) -> None:
        try:
            while not over.is_set():
                work()
        except Exception as error:  # noqa: BLE001 - told to the test
            broken.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    with alongside(threads, over):
        yield
    assert broken == []


def edit(database: Database) -> None:
    """A plot comes, moves and goes, in three transactions."""
    with database.service.begin() as connection:
        plot = plant(connection, 127.004, 44.004, county=ROUND)
    for change in (
        "UPDATE plot_version SET geom = ST_Translate(geom, 2e-4, 1e-4) WHERE plot_id = :plot",
        "DELETE FROM plot WHERE id = :plot",
    ):
        with database.service.begin() as connection:
            connection.execute(text(change), {"plot": plot})


def test_edits_and_a_bulk_load_beside_a_rebuild_leave_nothing_wrong(planted: Database) -> None:
    with at_work(
        lambda: edit(planted),
        lambda: edit(planted),
        lambda: rebuild(planted.owner, max_cells=50),
        lambda: drain(planted.service, max_cells=2),
    ):
        for n in range(3):
            with planted.owner.begin() as connection:
                for k in range(40):
                    plant(connection, 125.01 + 0.0012 * k, 43.01 + 0.0005 * n, size=0.001)
                    plant(connection, 127.0 + 0.0003 * k, 44.001, size=0.001, county=ROUND)
    before = {by: as_dict(live(planted.service, by)) for by in MATERIALISED_GROUPINGS}
    settle(planted.service, owner=planted.owner, bulk_cells=1)
    for by in MATERIALISED_GROUPINGS:
        after = as_dict(live(planted.service, by))
        assert set(after) == set(before[by])
        for key, figures in after.items():
            assert figures == pytest.approx(before[by][key], rel=1e-9)
    assert wrong(planted) == []


def test_a_boundary_changes_while_writers_write(planted: Database) -> None:
    square = district_frame().query(f"code == '{WEST}'")
    with at_work(
        lambda: edit(planted),
        lambda: edit(planted),
        lambda: drain(planted.service, max_cells=2),
        lambda: rebuild(planted.owner, max_cells=50),
    ):
        for n in range(4):
            grown = square.assign(
                geometry=[box(125.0, 43.0, 125.1 + 0.01 * n, 43.1)], source=f"draft {n}"
            )
            with planted.owner.begin() as connection:
                store_districts(connection, grown)
                plant(connection, 125.05, 43.02 + 0.003 * n)
    settle(planted.service)
    assert wrong(planted) == []


def test_many_marked_cells_are_given_to_another_process(planted: Database, tmp_path: Path) -> None:
    settle(planted.service)
    ran = tmp_path / "ran"
    command = (sys.executable, "-c", "import sys; open(sys.argv[1], 'w').close()", str(ran))
    number, _code = boundaries(planted.owner)[0]
    forget(planted.owner, number)
    with draining(planted.service, Gauges(CollectorRegistry()), Bulk(command, cells=1)):
        end = time.monotonic() + 120
        while not ran.exists() and time.monotonic() < end:
            time.sleep(0.02)
    assert ran.exists()
    settle(planted.service)
