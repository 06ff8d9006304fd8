"""The key that only the owner reads opens the whole tree."""

import pytest
from sqlalchemy.exc import ProgrammingError

from tests.service.database.sql.conftest import Sql


def test_the_key_opens_the_whole_tree_to_the_service(sql: Sql) -> None:
    key = sql.value("SELECT key FROM sealed.scope_key")
    sql.as_service()
    sql.run("SELECT set_session_scope_to_all(:key)", key=key)
    assert sql.value("SELECT current_scope()") == ["*"]


@pytest.mark.parametrize("key", [b"", b"0" * 32, None])
def test_any_other_key_is_refused(sql: Sql, key: bytes | None) -> None:
    sql.as_service()
    with pytest.raises(ProgrammingError, match="this is not the key of the scopes"):
        sql.run("SELECT set_session_scope_to_all(CAST(:key AS bytea))", key=key)
