"""What is answered as done is in the database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.service.conftest import Database, SignIn, feature

FAILING = """
CREATE FUNCTION fail_late() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE {error} USING MESSAGE = 'too late'; END $$;
CREATE CONSTRAINT TRIGGER fail_late AFTER INSERT ON plot
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_late();
"""


@pytest.fixture
def failing_commits(database: Database, request: pytest.FixtureRequest) -> Iterator[None]:
    """Every transaction that makes a plot fails at its commit, and not before."""
    with database.owner.begin() as connection:
        connection.execute(text(FAILING.format(error=request.param)))
    yield
    with database.owner.begin() as connection:
        connection.execute(text("DROP TRIGGER fail_late ON plot; DROP FUNCTION fail_late()"))


@pytest.mark.parametrize(
    ("failing_commits", "status", "code"),
    [("check_violation", 500, "internal_error"), ("disk_full", 503, "disk_full")],
    indirect=["failing_commits"],
)
def test_a_commit_that_fails_is_never_answered_as_created(
    sign_in: SignIn, database: Database, failing_commits: None, status: int, code: str
) -> None:
    answer = sign_in("planner").post("/api/plots", json=feature())
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "late" not in answer.text
    assert database.scalar("SELECT count(*) FROM plot") == 0
