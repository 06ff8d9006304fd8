"""What waits for me, what I look for."""

from typing import Any

from sqlalchemy import event, text

from service.accounts.db.accounts import account_by_secret
from service.plots.db.worklist import work
from service.plots.search import search
from tests.service.accounts.db.filled import fill
from tests.service.conftest import WEST, Database, SignIn, ring
from tests.service.plots.made import drawn


def test_a_planner_sees_own_drafts_and_what_was_returned(sign_in: SignIn) -> None:
    planner, inspector = sign_in("planner"), sign_in("inspector")
    draft = drawn(planner)
    returned = drawn(planner, geometry=ring(125.01, 43.01))
    planner.post(f"/api/plots/{returned['id']}/submit")
    inspector.post(f"/api/plots/{returned['id']}/return", json={"reason": "边界不准"})
    work = planner.get("/api/me/work").json()
    assert [plot["id"] for plot in work["drafts"]["plots"]] == [draft["id"]]
    assert [plot["return_reason"] for plot in work["returned"]["plots"]] == ["边界不准"]
    assert work["waiting"] is None


def test_an_inspector_sees_what_waits_in_the_own_districts_only(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    here = drawn(planner)
    there = drawn(planner, geometry=ring(114.05, 25.05))
    for plot in (here, there):
        planner.post(f"/api/plots/{plot['id']}/submit")
    waiting = sign_in("inspector", WEST).get("/api/me/work").json()["waiting"]
    assert (waiting["count"], [plot["id"] for plot in waiting["plots"]]) == (1, [here["id"]])


def test_what_one_submitted_does_not_wait_for_oneself(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    plot = drawn(admin)
    admin.post(f"/api/plots/{plot['id']}/submit")
    assert admin.get("/api/me/work").json()["waiting"]["count"] == 0


def test_work_and_numbers_are_read_from_an_index(database: Database) -> None:
    fill(database, each=1_000)
    with database.service.begin() as connection:
        connection.execute(text("SELECT analyze_table('plot_version')"))
    secret = database.account("wang", "admin")
    statements: list[tuple[str, Any]] = []
    with database.service.connect() as connection:
        account = account_by_secret(connection, secret, ["token"])
        assert account is not None
        event.listen(
            connection,
            "before_cursor_execute",
            lambda *event_args: statements.append(event_args[2:4]),
        )
        work(connection, account, limit=100)
        search(connection, account, "123", limit=100)
        plans = [
            "\n".join(connection.exec_driver_sql(f"EXPLAIN {sql}", values).scalars())
            for sql, values in list(statements)
            if "plot_version" in sql and "~~*" not in sql and "ILIKE" not in sql
        ]
    # Each list and its length; whether any number begins so, the number itself, and those that do.
    for name, times in {"drafts": 2, "returned": 2, "waiting": 2, "plot_no": 3}.items():
        assert sum(f"plot_version_{name}_idx" in plan for plan in plans) == times, plans
