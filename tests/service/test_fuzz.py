"""schemathesis over the OpenAPI document: no 5xx, and nothing that the document does not tell."""

import pytest

from tests.fuzz import fuzz
from tests.service.conftest import CITY, Database, Server

NOBODY = "nobody"


def token_of(database: Database, role: str) -> str | None:
    """A token of a new account of the role; None for nobody."""
    return None if role == NOBODY else database.account(role, role, CITY)


@pytest.mark.parametrize(("role", "seconds"), [(NOBODY, 8), ("planner", 25), ("admin", 25)])
def test_fixed_seeds_find_no_failure(
    server: Server, database: Database, role: str, seconds: int
) -> None:
    token = token_of(database, role)
    # Few of each, so that every route has its turn before the time is up: `make fuzz` tries more.
    options = ("--phases=examples,coverage,fuzzing", "--seed=4", "--max-examples=4", "--no-shrink")
    fuzzed = fuzz(server.url, token, seconds=seconds, options=options)
    assert not fuzzed.found, fuzzed.report
