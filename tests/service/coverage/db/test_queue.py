"""Coverage follows whoever writes, at once; what is drained is what would be computed anew."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from gis.crs import CGCS2000
from service.coverage.db.figures import MATERIALISED_GROUPINGS, By, CoverageResult, coverage_figures
from service.coverage.db.queue import drain, waiting
from service.database.engine import make_engine
from service.embedded import Endpoint
from service.run.coverage_worker import settle
from tests.service.conftest import EAST, SOUTH, WEST, Database, new_database

ALL = [WEST, EAST, SOUTH]

PLOT = """
WITH made AS (INSERT INTO plot DEFAULT VALUES RETURNING id),
number AS (
    INSERT INTO plot_number (district, year, plot_no, plot_id)
    SELECT :county, 2026, id::text, id FROM made RETURNING plot_id, plot_no
)
INSERT INTO plot_version
    (plot_id, slot, version, geom, district, stage, kind, year, plot_no, review)
SELECT plot_id, 'approved', 1,
       ST_Multi(ST_MakeEnvelope(:west, :south, :west + :size, :south + :size, :srid)),
       :county, :stage, :kind, 2026, plot_no, 'approved'
FROM number RETURNING plot_id
"""


def plant(
    connection: Connection,
    west: float = 125.05,
    south: float = 43.05,
    *,
    size: float = 0.002,
    stage: str = "planted",
    kind: str = "RGZL",
    county: str = WEST,
) -> int:
    """A square of approved ground, by plain SQL."""
    number = connection.scalar(
        text(PLOT),
        {
            "west": west,
            "south": south,
            "size": size,
            "stage": stage,
            "kind": kind,
            "county": county,
            "srid": CGCS2000,
        },
    )
    assert isinstance(number, int)
    return number


def live(engine: Engine, by: By | None = None, few: int = 1_000_000) -> CoverageResult:
    """Every district's figures."""
    with engine.connect() as connection:
        return coverage_figures(connection, ALL, by, exact_cells=few)


def as_dict(figures: CoverageResult) -> dict[tuple[str, str | None], tuple[float, float, int]]:
    """CoverageResult by district and group."""
    return {
        (row.code, row.group): (row.green_m2, row.sum_m2, row.plot_count) for row in figures.rows
    }


