"""schemathesis over the OpenAPI document: no 5xx, and nothing that the document does not tell."""

import httpx
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


def test_an_answer_of_several_types_is_told_as_the_one_that_it_has(
    server: Server, database: Database
) -> None:
    paths = httpx.get(f"{server.url}/openapi.json").json()["paths"]
    several = [
        operation["operationId"]
        for path in paths.values()
        for operation in path.values()
        if len(operation["responses"].get("200", {}).get("content", {})) > 1
    ]
    assert "exportPlots" in several
    # Far more of each than above, since a type is asked for by one parameter of many.
    options = ["--phases=fuzzing", "--seed=4", "--max-examples=20", "--no-shrink"]
    options += [f"--include-operation-id={name}" for name in several]
    fuzzed = fuzz(server.url, token_of(database, "admin"), seconds=20, options=options)
    assert not fuzzed.found, fuzzed.report
