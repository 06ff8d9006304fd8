"""A layer as it stood at a moment, out of the log of layers."""

from typing import Any

from tests.service.database.sql.conftest import Sql

ROLE = "SELECT layer_at('JBNT', CAST(:at AS timestamptz)) ->> 'role'"
LOG = """
UPDATE layer_change SET at = CAST(:at AS timestamptz)
WHERE id = (SELECT max(id) FROM layer_change WHERE what = 'layer')
"""


def change(sql: Sql, statement: str, at: str) -> None:
    """A change of layers, as if it had been made then."""
    sql.run(statement)
    sql.run(LOG, at=at)


def roles(sql: Sql, *moments: str) -> list[Any]:
    """The role at each."""
    return [sql.value(ROLE, at=at) for at in moments]


def test_a_moment_has_the_role_that_held_then(sql: Sql) -> None:
    sql.layer(role="warn")
    sql.run(LOG, at="2026-02-01")
    change(sql, "UPDATE layer SET role = 'block'", "2026-03-01")
    change(sql, "UPDATE layer SET role = 'info'", "2026-04-01")
    assert roles(sql, "2026-02-15", "2026-03-15", "2026-04-15") == ["warn", "block", "info"]


def test_before_it_was_written_a_layer_is_as_it_was_written_first(sql: Sql) -> None:
    sql.layer(role="warn")
    change(sql, "UPDATE layer SET role = 'block'", "2999-01-01")
    assert roles(sql, "2020-01-01") == ["warn"]


def test_a_deleted_layer_of_the_same_code_does_not_matter(sql: Sql) -> None:
    sql.layer(role="warn")
    sql.run("DELETE FROM layer")
    sql.layer(role="block")
    assert roles(sql, "2020-01-01") == ["block"]


def test_there_is_nothing_of_an_unknown_layer(sql: Sql) -> None:
    assert roles(sql, "2020-01-01") == [None]
