"""Plots counted in squares and changes counted in blocks: true at every commit, whoever writes."""

import random
import re
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.plots.db.plots import PlotFilter
from service.tiles.db.compact_squares import tidy
from service.tiles.db.plot_tiles import (
    count_changes,
    plots_statement,
    squares_statement,
    squares_tile,
    sums_serve,
)
from service.tiles.db.tile_extent import Ground, places
from service.tiles.tiles import GRIDS, Tile, tile
from tests.service.accounts.db.filled import fill
from tests.service.conftest import EAST, WEST, Database
from tests.service.coverage.db.test_queue import plant

WHOLE = Account(1, "everybody", "admin", (), None)
NEWEST = PlotFilter()

COUNTED = "SELECT block, square, district, shown, stage, kind, year, review, programme"
DIFFERENT = f"""
    WITH kept AS (
        {COUNTED}, sum(plots) AS plots, sum(area_cm2) AS area_cm2 FROM plot_square
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0
    ), anew AS ({COUNTED}, plots::bigint, area_cm2::numeric FROM recounted_plot_squares())
    SELECT count(*) FROM ((TABLE kept EXCEPT TABLE anew) UNION ALL (TABLE anew EXCEPT TABLE kept)) d
"""
SUMS = (
    "SELECT block, square, district, shown, stage, sum(plots) AS plots, sum(area_cm2) AS area_cm2"
)
SUMMED = f"""
    WITH kept AS (
        {SUMS} FROM plot_square_sum GROUP BY 1, 2, 3, 4, 5
        HAVING sum(plots) <> 0 OR sum(area_cm2) <> 0
    ), recounted AS (
        SELECT * FROM recounted_plot_squares()
    ), every_size AS (
        SELECT * FROM recounted WHERE block < 0
        UNION ALL
        SELECT -100000 - (x / 32 * 128 + y / 32), x * 16384 + y, district, shown, stage, kind,
               year, review, programme, plots, area_cm2
        FROM recounted, LATERAL (SELECT square / 16384 / 4 AS x, square % 16384 / 4 AS y) four
        WHERE block >= 0
    ), anew AS ({SUMS} FROM every_size GROUP BY 1, 2, 3, 4, 5)
    SELECT count(*) FROM ((TABLE kept EXCEPT TABLE anew) UNION ALL (TABLE anew EXCEPT TABLE kept)) d
"""
COMPACT = """
    SELECT compact_plot_squares(
        (SELECT array_agg(block) FROM plot_change),
        (SELECT array_agg(block) FROM plot_square), (SELECT array_agg(square) FROM plot_square))
"""


def same(database: Database) -> bool:
    """Whether what is kept adds up to what would be counted anew."""
    return bool(database.scalar(DIFFERENT) == 0 == database.scalar(SUMMED))


def around(lon: float = 125.05, lat: float = 43.05, z: int = 12) -> Tile:
    """The tile in which a position lies."""
    there = GRIDS["WebMercatorQuad"].tile(lon, lat, z)
    return tile("WebMercatorQuad", z, there.y, there.x)


def changes(database: Database, where: Tile | None = None) -> int:
    """What the tag of a tile counts."""
    with database.service.begin() as connection:
        return count_changes(connection, WHOLE, NEWEST, (where or around()).ground)


SHIFT = "ST_Translate(geom, {}, {})"


