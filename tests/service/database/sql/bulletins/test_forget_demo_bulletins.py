"""Bulletins of invented plans go with the demo, and no other."""

from tests.service.database.sql.conftest import Sql

PLAN = """
INSERT INTO plan (code, label, kind, first, after, demo)
VALUES (:code, '计划', 'year', '2026-01-01', '2027-01-01', :demo)
"""
BULLETIN = """
INSERT INTO bulletin (plan, number, title, as_of, content, sha256, counties, demo)
SELECT code, 1, code, now(), '{}', repeat('0', 64), '{}', demo FROM plan
"""


def test_those_of_invented_plans_are_deleted_and_real_ones_stay(sql: Sql) -> None:
    for code, demo in (("REAL", False), ("INVENTED", True)):
        sql.run(PLAN, code=code, demo=demo)
    sql.run(BULLETIN)
    sql.as_service()
    sql.run("SELECT forget_demo_bulletins()")
    sql.as_owner()
    assert sql.column("SELECT plan FROM bulletin") == ["REAL"]
