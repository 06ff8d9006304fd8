"""The second lock: what the database itself shows, whatever the queries forget."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, text, true
from sqlalchemy.exc import DBAPIError, ProgrammingError

from service.accounts.db.accounts import account_by_secret, digest
from service.accounts.db.row_security import whole_tree_key
from service.coverage.db.figures import coverage_figures
from service.database.engine import make_engine
from service.plots.db import plots
from service.plots.db.plots import PlotFilter, list_statement
from service.run.coverage_worker import settle
from tests.service.accounts.db.filled import fill
from tests.service.conftest import CITY, EAST, SOUTH, WEST, Database, Server, feature, ring

GUARDED = ("plot", "plot_version", "plot_history", "plot_number", "plot_counter", "acceptance")


@pytest.fixture
def plain(database: Database) -> Iterator[Engine]:
    """The service's role as the service has it: nothing is entered yet."""
    engine = make_engine(database.endpoint.url("service", database.name))
    yield engine
    engine.dispose()


@contextmanager
def entered(engine: Engine, secret: str) -> Iterator[Connection]:
    """A transaction of the plain role in somebody's name."""
    with engine.connect() as connection:
        assert account_by_secret(connection, secret, ["token"]) is not None
        yield connection


def seen(connection: Connection) -> dict[str, int]:
    """How many rows of each guarded table there are, without any predicate of ours."""
    return {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in GUARDED}


def counties(connection: Connection) -> list[str]:
    """Whose plots are seen."""
    query = text("SELECT DISTINCT district FROM plot_version ORDER BY district")
    return list(connection.scalars(query))


def test_every_table_that_tells_of_plots_is_locked(database: Database) -> None:
    open_ones = database.scalar("""
        SELECT array_agg(DISTINCT relname) FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
          AND a.attname IN ('plot_id', 'plot_no') AND NOT c.relrowsecurity
    """)
    assert open_ones is None


def test_a_connection_that_entered_nothing_sees_no_plot(database: Database, plain: Engine) -> None:
    fill(database)
    with plain.connect() as connection:
        assert set(seen(connection).values()) == {0}


def test_a_query_without_a_predicate_sees_only_the_ground_of_the_account(
    database: Database, plain: Engine
) -> None:
    fill(database)
    with entered(plain, database.account("wang", "gis", WEST)) as connection:
        assert counties(connection) == [WEST]
        assert set(seen(connection).values()) <= {1, 2}


def test_a_scope_above_the_counties_sees_all_below_it(database: Database, plain: Engine) -> None:
    fill(database)
    with entered(plain, database.account("wang", "gis", CITY)) as connection:
        assert counties(connection) == [WEST, EAST]


def test_an_account_without_districts_sees_the_whole_tree(
    database: Database, plain: Engine
) -> None:
    fill(database)
    with entered(plain, database.account("root", "admin")) as connection:
        assert counties(connection) == [WEST, EAST, SOUTH]


def test_what_was_entered_ends_with_the_transaction(database: Database, plain: Engine) -> None:
    fill(database)
    secret = database.account("root", "admin")
    with plain.connect() as connection:
        account_by_secret(connection, secret, ["token"])
        connection.commit()
        assert counties(connection) == []


WIDER = [
    pytest.param("'*'", id="the words alone"),
    pytest.param("repeat('0', 64) || ':*'", id="a made-up signature"),
    pytest.param("left(current_setting('luotu.scope'), 65) || '*'", id="one's own signature"),
    pytest.param("current_setting('luotu.scope') || ',360702'", id="more words after it"),
    pytest.param("''", id="nothing"),
    pytest.param("'{*}'", id="an array"),
    pytest.param("repeat(':', 100000)", id="a long one"),
]


@pytest.mark.parametrize("words", WIDER)
def test_set_config_widens_no_scope(database: Database, plain: Engine, words: str) -> None:
    fill(database)
    with entered(plain, database.account("wang", "gis", WEST)) as connection:
        connection.execute(text(f"SELECT set_config('luotu.scope', {words}, true)"))
        assert counties(connection) in ([WEST], [])


