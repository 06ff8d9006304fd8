"""What becomes of an import when the service, or its account, ends in the middle."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from service.accounts.db.accounts import command_line_account
from service.imports.db import imports
from service.imports.queue import ImportQueue, give_up_unfinished
from service.imports.working import work_for
from service.settings import Settings
from tests.service.conftest import Database, Server, feature
from tests.service.imports.conftest import PLACE, committed, settled, staged


@pytest.fixture
def number(planner: httpx.Client) -> int:
    """A staged import."""
    number: int = staged(planner, feature(PLACE))["id"]
    return number


def put_back(database: Database, number: int, state: str) -> None:
    """Leave an import as a service that was killed leaves it."""
    with database.owner.begin() as connection:
        connection.execute(
            text("UPDATE import SET state = :state WHERE id = :id"), {"state": state, "id": number}
        )


def test_an_import_that_was_being_read_fails_in_words_and_is_read_again(
    planner: httpx.Client, database: Database, number: int
) -> None:
    put_back(database, number, "reading")
    assert give_up_unfinished(database.service) == 1
    state = planner.get(f"/api/imports/{number}").json()
    assert (state["state"], state["error"]["code"]) == ("failed", "restarted")
    assert "read again" in state["error"]["detail"]
    again = planner.patch(f"/api/imports/{number}", json={})
    assert settled(planner, again)["state"] == "staged"


def test_an_import_that_was_being_committed_is_staged_again(
    planner: httpx.Client, database: Database, number: int
) -> None:
    put_back(database, number, "committing")
    assert give_up_unfinished(database.service) == 1
    state = planner.get(f"/api/imports/{number}").json()
    assert (state["state"], state["error"]["code"]) == ("staged", "restarted")
    assert committed(planner, number)["state"] == "live"
    assert planner.get("/api/plots").json()["numberMatched"] == 1


def test_a_start_leaves_alone_what_is_not_under_way(
    planner: httpx.Client, database: Database, number: int
) -> None:
    assert give_up_unfinished(database.service) == 0
    assert planner.get(f"/api/imports/{number}").json()["state"] == "staged"


def waiting(database: Database, number: int, task: Any, state: str) -> ImportQueue:
    """A piece of work that nobody took yet."""
    put_back(database, number, state)
    queue = ImportQueue(Settings())
    with database.service.begin() as connection:
        account = command_line_account(connection, "x")
        queue.put(work_for(connection, account, number, task))
    return queue


def test_nothing_is_committed_for_an_account_that_was_disabled(
    planner: httpx.Client, database: Database, number: int
) -> None:
    # An account of the command line cannot sign in: as one that was disabled meanwhile.
    queue = waiting(database, number, "commit", "committing")
    assert queue.work(database.service, 0.0)
    state = planner.get(f"/api/imports/{number}").json()
    assert (state["state"], state["error"]["code"]) == ("staged", "work_ended")
    assert planner.get("/api/plots").json()["numberMatched"] == 0


def test_the_service_fails_in_words_and_logs_why(
    planner: httpx.Client,
    database: Database,
    number: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("broken")

    queue = waiting(database, number, "stage", "reading")
    monkeypatch.setattr("service.imports.queue.stage", fail)
    with pytest.raises(RuntimeError):
        queue.work(database.service, 0.0)
    state = planner.get(f"/api/imports/{number}").json()
    assert (state["state"], state["error"]["code"]) == ("failed", "failed")


def test_a_work_secret_is_no_token(server: Server, database: Database) -> None:
    database.account("someone", "planner")
    with database.service.begin() as connection:
        someone = connection.execute(
            text("SELECT id, name, role FROM account WHERE name = 'someone'")
        ).one()
        account = command_line_account(connection, "x")
        work = work_for(connection, account, 1, "stage")
        connection.execute(
            text("UPDATE credential SET account_id = :id WHERE kind = 'work'"), {"id": someone.id}
        )
    with server.client(work.secret) as client:
        assert client.get("/api/me").status_code == 401


def test_old_imports_are_left_and_their_rows_go(
    planner: httpx.Client, database: Database, live: dict[str, Any], number: int
) -> None:
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE import SET created_at = now() - interval '31 days'"))
    with database.service.begin() as connection:
        assert imports.forget(connection, Settings(import_days=30).import_days) == 2
    assert planner.get(f"/api/imports/{number}").json()["state"] == "cancelled"
    assert planner.get(f"/api/imports/{live['id']}").json()["state"] == "live"
    assert database.scalar("SELECT count(*) FROM import_row") == 0
    assert planner.get("/api/plots", params={"import": live["id"]}).json()["numberMatched"] == 1
