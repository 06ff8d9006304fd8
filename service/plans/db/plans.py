"""Queries of plans."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from service.accounts.db.accounts import Account
from service.database.plan_tables import plan
from service.plans.db.scope import sees_plan

__all__ = [
    "PlanFilter",
    "count_plans",
    "delete_plan",
    "insert_plan",
    "list_plans",
    "lock_plan",
    "spelled_alike",
    "update_plan",
]

COLUMNS = (
    "label",
    "kind",
    "parent",
    "first",
    "after",
    "counts_by",
    "issuer",
    "document_no",
    "note",
    "district",
    "counties",
)


@dataclass(frozen=True)
class PlanFilter:
    """Which plans are asked for; None leaves a condition out. ``year`` is one that it touches."""

    code: str | None = None
    kind: str | None = None
    state: str | None = None
    parent: str | None = None
    year: int | None = None


def _conditions(account: Account, filters: PlanFilter) -> list[ColumnElement[bool]]:
    conditions = [sees_plan(account)]
    for column, value in (
        (plan.c.code, filters.code),
        (plan.c.kind, filters.kind),
        (plan.c.state, filters.state),
        (plan.c.parent, filters.parent),
    ):
        if value is not None:
            conditions.append(column == value)
    if filters.year is not None:
        conditions += [
            plan.c.first <= func.make_date(filters.year, 12, 31),
            plan.c.after > func.make_date(filters.year, 1, 1),
        ]
    return conditions


def list_plans(
    connection: Connection,
    account: Account,
    filters: PlanFilter,
    *,
    after: str = "",
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Plans that the account sees, by code, from after a code on."""
    statement = (
        select(plan)
        .where(*_conditions(account, filters), plan.c.code > after)
        .order_by(plan.c.code)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_plans(connection: Connection, account: Account, filters: PlanFilter) -> int:
    """How many plans the account sees."""
    statement = select(func.count()).select_from(plan).where(*_conditions(account, filters))
    return connection.scalar(statement) or 0


def lock_plan(connection: Connection, account: Account, code: str) -> dict[str, Any] | None:
    """A plan that the account sees; None when there is none. Others who change it wait."""
    statement = (
        select(plan).where(*_conditions(account, PlanFilter(code=code))).with_for_update(of=plan)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def spelled_alike(connection: Connection, code: str) -> str | None:
    """The code of another plan that differs in capital letters only, seen or not; None of none.

    Others who make a plan of these letters wait until the commit.
    """
    found = connection.scalar(select(func.plan_spelled_alike(code)))
    return None if found is None else str(found)


def insert_plan(
    connection: Connection,
    account: Account,
    code: str,
    values: Mapping[str, Any],
    *,
    demo: bool = False,
) -> bool:
    """Write a new plan; False when there is one of this code, seen or not."""
    given = {name: values[name] for name in COLUMNS if name in values}
    statement = (
        insert(plan)
        .values(**given, code=code, demo=demo, changed_by=account.id)
        .on_conflict_do_nothing(index_elements=[plan.c.code])
        .returning(plan.c.code)
    )
    return connection.scalar(statement) is not None


def update_plan(
    connection: Connection, account: Account, code: str, values: Mapping[str, Any]
) -> None:
    """Change columns of a plan."""
    connection.execute(
        update(plan)
        .where(plan.c.code == code)
        .values(
            **values,
            version=plan.c.version + 1,
            changed_by=account.id,
            changed_at=func.clock_timestamp(),
        )
    )


def delete_plan(connection: Connection, code: str) -> bool:
    """Delete a plan; False when a target or another plan belongs to it, seen or not."""
    try:
        with connection.begin_nested():
            connection.execute(delete(plan).where(plan.c.code == code))
            connection.execute(text("SET CONSTRAINTS plan_parent_fkey IMMEDIATE"))
    except IntegrityError:
        return False
    return True
