"""Every version of a record is kept, whoever writes, without personal values."""

import pytest
from sqlalchemy.exc import ProgrammingError

from tests.service.database.sql.conftest import Sql

LOG = "SELECT version, operation, actor, reason, content, geom FROM record_history ORDER BY id"
TREE = """
INSERT INTO record (register, name, state, field_values, geom)
VALUES ('ancient_tree', '古槐', 'surveyed', '{"age": 300, "keeper": "张三"}',
        ST_SetSRID(ST_MakePoint(125.05, 43.05), 4490))
"""


def test_a_change_is_kept_with_account_and_reason(sql: Sql) -> None:
    sql.run(TREE)
    number = sql.account("li", role="admin")
    sql.run("SELECT set_config('luotu.account', :id, true)", id=str(number))
    sql.run("SELECT set_config('luotu.reason', 'counted', true)")
    sql.run("UPDATE record SET name = '老槐', version = version + 1")
    sql.run("DELETE FROM record")
    first, second, third = sql.rows(LOG)
    assert (first.operation, first.version) == ("INSERT", 1)
    assert first.actor.startswith("sql:")
    assert (second.operation, second.version, second.actor) == ("UPDATE", 2, "li")
    assert (second.reason, second.content["name"]) == ("counted", "老槐")
    assert (third.operation, third.version) == ("DELETE", 2)
    assert second.geom is not None


def test_personal_values_are_left_out(sql: Sql) -> None:
    sql.run(TREE)
    assert sql.rows(LOG)[0].content["field_values"] == {"age": 300}


def test_the_service_cannot_write_the_history(sql: Sql) -> None:
    sql.session("*")
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql.run("DELETE FROM record_history")
