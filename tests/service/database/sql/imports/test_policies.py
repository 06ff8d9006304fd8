"""Imports, their files and rows are seen by whoever sees every county of their sender."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

TABLES = ("import", "import_file", "import_row")


@pytest.fixture
def sent(sql: Sql) -> Sql:
    """An import of the western county, with a part of its file and a row."""
    sql.run("INSERT INTO account (name, role) VALUES ('planner', 'planner')")
    sql.run(
        "INSERT INTO import (file, bytes, account_id, scope) "
        f"SELECT 'plots.zip', 1, id, '{{{WEST}}}' FROM account"
    )
    sql.run("INSERT INTO import_file SELECT id, 0, 'x' FROM import")
    sql.run(
        "INSERT INTO import_row (import_id, row, properties, match) "
        "SELECT id, 1, '{}', 'new' FROM import"
    )
    return sql


def seen(sql: Sql) -> list[int]:
    return [sql.value(f"SELECT count(*) FROM {table}") for table in TABLES]


@pytest.mark.parametrize(
    ("counties", "there"),
    [([WEST], 1), ([WEST, EAST], 1), ([EAST], 0)],
    ids=["the same county", "a city", "another county"],
)
def test_it_is_seen_where_all_its_counties_are(sent: Sql, counties: list[str], there: int) -> None:
    sent.session(*counties)
    assert seen(sent) == [there] * 3


def test_an_import_of_the_whole_tree_is_seen_there_only(sent: Sql) -> None:
    sent.run("UPDATE import SET scope = '{*}'")
    sent.session(WEST)
    assert seen(sent) == [0, 0, 0]


def test_a_batch_is_seen_by_who_sees_its_plots(sent: Sql) -> None:
    sent.plot()
    sent.run(
        "INSERT INTO import_plot (import_id, plot_id, row, version, had_working) "
        "SELECT i.id, p.id, 1, 1, false FROM import i, plot p"
    )
    sent.session(WEST)
    assert sent.value("SELECT count(*) FROM import_plot") == 1
    sent.session(EAST)
    assert sent.value("SELECT count(*) FROM import_plot") == 0


def test_who_sees_an_import_sees_which_of_its_plots_are_gone(sent: Sql) -> None:
    sent.plot()
    sent.run(
        "INSERT INTO import_plot (import_id, plot_id, row, version, had_working) "
        "SELECT i.id, p.id, 1, 1, false FROM import i, plot p"
    )
    sent.run("DELETE FROM plot_version")
    sent.session(WEST)
    assert sent.value("SELECT count(*) FROM import_plot") == 1
    sent.session(EAST)
    assert sent.value("SELECT count(*) FROM import_plot") == 0
