"""Plots: lists, single plots, and the steps of a review.

A plot has at most two versions at a time: the *approved* one, on which all figures stand, and the
*working* one, which somebody is changing. The newest version is the working one where there is
one, else the approved.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    FromClause,
    Select,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    update,
)

from data.plots.parsers import PARSERS
from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.database.import_tables import import_plot
from service.database.metadata import account as account_table
from service.database.metadata import kind, plot, plot_history, plot_version
from service.plots.db.cql2 import Condition, condition
from service.plots.db.names import bearing
from service.plots.db.ordering import After, Order

VersionName = Literal["approved", "working"]
SLOTS: tuple[VersionName, ...] = ("approved", "working")

v = plot_version
# Made once: an alias copies every column of its table, which takes longer than to read a plot.
_OTHER, _DOING = plot_version.alias("other"), plot_version.alias("doing")

# Attributes that people write, in the order in which answers give them. Plans by their numbers are
# of files only: here they are ids.
ATTRIBUTES = tuple(name for name in PARSERS if name != "plans")

GREEN_STAGES = ("planted", "accepted", "existing")


@dataclass(frozen=True)
class PlotFilter:
    """Which plots are asked for; None leaves a condition out.

    ``bbox`` is west, south, east, north in degrees. ``as_of`` selects what was stored at that
    moment. ``import_id`` selects a batch, ``among`` ids of plots, ``where`` is CQL2, ``text``
    a part of the name or the beginning of the 图斑号.
    """

    version: VersionName = "working"
    bbox: tuple[float, float, float, float] | None = None
    counties: Sequence[str] | None = None
    stages: Sequence[str] | None = None
    reviews: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    programmes: Sequence[str] | None = None
    themes: Sequence[str] | None = None
    work_types: Sequence[str] | None = None
    units: Sequence[str] | None = None
    year: int | None = None
    as_of: datetime | None = None
    import_id: int | None = None
    among: Select[Any] | None = None
    where: Condition | None = None
    text: str | None = None


def in_scope(account: Account, column: ColumnElement[str] = v.c.district) -> ColumnElement[bool]:
    """The condition on the account's districts that every query has."""
    if account.counties is None:
        return true()
    there = column.in_(account.counties)
    # Rows of the account's units are seen in every district.
    return or_(there, column.table.c.unit.in_(account.units)) if account.units else there


def may_see(account: Account, table: FromClause = v) -> ColumnElement[bool]:
    """The scope, and for a viewer approved versions only."""
    seen = in_scope(account, table.c.district)
    return and_(seen, table.c.slot == "approved") if account.role == "viewer" else seen


def versions_at(as_of: datetime | None) -> FromClause:
    """The versions to read from: those of now for None, or those that were stored at a moment."""
    if as_of is None:
        return plot_version
    h = plot_history
    stood = and_(h.c.valid_from <= as_of, or_(h.c.valid_to.is_(None), h.c.valid_to > as_of))
    return select(h).where(stood).subquery("stood")


def _chosen_version(version: VersionName, table: FromClause = v) -> ColumnElement[bool]:
    if version == "approved":
        return table.c.slot == "approved"
    other = _OTHER if table is plot_version else table.alias("other")
    newer = select(literal(1)).where(other.c.plot_id == table.c.plot_id, other.c.slot == "working")
    return or_(table.c.slot == "working", ~newer.exists())


