"""Overlaps and gaps in a set of neighbouring districts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import Position
from gis.measure import area_m2
from gis.pair_work import refuse_costly_pairs
from gis.polygons import polygon_parts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

Kind: TypeAlias = Literal["overlap", "gap"]


class Finding(NamedTuple):
    """One place where a set of neighbours does not fit together."""

    kind: Kind
    codes: tuple[str, ...]
    """Codes of the districts that overlap, or that lie around the gap, sorted."""
    area_m2: float
    """Square metres on the ellipsoid."""
    at: Position
    """``(longitude, latitude)`` of a point inside it, in degrees."""


def report(districts: GeoDataFrame, *, min_m2: float = 1.0) -> list[Finding]:
    """Overlaps and gaps in a set of neighbouring districts, the largest first.

    Parameters
    ----------
    districts
        Columns ``code`` and ``geometry``: valid polygons of one level, degrees of CGCS2000.
        Missing and empty geometries are left out.
    min_m2
        Smaller places are the noise of digitising and left out, m².

    Returns
    -------
    list[Finding]
        Empty when the districts fit. A gap is ground of no district that districts enclose; a bay
        that is open to the outside is not.

    Raises
    ------
    GeometryError
        ``too_many_pairs``: see `gis.pair_work.refuse_costly_pairs`.

    Examples
    --------
    >>> import geopandas
    >>> from shapely import box
    >>> pair = [box(126.0, 43.0, 126.2, 43.2), box(126.1999, 43.0, 126.4, 43.2)]
    >>> frame = geopandas.GeoDataFrame({"code": ["a", "b"]}, geometry=pair, crs=4490)
    >>> [(place.kind, place.codes, round(place.area_m2)) for place in report(frame)]
    [('overlap', ('a', 'b'), 180881)]
    """
    shapes = np.asarray(districts.geometry.array, dtype=object)
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    codes = districts["code"].to_numpy(dtype=object)[drawn]
    shapes = shapes[drawn]
    refuse_costly_pairs(shapes, names=codes.tolist())
    findings = [*_overlaps(codes, shapes), *_gaps(codes, shapes)]
    large = [finding for finding in findings if finding.area_m2 >= min_m2]
    return sorted(large, key=lambda finding: (-finding.area_m2, finding.codes))


def _overlaps(codes: NDArray[np.object_], shapes: NDArray[np.object_]) -> Iterator[Finding]:
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    once = left < right
    for i, j in zip(left[once], right[once], strict=True):
        shared = polygon_parts(shapely.intersection(shapes[i], shapes[j]))
        if not shared.is_empty:
            yield _finding("overlap", (codes[i], codes[j]), shared)


def _gaps(codes: NDArray[np.object_], shapes: NDArray[np.object_]) -> Iterator[Finding]:
    whole = shapely.get_parts(shapely.union_all(shapes))
    holes = np.asarray(shapely.polygons(shapely.get_rings(whole)[_is_hole(whole)]), dtype=object)
    tree = shapely.STRtree(shapes)
    for hole in holes:
        # A neighbour of a gap shares its border; the border of a union is made of borders.
        around = tree.query(hole, predicate="intersects")
        yield _finding("gap", tuple(codes[around]), hole)


def _is_hole(polygons: NDArray[np.object_]) -> NDArray[np.bool_]:
    _rings, owner = shapely.get_rings(polygons, return_index=True)
    first = np.ones(len(owner), dtype=bool)
    first[1:] = owner[1:] != owner[:-1]  # the shell comes before its holes
    return ~first


def _finding(kind: Kind, codes: tuple[str, ...], place: BaseGeometry) -> Finding:
    inside = shapely.point_on_surface(place)
    return Finding(kind, tuple(sorted(codes)), area_m2(place), (inside.x, inside.y))
