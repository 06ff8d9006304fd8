"""Which plans and targets an account sees: the conditions of every query on them.

Row security asks for the same (`service/database/sql/plans/policies.sql`).
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, cast, exists, func, or_, true
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import Text

from service.accounts.db.accounts import Account
from service.database.plan_tables import plan, target

__all__ = ["sees_ground", "sees_plan", "sees_target"]


def _texts(values: tuple[str, ...]) -> ColumnElement[Any]:
    return cast(array(values, type_=Text), ARRAY(Text))


def sees_ground(account: Account, row: FromClause) -> ColumnElement[bool]:
    """The condition on a row with ``counties`` and ``owners``: a target, or its log."""
    if account.counties is None:
        return true()
    whole = and_(
        func.cardinality(row.c.counties) > 0, row.c.counties.op("<@")(_texts(account.counties))
    )
    return or_(whole, row.c.owners.op("&&")(_texts(account.units))) if account.units else whole


def sees_target(account: Account) -> ColumnElement[bool]:
    """The condition that an account sees a target.

    It sees all counties of its ground, or one of its units leads it, carries it or takes part.
    """
    return sees_ground(account, target)


def sees_plan(account: Account) -> ColumnElement[bool]:
    """The condition that an account sees a plan.

    The plan is of no district, or its counties and the account's meet, or it sees a target of it.
    """
    if account.counties is None:
        return true()
    return or_(
        func.cardinality(plan.c.counties) == 0,
        plan.c.counties.op("&&")(_texts(account.counties)),
        exists().where(target.c.plan == plan.c.code, sees_target(account)),
    )
