"""Databases of the migrations before the baseline are carried over with what lies in them."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from service.database import carry_over
from service.database.migrate import migrate
from service.database.revision import head, version
from service.embedded import Endpoint
from service.run.loaders import LOADERS
from tests.service.database.old_databases import fill, old_database, schema, take_back

NUMBERS = sorted(carry_over.numbers(), reverse=True)
WHOLE_WAY = (max(NUMBERS), "0003", min(NUMBERS))
COUNTS = """
SELECT (SELECT count(*) FROM district), (SELECT count(*) FROM account),
       (SELECT count(*) FROM plot_version WHERE slot = 'approved'),
       (SELECT count(*) FROM acceptance), (SELECT count(*) FROM kind) > 0
"""


def comparable(dump: str) -> str:
    """A dump without what differs by nature: the token that pg_dump makes anew each time."""
    return re.sub(r"^\\(un)?restrict .*$", "", dump, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def present(endpoint: Endpoint, migrated: str) -> str:
    """The schema that the baseline and the SQL library make."""
    return comparable(schema(endpoint, migrated))


@pytest.fixture(scope="module")
def last_old(endpoint: Endpoint) -> Iterator[str]:
    """Name of a database of the last old migration, to be copied."""
    with old_database(endpoint, "old_made") as owner:
        owner.dispose()  # a database that is copied has no other user
        yield "old_made"


@pytest.fixture(scope="module")
def carried(endpoint: Endpoint, last_old: str) -> str:
    """The schema that a database of the last old migration has when it is carried over."""
    with old_database(endpoint, "old_carried", last_old) as owner:
        carry(owner, max(NUMBERS))
        return comparable(schema(endpoint, "old_carried"))


def carry(owner: Engine, number: str) -> None:
    """Bring a database at an old number to the baseline's tables, and no further."""
    with owner.begin() as connection:
        assert version(connection) == number
        carry_over.carry_over(connection, number)
        assert version(connection) == carry_over.BASELINE


def rows(owner: Engine) -> tuple[object, ...]:
    """How many rows of each kind a database has."""
    with owner.connect() as connection:
        return tuple(connection.execute(text(COUNTS)).one())


def expected(number: str) -> tuple[object, ...]:
    """What is left of the rows in a database that was taken back to an old number."""
    plots = int(number) >= 3
    return 7, int(number) >= 2, plots, plots, True


def test_the_baseline_makes_what_the_old_migrations_made(
    endpoint: Endpoint, last_old: str, present: str
) -> None:
    with old_database(endpoint, "old_last", last_old) as owner:
        migrate(owner, loaders=LOADERS)
        assert comparable(schema(endpoint, "old_last")) == present


def test_a_database_of_each_old_migration_is_carried_over_with_its_rows(
    endpoint: Endpoint, last_old: str, carried: str, present: str
) -> None:
    """Where two schemas are the same, the newer migrations make the same of both: only those with
    all rows, with the first plots and with fewest go on to the newest.
    """
    with old_database(endpoint, "old_walk", last_old) as walk:
        fill(walk)
        for number in NUMBERS:
            take_back(walk, number)
            walk.dispose()  # a database that is copied has no other user
            with old_database(endpoint, "old_copy", "old_walk") as copy:
                if number in WHOLE_WAY:
                    assert migrate(copy, loaders=LOADERS) == (number, head())
                    assert comparable(schema(endpoint, "old_copy")) == present, number
                else:
                    carry(copy, number)
                    assert comparable(schema(endpoint, "old_copy")) == carried, number
                assert rows(copy) == expected(number), number
