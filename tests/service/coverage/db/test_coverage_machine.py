"""Whatever is written, in whatever order and by however many: live coverage is the recomputation.

Two drainers run all the time. After every step the live figures of one snapshot are compared with
those that the same functions give when every cell is computed anew (1e-9), and with a union made
without the database (1e-6).
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, Engine, text

from gis.coverage import union_figures
from gis.crs import CGCS2000
from service.coverage.db.figures import MATERIALISED_GROUPINGS, By, coverage_figures
from service.coverage.db.queue import drain, waiting
from service.coverage.db.verify import boundaries, faults
from service.embedded import Endpoint
from service.run.coverage_worker import settle
from tests.alongside import alongside
from tests.service.conftest import Database, new_database
from tests.service.coverage.db.test_queue import as_dict, plant

ROUND, BESIDE = "220301", "220302"
WEST_EDGE, SOUTH_EDGE, STEP = 127.0, 44.0, 0.001
# Every cell computed once, by the function that computes them, and added up for all groupings.
ANEW = """
    WITH piece AS MATERIALIZED (
        SELECT p.*, g.grouping, g.grp
        FROM coverage_pieces((SELECT array_agg(id) FROM district_cell)) p
        JOIN kind k ON k.code = p.kind
        CROSS JOIN LATERAL (VALUES
            ('all', ''), ('green_class', k.green_class), ('stage', p.stage)
        ) g(grouping, grp)
    ), overlap AS (
        SELECT piece.boundary_id, piece.grouping, piece.grp, -pair.m2 AS m2
        FROM piece CROSS JOIN LATERAL
            unnest(piece.overlapping_plot_ids, piece.overlap_m2) AS pair(other_id, m2)
        JOIN piece other ON other.cell_id = piece.cell_id AND other.plot_id = pair.other_id
            AND other.grouping = piece.grouping AND other.grp = piece.grp
    ), cluster AS (
        SELECT boundary_id, grouping, grp, CASE count(*) WHEN 1 THEN sum(area_m2) ELSE
                   sum(area_m2) * least(1, united_m2(cell_id, array_agg(plot_id), NULL)
                                           / sum(area_m2 / factor)) END AS m2
        FROM piece WHERE cluster_id IS NOT NULL
        GROUP BY boundary_id, cell_id, grouping, grp, cluster_id
    ), green AS (
        SELECT boundary_id, grouping, grp, sum(m2) AS m2 FROM (
            SELECT * FROM overlap UNION ALL SELECT * FROM cluster UNION ALL
            SELECT boundary_id, grouping, grp, area_m2 FROM piece WHERE cluster_id IS NULL
        ) part GROUP BY 1, 2, 3
    )
    SELECT b.code, grouping, grp, min(green.m2), sum(piece.area_m2),
           count(*) FILTER (WHERE piece.counted)
    FROM piece JOIN green USING (boundary_id, grouping, grp)
    JOIN district_boundary b ON b.id = boundary_id
    GROUP BY 1, 2, 3
"""
GREEN_PLOTS = """
    SELECT ST_AsBinary(geom) FROM plot_version
    WHERE slot = 'approved' AND stage IN ('planted', 'accepted', 'existing')
