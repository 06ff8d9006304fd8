"""The log of invented zones and patrols can be taken out, and no other."""

from tests.service.database.sql.conftest import Sql


def test_only_entries_of_invented_rows_go(sql: Sql) -> None:
    sql.zone("invented", demo=True)
    sql.zone("real")
    sql.as_service()
    sql.run("SELECT forget_demo_patrols()")
    sql.as_owner()
    query = "SELECT after ->> 'code' FROM patrol_log WHERE what = 'zone'"
    assert sql.column(query) == ["real"]
    assert sql.value("SELECT count(*) FROM patrol_log WHERE demo") == 0
