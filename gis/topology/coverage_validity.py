"""Do the shapes of a set meet? Overlaps, gaps, and the edges that do not match."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gis.errors import GeometryError, Position
from gis.measure import length_m
from gis.messages import Message
from gis.plane import metres_per_degree
from gis.tessellation import Finding, report

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["CoverageValidity", "LooseEdge", "coverage_validity"]


class LooseEdge(NamedTuple):
    """Border of one shape that its neighbours do not share vertex by vertex."""

    code: str
    length_m: float
    at: Position


class CoverageValidity(NamedTuple):
    """How a set of shapes fits together."""

    places: list[Finding]
    """Overlaps and enclosed gaps with their ground, the largest first."""
    edges: list[LooseEdge]
    """What GEOS' coverage validator refuses, the longest first."""

    @property
    def fits(self) -> bool:
        """Nothing overlaps, no narrow gap is open, and all shared vertices are shared."""
        return not self.places and not self.edges


def coverage_validity(
    frame: GeoDataFrame, *, gap_m: float = 1.0, min_m2: float = 0.01
) -> CoverageValidity:
    """Overlaps, gaps and edges that do not match, in a set of shapes.

    Parameters
    ----------
    frame
        Columns ``code`` and ``geometry``: valid polygons in degrees of CGCS2000. Missing and
        empty ones are left out.
    gap_m
        Shapes that are nearer than this without touching have a gap between them, metres.
    min_m2
        Smaller overlaps and gaps are left out, m².

    Returns
    -------
    CoverageValidity
        Both lists are empty for a clean coverage, and for no shapes at all.

    Raises
    ------
    GeometryError
        ``bad_tolerance`` when `gap_m` is negative or no number.

    Notes
    -----
    Edges come from ``shapely.coverage_invalid_edges`` (GEOS CoverageValidator).

    Examples
    --------
    >>> import geopandas
    >>> pair = [shapely.box(126.0, 43.0, 126.2, 43.2), shapely.box(126.1999, 43.0, 126.4, 43.2)]
    >>> frame = geopandas.GeoDataFrame({"code": ["a", "b"]}, geometry=pair)
    >>> found = coverage_validity(frame)
    >>> found.fits, found.places[0].kind, len(found.edges)
    (False, 'overlap', 2)
    """
    if not (np.isfinite(gap_m) and gap_m >= 0):
        raise GeometryError(
            Message(
                f"缝隙宽度必须不小于 0 米，收到的是 {gap_m}。",
                f"The width of a gap must be 0 metres or more, not {gap_m}.",
            ),
            code="bad_tolerance",
        )
    shapes = np.asarray(frame.geometry.array, dtype=object)
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not drawn.any():
        return CoverageValidity([], [])
    codes = frame["code"].to_numpy(dtype=object)[drawn]
    _east, north = metres_per_degree(float(np.nanmean(shapely.bounds(shapes)[:, [1, 3]])))
    loose = shapely.coverage_invalid_edges(shapes[drawn], gap_width=gap_m / float(north))
    edges = [
        _edge(str(code), lines)
        for code, lines in zip(codes, loose, strict=True)
        if not lines.is_empty
    ]
    places = report(frame, min_m2=min_m2)
    return CoverageValidity(places, sorted(edges, key=lambda edge: (-edge.length_m, edge.code)))


def _edge(code: str, lines: shapely.LineString) -> LooseEdge:
    lon, lat = shapely.get_coordinates(lines)[0]
    return LooseEdge(code, length_m(lines), (float(lon), float(lat)))
