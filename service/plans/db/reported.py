"""Queries of reported figures."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from service.accounts.db.accounts import Account
from service.database.file_tables import file, file_link
from service.database.metadata import account as account_table
from service.database.metadata import district, unit
from service.database.plan_tables import reported, target
from service.database.unit_tables import area
from service.plans.db.scope import sees_target

__all__ = [
    "ReportedFilter",
    "count_reported",
    "current_figures",
    "delete_reported",
    "has_file",
    "insert_reported",
    "last_reports",
    "list_reported",
    "lock_reported",
    "update_reported",
]

COLUMNS = (
    "target",
    "on_day",
    "value",
    "measured_in",
    "qualifier",
    "unit",
    "source",
    "file",
    "note",
)


@dataclass(frozen=True)
class ReportedFilter:
    """Which figures are asked for; None leaves a condition out."""

    ids: Collection[int] | None = None
    targets: Collection[int] | None = None
    plan: str | None = None
    review: str | None = None
    unit: str | None = None
    districts: Collection[str] | None = None


def _conditions(account: Account, filters: ReportedFilter) -> list[ColumnElement[bool]]:
    conditions = [sees_target(account)]
    for column, values in (
        (reported.c.id, filters.ids),
        (reported.c.target, filters.targets),
        (target.c.district, filters.districts),
    ):
        if values is not None:
            conditions.append(column.in_(list(values)))
    for column, value in (
        (target.c.plan, filters.plan),
        (reported.c.review, filters.review),
        (reported.c.unit, filters.unit),
    ):
        if value is not None:
            conditions.append(column == value)
    return conditions


def _statement(account: Account, filters: ReportedFilter) -> Select[Any]:
    submitter, reviewer = account_table.alias("submitter"), account_table.alias("reviewer")
    holder = unit.alias("holder")
    files = select(func.count()).where(file_link.c.reported_id == reported.c.id).scalar_subquery()
    return (
        select(
            reported,
            files.label("files"),
            target.c.plan,
            target.c.indicator,
            func.coalesce(district.c.name, area.c.name, holder.c.name).label("name"),
            unit.c.name.label("unit_name"),
            submitter.c.name.label("submitted_by_name"),
            reviewer.c.name.label("reviewed_by_name"),
        )
        .join(target, target.c.id == reported.c.target)
        .outerjoin(district, district.c.code == target.c.district)
        .outerjoin(area, area.c.code == target.c.area)
        .outerjoin(holder, holder.c.code == target.c.unit)
        .outerjoin(unit, unit.c.code == reported.c.unit)
        .outerjoin(submitter, submitter.c.id == reported.c.submitted_by)
        .outerjoin(reviewer, reviewer.c.id == reported.c.reviewed_by)
        .where(*_conditions(account, filters))
    )


def list_reported(
    connection: Connection,
    account: Account,
    filters: ReportedFilter,
    *,
    after: int = 0,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Figures of targets that the account sees, by number."""
    statement = (
        _statement(account, filters)
        .where(reported.c.id > after)
        .order_by(reported.c.id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_reported(connection: Connection, account: Account, filters: ReportedFilter) -> int:
    """How many figures the account sees."""
    statement = (
        select(func.count())
        .select_from(reported.join(target, target.c.id == reported.c.target))
        .where(*_conditions(account, filters))
    )
    return connection.scalar(statement) or 0


def lock_reported(connection: Connection, account: Account, number: int) -> dict[str, Any] | None:
    """A figure that the account sees; None when there is none. Others who change it wait."""
    statement = _statement(account, ReportedFilter(ids=[number])).with_for_update(of=reported)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def insert_reported(
    connection: Connection, account: Account, values: Mapping[str, Any], *, demo: bool = False
) -> int:
    """Write a new figure; answers its number."""
    given = {name: values[name] for name in COLUMNS if name in values}
    number = connection.scalar(
        insert(reported).values(**given, demo=demo, changed_by=account.id).returning(reported.c.id)
    )
    assert isinstance(number, int)
    return number


def update_reported(
    connection: Connection, account: Account, number: int, values: Mapping[str, Any]
) -> None:
    """Change columns of a figure."""
    connection.execute(
        update(reported)
        .where(reported.c.id == number)
        .values(
            **values,
            version=reported.c.version + 1,
            changed_by=account.id,
            changed_at=func.clock_timestamp(),
        )
    )


def has_file(connection: Connection, sha256: str) -> bool:
    """Whether a plot, a record or a figure that the account sees has a file of this hash.

    What the account sees says the policy of ``file_link``.
    """
    there = select(file_link.c.id).join(file, file.c.id == file_link.c.file_id)
    return bool(connection.scalar(select(there.where(file.c.sha256 == sha256).exists())))


def delete_reported(connection: Connection, number: int) -> None:
    """Delete a figure with its files."""
    of_figure = select(file_link.c.file_id).where(file_link.c.reported_id == number)
    connection.execute(delete(file).where(file.c.id.in_(of_figure)))
    connection.execute(delete(reported).where(reported.c.id == number))


def current_figures(
    connection: Connection, targets: Collection[int], *, on: date | None = None
) -> dict[int, dict[str, Any]]:
    """Of each target the approved figure of the latest day (on or before ``on``): what counts.

    Of several of one day it is the one that was written last, which corrects the others. The
    targets are those that the account sees.
    """
    conditions = [reported.c.target.in_(list(targets)), reported.c.review == "approved"]
    if on is not None:
        conditions.append(reported.c.on_day <= on)
    statement = (
        select(reported)
        .ext(distinct_on(reported.c.target))
        .where(*conditions)
        .order_by(reported.c.target, reported.c.on_day.desc(), reported.c.id.desc())
    )
    return {row["target"]: dict(row) for row in connection.execute(statement).mappings()}


def last_reports(
    connection: Connection, account: Account, plan: str | None, since: date | None
) -> list[dict[str, Any]]:
    """Issued targets of which nothing was submitted or approved for a day from ``since`` on.

    Each with ``last_on``, the day of its last submitted or approved figure; None without one.
    """
    sent = and_(reported.c.target == target.c.id, reported.c.review.in_(("submitted", "approved")))
    last_on = func.max(reported.c.on_day)
    conditions = [sees_target(account), target.c.state.in_(("issued", "accepted"))]
    if plan is not None:
        conditions.append(target.c.plan == plan)
    statement = (
        select(target.c.id, last_on.label("last_on"))
        .select_from(target.outerjoin(reported, sent))
        .where(*conditions)
        .group_by(target.c.id)
        .having(last_on.is_(None) if since is None else func.coalesce(last_on < since, True))
        .order_by(target.c.id)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]
