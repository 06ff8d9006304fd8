"""Queries of targets."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from service.accounts.db.accounts import Account
from service.database.metadata import account as account_table
from service.database.metadata import district, unit
from service.database.plan_tables import plan, target, task_change
from service.database.unit_tables import area
from service.plans.db.scope import sees_ground, sees_target

__all__ = [
    "LIVE",
    "TargetFilter",
    "adopt_children",
    "area_counties",
    "children_of",
    "count_targets",
    "delete_target",
    "insert_target",
    "list_targets",
    "lock_cells",
    "lock_target",
    "nearest_above",
    "target_changes",
    "update_target",
]

LIVE = ("draft", "issued", "accepted")
COLUMNS = (
    "plan",
    "indicator",
    "district",
    "area",
    "unit",
    "parent",
    "lower",
    "upper",
    "measured_in",
    "strictness",
    "lead",
    "with_units",
    "due",
    "clause",
    "counties",
)


@dataclass(frozen=True)
class TargetFilter:
    """Which targets are asked for; None leaves a condition out.

    ``districts`` are all that may be named, ``unit`` is the holder, the lead or one who takes part.
    """

    ids: Collection[int] | None = None
    plans: Collection[str] | None = None
    indicators: Collection[str] | None = None
    districts: Collection[str] | None = None
    area: str | None = None
    unit: str | None = None
    states: Collection[str] | None = None
    parents: Collection[int] | None = None


def _conditions(account: Account, filters: TargetFilter) -> list[ColumnElement[bool]]:
    conditions = [sees_target(account)]
    for column, values in (
        (target.c.id, filters.ids),
        (target.c.plan, filters.plans),
        (target.c.indicator, filters.indicators),
        (target.c.district, filters.districts),
        (target.c.state, filters.states),
        (target.c.parent, filters.parents),
    ):
        if values is not None:
            conditions.append(column.in_(list(values)))
    if filters.area is not None:
        conditions.append(target.c.area == filters.area)
    if filters.unit is not None:
        conditions.append(literal(filters.unit) == func.any(target.c.owners))
    return conditions


def _statement(account: Account, filters: TargetFilter) -> Select[Any]:
    lead = unit.alias("lead_unit")
    return (
        select(
            target,
            func.coalesce(district.c.name, area.c.name, unit.c.name).label("name"),
            lead.c.name.label("lead_name"),
            plan.c.label.label("plan_label"),
        )
        .join(plan, plan.c.code == target.c.plan)
        .outerjoin(district, district.c.code == target.c.district)
        .outerjoin(area, area.c.code == target.c.area)
        .outerjoin(unit, unit.c.code == target.c.unit)
        .outerjoin(lead, lead.c.code == target.c.lead)
        .where(*_conditions(account, filters))
    )


def list_targets(
    connection: Connection,
    account: Account,
    filters: TargetFilter,
    *,
    after: int = 0,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Targets that the account sees with the names of their holders, by number."""
    statement = (
        _statement(account, filters).where(target.c.id > after).order_by(target.c.id).limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_targets(connection: Connection, account: Account, filters: TargetFilter) -> int:
    """How many targets the account sees."""
    statement = select(func.count()).select_from(target).where(*_conditions(account, filters))
    return connection.scalar(statement) or 0


def lock_target(connection: Connection, account: Account, number: int) -> dict[str, Any] | None:
    """A target that the account sees; None when there is none. Others who change it wait."""
    statement = _statement(account, TargetFilter(ids=[number])).with_for_update(of=target)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


_LOCK = text("SELECT pg_advisory_xact_lock(7190123, hashtext(:plan))")


def lock_cells(connection: Connection, plan_code: str) -> None:
    """Let one transaction at a time write targets of a plan: they are added up as a whole."""
    connection.execute(_LOCK, {"plan": plan_code})


def insert_target(
    connection: Connection, account: Account, values: Mapping[str, Any], *, demo: bool = False
) -> int | None:
    """Write a new target; answers its number, None when its cell is taken, seen or not."""
    given = {name: values[name] for name in COLUMNS if name in values}
    statement = (
        insert(target).values(**given, demo=demo, changed_by=account.id).returning(target.c.id)
    )
    try:
        with connection.begin_nested():
            number: int | None = connection.scalar(statement)
            return number
    except IntegrityError as error:
        if "target_cell_idx" not in str(error.orig):
            raise
        return None


def update_target(
    connection: Connection, account: Account, number: int, values: Mapping[str, Any]
) -> bool:
    """Change columns of a target; False when its new cell is taken, seen or not."""
    statement = (
        update(target)
        .where(target.c.id == number)
        .values(
            **values,
            version=target.c.version + 1,
            changed_by=account.id,
            changed_at=func.clock_timestamp(),
        )
    )
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except IntegrityError as error:
        if "target_cell_idx" not in str(error.orig):
            raise
        return False
    return True


def delete_target(connection: Connection, number: int) -> None:
    """Delete a target."""
    connection.execute(delete(target).where(target.c.id == number))


def children_of(
    connection: Connection, account: Account, parents: Collection[int]
) -> dict[int, list[dict[str, Any]]]:
    """The live targets below each of some targets, as far as the account sees them."""
    children: dict[int, list[dict[str, Any]]] = {number: [] for number in parents}
    filters = TargetFilter(parents=parents, states=LIVE)
    for row in list_targets(connection, account, filters):
        children[row["parent"]].append(row)
    return children


def nearest_above(
    connection: Connection,
    account: Account,
    plan_code: str,
    indicator: str,
    above: Sequence[str],
) -> int | None:
    """The live target of the first of the districts (nearest first) that has one."""
    filters = TargetFilter(plans=[plan_code], indicators=[indicator], districts=above, states=LIVE)
    by_district = {row["district"]: row["id"] for row in list_targets(connection, account, filters)}
    return next((by_district[code] for code in above if code in by_district), None)


def adopt_children(
    connection: Connection,
    account: Account,
    number: int,
    values: Mapping[str, Any],
    below: Collection[str],
) -> None:
    """Put live targets of districts below a new target under it, where they hang on none nearer.

    ``below`` are the districts below the target's own.
    """
    other = target.alias("other")
    # Of the same tasks, but for those of districts below, which are nearer.
    above = select(other.c.id).where(
        other.c.plan == values["plan"],
        other.c.indicator == values["indicator"],
        func.coalesce(other.c.district.not_in(list(below)), True),
    )
    connection.execute(
        update(target)
        .where(
            target.c.plan == values["plan"],
            target.c.indicator == values["indicator"],
            target.c.district.in_(list(below)),
            target.c.state.in_(LIVE),
            or_(target.c.parent.is_(None), target.c.parent.in_(above)),
            sees_target(account),
        )
        .values(
            parent=number,
            version=target.c.version + 1,
            changed_by=account.id,
            changed_at=func.clock_timestamp(),
        )
    )


_AREA_COUNTIES = text("""
SELECT d.code
FROM area a
JOIN district_cell c ON c.geom && a.geom AND ST_Relate(c.geom, a.geom, 'T********')
JOIN district_boundary b ON b.id = c.boundary_id AND b.valid_to IS NULL
JOIN district d ON d.code = b.code AND d.level = 'county'
WHERE a.code = :code
GROUP BY d.code
HAVING sum(ST_Area(ST_Intersection(c.geom, a.geom)::geography)) > :sliver_m2
ORDER BY d.code
""")
# Neighbours share slivers of this size along a border.
SLIVER_M2 = 100.0


def area_counties(connection: Connection, code: str) -> list[str]:
    """Counties that share ground with a reporting area."""
    return list(connection.scalars(_AREA_COUNTIES, {"code": code, "sliver_m2": SLIVER_M2}))


def target_changes(
    connection: Connection, account: Account, number: int, *, after: int, limit: int
) -> list[dict[str, Any]]:
    """The log of a target and of what was reported on it, oldest first."""
    statement = (
        select(task_change, account_table.c.name.label("account_name"))
        .outerjoin(account_table, account_table.c.id == task_change.c.account_id)
        .where(
            task_change.c.target == number,
            task_change.c.id > after,
            sees_ground(account, task_change),
        )
        .order_by(task_change.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]