def test_a_signature_of_another_transaction_opens_nothing(
    database: Database, plain: Engine
) -> None:
    fill(database)
    with entered(plain, database.account("root", "admin")) as connection:
        stolen = connection.scalar(text("SELECT current_setting('luotu.scope')"))
        connection.commit()
        show = text("SELECT set_config('luotu.scope', :stolen, true)")
        connection.execute(show, {"stolen": stolen})
        assert counties(connection) == []


def test_set_config_inside_the_query_that_it_should_widen_turns_nothing(
    database: Database, plain: Engine
) -> None:
    fill(database)
    with entered(plain, database.account("wang", "gis", WEST)) as connection:
        counties_seen = connection.scalars(
            text(
                "SELECT DISTINCT district FROM plot_version "
                "WHERE set_config('luotu.scope', repeat('f', 64) || ':*', true) IS NOT NULL"
            )
        )
        assert set(counties_seen) <= {WEST}


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM sealed.scope_key",
        "SELECT sealed.scope_signature('*')",
        "SELECT sealed.set_scope('*')",
        "SELECT query_to_xml('SELECT key FROM sealed.scope_key', true, true, '')",
        "SET ROLE luotu_owner",
        "SET row_security = off; SELECT * FROM plot_version",
        "ALTER TABLE plot_version DISABLE ROW LEVEL SECURITY",
        "SELECT set_session_scope_to_all('\\x00')",
    ],
)
def test_the_plain_role_cannot_reach_the_key_or_the_policies(
    database: Database, plain: Engine, statement: str
) -> None:
    with plain.connect() as connection, pytest.raises(ProgrammingError):
        connection.exec_driver_sql(statement)


def test_the_hash_of_a_secret_is_no_secret(database: Database, plain: Engine) -> None:
    secret = database.account("root", "admin")
    with plain.connect() as connection:
        assert account_by_secret(connection, digest(secret).hex(), ["token"]) is None


def test_the_key_opens_the_whole_tree(database: Database, plain: Engine) -> None:
    fill(database)
    with plain.connect() as connection:
        key = whole_tree_key(database.owner)
        connection.execute(text("SELECT set_session_scope_to_all(:key)"), {"key": key})
        assert counties(connection) == [WEST, EAST, SOUTH]


def test_nothing_is_written_on_foreign_ground(database: Database, plain: Engine) -> None:
    fill(database)
    with entered(plain, database.account("wang", "gis", WEST)) as connection:
        gone = connection.execute(text("DELETE FROM plot")).rowcount
        assert gone == 1
        with pytest.raises(DBAPIError, match="row-level security"):
            connection.execute(
                text("INSERT INTO plot_number VALUES (:east, 2026, 'mine', 2)"), {"east": EAST}
            )


def test_the_list_stays_in_scope_when_its_predicate_is_lost(
    server: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database)
    monkeypatch.setattr(plots, "in_scope", lambda *_: true())
    with server.client(database.account("wang", "gis", WEST)) as client:
        listed = client.get("/api/plots").json()
        foreign = client.get("/api/plots/2").status_code
    districts = {feature["properties"]["district"] for feature in listed["features"]}
    assert (districts, listed["numberMatched"], foreign) == ({WEST}, 1, 404)


def test_figures_kept_for_one_scope_serve_no_other(
    server: Server, database: Database, plain: Engine
) -> None:
    with server.client(database.account("root", "admin")) as client:
        for lon in (125.05, 125.15):
            assert client.post("/api/plots", json=feature(ring(lon, 43.05))).status_code == 201
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE plot_version SET slot = 'approved', review = 'approved'"))
    assert settle(database.service)

    def codes(token: str) -> tuple[list[str], int | None]:
        with entered(plain, token) as connection:
            figures = coverage_figures(connection, [WEST, EAST], level="county", exact_cells=50)
        return [row.code for row in figures.rows], figures.stamp

    people = {county: database.account(county, "viewer", county) for county in (WEST, EAST)}
    everybody = database.account("all", "viewer")
    for _again in range(2):
        for county, token in people.items():
            assert codes(token)[0] == [county]
        assert sorted(codes(everybody)[0]) == [WEST, EAST]
    stamps = {codes(token)[1] for token in (*people.values(), everybody)}
    assert None not in stamps
    assert len(stamps) == 3