"""
GREEN = ("planted", "accepted", "existing")

cells = st.integers(0, 11)
sizes = st.integers(1, 4)
stages = st.sampled_from([*GREEN, "planned"])
kinds = st.sampled_from(["RGZL", "G11"])


def two_counties(connection: Connection) -> None:
    """A round county of many cells, and a square one that takes a bite of it."""
    middle = shapely.Point(WEST_EDGE + 6 * STEP, SOUTH_EDGE + 6 * STEP)
    rim = middle.buffer(6.5 * STEP, quad_segs=80)
    bite = shapely.box(WEST_EDGE + 8 * STEP, SOUTH_EDGE - STEP, WEST_EDGE + 16 * STEP, 44.02)
    for code, shape in ((ROUND, rim.difference(bite)), (BESIDE, bite)):
        connection.execute(
            text("INSERT INTO district (code, name, level) VALUES (:code, :code, 'county')"),
            {"code": code},
        )
        connection.execute(
            text("""
                INSERT INTO district_boundary (code, geom, source, valid_from)
                VALUES (:code, ST_Multi(ST_GeomFromWKB(:wkb, :srid)), 'test', '1949-10-01')
            """),
            {"code": code, "wkb": shapely.to_wkb(shape), "srid": CGCS2000},
        )


@pytest.fixture(scope="module")
def world(endpoint: Endpoint, migrated: str) -> Iterator[Database]:
    """A database of its own with the two counties."""
    with new_database(endpoint, migrated) as database:
        with database.owner.begin() as connection:
            two_counties(connection)
        assert database.scalar("SELECT count(*) FROM district_cell") > 5
        yield database


@contextmanager
def drainers(engine: Engine, number: int = 2) -> Iterator[None]:
    """Threads that drain all the time, a cell or two at once so that they meet often."""
    over = threading.Event()
    broken: list[BaseException] = []

    def work(max_cells: int) -> None:
        try:
            while not over.is_set():
                if not drain(engine, max_cells=max_cells):
                    over.wait(0.02)
        except Exception as error:  # noqa: BLE001 - told to the test
            broken.append(error)

    threads = [threading.Thread(target=work, args=(n + 1,)) for n in range(number)]
    with alongside(threads, over):
        yield
    assert broken == []


def figures_of_one_snapshot(owner: Engine, key: bytes) -> tuple[Any, Any, Any]:
    """Live, recomputed by the same cells, and the plots as they are: all of one moment."""
    snapshot = owner.execution_options(isolation_level="REPEATABLE READ")
    codes = [ROUND, BESIDE]
    with snapshot.connect() as connection:
        connection.execute(text("SELECT set_session_scope_to_all(:key)"), {"key": key})
        live = {
            by: as_dict(coverage_figures(connection, codes, by, exact_cells=1_000_000))
            for by in MATERIALISED_GROUPINGS
        }
        anew: dict[By | None, dict[tuple[str, str | None], tuple[float, float, int]]]
        anew = {by: {} for by in MATERIALISED_GROUPINGS}
        for code, grouping, group, *figures in connection.execute(text(ANEW)):
            anew[None if grouping == "all" else grouping][code, group or None] = tuple(figures)
        plots = [bytes(row[0]) for row in connection.execute(text(GREEN_PLOTS))]
    return live, anew, plots


class Coverage(RuleBasedStateMachine):
    """Plots come, move, change and go."""

    world: Database
    key: bytes
    shapes: np.ndarray[Any, Any]
    plots: Bundle[int] = Bundle("plots")

    def __init__(self) -> None:
        super().__init__()
        with self.world.owner.begin() as connection:
            connection.execute(text("TRUNCATE plot CASCADE"))
        self.drain = drainers(self.world.service)
        self.drain.__enter__()

    def write(self, statement: str, **values: Any) -> None:
        """One transaction."""
        with self.world.service.begin() as connection:
            connection.execute(text(statement), values)

    def planted(self, connection: Connection, x: int, y: int, size: int, **more: str) -> int:
        """A square on the grid."""
        west, south = WEST_EDGE + x * STEP, SOUTH_EDGE + y * STEP
        return plant(connection, west, south, size=size * STEP, county=ROUND, **more)

    @rule(target=plots, x=cells, y=cells, size=sizes, stage=stages, kind=kinds)
    def insert(self, x: int, y: int, size: int, stage: str, kind: str) -> int:
        """A plot of any stage."""
        with self.world.service.begin() as connection:
            return self.planted(connection, x, y, size, stage=stage, kind=kind)

    @rule(target=plots, x=cells, y=cells, number=st.integers(2, 16))
    def bulk(self, x: int, y: int, number: int) -> Any:
        """Many at once, on each other and in many cells."""
        with self.world.service.begin() as connection:
            made = [
                self.planted(connection, (x + n * 5) % 12, (y + n * 7) % 12, 1 + n % 3)
                for n in range(number)
            ]
        return multiple(*made[:3])

    @rule(plot=plots, dx=st.integers(-3, 3), dy=st.integers(-3, 3))
    def move(self, plot: int, dx: int, dy: int) -> None:
        """Where it was and where it is changes."""
        self.write(
            "UPDATE plot_version SET geom = ST_Translate(geom, :dx, :dy) WHERE plot_id = :plot",
            plot=plot,
            dx=dx * STEP,
            dy=dy * STEP,
        )

    @rule(plot=plots, stage=stages, kind=kinds)
    def edit(self, plot: int, stage: str, kind: str) -> None:
        """Its words change."""
        self.write(
            "UPDATE plot_version SET stage = :stage, kind = :kind WHERE plot_id = :plot",
            plot=plot,
            stage=stage,
            kind=kind,
        )

    @rule(plot=plots)
    def withdraw_or_approve(self, plot: int) -> None:
        """Approved becomes a draft, a draft becomes approved."""
        self.write(
            """
            UPDATE plot_version SET
                slot = CASE slot WHEN 'approved' THEN 'working' ELSE 'approved' END,
                review = CASE slot WHEN 'approved' THEN 'draft' ELSE 'approved' END
            WHERE plot_id = :plot
            """,
            plot=plot,
        )

    @rule(plot=consumes(plots))
    def delete(self, plot: int) -> None:
        """It goes."""
        self.write("DELETE FROM plot WHERE id = :plot", plot=plot)

    @rule(survivor=plots, gone=consumes(plots))
    def merge(self, survivor: int, gone: int) -> None:
        """Two become one in one transaction."""
        if survivor == gone:
            return
        with self.world.service.begin() as connection:
            connection.execute(
                text("""
                    UPDATE plot_version a SET geom = ST_Multi(ST_Union(a.geom, b.geom))
                    FROM plot_version b WHERE a.plot_id = :kept AND b.plot_id = :gone
                """),
                {"kept": survivor, "gone": gone},
            )
            connection.execute(text("DELETE FROM plot WHERE id = :gone"), {"gone": gone})

    @rule(target=plots, x=cells, y=cells)
    def two_writers_in_one_cell(self, x: int, y: int) -> Any:
        """Both write before either commits; neither waits."""
        with self.world.service.begin() as first, self.world.service.begin() as other:
            other.execute(text("SET LOCAL lock_timeout = '20s'"))
            made = [self.planted(first, x, y, 2), self.planted(other, x, y, 3)]
        return multiple(*made)

    @rule(x=cells, y=cells)
    def give_up(self, x: int, y: int) -> None:
        """What is rolled back was never there."""
        with self.world.service.connect() as connection:
            self.planted(connection, x, y, 4)
            connection.rollback()

    @invariant()
    def live_is_the_recomputation(self) -> None:
        """Of one snapshot, while the drainers run."""
        live, anew, plots = figures_of_one_snapshot(self.world.owner, self.key)
        for by in MATERIALISED_GROUPINGS:
            assert set(live[by]) == set(anew[by])
            for key, figures in live[by].items():
                assert figures == pytest.approx(anew[by][key], rel=1e-9), (by, key)
        shapes = shapely.from_wkb(plots)
        uncut = union_figures(self.shapes, shapes, np.zeros(len(shapes), dtype=np.int64), 1)
        for row, code in enumerate((ROUND, BESIDE)):
            green, total, count = live[None].get((code, None), (0.0, 0.0, 0))
            assert green == pytest.approx(uncut.green_m2[row, 0], rel=1e-6, abs=1.0)
            assert total == pytest.approx(uncut.sum_m2[row, 0], rel=1e-6, abs=1.0)
            assert count == uncut.plot_count[row, 0]

    def teardown(self) -> None:
        """When all is drained, nothing is wrong with what is kept."""
        self.drain.__exit__(None, None, None)
        settle(self.world.service)
        assert waiting(self.world.service) == (0, None)
        differing = [
            str(fault)
            for number, code in boundaries(self.world.owner)
            for fault in faults(self.world.owner, number, code)
        ]
        assert differing == []


def test_live_coverage_is_the_recomputation_after_every_step(world: Database) -> None:
    Coverage.world = world
    with world.owner.connect() as connection:
        Coverage.key = bytes(connection.scalar(text("SELECT key FROM sealed.scope_key")) or b"")
        rows = connection.execute(
            text("SELECT ST_AsBinary(geom) FROM district_boundary ORDER BY code")
        )
        Coverage.shapes = shapely.from_wkb([bytes(row[0]) for row in rows])
    run_state_machine_as_test(
        Coverage,
        settings=settings(
            max_examples=int(os.environ.get("COVERAGE_EXAMPLES", "6")),
            stateful_step_count=12,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
