"""Districts and their boundaries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import geopandas
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import (
    ARRAY,
    Connection,
    FromClause,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on, insert

from gis.crs import CGCS2000
from gis.grid import on_grid
from gis.messages import Message, MessageError
from service.accounts.db.accounts import Account
from service.database.metadata import district, district_boundary, district_state
from service.web.timestamps import day_of, today

# A district's first known boundary holds for all time before it, too.
KNOWN_FIRST = date(1949, 10, 1)

LEVELS = ("province", "city", "county", "town", "village", "group")
DERIVED = "derived"


@dataclass(frozen=True)
class DistrictNode:
    """A district without its shape."""

    code: str
    name: str
    level: str
    parent: str | None
    area_m2: float | None
    source: str | None
    complete: bool
    boundary_id: int | None
    valid_from: str | None


class DistrictTree(Mapping[str, DistrictNode]):
    """All districts by code, small enough to be walked in memory (45 000 in the whole country)."""

    def __init__(self, nodes: Mapping[str, DistrictNode]) -> None:
        self._nodes = dict(nodes)
        self._children: dict[str | None, list[str]] = {}
        self.notes: dict[Any, Any] = {}
        """A cache for what others derive from this tree; it is dropped with the tree."""
        for node in self._nodes.values():
            self._children.setdefault(node.parent, []).append(node.code)

    def __getitem__(self, code: str) -> DistrictNode:
        return self._nodes[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def below(self, code: str) -> list[DistrictNode]:
        """All descendants of a district, itself not among them, ordered by code."""
        codes: list[str] = []
        left = list(self._children.get(code, ()))
        while left:
            child = left.pop()
            codes.append(child)
            left.extend(self._children.get(child, ()))
        return [self._nodes[child] for child in sorted(codes)]

    def children(self, code: str) -> list[DistrictNode]:
        """The districts right below one, ordered by code."""
        return [self._nodes[child] for child in sorted(self._children.get(code, ()))]

    def at(self, level: str, parent: str | None = None) -> list[DistrictNode]:
        """Districts of a level, in the whole tree or below ``parent``, ordered by code."""
        among = self.below(parent) if parent is not None else list(self._nodes.values())
        return sorted((n for n in among if n.level == level), key=lambda node: node.code)


def visible(tree: DistrictTree, account: Account) -> set[str]:
    """Codes that the account may see: its scope, all descendants and all ancestors of it."""
    # An account of units alone has rows anywhere, and borders are no secret.
    if account.counties is None or (account.units and not account.scope):
        return set(tree)
    seen: set[str] = set()
    for code in account.scope:
        if code not in tree:
            continue
        seen |= {code, *(node.code for node in tree.below(code))}
        above = tree[code].parent
        while above is not None and above in tree:
            seen.add(above)
            above = tree[above].parent
    return seen


_STATE = text("""
SELECT version,
       changed_by IS NOT DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint AS changing
