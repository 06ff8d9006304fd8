"""Who sees which bulletins without a predicate in the query."""

import pytest

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql

PLAN = """
INSERT INTO plan (code, label, kind, first, after)
VALUES ('P', '计划', 'year', '2026-01-01', '2027-01-01')
"""
BULLETIN = """
INSERT INTO bulletin (plan, number, title, as_of, content, sha256, counties)
VALUES ('P', 1, :title, now(), '{}', repeat('0', 64), :counties)
"""


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        pytest.param(["*"], ["all", "both", "west"], id="the whole tree"),
        pytest.param([WEST], ["west"], id="a county"),
        pytest.param([WEST, EAST], ["both", "west"], id="both counties"),
        pytest.param([], [], id="nobody"),
    ],
)
def test_bulletins_are_those_whose_counties_are_all_seen(
    sql: Sql, scope: list[str], expected: list[str]
) -> None:
    sql.run(PLAN)
    for title, counties in (("all", []), ("both", [WEST, EAST]), ("west", [WEST])):
        sql.run(BULLETIN, title=title, counties=counties)
    sql.session(*scope)
    assert sql.column("SELECT title FROM bulletin ORDER BY title") == expected
