"""What waits for somebody, and what somebody looks for."""

from math import cos, radians
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, select

from service.accounts.db.accounts import Account
from service.database.metadata import plot_version
from service.districts.db.districts import tree
from service.plots.db.ordering import number_of
from service.plots.db.plots import PlotFilter, conditions, in_scope

v = plot_version

# No character comes after it.
_LAST = "\U0010ffff"
# Of more plots whose number begins with the words these are looked at, in the order of numbers.
_CANDIDATES = 3_000


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

    ``more`` names the groups that have more than ``limit``: ``plot_no``, ``name``, ``districts``.

    A 图斑号 is unique within a county and a year only: those near ``near`` (lon, lat) come first,
    else the newest; after them those that begin with the words. However many there are of these,
    there is as much room for names.
    """
    named = v.c.name.ilike(f"%{_literal(words)}%", escape="\\")
    number = number_of(v)
    # Comparisons that row security lets the index serve; no pattern is among them.
    begins = and_(number >= words, number < words + _LAST)
    plots: list[dict[str, Any]] = []
    more: dict[str, None] = {}
    for by, found in (
        ("plot_no", _hits(_those(who, number == words), words, near)),
        ("plot_no", _hits(_first(_those(who, begins, number != words)), words, near)),
        ("name", _hits(_those(who, named, not_(begins)), words, near)),
    ):
        room = limit if by == "name" else limit - len(plots)
        rows = connection.execute(found.limit(room + 1)).mappings().all()
        more |= {by: None} if len(rows) > room else {}
        plots += [{**row, "by": by, "at": [row["lon"], row["lat"]]} for row in rows[:room]]
    districts = [
        {"code": node.code, "name": node.name, "level": node.level}
        for node in tree(connection).values()
        if (words in node.name or node.code.startswith(words))
        and (who.counties is None or node.code in {*who.counties, *who.scope})
    ]
    more |= {"districts": None} if len(districts) > limit else {}
    return {"plots": plots, "districts": districts[:limit], "more": list(more)}


def _those(who: Account, *asked: ColumnElement[bool]) -> Select[Any]:
    """Plots of the account's ground."""
    wanted = (v.c.plot_id, v.c.name, v.c.plot_no, v.c.district, v.c.year, v.c.geom)
    return select(*wanted).where(*conditions(who, PlotFilter()), *asked)


def _first(those: Select[Any]) -> Select[Any]:
    """The first of them in the order of numbers: as far as one looks for what is near."""
    return those.order_by(number_of(v), v.c.plot_id).limit(_CANDIDATES)


def _hits(those: Select[Any], words: str, near: tuple[float, float] | None) -> Select[Any]:
    """The very name first, then what lies near, then the newest."""
    one = those.subquery("one").c
    at = func.ST_PointOnSurface(one.geom)
    lon, lat = func.ST_X(at), func.ST_Y(at)
    away = []
    if near is not None:
        # Degrees of longitude are shorter; for an order that is near enough.
        east = (lon - near[0]) * cos(radians(near[1]))
        away = [east * east + (lat - near[1]) * (lat - near[1])]
    told = [one.plot_id.label("id"), one.name, one.plot_no, one.district, one.year]
    return select(*told, lon.label("lon"), lat.label("lat")).order_by(
        one.name.is_not_distinct_from(words).desc(), *away, one.year.desc(), one.plot_id
    )


def _literal(words: str) -> str:
    """The words with what LIKE would read as a pattern taken at its word."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
