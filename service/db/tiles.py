"""Vector tiles out of PostGIS (ST_AsMVT).

A layer is a Select with the columns that a client sees, ``fid`` (number of the feature) and
``geom`` in units of the tile. Every tile bears a layer ``tile`` with one point, which says how many
plots there are, and how many of them are not drawn because they are too small.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import BIGINT

from gis.crs import CGCS2000, WEB_MERCATOR
from service.db.accounts import Account
from service.db.plots import SLOTS, PlotFilter, conditions
from service.db.tables import district, district_boundary, kind, plot_version

EXTENT: Final = 4096
BUFFER: Final = 64
STAGES: Final = ("planned", "planted", "accepted", "existing", "cancelled")
# Below this z (of WebMercatorQuad) plots are counted in squares.
PLOTS_FROM: Final = 11
# Squares are this many halvings of the world finer than the tile: 32 to a side.
SQUARES: Final = 5


# A little beyond the latitude at which web Mercator is a square.
MERCATOR_END: Final = 85.06


class Ground(NamedTuple):
    """Where a tile lies: degrees, and whether it is drawn in web Mercator."""

    west: float
    south: float
    east: float
    north: float
    mercator: bool


class Mvt(NamedTuple):
    """A layer of a tile, and how many features it has."""

    data: bytes
    drawn: int


def _drawn_in(ground: Ground, geom: ColumnElement[Any]) -> ColumnElement[Any]:
    """The geometry in units of the tile; NULL when nothing of it is left."""
    box = func.ST_MakeEnvelope(*ground[:4], CGCS2000)
    if ground.mercator:
        geom, box = (func.ST_Transform(one, WEB_MERCATOR) for one in (_within(geom), box))
    return func.ST_AsMVTGeom(geom, func.box2d(box), EXTENT, BUFFER, True)


def _within(geom: ColumnElement[Any]) -> ColumnElement[Any]:
    """What lies within web Mercator, which has no poles."""
    whole = func.ST_YMax(geom) <= MERCATOR_END, func.ST_YMin(geom) >= -MERCATOR_END
    window = func.ST_MakeEnvelope(-180, -MERCATOR_END, 180, MERCATOR_END, CGCS2000)
    return case((and_(*whole), geom), else_=func.ST_ClipByBox2D(geom, func.box2d(window)))


def _around(ground: Ground) -> ColumnElement[Any]:
    """The tile with the buffer that it is drawn with."""
    margin = (ground.east - ground.west) * BUFFER / EXTENT
    west, south, east, north = ground[:4]
    return func.ST_MakeEnvelope(
        west - margin, max(south - margin, -90), east + margin, min(north + margin, 90), CGCS2000
    )


def layer_of(connection: Connection, name: str, rows: Select[Any]) -> Mvt:
    """Run a layer's Select through ST_AsMVT; features without a geometry are left out."""
    one = rows.subquery("one")
    made = connection.execute(
        select(
            func.ST_AsMVT(literal_column("one"), name, EXTENT, "geom", "fid").label("data"),
            func.count().label("drawn"),
        )
        .select_from(one)
        .where(one.c.geom.is_not(None))
    ).one()
    return Mvt(bytes(made.data), made.drawn)


def note(connection: Connection, **said: int | str) -> bytes:
    """The layer ``tile``: one point in the middle that says something about the tile."""
    values: list[ColumnElement[Any]] = [
        cast(literal(value), BIGINT if isinstance(value, int) else Text).label(name)
        for name, value in said.items()
    ]
    middle = func.ST_MakePoint(EXTENT // 2, EXTENT // 2).label("geom")
    rows = select(*values, literal(1).label("fid"), middle)
    return layer_of(connection, "tile", rows).data


def _here(ground: Ground) -> ColumnElement[bool]:
    v = plot_version
    # Told slot by slot so that each partial index can serve.
    return or_(*(and_(v.c.slot == slot, v.c.geom.op("&&")(_around(ground))) for slot in SLOTS))


def plots_layer(who: Account, asked: PlotFilter, ground: Ground) -> Select[Any]:
    """Plots as they are."""
    v = plot_version
    return (
        select(
            v.c.plot_id.label("fid"),
            v.c.plot_id.label("id"),
            v.c.stage,
            v.c.kind,
            kind.c.green_class,
            v.c.year,
            v.c.review,
            v.c.district,
            v.c.plot_no,
            v.c.area_m2,
            v.c.version,
            _drawn_in(ground, v.c.geom).label("geom"),
        )
        .join_from(v, kind, kind.c.code == v.c.kind)
        .where(*conditions(who, asked), _here(ground))
    )


def squares_layer(who: Account, asked: PlotFilter, ground: Ground, scale: int) -> Select[Any]:
    """Squares of degrees with what lies in them: a plot is counted where its middle is."""
    v = plot_version
    side = 360 / 2 ** (scale + SQUARES)
    middle = func.ST_Centroid(v.c.geom)
    x = func.floor((func.ST_X(middle) + 180) / side)
    y = func.floor((func.ST_Y(middle) + 90) / side)
    of_stage = [
        func.nullif(func.count().filter(v.c.stage == stage), 0).label(stage) for stage in STAGES
    ]
    counted = (
        select(
            x.label("x"),
            y.label("y"),
            func.count().label("count"),
            func.sum(v.c.area_m2).label("area_m2"),
            *of_stage,
        )
        .where(*conditions(who, asked), _here(ground))
        .group_by(literal_column("1"), literal_column("2"))
        .subquery("counted")
    )
    square = func.ST_MakeEnvelope(
        counted.c.x * side - 180,
        counted.c.y * side - 90,
        (counted.c.x + 1) * side - 180,
        (counted.c.y + 1) * side - 90,
        CGCS2000,
    )
    return select(
        cast(counted.c.x * 2 ** (scale + SQUARES) + counted.c.y, BIGINT).label("fid"),
        counted.c.count,
        counted.c.area_m2,
        *(counted.c[stage] for stage in STAGES),
        _drawn_in(ground, square).label("geom"),
    )


def count_here(connection: Connection, who: Account, asked: PlotFilter, ground: Ground) -> int:
    """How many plots meet the tile."""
    v = plot_version
    statement = select(func.count()).select_from(v).where(*conditions(who, asked), _here(ground))
    return connection.scalar(statement) or 0


def districts_layer(
    codes: Iterable[str], levels: Iterable[str], ground: Ground, tolerance: float
) -> Select[Any]:
    """Districts of some levels, each with its shape thinned by so many degrees."""
    b = district_boundary
    thinned = b.c.geom if tolerance == 0 else func.ST_SimplifyPreserveTopology(b.c.geom, tolerance)
    return (
        select(
            b.c.id.label("fid"),
            district.c.code,
            district.c.name,
            district.c.level,
            district.c.parent,
            _drawn_in(ground, thinned).label("geom"),
        )
        .join_from(district, b, b.c.code == district.c.code)
        .where(
            b.c.valid_to.is_(None),
            district.c.level.in_(list(levels)),
            district.c.code.in_(list(codes)),
            b.c.geom.op("&&")(_around(ground)),
        )
    )
