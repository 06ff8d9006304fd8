"""Numbers of records, behind those that a file brought."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, event, text

from service.accounts.db.accounts import Account
from service.registers.db.records import next_numbers
from tests.service.conftest import WEST, Database

BROUGHT = """
INSERT INTO record (register, name, state, county, number)
SELECT 'board', '牌', 'damaged', :county, 'XX' || :county || lpad(n::text, 5, '0')
FROM generate_series(1, 1500) n
"""
ADMIN = Account(1, "x", "admin", (), None)


@pytest.fixture
def brought(database: Database) -> Iterator[Connection]:
    """Fifteen hundred boards with numbers of their own; taken back after."""
    with database.owner.connect() as connection:
        connection.execute(text(BROUGHT), {"county": WEST})
        yield connection
        connection.rollback()


def test_a_number_behind_many_is_found_in_a_few_steps_and_none_is_lost(brought: Connection) -> None:
    asked: list[str] = []
    event.listen(brought, "before_cursor_execute", lambda *of: asked.append(of[2]))
    given = [next_numbers(brought, ADMIN, "board", "XX", WEST, n)[-1][-5:] for n in (1, 2, 1)]
    assert given == ["01501", "01503", "01504"]
    assert len(asked) < 40
