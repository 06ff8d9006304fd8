"""Whether somebody else wrote on the ground of the plots of a transaction."""

import pytest

from tests.service.database.sql.conftest import Sql

# What the tests write is of one transaction; its history is given away where it is another's.
GIVE = "UPDATE plot_history SET transaction = :number WHERE plot_id = :plot"
FIRST = "SELECT pg_current_xact_id()::text::bigint - 1"


@pytest.mark.parametrize(
    ("west", "step", "expected"),
    [
        pytest.param(125.05, 1, True, id="on the same ground"),
        pytest.param(125.07, 1, False, id="elsewhere"),
        pytest.param(125.05, -2, False, id="before it was read"),
    ],
)
def test_plots_of_others_on_the_ground_of_ours_are_noticed(
    sql: Sql, west: float, step: int, expected: bool
) -> None:
    ours = sql.plot(125.05)
    theirs = sql.plot(west)
    first = sql.value(FIRST)
    sql.run(GIVE, number=first + 1 + step, plot=theirs)
    told = [ours] if expected else []
    assert sql.column("SELECT written_beside(:first)", first=first) == told


def test_a_plot_that_others_deleted_is_noticed(sql: Sql) -> None:
    ours = sql.plot(125.05)
    theirs = sql.plot(125.05)
    sql.run("DELETE FROM plot WHERE id = :plot", plot=theirs)
    first = sql.value(FIRST)
    sql.run(GIVE, number=first + 2, plot=theirs)
    assert sql.column("SELECT written_beside(:first)", first=first) == [ours]
