"""Every version is kept, whoever writes, and nobody but the triggers writes the history."""

from typing import Any

import pytest
from shapely import MultiPolygon, box
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from service.accounts.db import accounts
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.metadata import plot_history, plot_version
from service.database.migrate import migrate
from service.plots.db.insert import NewPlot, insert_plots
from service.run.db.remove_demo import remove_demo
from service.run.loaders import LOADERS
from tests.service.conftest import WEST, Database
from tests.service.database.old_databases import take_back

BOX = {"stage": "planted", "kind": "RGZL", "year": 2026}


def shape(n: int) -> MultiPolygon:
    """A square of its own for each number."""
    west = 125.001 + (n % 90) / 1_000
    south = 43.001 + (n // 90) / 1_000
    return MultiPolygon([box(west, south, west + 0.0005, south + 0.0005)])


def planner(connection: Connection) -> Account:
    """An account in the database."""
    number = accounts.account_id(connection, "ann")
    if number is None:
        number = accounts.add_account(connection, "ann", "planner")
    return Account(number, "ann", "planner", (), None)


def plant(database: Database, count: int = 1, *, demo: bool = False) -> list[int]:
    """Drafts in the western county, drawn by ann."""
    new = [NewPlot(shape(n), WEST, BOX) for n in range(count)]
    with database.service.begin() as connection:
        return insert_plots(connection, planner(connection), new, demo=demo)


def recorded_versions(database: Database) -> list[Any]:
    """The history, oldest first."""
    with database.owner.connect() as connection:
        return list(connection.execute(plot_history.select().order_by(plot_history.c.id)))


@pytest.fixture
def plot_id(database: Database) -> int:
    """A draft of ann's."""
    return plant(database)[0]


def by_owner(database: Database, statement: str) -> None:
    """Somebody writes by SQL."""
    with database.owner.begin() as connection:
        connection.execute(text(statement))


def test_the_history_has_every_column_of_a_version() -> None:
    assert set(plot_version.columns.keys()) <= set(plot_history.columns.keys())


def test_a_new_plot_begins_its_history_in_the_name_of_its_author(
    database: Database, plot_id: int
) -> None:
    (entry,) = recorded_versions(database)
    assert (entry.plot_id, entry.operation, entry.actor) == (plot_id, "insert", "ann")
    assert (entry.valid_to, entry.db_user) == (None, "luotu_service")


def test_what_is_kept_is_what_is_stored(database: Database, plot_id: int) -> None:
    names = ", ".join(plot_version.columns.keys())
    same = database.scalar(
        f"SELECT count(*) FROM (SELECT {names} FROM plot_version) v "
        f"JOIN (SELECT {names} FROM plot_history) h ON v IS NOT DISTINCT FROM h"
    )
    assert same == 1


def test_a_change_by_sql_is_kept_with_the_name_of_the_database_user(
    database: Database, plot_id: int
) -> None:
    by_owner(database, "UPDATE plot_version SET name = '改'")
    first, second = recorded_versions(database)
    assert (second.actor, second.account_id, second.changed_by) == ("sql:luotu_owner", None, None)
    assert first.valid_to == second.valid_from
    assert (first.name, second.name) == (None, "改")


def test_a_change_by_sql_gets_a_version_of_its_own(database: Database, plot_id: int) -> None:
    by_owner(database, "UPDATE plot_version SET name = '改'")
    assert [version.version for version in recorded_versions(database)] == [1, 2]
    assert database.scalar("SELECT last_version FROM plot") == 2


def test_an_account_and_a_reason_can_be_told_by_sql(database: Database, plot_id: int) -> None:
    with database.owner.begin() as connection:
        set_change_author(connection, planner(connection), "补正")
        connection.execute(text("UPDATE plot_version SET name = '改'"))
    assert [(version.actor, version.reason) for version in recorded_versions(database)][1:] == [
        ("ann", "补正")
    ]


def test_the_name_ends_with_the_transaction(database: Database, plot_id: int) -> None:
    with database.owner.connect() as connection:
        with connection.begin():
            set_change_author(connection, planner(connection), "补正")
        with connection.begin():
            connection.execute(text("UPDATE plot_version SET name = '改'"))
    assert recorded_versions(database)[-1].actor == "sql:luotu_owner"


@pytest.mark.parametrize("value", ["'x'", "'-1'", "'999999999999'", "'1; DROP TABLE plot'", "''"])
def test_an_account_that_is_none_names_nobody(database: Database, plot_id: int, value: str) -> None:
    by_owner(database, f"SET LOCAL luotu.account = {value}; UPDATE plot_version SET name = '改'")
    assert recorded_versions(database)[-1].actor == "sql:luotu_owner"


def test_a_deleted_plot_says_who_took_it_away(database: Database, plot_id: int) -> None:
    by_owner(database, "DELETE FROM plot")  # reaches its versions by a cascade
    first, last = recorded_versions(database)
    assert (last.operation, last.actor) == ("delete", "sql:luotu_owner")
    assert first.valid_to == last.valid_from == last.valid_to


def test_a_truncated_table_is_told_too(database: Database, plot_id: int) -> None:
    by_owner(database, "TRUNCATE plot_version")
    assert [(version.operation, version.reason) for version in recorded_versions(database)] == [
        ("insert", None),
        ("delete", "TRUNCATE"),
    ]
    assert database.scalar("SELECT count(*) FROM plot_history WHERE valid_to IS NULL") == 0


def test_a_transaction_has_one_moment_for_all_that_it_writes(database: Database) -> None:
    with database.service.begin() as connection:
        account = planner(connection)
        for n in range(3):
            insert_plots(connection, account, [NewPlot(shape(n), WEST, BOX)])
            connection.execute(text("SELECT pg_sleep(0.01)"))
    assert len({version.valid_from for version in recorded_versions(database)}) == 1


def test_whoever_waited_for_a_lock_comes_after_who_held_it(
    database: Database, plot_id: int
) -> None:
    early = database.owner.connect()
    early.execute(text("SELECT now()"))  # its transaction begins first, its change comes second
    by_owner(database, "UPDATE plot_version SET name = '先'")
    early.execute(text("UPDATE plot_version SET name = '后'"))
    early.commit()
    early.close()
    moments = [version.valid_from for version in recorded_versions(database)]
    assert moments == sorted(moments)
    assert all(
        version.valid_to is None or version.valid_to > version.valid_from
        for version in recorded_versions(database)
    )


def test_a_version_number_that_somebody_brought_is_not_given_again(
    database: Database, plot_id: int
) -> None:
    by_owner(database, "UPDATE plot SET last_version = 0; UPDATE plot_version SET name = '改'")
    assert recorded_versions(database)[-1].version == 2


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO plot_history DEFAULT VALUES",
        "UPDATE plot_history SET actor = 'bob'",
        "DELETE FROM plot_history",
        "TRUNCATE plot_history",
        pytest.param(
            "CREATE TEMP TABLE mine (LIKE plot_version); "
            "CREATE TRIGGER t AFTER INSERT ON mine REFERENCING NEW TABLE AS fresh "
            "FOR EACH STATEMENT EXECUTE FUNCTION record_plot_history()",
            id="the trigger's function on a table of their own",
        ),
        pytest.param(
            "CREATE TEMP TABLE mine (LIKE plot_version); CREATE TRIGGER t BEFORE UPDATE ON mine "
            "FOR EACH ROW EXECUTE FUNCTION count_plot_version()",
            id="the counter on a table of their own",
        ),
        "ALTER TABLE plot_version DISABLE TRIGGER USER",
        "SET session_replication_role = replica",
        "DROP TRIGGER plot_version_updated ON plot_version",
    ],
)
def test_the_plain_role_cannot_write_history(
    database: Database, plot_id: int, statement: str
) -> None:
    with (
        database.service.connect() as connection,
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
    ):
        connection.execute(text(statement))


