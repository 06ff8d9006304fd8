"""Submitted plots that wait for an account, one by one and in groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    cast,
    exists,
    func,
    select,
    text,
    tuple_,
)

from gis.verdicts.limits import LIMITS
from service.accounts.db.accounts import Account
from service.database.import_tables import import_, import_plot
from service.database.metadata import account as account_table
from service.database.metadata import plot_history, plot_version
from service.plots.db.plots import as_records, in_scope
from service.plots.db.worklist import waiting_for

__all__ = [
    "MAX_COMPARED",
    "GroupBy",
    "QueueFilter",
    "approved_records",
    "count_waiting",
    "groups",
    "queue_rows",
]

GroupBy = Literal["batch", "submitter", "township"]
Row = Mapping[str, Any]

MAX_COMPARED: Final = 2_000
"""Vertices of two outlines together that the list compares; of more the single plot tells."""

v = plot_version
submitter = account_table.alias("submitter")

# The import that wrote a plot last.
_BATCH = (
    select(func.max(import_plot.c.import_id))
    .where(import_plot.c.plot_id == v.c.plot_id)
    .scalar_subquery()
)

# The policies of the rows let no condition on shapes use its index: a function of the owner does.
_OVERLAPS = text("SELECT * FROM overlaps_in_scope(:plots, :least_m2, :most_vertices)")


@dataclass(frozen=True)
class QueueFilter:
    """Which of what waits; None leaves a condition out, and an empty text asks for none of it."""

    counties: Sequence[str] | None = None
    batch: int | None = None
    """Number of an import; 0: drawn by hand."""
    submitter: str | None = None
    township: str | None = None


def _conditions(
    connection: Connection, account: Account, filters: QueueFilter, levels: Sequence[str]
) -> list[ColumnElement[bool]]:
    found = [
        v.c.slot == "working",
        in_scope(account),
        waiting_for(connection, account, levels),
    ]
    if filters.counties is not None:
        found.append(v.c.district.in_(filters.counties))
    if filters.batch is not None:
        found.append(func.coalesce(_BATCH, 0) == filters.batch)
    if filters.submitter is not None:
        found.append(func.coalesce(submitter.c.name, "") == filters.submitter)
    if filters.township is not None:
        found.append(func.coalesce(v.c.town, "") == filters.township)
    return found


_SOURCE = v.outerjoin(submitter, submitter.c.id == v.c.submitted_by)


def queue_rows(
    connection: Connection,
    account: Account,
    filters: QueueFilter,
    levels: Sequence[str],
    *,
    after: tuple[datetime, int] | None,
    limit: int,
) -> list[Row]:
    """What waits, the oldest first, with geometry as WKB, batch, submitter and flags."""
    conditions = _conditions(connection, account, filters, levels)
    if after is not None:
        conditions.append(tuple_(v.c.changed_at, v.c.plot_id) > after)
    h = plot_history.c
    returned_before = exists().where(
        h.plot_id == v.c.plot_id, h.slot == "working", h.review == "returned"
    )
    page = (
        select(v.c.plot_id)
        .select_from(_SOURCE)
        .where(*conditions)
        .order_by(v.c.changed_at, v.c.plot_id)
        .limit(limit)
    )
    ids = list(connection.scalars(page))
    statement = (
        as_records(v)
        .add_columns(
            submitter.c.name.label("submitted_by"),
            _BATCH.label("import_id"),
            func.ST_NPoints(v.c.geom).label("vertices"),
            returned_before.label("returned_before"),
        )
        .outerjoin(submitter, submitter.c.id == v.c.submitted_by)
        .where(v.c.slot == "working", v.c.plot_id.in_(ids))
    )
    rows = {row["plot_id"]: row for row in connection.execute(statement).mappings()}
    values = {"plots": ids, "least_m2": LIMITS.overlap_m2, "most_vertices": MAX_COMPARED}
    met = {row["plot_id"]: row for row in connection.execute(_OVERLAPS, values).mappings()}
    return [{**rows[number], **met[number]} for number in ids]


def approved_records(connection: Connection, account: Account, ids: Sequence[int]) -> list[Row]:
    """The approved versions of plots, with geometry as WKB."""
    statement = as_records(v).where(v.c.slot == "approved", v.c.plot_id.in_(ids), in_scope(account))
    return [dict(row) for row in connection.execute(statement).mappings()]


def groups(
    connection: Connection,
    account: Account,
    filters: QueueFilter,
    levels: Sequence[str],
    by: GroupBy,
    *,
    limit: int,
) -> list[Row]:
    """Groups of what waits (key, label, plots, area_m2, oldest), the largest first."""
    key: ColumnElement[str] = {
        "batch": cast(func.coalesce(_BATCH, 0), Text),
        "submitter": func.coalesce(submitter.c.name, ""),
        "township": func.coalesce(v.c.town, ""),
    }[by]
    listed = (
        select(key.label("key"), v.c.area_m2, v.c.changed_at)
        .select_from(_SOURCE)
        .where(*_conditions(connection, account, filters, levels))
        .subquery("listed")
        .c
    )
    counted = (
        select(
            listed.key,
            func.count().label("plots"),
            func.sum(listed.area_m2).label("area_m2"),
            func.min(listed.changed_at).label("oldest"),
        )
        .group_by(listed.key)
        .subquery("counted")
        .c
    )
    columns: list[ColumnElement[Any]] = [counted.key, counted.plots, counted.area_m2]
    columns += [counted.oldest, func.count().over().label("groups")]
    if by == "batch":
        file = select(import_.c.file).where(cast(import_.c.id, Text) == counted.key)
        columns.append(file.scalar_subquery().label("label"))
    statement = select(*columns).order_by(counted.plots.desc(), counted.key).limit(limit)
    return [{"label": None, **row} for row in connection.execute(statement).mappings()]


def count_waiting(
    connection: Connection, account: Account, filters: QueueFilter, levels: Sequence[str]
) -> int:
    """How many plots wait in all."""
    statement = (
        select(func.count())
        .select_from(_SOURCE)
        .where(and_(*_conditions(connection, account, filters, levels)))
    )
    return connection.scalar(statement) or 0
