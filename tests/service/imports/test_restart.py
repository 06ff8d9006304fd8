"""What becomes of an import when the service, or its account, ends in the middle."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.accounts.db import administration
from service.accounts.db.accounts import account_id, command_line_account
from service.imports.db import imports
from service.imports.queue import MOST_TIMES, ImportQueue, take_up
from service.imports.working import work_for
from service.settings import Settings
from tests.service.conftest import Database, Server, feature
from tests.service.imports.conftest import PLACE, settled, staged


@pytest.fixture
def number(planner: httpx.Client) -> int:
    """A staged import."""
    number: int = staged(planner, feature(PLACE))["id"]
    return number


def settle(database: Database, number: int) -> None:
    """Say how an import is committed, as its sender did before the service was killed."""
    how = '{"acknowledge": [], "skip_blocked": false, "replace": "none"}'
    with database.owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE import SET settlement = CAST(:how AS jsonb), committed_by = account_id "
                "WHERE id = :id"
            ),
            {"how": how, "id": number},
        )


def put_back(database: Database, number: int, state: str) -> None:
    """Leave an import as a service that was killed leaves it."""
    with database.owner.begin() as connection:
        connection.execute(
            text("UPDATE import SET state = :state WHERE id = :id"), {"state": state, "id": number}
        )


def taken_up(database: Database) -> ImportQueue:
    """The queue of a service that starts."""
    queue = ImportQueue(Settings())
    take_up(database.service, queue)
    return queue


@pytest.mark.parametrize(("state", "after"), [("reading", "staged"), ("committing", "live")])
def test_an_import_that_was_cut_off_is_begun_again(
    planner: httpx.Client, database: Database, number: int, state: str, after: str
) -> None:
    if state == "committing":
        settle(database, number)
    put_back(database, number, state)
    assert taken_up(database).work(database.service, 0.0)
    assert planner.get(f"/api/imports/{number}").json()["state"] == after
    plots = planner.get("/api/plots").json()["numberMatched"]
    assert plots == (1 if after == "live" else 0)


def test_one_that_is_cut_off_again_and_again_is_told_of(
    planner: httpx.Client, database: Database, number: int
) -> None:
    put_back(database, number, "reading")
    for _ in range(MOST_TIMES):
        assert taken_up(database).take(0.0) is not None
    assert taken_up(database).take(0.0) is None
    state = planner.get(f"/api/imports/{number}").json()
    assert (state["state"], state["error"]["code"]) == ("failed", "restarted")
    assert "read again" in state["error"]["detail"]
    again = planner.patch(f"/api/imports/{number}", json={})
    assert settled(planner, again)["state"] == "staged"


def test_work_waits_while_the_database_is_away(
    planner: httpx.Client, database: Database, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back(database, number, "reading")
    queue = taken_up(database)

    def killed(engine: Any, *_more: object) -> None:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with monkeypatch.context() as away:
        away.setattr("service.imports.queue.stage", killed)
        with pytest.raises(DBAPIError):
            queue.work(database.service, 0.0)
    assert planner.get(f"/api/imports/{number}").json()["state"] == "reading"
    assert queue.work(database.service, 0.0)
    assert planner.get(f"/api/imports/{number}").json()["state"] == "staged"


def test_a_start_leaves_alone_what_is_not_under_way(
    planner: httpx.Client, database: Database, number: int
) -> None:
    assert taken_up(database).take(0.0) is None
    assert planner.get(f"/api/imports/{number}").json()["state"] == "staged"


def waiting(
    database: Database, number: int, task: Any, state: str, whose: str | None = None
) -> ImportQueue:
    """A piece of work that nobody took yet, of an account by name or of the command line."""
    put_back(database, number, state)
    queue = ImportQueue(Settings())
    with database.service.begin() as connection:
        named = None if whose is None else account_id(connection, whose)
        worker = named or command_line_account(connection, "x").id
        queue.put(work_for(connection, worker, number, task))
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


def test_nothing_is_committed_for_an_account_that_plans_no_more(
    planner: httpx.Client, database: Database, number: int
) -> None:
    name = planner.get("/api/me").json()["name"]
    queue = waiting(database, number, "commit", "committing", name)
    with database.owner.begin() as connection:
        administration.set_role(connection, account_id(connection, name) or 0, "viewer")
    assert queue.work(database.service, 0.0)
    assert database.scalar("SELECT state || ' ' || (error ->> 'code') FROM import") == (
        "staged role_missing"
    )
    assert database.scalar("SELECT count(*) FROM plot") == 0


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
        work = work_for(connection, account.id, 1, "stage")
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
