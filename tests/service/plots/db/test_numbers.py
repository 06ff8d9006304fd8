"""Free 图斑号, behind those that plots brought."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, event, text

from service.plots.db.numbers import reserved_numbers
from tests.service.conftest import EAST, WEST, Database

BROUGHT = """
WITH made AS (
    INSERT INTO plot (id)
    SELECT nextval(pg_get_serial_sequence('plot', 'id')) FROM generate_series(1, 3000) RETURNING id
)
INSERT INTO plot_number (district, year, plot_no, plot_id)
SELECT :county, 2031, lpad(row_number() OVER (ORDER BY id)::text, 5, '0'), id FROM made
"""


@pytest.fixture
def brought(database: Database) -> Iterator[Connection]:
    """A county and year whose numbers 00001 to 03000 came along with plots; taken back after."""
    with database.owner.connect() as connection:
        connection.execute(text(BROUGHT), {"county": WEST})
        yield connection
        connection.rollback()


def test_a_number_behind_thousands_is_found_in_a_few_steps(brought: Connection) -> None:
    asked: list[str] = []
    event.listen(brought, "before_cursor_execute", lambda *of: asked.append(of[2]))
    assert reserved_numbers(brought, {(WEST, 2031): 1}) == {(WEST, 2031): ["03001"]}
    assert len(asked) < 40


def test_what_was_looked_at_and_not_needed_is_given_next(brought: Connection) -> None:
    wanted = {(WEST, 2031): 2, (EAST, 2031): 1}
    given = [reserved_numbers(brought, wanted) for _ in range(2)]
    assert given == [
        {(WEST, 2031): ["03001", "03002"], (EAST, 2031): ["00001"]},
        {(WEST, 2031): ["03003", "03004"], (EAST, 2031): ["00002"]},
    ]


def test_one_that_a_plot_brought_later_is_passed_over(brought: Connection) -> None:
    reserved_numbers(brought, {(WEST, 2031): 1})
    later = "UPDATE plot_number SET plot_no = '03003' WHERE plot_no = '00007' AND year = 2031"
    brought.execute(text(later))
    numbers = reserved_numbers(brought, {(WEST, 2031): 3})[WEST, 2031]
    assert numbers == ["03002", "03004", "03005"]
