"""What waits for somebody, and what somebody looks for."""

from math import cos, radians
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from service.db.accounts import Account
from service.db.districts import tree
from service.db.plots import PlotFilter, conditions, in_scope
from service.db.tables import plot_version

v = plot_version


def _mine(who: Account) -> ColumnElement[bool]:
    return v.c.changed_by == who.id


def work(connection: Connection, who: Account, *, limit: int) -> dict[str, dict[str, Any]]:
    """Three lists with their whole lengths, the oldest first: drafts, returned, waiting.

    Drafts and returned plots are those of the account; what waits are the submitted plots of its
    districts that it may approve (for inspectors; never its own).
    """
    asked = {"drafts": and_(v.c.review == "draft", _mine(who))}
    asked["returned"] = and_(v.c.review == "returned", v.c.submitted_by == who.id)
    if who.holds("inspector"):
        asked["waiting"] = and_(
            v.c.review == "submitted", v.c.submitted_by.is_distinct_from(who.id)
        )
    return {name: _list(connection, who, those, limit) for name, those in asked.items()}


def _list(
    connection: Connection, who: Account, those: ColumnElement[bool], limit: int
) -> dict[str, Any]:
    where = and_(v.c.slot == "working", in_scope(who), those)
    rows = connection.execute(
        select(
            v.c.plot_id.label("id"),
            v.c.name,
            v.c.plot_no,
            v.c.district,
            v.c.year,
            v.c.review,
            v.c.return_reason,
            v.c.area_m2,
            v.c.changed_at,
        )
        .where(where)
        .order_by(v.c.changed_at, v.c.plot_id)
        .limit(limit)
    ).mappings()
    count = connection.scalar(select(func.count()).select_from(v).where(where))
    return {"count": count or 0, "plots": [dict(row) for row in rows]}


def search(
    connection: Connection,
    who: Account,
    words: str,
    *,
    limit: int,
    near: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """Plots by number or name, districts by name or code, of the account's ground.

    A 图斑号 is unique within a county and a year only: those near ``near`` (lon, lat) come first,
    else the newest, and however many bear it, there is as much room for names.
    """
    like = f"%{_literal(words)}%"
    named = v.c.name.ilike(like, escape="\\")
    numbered = v.c.plot_no == words
    plots = [
        {**row, "by": by, "at": [row["lon"], row["lat"]]}
        for by, those in (("plot_no", numbered), ("name", and_(named, ~numbered)))
        for row in connection.execute(_found(who, those, words, near, limit)).mappings()
    ]
    districts = [
        {"code": node.code, "name": node.name, "level": node.level}
        for node in tree(connection).values()
        if (words in node.name or node.code.startswith(words))
        and (who.counties is None or node.code in {*who.counties, *who.scope})
    ]
    return {"plots": plots, "districts": districts[:limit]}


def _found(
    who: Account,
    those: ColumnElement[bool],
    words: str,
    near: tuple[float, float] | None,
    limit: int,
) -> Select[Any]:
    """Plots that were found: the very name first, then what lies near, then the newest."""
    at = func.ST_PointOnSurface(v.c.geom)
    lon, lat = func.ST_X(at), func.ST_Y(at)
    away = []
    if near is not None:
        # Degrees of longitude are shorter; for an order that is near enough.
        east = (lon - near[0]) * cos(radians(near[1]))
        away = [east * east + (lat - near[1]) * (lat - near[1])]
    return (
        select(
            v.c.plot_id.label("id"),
            v.c.name,
            v.c.plot_no,
            v.c.district,
            v.c.year,
            lon.label("lon"),
            lat.label("lat"),
        )
        .where(*conditions(who, PlotFilter()), those)
        .order_by(v.c.name.is_not_distinct_from(words).desc(), *away, v.c.year.desc(), v.c.plot_id)
        .limit(limit)
    )


def _literal(words: str) -> str:
    """The words with what LIKE would read as a pattern taken at its word."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
