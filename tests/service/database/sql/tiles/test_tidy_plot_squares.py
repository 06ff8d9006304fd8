"""The block with the most needless rows is put together; what it adds up to stays."""

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql

TIDY = "SELECT tidy_plot_squares()"
SUMS = """
SELECT block, square, district, sum(plots), sum(area_cm2) FROM plot_square
GROUP BY 1, 2, 3 ORDER BY 1, 2
"""
CHANGES = "SELECT block, district, sum(changes) FROM plot_change GROUP BY 1, 2"


def test_where_no_block_has_too_many_rows_there_is_nothing_to_do(sql: Sql) -> None:
    sql.plot()
    sql.as_service()
    assert sql.value(TIDY) is False


def test_what_a_block_adds_up_to_stays_the_same(sql: Sql) -> None:
    number = sql.plot()
    sql.run(
        "INSERT INTO plot_change SELECT block, district, 1 FROM plot_change, generate_series(1, 20)"
    )
    sql.run("UPDATE plot_version SET kind = 'G1'")
    sql.plot(125.051, county=WEST)
    sql.run("DELETE FROM plot WHERE id = :id", id=number)
    squares, changes = sql.rows(SUMS), sql.rows(CHANGES)
    sql.as_service()
    assert sql.value(TIDY) is True
    sql.as_owner()
    assert ([row for row in squares if row[3]], changes) == (sql.rows(SUMS), sql.rows(CHANGES))
    assert sql.value("SELECT count(*) FROM plot_change") == 1


def test_a_block_that_is_done_is_not_done_again(sql: Sql) -> None:
    sql.plot()
    sql.run(
        "INSERT INTO plot_change SELECT block, district, 1 FROM plot_change, generate_series(1, 20)"
    )
    assert [sql.value(TIDY), sql.value(TIDY)] == [True, False]