def conditions(
    account: Account, filters: PlotFilter, v: FromClause = plot_version
) -> Iterator[ColumnElement[bool]]:
    """The conditions of a filter, the account's scope among them."""
    yield may_see(account, v)
    yield _chosen_version("approved" if account.role == "viewer" else filters.version, v)
    if filters.bbox is not None:
        box = func.ST_MakeEnvelope(*filters.bbox, CGCS2000)
        # One condition for each slot, so that the partial index of the slot can serve.
        yield or_(*(and_(v.c.slot == slot, v.c.geom.op("&&")(box)) for slot in SLOTS))
        yield func.ST_Intersects(v.c.geom, box)
    for column, values in (
        (v.c.district, filters.counties),
        (v.c.stage, filters.stages),
        (v.c.review, filters.reviews),
        (v.c.kind, filters.kinds),
        (v.c.programme, filters.programmes),
        (v.c.theme, filters.themes),
        (v.c.work_type, filters.work_types),
        (v.c.unit, filters.units),
    ):
        if values is not None:
            yield column.in_(values) if values else false()
    if filters.year is not None:
        yield v.c.year == filters.year
    if filters.import_id is not None:
        batch = select(import_plot.c.plot_id).where(import_plot.c.import_id == filters.import_id)
        yield v.c.plot_id.in_(batch)
    if filters.among is not None:
        yield v.c.plot_id.in_(filters.among)
    if filters.where is not None:
        yield condition(filters.where, v)
    if filters.text is not None:
        yield v.c.plot_id.in_(bearing(account, filters.text))


def _columns(v: FromClause) -> list[ColumnElement[Any]]:
    # The history has its own columns for these, since it outlives plots, accounts and kinds.
    past = v is not plot_version
    return [
        v.c.plot_id,
        v.c.version,
        v.c.area_m2,
        v.c.district,
        v.c.review,
        v.c.return_reason,
        v.c.changed_at,
        (v.c.actor if past else account_table.c.name).label("changed_by"),
        func.coalesce(kind.c.label_zh, v.c.kind).label("kind_label"),
        kind.c.green_class,
        v.c.demo if past else plot.c.demo,
        _fulfilled_share(v, past).label("fulfilled_share"),
        *(v.c[name] for name in ATTRIBUTES),
    ]


def _fulfilled_share(v: FromClause, past: bool) -> ColumnElement[Any]:
    """Ratio of a planned plot that is carried out now; NULL for other stages and past moments."""
    if past:
        return null()
    # Most plans have nobody who carries them out. The function would find that out with a statement
    # of its own for each, whose policies check the scope anew.
    is_named = select(literal(1)).where(
        _DOING.c.slot == "approved",
        _DOING.c.stage.in_(("planted", "accepted")),
        _DOING.c.geom.op("&&")(v.c.geom),
        v.c.plot_id == any_(_DOING.c.plan_ids),
    )
    share = case((is_named.exists(), func.fulfilled_share(v.c.plot_id, v.c.geom)), else_=0.0)
    return case((v.c.stage == "planned", share), else_=cast(None, Float))


def _source(v: FromClause) -> FromClause:
    named = v.outerjoin(kind, kind.c.code == v.c.kind)
    if v is not plot_version:
        return named
    return named.join(plot, plot.c.id == v.c.plot_id).outerjoin(
        account_table, account_table.c.id == v.c.changed_by
    )


def _features(v: FromClause) -> Select[Any]:
    return select(*_columns(v), func.ST_AsGeoJSON(v.c.geom, 9, 0).label("geometry")).select_from(
        _source(v)
    )


_FEATURES_OF_NOW = _features(plot_version)


def as_features(v: FromClause) -> Select[Any]:
    """Columns of an answer of the API, geometry as GeoJSON text with 9 decimals."""
    return _FEATURES_OF_NOW if v is plot_version else _features(v)


def as_records(v: FromClause) -> Select[Any]:
    """The same columns with geometry as WKB, for files, maps and comparisons."""
    return select(*_columns(v), func.ST_AsBinary(v.c.geom).label("wkb")).select_from(_source(v))


BY_NUMBER = Order()