class Writer:
    """Somebody who writes by SQL, each time one statement or two in a transaction."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database, self.dice = database, random.Random(seed)  # noqa: S311
        self.acts: list[Callable[[Connection], object]] = [
            self.draw, self.draw_many, self.move, self.rename, self.begin_work, self.drop_work,
            self.approve, self.delete_plot, self.change_county, self.put_together,
        ]  # fmt: skip

    def act(self, number: int) -> None:
        """One transaction; what the database refuses changes nothing."""
        with suppress(DBAPIError), self.database.owner.begin() as connection:
            self.acts[number % len(self.acts)](connection)

    def draw(self, connection: Connection) -> None:
        plant(connection, 125 + self.dice.random() * 0.1, 43 + self.dice.random() * 0.1)

    def draw_many(self, connection: Connection) -> None:
        connection.execute(
            text(f"""
                WITH made AS (INSERT INTO plot SELECT FROM generate_series(1, 20) RETURNING id),
                number AS (
                    INSERT INTO plot_number (district, year, plot_no, plot_id)
                    SELECT '{WEST}', 2025, id::text, id FROM made RETURNING plot_id, plot_no
                )
                INSERT INTO plot_version
                    (plot_id, slot, version, geom, district, stage, kind, year, plot_no, review)
                SELECT plot_id, CASE WHEN plot_id % 2 = 0 THEN 'approved' ELSE 'working' END, 1,
                       ST_Multi(ST_MakeEnvelope(at, 43.02, at + 0.02, 43.03, {CGCS2000})),
                       '{WEST}', 'planted', 'RGZL', 2025, plot_no,
                       CASE WHEN plot_id % 2 = 0 THEN 'approved' ELSE 'draft' END
                FROM number, LATERAL (SELECT 125 + plot_id % 7 * 0.01 AS at) place
            """)
        )

    def some(self, slot: str) -> str:
        return f"plot_id % {self.dice.randint(1, 4)} = 0 AND slot = '{slot}'"

    def change(self, connection: Connection, what: str, slot: str) -> None:
        connection.execute(text(f"UPDATE plot_version SET {what} WHERE {self.some(slot)}"))

    def move(self, connection: Connection) -> None:
        step = SHIFT.format(self.dice.uniform(-0.02, 0.02), self.dice.uniform(-0.02, 0.02))
        self.change(connection, f"geom = {step}", self.dice.choice(["approved", "working"]))

    def rename(self, connection: Connection) -> None:
        what = self.dice.choice(["stage = 'accepted'", "kind = 'SLFY'", "programme = 'JL-LCS'"])
        self.change(connection, what, self.dice.choice(["approved", "working"]))

    def begin_work(self, connection: Connection) -> None:
        connection.execute(
            text(f"""
                INSERT INTO plot_version
                    (plot_id, slot, version, geom, district, stage, kind, year, plot_no, review)
                SELECT plot_id, 'working', version + 1, {SHIFT.format(0.001, 0)}, district,
                       'planned', kind, year, plot_no, 'draft'
                FROM plot_version WHERE {self.some("approved")}
            """)
        )

    def drop_work(self, connection: Connection) -> None:
        connection.execute(text(f"DELETE FROM plot_version WHERE {self.some('working')}"))

    def approve(self, connection: Connection) -> None:
        chosen = f"SELECT plot_id FROM plot_version WHERE {self.some('working')}"
        ids = list(connection.scalars(text(chosen)))
        for words in (
            "SELECT FROM plot WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE",
            "DELETE FROM plot_version WHERE plot_id = ANY(:ids) AND slot = 'approved'",
            "UPDATE plot_version SET slot = 'approved', review = 'approved'"
            " WHERE plot_id = ANY(:ids)",
        ):
            connection.execute(text(words), {"ids": ids})

    def delete_plot(self, connection: Connection) -> None:
        words = "DELETE FROM plot WHERE id = (SELECT min(plot_id) FROM plot_version)"
        connection.execute(text(words))

    def change_county(self, connection: Connection) -> None:
        words = f"""
            WITH one AS (SELECT plot_id, year, plot_no FROM plot_version
                         WHERE slot = 'approved' ORDER BY plot_id LIMIT 1),
            number AS (INSERT INTO plot_number SELECT '{EAST}', year, plot_no, plot_id FROM one)
            UPDATE plot_version v SET district = '{EAST}' FROM one
            WHERE v.plot_id = one.plot_id AND v.slot = 'approved'
        """
        connection.execute(text(words))

    def put_together(self, connection: Connection) -> None:
        connection.execute(text(self.dice.choice([COMPACT, "SELECT tidy_plot_squares()"])))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.integers(0, 9), min_size=1, max_size=15), seed=st.integers(0, 99))
def test_squares_add_up_to_the_plots_after_every_write(
    database: Database, acts: list[int], seed: int
) -> None:
    writer = Writer(database, seed)
    writer.act(1)
    for number in acts:
        writer.act(number)
        assert same(database), writer.acts[number].__name__


def test_squares_add_up_after_many_writers_at_once(database: Database) -> None:
    Writer(database, 0).act(1)

    def work(seed: int) -> None:
        writer = Writer(database, seed)
        for _ in range(25):
            writer.act(writer.dice.randrange(10))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.scalar("SELECT count(*) FROM plot_square") > 0
    assert same(database)


def test_two_versions_of_one_plot_written_at_once_are_counted_as_two(database: Database) -> None:
    with database.owner.begin() as connection:
        number = plant(connection)
    begun = f"""
        INSERT INTO plot_version (plot_id, slot, version, geom, district, stage, kind, year,
                                  plot_no, review)
        SELECT plot_id, 'working', 2, geom, district, stage, kind, year, plot_no, 'draft'
        FROM plot_version WHERE plot_id = {number}
    """
    moved = "UPDATE plot_version SET geom = ST_Translate(geom, 0.05, 0) WHERE slot = 'approved'"

    def move() -> None:
        with database.owner.begin() as connection:
            connection.execute(text(moved))

    second = threading.Thread(target=move)
    with database.owner.begin() as first:
        first.execute(text(begun))
        second.start()
        second.join(0.5)
        assert second.is_alive(), "it must wait for the plot"
    second.join()
    assert same(database)


def test_truncate_takes_the_squares_along(database: Database) -> None:
    with database.owner.begin() as connection:
        plant(connection)
    before = changes(database)
    with database.owner.begin() as connection:
        connection.execute(text("TRUNCATE plot CASCADE"))
    assert same(database)
    assert changes(database) > before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plot_version SET geom = ST_Translate(geom, 0.0001, 0)",
        "UPDATE plot_version SET note = 'x'",
        "UPDATE plot_version SET geom = ST_Translate(geom, 20, 0)",
        "DELETE FROM plot_version",
        "UPDATE kind SET green_class = CASE green_class WHEN 'urban' THEN 'forest' ELSE 'urban' END"
        " WHERE code = 'RGZL'",
        "INSERT INTO plot_version (plot_id, slot, version, geom, district, stage, kind, year,"
        " plot_no, review) SELECT plot_id, 'working', 2, ST_Translate(geom, 20, 0), district,"
        " stage, kind, year, plot_no, 'draft' FROM plot_version",
    ],
)
@pytest.mark.parametrize("z", [0, 6, 12, 16])
def test_whatever_changes_a_tile_changes_its_tag(
    database: Database, statement: str, z: int
) -> None:
    with database.owner.begin() as connection:
        plant(connection)
    where = around(125.051, 43.051, z=z)
    before = changes(database, where)
    with database.owner.connect() as connection, connection.begin() as transaction:
        connection.execute(text(statement))
        assert changes(database, where) == before, "others see it too early"
        transaction.commit()
    assert changes(database, where) > before
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE kind SET green_class = 'forest' WHERE code = 'RGZL'"))


def test_who_commits_late_changes_the_tag_too(database: Database) -> None:
    with database.owner.connect() as early, early.begin() as late_transaction:
        plant(early)
        with database.owner.begin() as other:
            plant(other, 125.06)
        between = changes(database)
        late_transaction.commit()
    assert changes(database) > between


def test_putting_together_changes_no_tag(database: Database) -> None:
    with database.owner.begin() as connection:
        for step in range(5):
            plant(connection, 125.05 + step * 0.001)
    before = changes(database)
    with database.owner.begin() as connection:
        connection.execute(text(COMPACT))
    assert changes(database) == before
    twice = "SELECT count(*) - count(DISTINCT (block, district)) FROM plot_change"
    assert database.scalar(twice) == 0


LEFT = "SELECT count(*) - count(DISTINCT district) FROM plot_change WHERE block = 867 * 512 + 378"


def untidy(database: Database) -> None:
    """Many rows in one block; a write in thirty puts rows together by itself."""
    for _ in range(100):
        if database.scalar(LEFT) >= 20:
            return
        with database.owner.begin() as connection:
            for step in range(10):
                plant(connection, 125.05 + step * 0.0001)
    pytest.fail("the rows were put together each time")


def test_what_many_statements_left_is_tidied_up_and_shows_the_same(database: Database) -> None:
    untidy(database)
    before = changes(database)
    while tidy(database.service):
        pass
    assert (changes(database), same(database)) == (before, True)
    assert database.scalar(LEFT) == 0
    squares = "block, square, district, shown, stage, kind, year, review, programme"
    assert database.scalar(f"SELECT count(*) - count(DISTINCT ({squares})) FROM plot_square") == 0


def test_who_tidies_gives_way_to_a_writer(database: Database) -> None:
    untidy(database)
    with database.owner.connect() as writer:
        writer.execute(text("DELETE FROM plot_square"))
        assert not tidy(database.service)
        writer.rollback()
    assert tidy(database.service)
    assert same(database)


def test_a_neighbour_cannot_tell_by_a_tag_that_something_changed(database: Database) -> None:
    eastern = Account(1, "east", "planner", (EAST,), (EAST,))
    where = around(z=8).ground

    def counted() -> int:
        # As the owner, whom row security lets pass: the predicate alone must hold.
        with database.owner.begin() as connection:
            return count_changes(connection, eastern, NEWEST, where)

    before = counted()
    with database.owner.begin() as connection:
        plant(connection)
    assert counted() == before


def test_a_plot_across_blocks_changes_the_tags_of_both(database: Database) -> None:
    border = 125.15625  # 360/1024 * 868 - 180
    tiles = [around(border + step, 43.05, z=14) for step in (-0.015, 0.015)]
    before = [changes(database, address) for address in tiles]
    with database.owner.begin() as connection:
        plant(connection, border - 0.02, 43.05, size=0.04)
    assert all(changes(database, address) > old for address, old in zip(tiles, before, strict=True))


def plan(database: Database, statement: str, *off: str) -> str:
    """How the service would run a statement, whatever the size of the tables."""
    with database.service.begin() as connection:
        for setting in ("seqscan", *off):
            connection.execute(text(f"SET LOCAL enable_{setting} = off"))
        return "\n".join(connection.scalars(text(f"EXPLAIN {statement}")))


def measured(database: Database) -> None:
    """Plots in all three counties, and what the planner knows of them: empty tables are all one."""
    fill(database, each=300)
    with database.owner.begin() as connection:
        connection.execute(text("ANALYZE plot_version"))


def filled(statement: str) -> str:
    """A statement of a tile with values in the place of its parameters."""
    ground = Ground(125.0, 43.0, 125.02, 43.02, mercator=True)
    values = {
        **{name: f"CAST({value!r} AS double precision)" for name, value in places(ground).items()},
        "most": "100", "scope": f"'{{{WEST}}}'", "year": "2026", "blocks": "'{1,2}'", "x0": "1",
        "x1": "2", "y0": "1", "y1": "2", "up": "0", "side": "0.01", "shown": "'{both}'",
    }  # fmt: skip
    return re.sub(r"(?<!:):([a-z_]\w*)", lambda match: values.get(match[1], match[0]), statement)


def test_a_tile_of_plots_uses_the_spatial_index_of_each_slot(database: Database) -> None:
    measured(database)
    for approved in (True, False):
        words = plots_statement(("scope", "year"), approved=approved, mercator=True).text
        explained = plan(database, filled(words))
        assert "plot_version_approved_geom_idx" in explained, explained
        assert ("plot_version_working_geom_idx" in explained) == (not approved), explained


def test_a_tile_of_squares_uses_the_index_of_blocks(database: Database) -> None:
    words = squares_statement(("scope",), mercator=True).text
    assert "plot_square_block_idx" in plan(database, filled(words))


def test_sums_are_read_out_of_their_index_alone(database: Database) -> None:
    words = squares_statement(("scope", "stages"), mercator=True, summed=True, many=True).text
    words = words.replace(":stages ", "'{a}' ").replace(":first ", "1 ").replace(":last", "2")
    explained = plan(database, filled(words), "bitmapscan")
    assert "Index Only Scan using plot_square_sum_block_idx" in explained, explained


@pytest.mark.parametrize(
    ("names", "scale", "table"),
    [
        (("scope", "counties", "stages"), 7, "plot_square_sum"),
        (("scope", "stages"), 8, "plot_square_sum"),
        (("scope", "stages"), 9, "plot_square"),
        (("scope", "year"), 7, "plot_square"),
    ],
)
def test_far_out_the_sums_are_read_unless_they_do_not_know_the_filter(
    database: Database, names: tuple[str, ...], scale: int, table: str
) -> None:
    words = squares_statement(names, mercator=True, summed=sums_serve(names, scale)).text
    for name in ("counties", "stages"):
        words = words.replace(f":{name} ", "'{a}' ")
    assert f"{table}_block_idx" in plan(database, filled(words))


@pytest.mark.parametrize("scale", [0, 2, 5, 7, 8, 9, 10])
def test_squares_of_each_size_count_the_same_plots(database: Database, scale: int) -> None:
    with database.owner.begin() as connection:
        for step in range(9):
            plant(connection, 125 + 0.03 * step, 43 + 0.02 * step)
        year = connection.scalar(text("SELECT DISTINCT year FROM plot_version"))
    where = around(125.1, 43.1, scale).ground
    with database.service.begin() as connection:
        plain = squares_tile(connection, WHOLE, NEWEST, where, scale)
        years = squares_tile(connection, WHOLE, PlotFilter(year=year), where, scale)
    assert plain.matched > 0
    assert (plain.matched, plain.data) == (years.matched, years.data)
