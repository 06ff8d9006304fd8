"""Writing, draining and reading find plots and cells by their indexes, never by looking at all."""

from collections.abc import Iterator
from datetime import date

import pytest
from shapely import box
from sqlalchemy import Connection, make_url, text

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.coverage.db.figures import Choice, coverage_figures
from service.database.engine import make_engine
from service.embedded import Endpoint
from service.plots.db.placed import MovedBorders, placed_plots
from service.plots.db.places import fill_places
from service.run.coverage_worker import settle
from tests.service.accounts.db.filled import FILL
from tests.service.conftest import EAST, WEST, Database, new_database
from tests.service.coverage.db.test_queue import plant

ROUND = """
WITH made AS (
    INSERT INTO district (code, name, level) VALUES ('220199', '圆县', 'county') RETURNING code
)
INSERT INTO district_boundary (code, geom, source, valid_from)
SELECT code, ST_Multi(ST_Buffer(ST_SetSRID(ST_Point(126, 44), :srid), 0.1, 2000)),
       'test', '1949-10-01'
FROM made
"""
NEXT_ID = "SELECT setval(pg_get_serial_sequence('plot', 'id'), max(id)) FROM plot"
SCANS = """
SELECT relname, seq_scan, idx_scan FROM pg_stat_xact_user_tables WHERE relname = ANY(:names)
"""
PROVINCE = """
WITH made AS (
    INSERT INTO district (code, name, level)
    SELECT '23' || lpad(n::text, 4, '0'), '方县' || n, 'county' FROM generate_series(1, 400) AS n
    RETURNING code, substr(code, 3)::integer - 1 AS n
)
INSERT INTO district_boundary (code, geom, source, valid_from)
SELECT code, ST_Multi(ST_MakeEnvelope(126 + 0.1 * (n % 20), 45 + 0.1 * (n / 20),
                                      126.1 + 0.1 * (n % 20), 45.1 + 0.1 * (n / 20), :srid)),
       'test', '1949-10-01'
FROM made
"""
# What the planner takes a province for before anybody has counted it: 48 000 cells.
GUESS = """
UPDATE pg_class SET reltuples = 48000, relpages = pg_relation_size(oid) / 8192
WHERE relname = 'district_cell'
"""
READ = """
SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables
WHERE relname = 'district_boundary'
"""
TOUCHED = "SELECT relname, seq_scan, idx_scan FROM pg_stat_xact_user_tables"
LARGE = ("plot_version", "district_cell", "coverage_piece")


@pytest.fixture(scope="module")
def filled(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """Thousands of plots and hundreds of cells."""
    with new_database(endpoint, with_districts) as database:
        with database.owner.begin() as connection:
            connection.execute(text(ROUND), {"srid": CGCS2000})
            connection.execute(text(FILL), {"each": 1500})
            connection.execute(text(NEXT_ID))
        settle(database.service)
        with database.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE plot_version, district_cell, coverage_piece"))
            connection.execute(text("VACUUM ANALYZE coverage_cell, coverage_district"))
        yield database


def scans(connection: Connection) -> dict[str, tuple[int, int]]:
    """How often this transaction looked at all of a table, and how often by an index."""
    rows = connection.execute(text(SCANS), {"names": list(LARGE)})
    return {row.relname: (row.seq_scan, row.idx_scan) for row in rows}


def test_a_write_finds_its_cells_by_their_boxes(filled: Database) -> None:
    with filled.owner.connect() as connection:
        plant(connection, 125.95, 44.0, county=WEST)
        scanned = scans(connection)
        assert scanned["district_cell"][0] == 0
        assert scanned["district_cell"][1] > 0
        connection.rollback()


def test_a_write_asks_for_few_boundaries_before_anybody_counted_them(
    endpoint: Endpoint, with_districts: str
) -> None:
    with new_database(endpoint, with_districts) as database:
        admin = make_engine(make_url(endpoint.url("admin", database.name)))
        with admin.connect() as connection:
            connection.execute(text(PROVINCE), {"srid": CGCS2000})
            connection.execute(text(GUESS))
            before = connection.scalar(text(READ))
            for n in range(20):
                plant(connection, 126.05 + 0.05 * n, 45.05, county="230001")
            reads = connection.scalar(text(READ)) - before
            assert 20 <= reads <= 100, f"{reads} boundaries for 20 plots of 400 districts"
            connection.rollback()
        admin.dispose()


def test_draining_finds_the_plots_of_a_cell_by_their_boxes(filled: Database) -> None:
    with filled.owner.connect() as connection:
        plant(connection, 125.95, 44.0, county=WEST)
        assert connection.scalar(text("SELECT drain_coverage(50)")) > 0
        scanned = scans(connection)
        assert {name: scanned[name][0] for name in LARGE if name in scanned} == dict.fromkeys(
            (name for name in LARGE if name in scanned), 0
        )
        assert scanned["plot_version"][1] > 0
        connection.rollback()


def test_a_read_of_one_county_looks_at_no_other_plots(filled: Database) -> None:
    with filled.service.connect() as connection:
        before = scans(connection)
        coverage_figures(connection, [EAST], exact_cells=50)
        coverage_figures(connection, [EAST], "stage", exact_cells=50)
        assert scans(connection).get("plot_version", (0, 0)) == before.get("plot_version", (0, 0))


def test_a_read_of_a_whole_level_looks_at_nothing_but_its_figures(filled: Database) -> None:
    with filled.service.connect() as connection:
        before = set(connection.execute(text(TOUCHED)).all())
        figures = coverage_figures(connection, None, level="county", exact_cells=50)
        assert {row.code for row in figures.rows} >= {EAST, WEST}
        touched = set(connection.execute(text(TOUCHED)).all()) - before
        assert {row.relname for row in touched} <= {
            "coverage_layer_day",
            "coverage_outside",
            "coverage_district",
            "coverage_dirty",
            "scope_key",
        }


def test_figures_of_a_year_find_its_plots_by_the_year(filled: Database) -> None:
    with filled.service.connect() as connection:
        figures = coverage_figures(
            connection, [EAST, WEST], None, Choice(year=2001), exact_cells=50
        )
        assert figures.rows == []
        seen = scans(connection)
        assert seen["plot_version"][0] == 0
        assert seen["plot_version"][1] > 0


def test_a_moved_border_finds_the_plots_in_it_by_their_place(filled: Database) -> None:
    with filled.service.connect() as connection:
        borders = MovedBorders(["220199"], ["220199"], [(box(125.0, 43.0, 125.01, 43.01), None)])
        assert placed_plots(connection, borders) is not None
        seen = scans(connection)["plot_version"]
        assert (seen[0], seen[1] > 0) == (0, True)


def test_a_town_whose_border_moved_finds_the_plots_in_it_by_their_place(filled: Database) -> None:
    author = Account(1, "x", "admin", (), None)
    with filled.service.connect() as connection:
        fill_places(connection, author, ["220199001"], date(2026, 1, 1), "x")
        assert scans(connection).get("plot_version", (0, 0))[0] == 0
