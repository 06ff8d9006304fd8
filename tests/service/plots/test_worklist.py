"""What waits for me, what I look for."""

from typing import Any

from sqlalchemy import event, text

from service.accounts.db.accounts import account_by_secret, command_line_account
from service.plots.db.worklist import search, work
from tests.service.accounts.db.filled import fill
from tests.service.conftest import EAST, SOUTH, WEST, Database, SignIn, ring
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


def test_a_plot_is_found_by_its_number_and_by_a_part_of_its_name(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="城南一号林", plot_no="A7")
    for words in ("A7", "南一"):
        plots = planner.get("/api/search", params={"q": words}).json()["plots"]
        assert [row["id"] for row in plots] == [plot["id"]]


def test_of_equal_numbers_the_nearest_comes_first_and_names_have_their_own_room(
    sign_in: SignIn,
) -> None:
    planner = sign_in("planner")
    west = drawn(planner, geometry=ring(125.05, 43.05), plot_no="A7")
    east = drawn(planner, geometry=ring(125.15, 43.05), plot_no="A7")
    named = drawn(planner, geometry=ring(125.06, 43.05), name="A7号林")
    for lon, first, second in ((125.0, west, east), (125.2, east, west)):
        address = f"/api/search?q=A7&lon={lon}&lat=43.05"
        plots = planner.get(address).json()["plots"]
        assert [(row["id"], row["by"]) for row in plots] == [
            (first["id"], "plot_no"),
            (second["id"], "plot_no"),
            (named["id"], "name"),
        ]


def test_signs_of_a_pattern_are_taken_at_their_word(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    drawn(planner, name="百分之百")
    for words in ("%", "_", "\\"):
        assert planner.get("/api/search", params={"q": words}).json()["plots"] == []


def test_a_search_stays_within_the_scope(sign_in: SignIn) -> None:
    drawn(sign_in("planner"), name="城南一号林")
    stranger = sign_in("planner", SOUTH)
    assert stranger.get("/api/search", params={"q": "城南"}).json()["plots"] == []
    assert stranger.get("/api/search", params={"q": "东县"}).json()["districts"] == []


def test_a_district_is_found_by_name_and_by_code(sign_in: SignIn) -> None:
    client = sign_in("viewer")
    for words in ("东县", EAST):
        districts = client.get("/api/search", params={"q": words}).json()["districts"]
        assert [row["code"] for row in districts] == [EAST]


def test_a_plot_is_found_by_the_beginning_of_its_number_after_those_that_bear_it_whole(
    sign_in: SignIn,
) -> None:
    planner = sign_in("planner")
    far = drawn(planner, geometry=ring(125.15, 43.05), plot_no="A71")
    near = drawn(planner, geometry=ring(125.06, 43.05), plot_no="A79", name="A79号林")
    whole = drawn(planner, geometry=ring(125.05, 43.05), plot_no="A7")
    drawn(planner, geometry=ring(125.07, 43.05), plot_no="BA7")
    plots = planner.get("/api/search?q=A7&lon=125.06&lat=43.05").json()["plots"]
    assert [(row["id"], row["by"]) for row in plots] == [
        (whole["id"], "plot_no"),
        (near["id"], "plot_no"),
        (far["id"], "plot_no"),
    ]


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
    # Each list and its length; the number itself and those that begin with it.
    for name in ("drafts", "returned", "waiting", "plot_no"):
        assert sum(f"plot_version_{name}_idx" in plan for plan in plans) == 2, plans


def test_a_search_says_where_there_is_more_than_it_tells(
    sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner")
    for n in range(3):
        drawn(planner, name=f"城南{n}", plot_no=f"A7{n}", geometry=ring(125.01 + n / 100, 43.01))
    with database.service.begin() as connection:
        account = command_line_account(connection, "test")
        for words, by in (("A7", "plot_no"), ("城南", "name"), ("县", "districts")):
            assert search(connection, account, words, limit=3)["more"] == []
            cut = search(connection, account, words, limit=2)
            assert cut["more"] == [by]
            assert len(cut["plots"]) + len(cut["districts"]) == 2
