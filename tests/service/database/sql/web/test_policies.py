"""A stored answer shows only to the scope in which it was given."""

import pytest
from sqlalchemy.exc import DBAPIError

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

ANSWER = """
INSERT INTO idempotency_key (account_id, key, request, status, headers, body{0})
VALUES (:account, 'key', sha256('request'), 201, '{{}}', ''{1})
"""


@pytest.mark.parametrize(
    ("counties", "seen"), [((WEST,), 1), ((EAST,), 0), ((WEST, EAST), 0), (("*",), 0), ((), 0)]
)
def test_an_answer_is_seen_by_the_same_scope_only(
    sql: Sql, counties: tuple[str, ...], seen: int
) -> None:
    account = sql.account()
    sql.session(WEST)
    sql.run(ANSWER.format("", ""), account=account)
    sql.session(*counties)
    assert sql.value("SELECT count(*) FROM idempotency_key") == seen


def test_none_is_stored_for_another_scope(sql: Sql) -> None:
    account = sql.account()
    sql.session(WEST)
    with pytest.raises(DBAPIError, match="row-level security"):
        sql.run(ANSWER.format(", scope", ", ARRAY['360702']"), account=account)
