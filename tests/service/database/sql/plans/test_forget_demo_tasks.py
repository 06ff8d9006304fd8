"""The log of tasks forgets what came with the demo."""

from tests.service.database.sql.conftest import Sql
from tests.service.database.sql.plans.test_policies import PLAN


def test_entries_of_the_demo_alone_are_deleted(sql: Sql) -> None:
    sql.run(PLAN, code="OWN", district=None, counties=[])
    sql.run(PLAN, code="DEMO", district=None, counties=[])
    sql.run("UPDATE plan SET demo = true WHERE code = 'DEMO'")
    sql.run("DELETE FROM task_change WHERE operation = 'INSERT' AND plan = 'DEMO'")
    sql.session("*")
    sql.run("SELECT forget_demo_tasks()")
    assert sql.column("SELECT plan FROM task_change") == ["OWN"]
