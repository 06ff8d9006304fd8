"""Plots: asked for, drawn, taken through review.

A plot has at most two versions at a time: the *approved* one, on which all figures stand, and the
*working* one, which somebody is changing. ``current`` means the working version where there is
one, else the approved.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import sign
from service.database.metadata import account, kind, plot, plot_history, plot_version
from service.plots.db.ordering import After, Order

VersionName = Literal["approved", "working"]
SLOTS: tuple[VersionName, ...] = ("approved", "working")

v = plot_version

# What people write and read, in the order in which answers give it.
ATTRIBUTES = (
    "stage",
    "kind",
    "year",
    "name",
    "plot_no",
    "category",
    "programme",
    "method",
    "species",
    "density_per_ha",
    "planted_on",
    "evidence",
    "compartment_no",
    "subcompartment_no",
    "town",
    "village",
    "land_ownership",
    "tree_ownership",
    "declared_m2",
    "plan_ids",
    "note",
    "extra",
)

GREEN_STAGES = ("planted", "accepted", "existing")


@dataclass(frozen=True)
class PlotFilter:
    """Which plots are asked for; None leaves a question open.

    With ``as_of`` the answer is what stood at that moment. ``among`` asks for numbers of plots.
    """

    version: VersionName = "working"
    bbox: tuple[float, float, float, float] | None = None
    counties: Sequence[str] | None = None
    stages: Sequence[str] | None = None
    reviews: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    programmes: Sequence[str] | None = None
    year: int | None = None
    as_of: datetime | None = None
    among: Select[Any] | None = None


def in_scope(who: Account, column: ColumnElement[str] = v.c.district) -> ColumnElement[bool]:
    """The predicate that stands in every query: ground of the account's districts only."""
    return true() if who.counties is None else column.in_(who.counties)


def may_see(who: Account, table: FromClause = v) -> ColumnElement[bool]:
    """Scope, and for a viewer approved versions only."""
    seen = in_scope(who, table.c.district)
    return and_(seen, table.c.slot == "approved") if who.role == "viewer" else seen


def versions_at(as_of: datetime | None) -> FromClause:
    """The versions to be read: those of now, or those that stood at a moment."""
    if as_of is None:
        return plot_version
    h = plot_history
    stood = and_(h.c.valid_from <= as_of, or_(h.c.valid_to.is_(None), h.c.valid_to > as_of))
    return select(h).where(stood).subquery("stood")


def _chosen_version(version: VersionName, table: FromClause = v) -> ColumnElement[bool]:
    if version == "approved":
        return table.c.slot == "approved"
    other = table.alias("other")
    newer = select(literal(1)).where(other.c.plot_id == table.c.plot_id, other.c.slot == "working")
    return or_(table.c.slot == "working", ~newer.exists())


def conditions(
    who: Account, asked: PlotFilter, v: FromClause = plot_version
) -> Iterator[ColumnElement[bool]]:
    yield may_see(who, v)
    yield _chosen_version("approved" if who.role == "viewer" else asked.version, v)
    if asked.bbox is not None:
        box = func.ST_MakeEnvelope(*asked.bbox, CGCS2000)
        # Told slot by slot so that each partial index can serve.
        yield or_(*(and_(v.c.slot == slot, v.c.geom.op("&&")(box)) for slot in SLOTS))
        yield func.ST_Intersects(v.c.geom, box)
    for column, values in (
        (v.c.district, asked.counties),
        (v.c.stage, asked.stages),
        (v.c.review, asked.reviews),
        (v.c.kind, asked.kinds),
        (v.c.programme, asked.programmes),
    ):
        if values is not None:
            yield column.in_(values) if values else false()
    if asked.year is not None:
        yield v.c.year == asked.year
    if asked.among is not None:
        yield v.c.plot_id.in_(asked.among)


def _columns(v: FromClause) -> list[ColumnElement[Any]]:
    # The history tells by itself whose it was and outlives plots, accounts and kinds.
    past = v is not plot_version
    return [
        v.c.plot_id,
        v.c.version,
        v.c.area_m2,
        v.c.district,
        v.c.review,
        v.c.return_reason,
        v.c.changed_at,
        (v.c.actor if past else account.c.name).label("changed_by"),
        func.coalesce(kind.c.label_zh, v.c.kind).label("kind_label"),
        kind.c.green_class,
        v.c.demo if past else plot.c.demo,
        *(v.c[name] for name in ATTRIBUTES),
    ]


def _source(v: FromClause) -> FromClause:
    named = v.outerjoin(kind, kind.c.code == v.c.kind)
    if v is not plot_version:
        return named
    return named.join(plot, plot.c.id == v.c.plot_id).outerjoin(
        account, account.c.id == v.c.changed_by
    )


def as_features(v: FromClause) -> Select[Any]:
    """What answers are made of: all columns, geometry as GeoJSON text."""
    return select(*_columns(v), func.ST_AsGeoJSON(v.c.geom, 9, 0).label("geometry")).select_from(
        _source(v)
    )


