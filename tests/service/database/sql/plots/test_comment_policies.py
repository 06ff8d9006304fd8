"""Comments are seen with their plot, and only resolved by the service."""

import pytest
from sqlalchemy.exc import ProgrammingError

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

COMMENT = "INSERT INTO plot_comment (plot_id, plot_version, text) VALUES (:plot, 1, 'x')"


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