FROM district_state
""")
_KEPT_TREES = 4
_trees: dict[UUID, DistrictTree] = {}


def tree(
    connection: Connection, as_of: datetime | None = None, *, borders_on: date | None = None
) -> DistrictTree:
    """Every district with the measures of its boundary, now, at a past moment or on a day.

    The present tree is cached in memory until its version in the database changes.
    """
    day = borders_on or (None if as_of is None else day_of(as_of))
    if day is not None:
        return _read_tree(connection, day)[0]
    state = connection.execute(_STATE).one()
    cached = _trees.get(state.version)
    if cached is not None and not state.changing:
        return cached
    fresh, version = _read_tree(connection)
    if version is not None and not state.changing:
        _trees[version] = fresh
        for old in list(_trees)[:-_KEPT_TREES]:
            _trees.pop(old, None)
    return fresh


def _read_tree(connection: Connection, day: date | None = None) -> tuple[DistrictTree, UUID | None]:
    """The tree and its version, in one snapshot."""
    boundary = _boundaries(day)
    current = boundary.c
    statement = (
        select(
            district.c.code,
            district.c.name,
            district.c.level,
            district.c.parent,
            current.area_m2,
            current.source,
            func.coalesce(current.complete, False).label("complete"),
            current.id.label("boundary_id"),
            cast(current.valid_from, Text).label("valid_from"),
            select(district_state.c.version).scalar_subquery().label("version"),
        )
        .outerjoin(boundary, current.code == district.c.code)
        .order_by(district.c.code)
    )
    rows = connection.execute(statement).all()
    nodes = {row.code: DistrictNode(*row[:-1]) for row in rows}
    return DistrictTree(nodes), rows[0].version if rows else None


def _boundaries(day: date | None) -> FromClause:
    """One boundary per district; the first one where none was valid yet."""
    b = district_boundary.c
    if day is None:
        return select(district_boundary).where(b.valid_to.is_(None)).subquery("boundary")
    return (
        select(district_boundary)
        .where(b.valid_to.is_(None) | (b.valid_to > day))
        .ext(distinct_on(b.code))
        .order_by(b.code, b.valid_from)
        .subquery("boundary")
    )


_NEAR_DEG = 0.05  # BD-09 moves by 1.5 km


def shapes_statement(codes: list[str], day: date | None = None) -> Select[Any]:
    """Code and WKB of the boundaries that are valid now, or were on a day."""
    boundary = _boundaries(day)
    return (
        select(boundary.c.code, func.ST_AsBinary(boundary.c.geom).label("wkb"))
        .where(boundary.c.code.in_(codes))
        .order_by(boundary.c.code)
    )


def shapes(
    connection: Connection, codes: list[str], day: date | None = None
) -> geopandas.GeoSeries:
    """Exact boundaries by code, of now or of a day; a district without one is not among them."""
    rows = connection.execute(shapes_statement(codes, day)).all()
    return geopandas.GeoSeries(
        shapely.from_wkb([row.wkb for row in rows]),
        index=[row.code for row in rows],
        crs=CGCS2000,
    )


def counties_near(
    connection: Connection, bounds: tuple[float, float, float, float]
) -> geopandas.GeoDataFrame:
    """Counties whose boundary lies at a box of degrees: ``code``, ``name``, ``geometry``."""
    box = func.ST_Expand(func.ST_MakeEnvelope(*bounds, CGCS2000), _NEAR_DEG)
    b = district_boundary.c
    rows = connection.execute(
        select(b.code, district.c.name, func.ST_AsBinary(b.geom).label("wkb"))
        .join(district, district.c.code == b.code)
        .where(b.valid_to.is_(None), district.c.level == "county", b.geom.op("&&")(box))
        .order_by(b.code)
    ).all()
    return geopandas.GeoDataFrame(
        {"code": [row.code for row in rows], "name": [row.name for row in rows]},
        geometry=list(shapely.from_wkb([row.wkb for row in rows])),
        crs=CGCS2000,
    )


def geojson(connection: Connection, codes: list[str]) -> dict[str, str]:
    """Boundaries as GeoJSON text with nine decimals."""
    rows = connection.execute(
        select(
            district_boundary.c.code,
            func.ST_AsGeoJSON(district_boundary.c.geom, 9, 0).label("text"),
        ).where(district_boundary.c.valid_to.is_(None), district_boundary.c.code.in_(codes))
    )
    return {row.code: row.text for row in rows}


def store_districts(
    connection: Connection,
    frame: geopandas.GeoDataFrame,
    *,
    demo: bool = False,
    valid_from: date | None = None,
) -> int:
    """Write districts (code, name, level, parent, source, complete, geometry); answers how many.

    A boundary that changed gets a new version from ``valid_from`` on (today in Beijing when None);
    the old one ends. One that stayed the same is left alone, so that reading a file twice changes
    nothing. The first boundary of a district holds for all the time before, unless a day is given.
    Parents without a polygon of their own are derived anew from all children that are known, not
    only from this file's. A district that the file only refers to, or leaves unnamed, keeps its
    name.

    Raises
    ------
    BorderDayError
        ``valid_from`` lies in the future, or before the day from which a border holds that the
        file moves.
    """
    if valid_from is not None and valid_from > today():
        raise BorderDayError(
            Message(
                f"界线起始日 {valid_from} 在将来（今天是 {today()}），请在当日导入",
                f"the border would begin on {valid_from}, after today ({today()}): import it on "
                "that day",
            )
        )
    rows = [
        {
            "code": row.code,
            "name": row.name,
            "level": row.level,
            "parent": row.parent if isinstance(row.parent, str) else None,
            "demo": demo,
        }
        for row in frame[["code", "name", "level", "parent"]].itertuples(index=False)
    ]
    if not rows:
        return 0
    statement = insert(district)
    given = statement.excluded
    derived = frame.loc[frame["source"] == DERIVED, "code"].tolist()
    pointed_at = given.code == any_(literal(derived, ARRAY(Text)))
    unnamed = district.c.name == district.c.code
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[district.c.code],
            set_={
                "name": case(
                    (and_(~pointed_at, given.name != given.code), given.name),
                    (unnamed, given.name),
                    else_=district.c.name,
                ),
                "level": case((pointed_at, district.c.level), else_=given.level),
                "parent": case((pointed_at, district.c.parent), else_=given.parent),
            },
        ),
        rows,
    )
    for row in frame.itertuples(index=False):
        if row.source != DERIVED and row.geometry is not None and not row.geometry.is_empty:
            complete = bool(row.complete)
            new = Boundary(row.code, row.geometry, row.source, complete, valid_from)
            _store_boundary(connection, new)
    _derive_parents(connection, {row["code"] for row in rows}, valid_from)
    return len(rows)


class BorderDayError(MessageError, ValueError):
    """A border cannot begin on the day that was given."""


class Boundary(NamedTuple):
    """A boundary to be stored; without a day it holds from today on."""

    code: str
    shape: shapely.Geometry
    source: str
    complete: bool
    valid_from: date | None


def _derive_parents(connection: Connection, touched: set[str], valid_from: date | None) -> None:
    """Derive boundaries of parents that have none of their own, deepest level first."""
    districts = tree(connection)
    for level in reversed(LEVELS[:-1]):
        for node in districts.at(level):
            below = {descendant.code for descendant in districts.below(node.code)}
            if node.source in (None, DERIVED) and below & touched:
                children = [child.code for child in districts.children(node.code)]
                parts = shapes(connection, children).to_numpy()
                if len(parts):
                    whole = on_grid(np.array([shapely.union_all(parts)], dtype=object))[0]
                    new = Boundary(node.code, whole, DERIVED, False, valid_from)
                    _store_boundary(connection, new)


_SAME = text("""
SELECT id, valid_from, ST_Equals(geom, ST_GeomFromWKB(:wkb, :srid)) AS same
FROM district_boundary WHERE code = :code AND valid_to IS NULL
""")


def _store_boundary(connection: Connection, new: Boundary) -> None:
    code, shape = new.code, new.shape
    wkb = shapely.to_wkb(
        shapely.multipolygons([shape]) if isinstance(shape, shapely.Polygon) else shape
    )
    values = {
        "geom": func.ST_GeomFromWKB(wkb, CGCS2000),
        "source": new.source,
        "complete": new.complete,
    }
    day = new.valid_from or today()
    held = connection.execute(_SAME, {"code": code, "wkb": wkb, "srid": CGCS2000}).one_or_none()
    if held is not None and new.source == DERIVED:
        day = max(day, held.valid_from)
    if held is not None and not held.same and day < held.valid_from:
        raise BorderDayError(
            Message(
                f"{code} 现有界线自 {held.valid_from} 起有效，新界线不能早于该日（给出 {day}）",
                f"the boundary of {code} holds from {held.valid_from} on, a new one cannot begin "
                f"on {day}: name that day or a later one",
            )
        )
    if held is not None and (held.same or held.valid_from == day):
        # Two boundaries cannot begin on one day: the newer takes the place of the older.
        changed = {k: v for k, v in values.items() if not (held.same and k == "geom")}
        connection.execute(
            update(district_boundary).where(district_boundary.c.id == held.id).values(**changed)
        )
        return
    if held is not None:
        connection.execute(
            update(district_boundary).where(district_boundary.c.id == held.id).values(valid_to=day)
        )
    else:
        day = new.valid_from or KNOWN_FIRST
    connection.execute(district_boundary.insert().values(code=code, valid_from=day, **values))


_FEW_ROWS = 1_000


def analyze(connection: Connection, *names: str) -> None:
    """Refresh the planner's statistics of a table after a bulk load."""
    for name in names:
        connection.execute(text("SELECT analyze_table(:name)"), {"name": name})


_ROWS_KNOWN = text("SELECT reltuples FROM pg_class WHERE oid = to_regclass(:name)")


def analyze_grown(connection: Connection, rows: int, *names: str) -> None:
    """As :func:`analyze`, of the tables that so many new rows are a fifth of, or more.

    It takes seconds whatever came in, and the database does it by itself before long.
    """
    for name in names:
        known = connection.scalar(_ROWS_KNOWN, {"name": name}) or 0.0
        if rows > max(_FEW_ROWS, known / 5):
            analyze(connection, name)


def frame(
    connection: Connection, codes: list[str] | None = None, day: date | None = None
) -> geopandas.GeoDataFrame:
    """Districts with their figures and exact shapes, of now or of a day, ordered by code."""
    nodes = [n for n in tree(connection).values() if codes is None or n.code in set(codes)]
    table = pd.DataFrame(
        [(n.code, n.name, n.level, n.parent, n.area_m2, n.source, n.complete) for n in nodes],
        columns=["code", "name", "level", "parent", "area_m2", "source", "complete"],
    )
    geometry = shapes(connection, list(table["code"]), day).reindex(table["code"])
    return geopandas.GeoDataFrame(table, geometry=geometry.to_numpy(), crs=CGCS2000)
