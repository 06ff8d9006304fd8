"""The tasks of the demo in the database: plans of five papers, issued, with what they report."""

from typing import Any

from sqlalchemy import Connection

from data.demo.tasks import DemoPlan, demo_plans
from data.task_cells import parse_task_cell
from service.accounts.db.accounts import Account
from service.districts.db.districts import tree
from service.plans.plans import create_plan
from service.plans.reported import approve_figure, report_figure, submit_figure
from service.plans.sums import CHILDREN_SUM
from service.plans.targets import create_target
from service.plans.verbs import issue_plan

__all__ = ["store_demo_tasks"]

SOURCE = "示例任务：公开文件所载数字"


def store_demo_tasks(connection: Connection, account: Account) -> None:
    """Store the plans of districts that are there, issued, marked as of the demo."""
    districts = tree(connection)
    for plan in demo_plans():
        if plan.district in districts:
            _store(connection, account, plan)


def _store(connection: Connection, account: Account, plan: DemoPlan) -> None:
    names = ("label", "kind", "first", "after", "counts_by", "district", "issuer", "document_no")
    given = {name: getattr(plan, name) for name in names}
    create_plan(connection, account, plan.code, {**given, "parent": plan.parent}, demo=True)
    numbers: dict[tuple[str, str], int] = {}
    for target in plan.targets:
        asked = parse_task_cell(target.asked)
        said: dict[str, Any] = {
            "indicator": target.indicator,
            "district": target.district,
            "due": target.due,
            "clause": target.clause,
        }
        if asked is not None:
            said |= {
                "lower": asked.lower,
                "upper": asked.upper,
                "measured_in": asked.unit.code,
                "strictness": asked.strictness,
            }
        number = create_target(connection, account, plan.code, said, demo=True)
        numbers[target.indicator, target.district] = number
    issue_plan(connection, account, plan.code, [CHILDREN_SUM], None)
    for figure in plan.figures:
        done = figure._asdict()
        del done["indicator"], done["district"]
        target_id = numbers[figure.indicator, figure.district]
        done |= {"target": target_id, "source": SOURCE}
        number = report_figure(connection, account, done, demo=True)
        submit_figure(connection, account, number, None)
        approve_figure(connection, account, number, None, four_eyes=False)
