"""The search for plots: by number, by system number, by name and by pinyin, each from an index."""

from collections.abc import Mapping, Sequence
from math import cos, radians
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from service.accounts.db.accounts import Account
from service.database.metadata import plot_version
from service.plots.db.names import begins, ids_by_letters, ids_named
from service.plots.db.ordering import plot_no_key
from service.plots.db.plots import PlotFilter, conditions

__all__ = ["Place", "by_beginning", "by_id", "by_number", "named", "names", "of_ids", "some_begin"]

v = plot_version

Place: TypeAlias = tuple[float, float] | None
"""Longitude and latitude of where one looks."""

MAX_CANDIDATES: Final = 1_000
"""Plots whose number begins with the words, of which the nearest are looked for."""
NAMED_MOST: Final = 500
"""Plots that bear a name, of which the nearest are looked for."""


def by_id(connection: Connection, account: Account, plot_id: int) -> list[Mapping[str, Any]]:
    """The plot of a system number, in scope; none or one."""
    return _read(connection, _hits(_candidates(account, v.c.plot_id == plot_id), "", None), 1)


def some_begin(connection: Connection, beginning: str) -> bool:
    """Whether any 图斑号 that may be read begins so: most words are names, and this is quick."""
    return connection.scalar(select(v.c.plot_id).where(begins(beginning)).limit(1)) is not None


def by_number(
    connection: Connection,
    account: Account,
    numbers: Sequence[str],
    filters: PlotFilter,
    near: Place,
    limit: int,
) -> list[Mapping[str, Any]]:
    """Plots whose 图斑号 is one of the numbers."""
    some = _candidates(account, plot_no_key(v).in_(numbers), filters=filters)
    return _read(connection, _hits(some, numbers[0], near), limit)


def by_beginning(
    connection: Connection,
    account: Account,
    beginning: str,
    filters: PlotFilter,
    near: Place,
    limit: int,
) -> list[Mapping[str, Any]]:
    """Plots whose 图斑号 begins so, and goes on."""
    number = plot_no_key(v)
    longer = and_(begins(beginning), number != beginning)
    some = _candidates(account, longer, filters=filters).order_by(number, v.c.plot_id)
    return _read(connection, _hits(some.limit(MAX_CANDIDATES), beginning, near), limit)


def named(
    connection: Connection,
    account: Account,
    words: str,
    filters: PlotFilter,
    near: Place,
    limit: int,
) -> list[Mapping[str, Any]]:
    """Plots with the words in their names, in any case and with spaces anywhere."""
    ids = ids_named(account, words, filters.counties, NAMED_MOST)
    some = _candidates(account, v.c.plot_id.in_(select(ids)), filters=filters)
    return _read(connection, _hits(some, words, near), limit)


def names(
    connection: Connection, account: Account, ways: Sequence[str], filters: PlotFilter
) -> list[tuple[int, str]]:
    """Ids and names of plots whose names may read, in pinyin, as one of some first letters."""
    ids = ids_by_letters(account, ways, filters.counties, NAMED_MOST)
    statement = select(v.c.plot_id, v.c.name).where(v.c.plot_id.in_(ids))
    rows = connection.execute(statement.where(*conditions(account, filters)))
    return [(row.plot_id, row.name) for row in rows]


def of_ids(
    connection: Connection, account: Account, ids: Sequence[int], near: Place, limit: int
) -> list[Mapping[str, Any]]:
    """The plots of these ids."""
    return _read(connection, _hits(_candidates(account, v.c.plot_id.in_(ids)), "", near), limit)


def _candidates(
    account: Account, *criteria: ColumnElement[bool], filters: PlotFilter | None = None
) -> Select[Any]:
    """Plots in the account's scope that meet all criteria."""
    columns = (v.c.plot_id, v.c.name, v.c.plot_no, v.c.district, v.c.year, v.c.geom)
    return select(*columns).where(*conditions(account, filters or PlotFilter()), *criteria)


def _hits(candidates: Select[Any], words: str, near: Place) -> Select[Any]:
    """Exact names first, then the nearest, then the newest."""
    candidate = candidates.subquery("candidate").c
    distance: list[ColumnElement[Any]] = []
    if near is not None:
        # Of the middle of its box, and degrees of longitude shrink with the latitude: exact enough.
        lon = (func.ST_XMin(candidate.geom) + func.ST_XMax(candidate.geom)) / 2
        lat = (func.ST_YMin(candidate.geom) + func.ST_YMax(candidate.geom)) / 2
        east = (lon - near[0]) * cos(radians(near[1]))
        distance = [east * east + (lat - near[1]) * (lat - near[1])]
    keys: tuple[ColumnElement[Any], ...] = (
        candidate.name.is_not_distinct_from(words).desc(),
        *distance,
        candidate.year.desc(),
        candidate.plot_id,
    )
    return select(*candidate, func.row_number().over(order_by=keys).label("place"))


def _read(connection: Connection, hits: Select[Any], limit: int) -> list[Mapping[str, Any]]:
    """The first of the hits, with a point on each."""
    first = hits.order_by("place").limit(limit).subquery("first").c
    at = func.ST_PointOnSurface(first.geom)
    columns = (first.plot_id.label("id"), first.name, first.plot_no, first.district, first.year)
    rows = connection.execute(
        select(*columns, func.ST_X(at).label("lon"), func.ST_Y(at).label("lat")).order_by(
            first.place
        )
    ).mappings()
    return [{**row, "at": [row["lon"], row["lat"]]} for row in rows]
