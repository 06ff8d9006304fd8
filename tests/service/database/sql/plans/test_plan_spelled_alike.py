"""A plan of the same letters is found, whoever sees it."""

from tests.service.conftest import EAST, WEST
from tests.service.database.sql.conftest import Sql
from tests.service.database.sql.plans.test_policies import PLAN


def test_a_plan_of_the_same_letters_is_found_whoever_sees_it(sql: Sql) -> None:
    sql.run(PLAN, code="CC-2026", district=EAST, counties=[EAST])
    sql.session(WEST)
    assert sql.column("SELECT code FROM plan") == []
    asked = "SELECT plan_spelled_alike(:code)"
    assert sql.value(asked, code="cc-2026") == "CC-2026"
    assert sql.value(asked, code="CC-2026") is None
    assert sql.value(asked, code="CC-2027") is None
