"""Jobs are seen in the very scope in which they were asked for."""

import pytest
from sqlalchemy.exc import ProgrammingError

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

JOB = """
WITH wang AS (
    INSERT INTO account (name, role) VALUES ('wang', 'gis') RETURNING id
)
INSERT INTO job (account_id, kind, params, scope)
SELECT id, 'export', '{}', ARRAY[:scope] FROM wang
"""


def test_a_job_is_hidden_from_another_scope(sql: Sql) -> None:
    sql.session(WEST)
    sql.run(JOB, scope=WEST)
    assert sql.column("SELECT kind FROM job") == ["export"]
    sql.session(EAST)
    assert sql.column("SELECT kind FROM job") == []


def test_no_job_is_made_for_another_scope(sql: Sql) -> None:
    sql.session(WEST)
    with pytest.raises(ProgrammingError, match="row-level security"):
        sql.run(JOB, scope=EAST)
