"""Where a tile lies, and how a shape of degrees is put into its units."""

from functools import lru_cache
from math import asinh, cos, radians, tan
from typing import Final, NamedTuple

from gis.crs import CGCS2000, SEMI_MAJOR_M, WEB_MERCATOR

EXTENT: Final = 4096
BUFFER: Final = 64
# A little beyond the latitude at which web Mercator is a square: it has no poles.
MERCATOR_END: Final = 85.06
# A plot of at least so many grid squares hardly ever becomes invalid when it is snapped to the
# grid: of 171 000 star-shaped ones two did, at z 11, by less than a unit.
BROAD: Final = 64


class Ground(NamedTuple):
    """Where a tile lies: degrees, and whether it is drawn in web Mercator."""

    west: float
    south: float
    east: float
    north: float
    mercator: bool

    @property
    def margin(self) -> float:
        """Degrees around it that are drawn too, so that lines meet in the next tile."""
        return (self.east - self.west) * BUFFER / EXTENT

    @property
    def unit_m(self) -> float:
        """How wide a unit of the tile is in its middle."""
        wide = radians(self.east - self.west) * SEMI_MAJOR_M / EXTENT
        return wide * cos(radians((self.south + self.north) / 2))


@lru_cache(maxsize=4096)
def _places(ground: Ground) -> dict[str, float]:
    west, south, east, north = ground[:4]
    left, bottom, right, top = ground[:4]
    end = 90.0
    if ground.mercator:
        end = MERCATOR_END
        left, right = (radians(x) * SEMI_MAJOR_M for x in (west, east))
        bottom, top = (asinh(tan(radians(y))) * SEMI_MAJOR_M for y in (south, north))
    return {
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "margin": ground.margin,
        "half_x": (east - west) / 2,
        "half_y": (north - south) / 2,
        "end": end,
        "left": left,
        "bottom": bottom,
        "right": right,
        "top": top,
        "x_units": EXTENT / (right - left),
        "y_units": EXTENT / (bottom - top),
        "x_from": EXTENT * left / (left - right),
        "y_from": EXTENT * top / (top - bottom),
        "broad_m2": BROAD * ground.unit_m**2,
    }


def places(ground: Ground) -> dict[str, float]:
    """The parameters of `AROUND`, `drawn` and `drawn_plot`."""
    return dict(_places(ground))


AROUND: Final = (
    "ST_MakeEnvelope(:west - :margin, greatest(:south - :margin, -90),"
    f" :east + :margin, least(:north + :margin, 90), {CGCS2000})"
)
# Half a tile around it.
_NEAR: Final = (
    "(SELECT ST_MakeEnvelope(:west - :half_x, greatest(:south - :half_y, -:end),"
    f" :east + :half_x, least(:north + :half_y, :end), {CGCS2000}))"
)
# The tile in the units of its grid. Found once, not once a plot.
_BOX: Final = "(SELECT ST_MakeEnvelope(:left, :bottom, :right, :top, {srid})::box2d)"
# The layer that speaks of the tile itself.
NOTE: Final = (
    "ST_AsMVT(note, 'tile') FROM (SELECT {said}, ST_MakePoint("
    f"{EXTENT // 2}, {EXTENT // 2}) AS geom) note"
)


def drawn(geom: str, *, mercator: bool) -> str:
    """SQL that puts a geometry of degrees into units of the tile; NULL when nothing is left."""
    srid = CGCS2000
    if mercator:
        srid = WEB_MERCATOR
        geom = (
            f"ST_Transform(CASE WHEN ST_YMax({geom}) <= :end AND ST_YMin({geom}) >= -:end"
            f" THEN {geom} ELSE ST_ClipByBox2D({geom}, ST_MakeEnvelope(-180, -:end, 180, :end))"
            f" END, {srid})"
        ).replace(":end", str(MERCATOR_END))  # what is not in a subselect is planned anew for
    return f"ST_AsMVTGeom({geom}, {_BOX.format(srid=srid)}, {EXTENT}, {BUFFER}, true)"


def drawn_plot(table: str, *, mercator: bool) -> str:
    """The same for polygons of a table that knows their ``area_m2``.

    Three quarters of the time of ``ST_AsMVTGeom`` goes into clipping at the tile's edge and into
    repairing what snapping made invalid. A plot that ends near the tile need not be clipped:
    clients draw only what lies inside. One that is wide beside the grid hardly ever becomes
    invalid, and then invisibly little.
    """
    geom = f"{table}.geom"
    there = f"ST_Transform({geom}, {WEB_MERCATOR})" if mercator else geom
    # Exterior rings are clockwise to the eye, as the format wants it: y runs down.
    snapped = (
        f"ST_ForcePolygonCCW(ST_SnapToGrid(ST_Affine({there},"
        " :x_units, 0, 0, 0, :y_units, 0, 0, 0, 1, :x_from, :y_from, 0), 1))"
    )
    return (
        f"CASE WHEN {table}.area_m2 > :broad_m2"
        f" AND {geom} @ {_NEAR}"
        f" THEN {snapped} ELSE {drawn(geom, mercator=mercator)} END"
    )


_BOX_DRAWN: Final = """
(SELECT ST_Reverse(ST_MakeEnvelope(x0, y0, x1, y1))
 FROM (SELECT greatest({west}, {low}) AS x0, greatest({north}, {low}) AS y0,
              least({east}, {high}) AS x1, least({south}, {high}) AS y1) sides
 WHERE x0 < x1 AND y0 < y1)
"""


def drawn_box(west: str, south: str, east: str, north: str, *, mercator: bool) -> str:
    """The same for boxes of degrees, given by SQL for their sides."""

    def x(degrees: str) -> str:
        metres = f"radians({degrees}) * {SEMI_MAJOR_M}" if mercator else degrees
        return f"round(({metres}) * :x_units + :x_from)"

    def y(degrees: str) -> str:
        if mercator:
            within = f"greatest(least({degrees}, {MERCATOR_END}), -{MERCATOR_END})"
            degrees = f"ln(tan(pi() / 4 + radians({within}) / 2)) * {SEMI_MAJOR_M}"
        return f"round(({degrees}) * :y_units + :y_from)"

    return _BOX_DRAWN.format(
        west=x(west),
        north=y(north),
        east=x(east),
        south=y(south),
        low=-BUFFER,
        high=EXTENT + BUFFER,
    )
