"""Plots, their history, numbers, comments and acceptance are seen by whose ground they lie on."""

import pytest
from sqlalchemy.exc import DBAPIError, ProgrammingError

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

TABLES = ["plot", "plot_version", "plot_history", "plot_number", "plot_counter", "acceptance"]
COMMENT = "INSERT INTO plot_comment (plot_id, plot_version, text) VALUES (:plot, 1, 'x')"


def fill(sql: Sql) -> None:
    """A plot with everything in each of two counties."""
    for west, county in ((125.05, WEST), (125.15, EAST)):
        number = sql.plot(west, county=county)
        sql.run(
            "INSERT INTO acceptance (plot_id, checked_on) VALUES (:id, '2026-05-01')", id=number
        )
        sql.run("INSERT INTO plot_counter VALUES (:county, 2026, 1)", county=county)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    ("counties", "seen"), [((), 0), ((WEST,), 1), ((WEST, EAST), 2), (("*",), 2)]
)
def test_a_session_sees_the_rows_of_its_counties(
    sql: Sql, table: str, counties: tuple[str, ...], seen: int
) -> None:
    fill(sql)
    sql.session(*counties)
    assert sql.value(f"SELECT count(*) FROM {table}") == seen


@pytest.mark.parametrize("table", ["plot", "plot_version", "plot_number", "plot_counter"])
def test_a_session_deletes_only_rows_of_its_counties(sql: Sql, table: str) -> None:
    fill(sql)
    if table != "plot":
        sql.run("DELETE FROM plot_version")
        sql.run("DELETE FROM acceptance")
    sql.session(EAST)
    deleted = sql.run(f"DELETE FROM {table}")
    assert deleted == (0 if table == "plot_version" else 1)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO plot_counter VALUES ('220102', 2026, 1)",
        "UPDATE plot_counter SET district = '220102'",
        "UPDATE plot_version SET district = '220102'",
    ],
)
def test_nothing_is_written_on_foreign_ground(sql: Sql, statement: str) -> None:
    sql.plot(125.15, county=EAST)
    sql.run("INSERT INTO plot_counter VALUES (:county, 2025, 1)", county=EAST)
    sql.session(EAST)
    with pytest.raises(DBAPIError, match="row-level security"):
        sql.run(statement)


def test_a_deleted_plot_is_seen_where_it_lay(sql: Sql) -> None:
    sql.plot()
    sql.run("DELETE FROM plot_version")
    sql.session(WEST)
    assert sql.value("SELECT count(*) FROM plot") == 1
    sql.session(EAST)
    assert sql.value("SELECT count(*) FROM plot") == 0


def test_without_a_scope_no_plot_is_begun(sql: Sql) -> None:
    sql.session()
    with pytest.raises(DBAPIError, match="row-level security"):
        sql.run("INSERT INTO plot DEFAULT VALUES")


def test_comments_are_seen_with_their_plot(sql: Sql) -> None:
    sql.run(COMMENT, plot=sql.plot())
    sql.session(WEST)
    assert sql.column("SELECT text FROM plot_comment") == ["x"]
    sql.session(EAST)
    assert sql.column("SELECT text FROM plot_comment") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE plot_comment SET text = 'y'",
        "DELETE FROM plot_comment",
        "UPDATE plot_reading SET account_id = 1",
        "DELETE FROM plot_pass",
    ],
)
def test_the_service_only_resolves_them(sql: Sql, statement: str) -> None:
    sql.run(COMMENT, plot=sql.plot())
    sql.session(WEST)
    assert sql.run("UPDATE plot_comment SET resolved_at = now(), resolved_by = 1") == 1
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql.run(statement)