def test_a_neighbours_plot_across_the_border_counts_the_same_for_everybody(
    server: Server, database: Database, plain: Engine
) -> None:
    with server.client(database.account("root", "admin")) as client:
        # Most of it lies in the east.
        border = feature(ring(125.0995, 43.05, width=0.002))
        made = client.post("/api/plots", json=border).json()
        assert made["properties"]["district"] == EAST
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE plot_version SET slot = 'approved', review = 'approved'"))
    with entered(plain, database.account("wang", "viewer", WEST)) as connection:
        scoped = coverage_figures(connection, [WEST, EAST], exact_cells=50).rows
    with database.owner.connect() as connection:
        connection.execute(
            text("SELECT set_session_scope_to_all(:key)"), {"key": whole_tree_key(database.owner)}
        )
        whole = coverage_figures(connection, [WEST, EAST], exact_cells=50).rows
    assert [row.code for row in scoped] == [WEST]
    assert scoped[0] == whole[0]


@pytest.mark.parametrize("scope", [(), (WEST,)], ids=["whole tree", "one county"])
def test_the_spatial_index_serves_under_the_lock(
    database: Database, plain: Engine, scope: tuple[str, ...]
) -> None:
    fill(database, each=4_000)
    with database.service.begin() as connection:
        connection.execute(text("SELECT analyze_table('plot_version')"))
    secret = database.account("wang", "gis", *scope)
    with plain.connect() as connection:
        account = account_by_secret(connection, secret, ["token"])
        assert account is not None
        filters = PlotFilter(version="approved", bbox=(125.01, 43.01, 125.013, 43.013))
        statement = list_statement(account, filters, limit=100)
        compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
        plan = "\n".join(
            connection.exec_driver_sql(f"EXPLAIN {compiled}".replace("%", "%%")).scalars()
        )
    assert "plot_version_approved_geom_idx" in plan, plan


def test_shapes_to_snap_to_end_two_hundred_metres_beyond_the_border(
    database: Database, plain: Engine
) -> None:
    fill(database)
    move = text(
        "UPDATE plot_version SET geom = ST_Multi(ST_MakeEnvelope("
        ":west, 43.05, :west + 0.001, 43.051, 4490)) WHERE district = :east"
    )
    ask = text(
        "SELECT count(*) FROM snapping_shapes(ST_MakeEnvelope(125, 43, 126, 44, 4490), 9, 99)"
    )
    secret = database.account("wang", "planner", WEST)
    counts = []
    for west in (125.102, 125.103):  # 163 m and 245 m beyond 125.1 at 43° north
        with database.owner.begin() as connection:
            connection.execute(move, {"west": west, "east": EAST})
        with entered(plain, secret) as connection:
            counts.append(connection.scalar(ask))
    assert counts == [1, 0]


def test_a_scope_does_not_vanish_with_its_district(database: Database) -> None:
    database.account("wang", "gis", WEST)
    with database.owner.connect() as connection, pytest.raises(DBAPIError, match="account_scope"):
        connection.execute(text("DELETE FROM district WHERE code = :west"), {"west": WEST})


def test_a_deleted_plot_is_still_its_own_districts_to_bring_back(
    database: Database, plain: Engine
) -> None:
    fill(database)
    with database.owner.begin() as connection:
        connection.execute(text("DELETE FROM plot_version"))
    with entered(plain, database.account("wang", "gis", WEST)) as connection:
        assert connection.scalar(text("SELECT count(*) FROM plot")) == 1
