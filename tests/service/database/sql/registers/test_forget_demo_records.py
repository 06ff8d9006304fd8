"""The history of invented records goes with them, and no other."""

from tests.service.database.sql.conftest import Sql

ORDER = "INSERT INTO record (register, name, state, demo) VALUES ('order', 'x', 'drafted', :demo)"


def test_only_invented_records_are_forgotten(sql: Sql) -> None:
    for demo in (True, False):
        sql.run(ORDER, demo=demo)
    sql.session("*")
    sql.run("SELECT forget_demo_records()")
    assert sql.column("SELECT demo FROM record_history") == [False]