def as_records(v: FromClause) -> Select[Any]:
    """The same with geometry as WKB, for files, maps and comparisons."""
    return select(*_columns(v), func.ST_AsBinary(v.c.geom).label("wkb")).select_from(_source(v))


BY_NUMBER = Order()


def list_statement(
    who: Account,
    asked: PlotFilter,
    *,
    after: After | None = None,
    order: Order = BY_NUMBER,
    limit: int,
) -> Select[Any]:
    """Plots in an order, from ``after`` on (None: from the first), geometry as GeoJSON text."""
    v = versions_at(asked.as_of)
    statement = as_features(v).where(*conditions(who, asked, v))
    if after is not None:
        statement = statement.where(order.beyond(v, after))
    return statement.order_by(*order.keys(v)).limit(limit)


def list_plots(
    connection: Connection,
    who: Account,
    asked: PlotFilter,
    *,
    after: After | None = None,
    order: Order = BY_NUMBER,
    limit: int,
) -> list[Mapping[str, Any]]:
    """Run :func:`list_statement`."""
    statement = list_statement(who, asked, after=after, order=order, limit=limit)
    return [dict(row) for row in connection.execute(statement).mappings()]


def count_plots(connection: Connection, who: Account, asked: PlotFilter) -> int:
    """How many plots the filter matches in the account's scope."""
    v = versions_at(asked.as_of)
    statement = select(func.count()).select_from(v).where(*conditions(who, asked, v))
    return connection.scalar(statement) or 0


def list_records(
    connection: Connection, who: Account, asked: PlotFilter, *, limit: int
) -> list[Mapping[str, Any]]:
    """The same with geometry as WKB, for files and maps."""
    v = versions_at(asked.as_of)
    statement = as_records(v).where(*conditions(who, asked, v)).order_by(v.c.plot_id).limit(limit)
    return [dict(row) for row in connection.execute(statement).mappings()]


def read_plot(
    connection: Connection,
    who: Account,
    plot_id: int,
    version: VersionName = "working",
    as_of: datetime | None = None,
) -> Mapping[str, Any] | None:
    """One plot; None when there is none or it is not theirs."""
    v = versions_at(as_of)
    statement = as_features(v).where(
        v.c.plot_id == plot_id,
        may_see(who, v),
        _chosen_version("approved" if who.role == "viewer" else version, v),
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


@dataclass(frozen=True)
class WorkingVersion:
    """What a step of the review needs to know of a plot's working version."""

    plot_id: int
    version: int
    review: str
    submitted_by: int | None


def lock_working(connection: Connection, who: Account, plot_id: int) -> WorkingVersion | None:
    """The working version, locked until the transaction ends; None when there is none of theirs."""
    # The plot first, as every other change does it: two locks in one order never deadlock.
    connection.execute(
        select(plot.c.id).where(plot.c.id == plot_id).with_for_update(key_share=True)
    )
    row = connection.execute(
        select(v.c.plot_id, v.c.version, v.c.review, v.c.submitted_by)
        .where(v.c.plot_id == plot_id, v.c.slot == "working", in_scope(who))
        .with_for_update()
    ).one_or_none()
    return None if row is None else WorkingVersion(*row)


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


def submit(connection: Connection, who: Account, held: WorkingVersion) -> None:
    """draft or returned → submitted."""
    sign(connection, who)
    connection.execute(
        update(v)
        .where(v.c.plot_id == held.plot_id, v.c.slot == "working")
        .values(
            review="submitted",
            return_reason=None,
            submitted_by=who.id,
            version=next_version(connection, held.plot_id),
            changed_by=who.id,
            changed_at=func.now(),
        )
    )


def approve(connection: Connection, who: Account, held: WorkingVersion) -> None:
    """submitted → approved: the working version takes the place of the approved one."""
    sign(connection, who)
    number = next_version(connection, held.plot_id)
    connection.execute(delete(v).where(v.c.plot_id == held.plot_id, v.c.slot == "approved"))
    connection.execute(
        update(v)
        .where(v.c.plot_id == held.plot_id, v.c.slot == "working")
        .values(
            slot="approved",
            review="approved",
            version=number,
            changed_by=who.id,
            changed_at=func.now(),
        )
    )


def give_back(connection: Connection, who: Account, held: WorkingVersion, reason: str) -> None:
    """submitted → returned, with the reason that the planner reads."""
    sign(connection, who, reason)
    connection.execute(
        update(v)
        .where(v.c.plot_id == held.plot_id, v.c.slot == "working")
        .values(
            review="returned",
            return_reason=reason,
            version=next_version(connection, held.plot_id),
            changed_by=who.id,
            changed_at=func.now(),
        )
    )


def newest_change(connection: Connection) -> datetime | None:
    """When any plot was changed last; None while there are none."""
    newest: datetime | None = connection.scalar(select(func.max(v.c.changed_at)))
    return newest


def existing_plot_ids(connection: Connection, who: Account, ids: Sequence[int]) -> set[int]:
    """Those of the numbers that are plots in the account's scope."""
    if not ids:
        return set()
    statement = select(v.c.plot_id).where(v.c.plot_id.in_(ids), in_scope(who)).distinct()
    return set(connection.scalars(statement))
