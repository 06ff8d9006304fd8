"""The plots that wait for an account, and the search for plots and districts."""

from math import cos, radians
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, select

from service.accounts.db.accounts import Account
from service.database.metadata import plot_version
from service.districts.db.districts import tree
from service.plots.db.ordering import plot_no_key
from service.plots.db.plots import PlotFilter, conditions, in_scope

v = plot_version

# The last code point: no text that begins with the words sorts after them and this.
_LAST = "\U0010ffff"
# At most so many plots whose number begins with the words are ordered by distance.
_MAX_CANDIDATES = 3_000


def _mine(account: Account) -> ColumnElement[bool]:
    return v.c.changed_by == account.id


def work(connection: Connection, account: Account, *, limit: int) -> dict[str, dict[str, Any]]:
    """Three lists, oldest first, each with its whole length: ``drafts``, ``returned``, ``waiting``.

    Drafts and returned plots are those of the account. ``waiting`` is for inspectors only:
    submitted plots of their districts that they may approve, never their own.
    """
    lists = {"drafts": and_(v.c.review == "draft", _mine(account))}
    lists["returned"] = and_(v.c.review == "returned", v.c.submitted_by == account.id)
    if account.holds("inspector"):
        lists["waiting"] = and_(
            v.c.review == "submitted", v.c.submitted_by.is_distinct_from(account.id)
        )
    return {name: _list(connection, account, condition, limit) for name, condition in lists.items()}


def _list(
    connection: Connection, account: Account, condition: ColumnElement[bool], limit: int
) -> dict[str, Any]:
    conditions_met = and_(v.c.slot == "working", in_scope(account), condition)
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
        .where(conditions_met)
        .order_by(v.c.changed_at, v.c.plot_id)
        .limit(limit)
    ).mappings()
    count = connection.scalar(select(func.count()).select_from(v).where(conditions_met))
    return {"count": count or 0, "plots": [dict(row) for row in rows]}


def search(
    connection: Connection,
    account: Account,
    words: str,
    *,
    limit: int,
    near: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """Plots by number or name and districts by name or code, in the account's scope.

    A 图斑号 is unique within a county and year only, so several plots may have it: those near
    ``near`` (longitude, latitude) come first, else the newest. Then come numbers that begin with
    the words. Matches by name have room of their own, ``limit`` rows.

    ``more`` names the groups of which more than ``limit`` match: ``plot_no``, ``name``,
    ``districts``.
    """
    name_matches = v.c.name.ilike(f"%{_escape_like(words)}%", escape="\\")
    number = plot_no_key(v)
    # Range comparisons, since row security keeps LIKE from using the index.
    number_begins = and_(number >= words, number < words + _LAST)
    plots: list[dict[str, Any]] = []
    more: dict[str, None] = {}
    for by, hits in (
        ("plot_no", _hits(_candidates_where(account, number == words), words, near)),
        (
            "plot_no",
            _hits(
                _first_by_number(_candidates_where(account, number_begins, number != words)),
                words,
                near,
            ),
        ),
        ("name", _hits(_candidates_where(account, name_matches, not_(number_begins)), words, near)),
    ):
        room = limit if by == "name" else limit - len(plots)
        rows = connection.execute(hits.limit(room + 1)).mappings().all()
        more |= {by: None} if len(rows) > room else {}
        plots += [{**row, "by": by, "at": [row["lon"], row["lat"]]} for row in rows[:room]]
    districts = [
        {"code": node.code, "name": node.name, "level": node.level}
        for node in tree(connection).values()
        if (words in node.name or node.code.startswith(words))
        and (account.counties is None or node.code in {*account.counties, *account.scope})
    ]
    more |= {"districts": None} if len(districts) > limit else {}
    return {"plots": plots, "districts": districts[:limit], "more": list(more)}


def _candidates_where(account: Account, *criteria: ColumnElement[bool]) -> Select[Any]:
    """Plots in the account's scope that meet all criteria."""
    columns = (v.c.plot_id, v.c.name, v.c.plot_no, v.c.district, v.c.year, v.c.geom)
    return select(*columns).where(*conditions(account, PlotFilter()), *criteria)


def _first_by_number(candidates: Select[Any]) -> Select[Any]:
    """The first candidates by number: only these are ordered by distance."""
    return candidates.order_by(plot_no_key(v), v.c.plot_id).limit(_MAX_CANDIDATES)


def _hits(candidates: Select[Any], words: str, near: tuple[float, float] | None) -> Select[Any]:
    """Exact names first, then the nearest, then the newest."""
    candidate = candidates.subquery("candidate").c
    at = func.ST_PointOnSurface(candidate.geom)
    lon, lat = func.ST_X(at), func.ST_Y(at)
    distance = []
    if near is not None:
        # Degrees of longitude shrink with the latitude; exact enough for sorting by distance.
        east = (lon - near[0]) * cos(radians(near[1]))
        distance = [east * east + (lat - near[1]) * (lat - near[1])]
    columns = [
        candidate.plot_id.label("id"),
        candidate.name,
        candidate.plot_no,
        candidate.district,
        candidate.year,
    ]
    return select(*columns, lon.label("lon"), lat.label("lat")).order_by(
        candidate.name.is_not_distinct_from(words).desc(),
        *distance,
        candidate.year.desc(),
        candidate.plot_id,
    )


def _escape_like(words: str) -> str:
    """The words with the wildcards of LIKE escaped."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
