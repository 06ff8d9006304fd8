"""schemathesis over the OpenAPI document: no 5xx, and nothing that the document does not tell."""

import pytest

from service.db.accounts import ROLES
from tests.fuzz import fuzz
from tests.service.conftest import CITY, Database, Server

NOBODY = "nobody"


def token_of(database: Database, role: str) -> str | None:
    """A token of a new account of the role; None for nobody."""
    return None if role == NOBODY else database.account(role, role, CITY)


@pytest.mark.parametrize(("role", "seconds"), [(NOBODY, 10), ("planner", 30), ("admin", 30)])
def test_fixed_seeds_find_no_failure(
    server: Server, database: Database, role: str, seconds: int
) -> None:
    token = token_of(database, role)
    options = ("--phases=examples,coverage,fuzzing", "--seed=4", "--max-examples=8", "--no-shrink")
    assert not fuzz(server.url, token, seconds=seconds, options=options)


def test_long_runs_of_each_role_and_nobody_find_no_failure(
    server: Server, database: Database, request: pytest.FixtureRequest
) -> None:
    minutes = float(request.config.getoption("--fuzz-minutes"))
    if not minutes:
        pytest.skip("the long form is make fuzz")
    found = {}
    for role in (NOBODY, *ROLES):
        seconds = int(minutes * 60 / (len(ROLES) + 1))
        print(f"{role}: {seconds} s")  # it takes minutes: say where it is
        found[role] = fuzz(server.url, token_of(database, role), seconds=max(seconds, 1))
    assert not {role: report for role, report in found.items() if report}, "\n".join(found.values())