def list_statement(
    account: Account,
    filters: PlotFilter,
    *,
    after: After | None = None,
    order: Order = BY_NUMBER,
    limit: int,
) -> Select[Any]:
    """Plots in an order, from ``after`` on (None: from the first), geometry as GeoJSON text."""
    v = versions_at(filters.as_of)
    wanted = list(conditions(account, filters, v))
    if after is not None:
        wanted.append(order.beyond(v, after))
    if not order.looks_through or filters.as_of is not None:
        return as_features(v).where(*wanted).order_by(*order.keys(v)).limit(limit)
    # All are compared, so nothing but what is compared is read of them.
    compared = select(v.c.plot_id, v.c.slot).select_from(order.source(v)).where(*wanted)
    first = compared.order_by(*order.keys(v)).limit(limit)
    page = first.subquery("page").c
    there = and_(v.c.plot_id == page.plot_id, v.c.slot == page.slot)
    return as_features(v).where(there).order_by(*order.keys(v))


def list_plots(
    connection: Connection,
    account: Account,
    filters: PlotFilter,
    *,
    after: After | None = None,
    order: Order = BY_NUMBER,
    limit: int,
) -> list[Mapping[str, Any]]:
    """The rows of :func:`list_statement`."""
    statement = list_statement(account, filters, after=after, order=order, limit=limit)
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_plots(connection: Connection, account: Account, filters: PlotFilter) -> int:
    """How many plots in the account's scope the filter selects."""
    v = versions_at(filters.as_of)
    statement = select(func.count()).select_from(v).where(*conditions(account, filters, v))
    return connection.scalar(statement) or 0


def sum_plots(connection: Connection, account: Account, filters: PlotFilter) -> tuple[int, float]:
    """How many plots in scope the filter selects, and the sum of their areas, m²."""
    v = versions_at(filters.as_of)
    figures = (func.count(), func.coalesce(func.sum(v.c.area_m2), 0.0))
    statement = select(*figures).select_from(v).where(*conditions(account, filters, v))
    count, area_m2 = connection.execute(statement).one()
    return count, area_m2


def list_records(
    connection: Connection,
    account: Account,
    filters: PlotFilter,
    *,
    limit: int | None,
    columns: Collection[str] | None = None,
) -> list[Mapping[str, Any]]:
    """Plots by id with geometry as WKB, for files and maps; all of them where ``limit`` is None.

    ``columns`` are those that are needed beside id and geometry; None: all.
    """
    v = versions_at(filters.as_of)
    statement = as_records(v)
    if columns is not None:
        needed = {"plot_id", "wkb", *columns}
        statement = statement.with_only_columns(
            *(column for column in statement.selected_columns if column.key in needed),
            maintain_column_froms=True,
        )
    statement = statement.where(*conditions(account, filters, v)).order_by(v.c.plot_id).limit(limit)
    return [dict(row) for row in connection.execute(statement).mappings()]


def read_plot(
    connection: Connection,
    account: Account,
    plot_id: int,
    version: VersionName = "working",
    as_of: datetime | None = None,
) -> Mapping[str, Any] | None:
    """One plot with geometry as GeoJSON text; None when there is none in scope."""
    v = versions_at(as_of)
    statement = as_features(v).where(
        v.c.plot_id == plot_id,
        may_see(account, v),
        _chosen_version("approved" if account.role == "viewer" else version, v),
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def next_version(connection: Connection, plot_id: int) -> int:
    """A version number that the plot never had."""
    number = connection.scalar(
        update(plot)
        .where(plot.c.id == plot_id)
        .values(last_version=plot.c.last_version + 1)
        .returning(plot.c.last_version)
    )
    assert isinstance(number, int)
    return number


def plot_ids(
    connection: Connection, account: Account, filters: PlotFilter, *, limit: int
) -> list[int]:
    """Numbers of the plots that a filter selects in scope, sorted; ``limit`` at most."""
    v = versions_at(filters.as_of)
    statement = select(v.c.plot_id).where(*conditions(account, filters, v))
    return list(connection.scalars(statement.order_by(v.c.plot_id).limit(limit)))


def existing_plot_ids(connection: Connection, account: Account, ids: Sequence[int]) -> set[int]:
    """Those of the ids that are plots in the account's scope."""
    if not ids:
        return set()
    statement = select(v.c.plot_id).where(v.c.plot_id.in_(ids), in_scope(account)).distinct()
    return set(connection.scalars(statement))