def test_a_temporary_table_does_not_stand_in_for_the_history(
    database: Database, plot_id: int
) -> None:
    with database.service.begin() as connection:
        connection.execute(
            text("CREATE TEMP TABLE plot_history (LIKE public.plot_history) ON COMMIT DROP")
        )
        connection.execute(text("UPDATE plot_version SET name = '改'"))
    assert len(recorded_versions(database)) == 2


def test_the_history_of_the_demo_goes_with_it_and_no_other(database: Database) -> None:
    plant(database, 3, demo=True)
    by_owner(database, "UPDATE plot_version SET name = '改' WHERE plot_id = 1")
    with database.service.begin() as connection:
        own = insert_plots(connection, planner(connection), [NewPlot(shape(7), WEST, BOX)])
        assert remove_demo(connection) == 3
    assert [version.plot_id for version in recorded_versions(database)] == own


def test_a_real_plot_cannot_be_called_invented_to_be_forgotten(
    database: Database, plot_id: int
) -> None:
    with database.service.begin() as connection:
        connection.execute(text("UPDATE plot SET demo = true"))
        connection.execute(text("UPDATE plot_version SET name = '改'"))
        connection.execute(text("DELETE FROM plot"))
        connection.execute(text("SELECT forget_demo_history()"))
    assert len(recorded_versions(database)) == 3


def test_what_was_there_before_the_history_begins_it(empty: Database) -> None:
    with empty.owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO district (code, name, level) VALUES ('220102', '西县', 'county');"
                "INSERT INTO plot (id) VALUES (1);"
                "INSERT INTO plot_number VALUES ('220102', 2026, '1', 1);"
                "INSERT INTO plot_version (plot_id, slot, version, geom, district, stage, kind,"
                " year, plot_no, review, changed_at) VALUES (1, 'approved', 1,"
                " ST_Multi(ST_MakeEnvelope(125, 43, 125.1, 43.1, 4490)), '220102', 'planted',"
                " 'RGZL', 2026, '1', 'approved', '2025-05-01')"
            )
        )
    take_back(empty.owner, "0003")
    migrate(empty.owner, loaders=LOADERS)
    (entry,) = recorded_versions(empty)
    assert (entry.operation, f"{entry.valid_from:%Y-%m-%d}") == ("existing", "2025-05-01")
