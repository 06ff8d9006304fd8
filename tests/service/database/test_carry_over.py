"""Databases of the migrations before the baseline are carried over with what lies in them."""

import re

import pytest
from sqlalchemy import text

from service.database import carry_over
from service.database.migrate import migrate
from service.database.revision import head, version
from service.embedded import Endpoint
from service.run.loaders import LOADERS
from tests.service.database.old_databases import fill, old_database, schema, take_back

NUMBERS = sorted(carry_over.numbers(), reverse=True)
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


def test_the_baseline_makes_what_the_old_migrations_made(endpoint: Endpoint, present: str) -> None:
    with old_database(endpoint, "old_last") as owner:
        migrate(owner, loaders=LOADERS)
        assert comparable(schema(endpoint, "old_last")) == present


def test_a_database_of_each_old_migration_is_carried_over_with_its_rows(
    endpoint: Endpoint, present: str
) -> None:
    with old_database(endpoint, "old_walk") as walk:
        fill(walk)
        for number in NUMBERS:
            take_back(walk, number)
            walk.dispose()  # a database that is copied has no other user
            with old_database(endpoint, "old_copy", "old_walk") as copy:
                assert migrate(copy, loaders=LOADERS) == (number, head())
                with copy.connect() as connection:
                    assert version(connection) == head()
                    counts = tuple(connection.execute(text(COUNTS)).one())
                plots = int(number) >= 3
                assert counts == (7, int(number) >= 2, plots, plots, True), number
                assert comparable(schema(endpoint, "old_copy")) == present, number
