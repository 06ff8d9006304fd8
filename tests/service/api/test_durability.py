"""What is answered as done is in the database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.service.conftest import Database, SignIn, feature

FAILING = """
CREATE FUNCTION fail_late() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE check_violation USING MESSAGE = 'the disk is full'; END $$;
CREATE CONSTRAINT TRIGGER fail_late AFTER INSERT ON plot
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_late();
"""


@pytest.fixture
def failing_commits(database: Database) -> Iterator[None]:
    """Every transaction that makes a plot fails at its commit, and not before."""
    with database.owner.begin() as connection:
        connection.execute(text(FAILING))
    yield
    with database.owner.begin() as connection:
        connection.execute(text("DROP TRIGGER fail_late ON plot; DROP FUNCTION fail_late()"))


def test_a_commit_that_fails_is_never_answered_as_created(
    sign_in: SignIn, database: Database, failing_commits: None
) -> None:
    answer = sign_in("planner").post("/api/plots", json=feature())
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "disk" not in answer.text
    assert database.scalar("SELECT count(*) FROM plot") == 0