@pytest.fixture(scope="module")
def alone(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """A database that no service drains."""
    with new_database(endpoint, with_districts) as made:
        yield made


@pytest.fixture
def still(alone: Database) -> Database:
    """No plots, and nothing waits."""
    with alone.owner.begin() as connection:
        connection.execute(text("TRUNCATE plot CASCADE"))
    assert settle(alone.service)
    return alone


def test_what_is_written_by_plain_sql_is_in_the_next_read(still: Database) -> None:
    with still.owner.begin() as connection:
        plant(connection)
    assert waiting(still.service)[0] == 1
    areas = as_dict(live(still.service))
    assert areas[WEST, None] == pytest.approx((36_120, 36_120, 1), rel=1e-2)


def test_draining_changes_no_figure(still: Database) -> None:
    with still.owner.begin() as connection:
        plant(connection)
        plant(connection, 125.051, kind="G11", stage="existing")
        plant(connection, 125.0995)
    for by in MATERIALISED_GROUPINGS:
        before = as_dict(live(still.service, by))
        assert settle(still.service)
        assert waiting(still.service) == (0, None)
        after = as_dict(live(still.service, by))
        assert set(before) == set(after)
        for key, figures in before.items():
            assert figures == pytest.approx(after[key], rel=1e-12)


def test_a_writer_reads_what_it_has_not_committed(still: Database) -> None:
    with still.service.connect() as connection:
        plant(connection)
        inside = as_dict(coverage_figures(connection, ALL, exact_cells=50))
        assert inside[WEST, None][2] == 1
        assert as_dict(live(still.service)) == {}


def test_a_plot_in_many_cells_is_counted_once(still: Database) -> None:
    with still.owner.begin() as connection:
        connection.execute(
            text("""
                INSERT INTO district (code, name, level) VALUES ('220199', '圆县', 'county');
                INSERT INTO district_boundary (code, geom, source, valid_from)
                SELECT '220199', ST_Multi(ST_Buffer(ST_SetSRID(ST_Point(126, 44), 4490), 0.1, 64)),
                       'test', '1949-10-01'
            """)
        )
        plant(connection, 125.99, 43.99, size=0.02)
    try:
        met = """
            SELECT count(*) FROM district_cell
            WHERE code = '220199' AND geom && (SELECT geom FROM plot_version)
        """
        assert still.scalar(met) > 1
        with still.service.connect() as connection:
            row = coverage_figures(connection, ["220199"], exact_cells=50).rows[0]
        assert row.plot_count == 1
        settle(still.service)
        with still.service.connect() as connection:
            assert coverage_figures(connection, ["220199"], exact_cells=50).rows[0].plot_count == 1
    finally:
        with still.owner.begin() as connection:
            connection.execute(text("TRUNCATE plot CASCADE"))
            connection.execute(text("DELETE FROM district WHERE code = '220199'"))
    rest = "SELECT count(*) FROM coverage_dirty WHERE cell_id NOT IN (SELECT id FROM district_cell)"
    assert still.scalar(rest) == 0


def test_many_marked_cells_are_told_and_left_as_they_were(still: Database) -> None:
    began = datetime.now(UTC)
    with still.owner.begin() as connection:
        plant(connection)
        plant(connection, 125.15, county=EAST)
    figures = live(still.service, few=1)
    assert (figures.rows, figures.pending_cells) == ([], 2)
    assert figures.pending_since is not None
    assert began <= figures.pending_since <= figures.moment
    exact = live(still.service, few=2)
    assert (len(exact.rows), exact.pending_cells, exact.pending_since) == (2, 0, None)


def test_truncation_takes_everything_away(still: Database) -> None:
    with still.owner.begin() as connection:
        plant(connection)
    settle(still.service)
    with still.owner.begin() as connection:
        connection.execute(text("TRUNCATE plot CASCADE"))
    assert live(still.service).rows == []
    settle(still.service)
    assert still.scalar("SELECT count(*) FROM coverage_piece") == 0


def test_what_tells_nothing_of_ground_marks_nothing(still: Database) -> None:
    with still.owner.begin() as connection:
        number = plant(connection)
    settle(still.service)
    with still.owner.begin() as connection:
        connection.execute(text("UPDATE plot_version SET name = '林', year = year"))
    assert waiting(still.service)[0] == 0
    with still.owner.begin() as connection:
        connection.execute(text("UPDATE plot_version SET stage = 'accepted'"))
    assert waiting(still.service)[0] == 1
    assert set(as_dict(live(still.service, "stage"))) == {(WEST, "accepted")}
    assert number


def test_a_kind_of_another_class_moves_its_plots(still: Database) -> None:
    with still.owner.begin() as connection:
        plant(connection)
    settle(still.service)
    with still.owner.begin() as connection:
        connection.execute(text("UPDATE kind SET green_class = 'urban' WHERE code = 'RGZL'"))
    try:
        assert set(as_dict(live(still.service, "green_class"))) == {(WEST, "urban")}
    finally:
        with still.owner.begin() as connection:
            connection.execute(text("UPDATE kind SET green_class = 'forest' WHERE code = 'RGZL'"))
    assert set(as_dict(live(still.service, "green_class"))) == {(WEST, "forest")}


def test_plots_are_not_written_from_an_old_snapshot(still: Database) -> None:
    engine = still.owner.execution_options(isolation_level="REPEATABLE READ")
    with pytest.raises(DBAPIError, match="READ COMMITTED"), engine.begin() as connection:
        plant(connection)


def test_a_new_boundary_begins_marked_and_the_old_one_vanishes(still: Database) -> None:
    with still.owner.begin() as connection:
        plant(connection, 125.0995)
    settle(still.service)
    before = as_dict(live(still.service))
    with still.owner.begin() as connection:
        connection.execute(
            text("""
                UPDATE district_boundary SET valid_to = CURRENT_DATE
                WHERE code = :code AND valid_to IS NULL
            """),
            {"code": WEST},
        )
        connection.execute(
            text("""
                INSERT INTO district_boundary (code, geom, source)
                VALUES (:code, ST_Multi(ST_MakeEnvelope(125.0, 43.0, 125.2, 43.1, :srid)), 'new')
            """),
            {"code": WEST, "srid": CGCS2000},
        )
    try:
        grown = as_dict(live(still.service))
        assert grown[WEST, None][0] > before[WEST, None][0] * 1.3
        settle(still.service)
        assert as_dict(live(still.service))[WEST, None] == pytest.approx(grown[WEST, None])
        rest = """
            SELECT count(*) FROM coverage_cell c JOIN district_boundary b ON b.id = c.boundary_id
            WHERE b.valid_to IS NOT NULL
        """
        assert still.scalar(rest) == 0
    finally:
        with still.owner.begin() as connection:
            connection.execute(text("DELETE FROM district_boundary WHERE source = 'new'"))
            connection.execute(
                text("UPDATE district_boundary SET valid_to = NULL WHERE code = :code"),
                {"code": WEST},
            )
    assert as_dict(live(still.service)) == before


def test_all_of_a_level_is_what_its_codes_are_one_by_one(still: Database) -> None:
    for step in range(3):
        with still.owner.begin() as connection:
            plant(connection, 125.05 + 0.001 * step)
            plant(connection, 125.15 + 0.01 * step, county=EAST)
        for drained in (False, True):
            if drained:
                settle(still.service)
            with still.service.connect() as connection:
                for by in MATERIALISED_GROUPINGS:
                    named = coverage_figures(connection, ALL, by, exact_cells=50)
                    for _again in range(2):
                        whole = coverage_figures(
                            connection, None, by, level="county", exact_cells=50
                        )
                        assert as_dict(whole) == as_dict(named)
                none = coverage_figures(connection, None, level="town", exact_cells=50)
                assert none.rows == []


def test_figures_kept_in_memory_serve_no_other_transaction_that_changed_them(
    still: Database,
) -> None:
    def ask(connection: Connection) -> dict[tuple[str, str | None], tuple[float, float, int]]:
        return as_dict(coverage_figures(connection, None, level="county", exact_cells=50))

    with still.owner.begin() as connection:
        plant(connection)
    settle(still.service)
    with still.service.connect() as reader, still.service.connect() as writer:
        before = ask(reader)
        plant(writer, 125.06)
        assert writer.scalar(text("SELECT drain_coverage(50)")) == 1
        assert ask(writer)[WEST, None][2] == 2
        assert ask(reader) == before
        writer.rollback()
        assert ask(reader) == before == ask(writer)


def test_a_district_of_another_level_takes_its_figures_along(still: Database) -> None:
    with still.owner.begin() as connection:
        plant(connection)
    settle(still.service)
    change = "UPDATE district SET level = :level WHERE code = :code"
    with still.owner.connect() as connection:
        connection.execute(text(change), {"level": "town", "code": WEST})
        key = connection.scalar(text("SELECT key FROM sealed.scope_key"))
        connection.execute(text("SELECT set_session_scope_to_all(:key)"), {"key": key})
        towns = coverage_figures(connection, None, level="town", exact_cells=50)
        assert set(as_dict(towns)) == {(WEST, None)}
        connection.rollback()


def test_two_writers_in_one_cell_wait_for_nobody_and_both_count(still: Database) -> None:
    with still.service.begin() as first, still.service.begin() as other:
        other.execute(text("SET LOCAL lock_timeout = '20s'"))
        plant(first)
        plant(other, 125.051)
        assert drain(still.service, max_cells=50) == 0
    assert as_dict(live(still.service))[WEST, None][2] == 2
    assert settle(still.service)
    green, total, count = as_dict(live(still.service))[WEST, None]
    assert count == 2
    assert green == pytest.approx(total * 0.75, rel=1e-4)


def test_the_plain_role_sees_the_figures_of_its_scope_only(still: Database) -> None:
    with still.owner.begin() as connection:
        plant(connection)
    engine = make_engine(still.endpoint.url("service", still.name))
    try:
        with engine.connect() as connection:
            assert coverage_figures(connection, ALL, exact_cells=50).rows == []
            assert coverage_figures(connection, None, level="county", exact_cells=50).rows == []
        for table in ("coverage_piece", "coverage_cell", "coverage_district", "coverage_dirty"):
            with engine.connect() as connection, pytest.raises(DBAPIError, match="denied"):
                connection.execute(text(f"SELECT 1 FROM {table}"))
        assert drain(engine, max_cells=50) == 1
    finally:
        engine.dispose()
