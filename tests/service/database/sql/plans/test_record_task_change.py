"""Every change of plans, targets and reported figures is logged, whoever writes."""

from tests.service.conftest import WEST
from tests.service.database.sql.conftest import Sql
from tests.service.database.sql.plans.test_policies import FIGURE, PLAN, TARGET

LOG = "SELECT * FROM task_change ORDER BY id"


def test_each_row_is_logged_with_account_reason_and_ground(sql: Sql) -> None:
    number = sql.account("li", role="gis")
    sql.run(PLAN, code="P", district=None, counties=[])
    sql.run("SELECT set_config('luotu.account', :id, true)", id=str(number))
    sql.run("SELECT set_config('luotu.reason', 'cut', true)")
    target = sql.value(TARGET, plan="P", district=WEST, lead=None, counties=[WEST])
    sql.run(FIGURE, id=target)
    sql.run("UPDATE target SET lower = 4.5")
    plan, made, figure, changed = sql.rows(LOG)
    assert (plan.what, plan.row_id, plan.actor.startswith("sql:")) == ("plan", "P", True)
    assert (made.what, made.target, made.operation) == ("target", target, "INSERT")
    assert (figure.what, figure.plan, figure.target) == ("reported", "P", target)
    assert (figure.counties, changed.counties) == ([WEST], [WEST])
    assert (changed.actor, changed.reason) == ("li", "cut")
    assert (changed.before["lower"], changed.after["lower"]) == (5, 4.5)


def test_the_service_cannot_write_the_log(sql: Sql) -> None:
    sql.session("*")
    allowed = "SELECT has_table_privilege(current_user, 'task_change', :right)"
    assert [sql.value(allowed, right=one) for one in ("SELECT", "INSERT", "UPDATE")] == [
        True,
        False,
        False,
    ]
