"""Refused ground: what lies where a rule lets nothing count as green.

Ground is refused when every plot that covers it is refused it: a plot that the rule does not bind
keeps it green. With the union of some plots and their refused parts,

    area of the union = green + refused,    shares of the plots = green + overlap + refused,

and in the terms of pieces, pairs and clusters (`gis.cells`)

    refused = Σ refused part of each piece
            - Σ over pairs of the part of their overlap that at least one of them is refused,

for ground of a pair lies in no third plot, and a cluster is one piece. Each refused part is its
ratio of the area that it is a part of, so nothing refused and all refused are exact.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.measure import areas_m2
from gis.polygons import polygon_parts
from gis.threads import spread

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

_POLYGONAL: Final = (3, 6)
_SLIGHT: Final = 1e-12
"""Cuts move the area by rounding: what lacks no more of the whole is the whole."""


class Refusal(NamedTuple):
    """Ground with rules, and which plots each rule binds."""

    ground: Shapes
    """Valid polygons in degrees of CGCS2000; they may overlap."""
    rule_of: Indices
    """Rule of each, from 0."""
    binds: NDArray[np.bool_]
    """Of each plot (row) and rule (column): whether the rule refuses it its ground."""

    @classmethod
    def none(cls, plots: int) -> Refusal:
        """Nothing is refused to so many plots."""
        return cls(
            np.empty(0, dtype=object),
            np.empty(0, dtype=np.int64),
            np.zeros((plots, 0), dtype=np.bool_),
        )


def refused_parts(shapes: Shapes, plot: Indices, refusal: Refusal) -> Shapes:
    """What of each shape is refused.

    Parameters
    ----------
    shapes
        Valid polygons in degrees of CGCS2000.
    plot
        Plot of each shape: a row of ``refusal.binds``.

    Returns
    -------
    numpy.ndarray
        A polygon or multipolygon, None where nothing is refused.

    Examples
    --------
    >>> woods = np.array([shapely.box(126, 43, 126.1, 43.1)] * 2)
    >>> field = np.array([shapely.box(126.05, 43, 126.2, 43.2)])
    >>> rules = Refusal(field, np.array([0]), np.array([[True], [False]]))
    >>> [part and part.bounds for part in refused_parts(woods, np.array([0, 1]), rules)]
    [(126.05, 43.0, 126.1, 43.1), None]
    """
    parts = np.full(len(shapes), None, dtype=object)
    if not len(refusal.ground):
        return parts
    row, near = shapely.STRtree(refusal.ground).query(shapes, predicate="intersects")
    bound = refusal.binds[plot[row], refusal.rule_of[near]]
    some, of_part = np.unique(row[bound], return_inverse=True)
    if not len(some):
        return parts
    # Cut first, united then: see gis.unions.
    cut = united(common(shapes[row[bound]], refusal.ground[near[bound]]), of_part, len(some))
    whole = shapely.area(cut) >= shapely.area(shapes[some]) * (1 - _SLIGHT)
    cut[whole] = shapes[some[whole]]
    full = ~shapely.is_empty(cut)
    parts[some[full]] = cut[full]
    return parts


def refused_shares(shapes: Shapes, refused: Shapes) -> Floats:
    """How much of each shape is refused, as a ratio of its area on the ellipsoid.

    Parameters
    ----------
    shapes
        Valid polygons in degrees of CGCS2000; None and empty ones have a share of 0.
    refused
        For each the ground that is refused; None for nothing.

    Examples
    --------
    >>> refused_shares(np.array([shapely.box(0, 0, 2, 1)]), np.array([shapely.box(0, 0, 1, 1)]))
    array([0.5])
    """
    shares = np.zeros(len(shapes))
    some = np.flatnonzero(~shapely.is_missing(refused) & ~shapely.is_missing(shapes))
    barred = polygons(np.asarray(shapely.intersection(shapes[some], refused[some])))
    rest = polygons(np.asarray(shapely.difference(shapes[some], refused[some])))
    shares[some] = _ratio(barred, rest)
    return shares


def allowed_parts(shapes: Shapes, refused: Shapes) -> Shapes:
    """Each shape without what is refused (None: nothing), which may be empty."""
    left = np.array(shapes, dtype=object)
    some = np.flatnonzero(~shapely.is_missing(refused))
    left[some] = polygons(np.asarray(shapely.difference(shapes[some], refused[some])))
    return left


def barred_plots(plots: Shapes, refusal: Refusal | None) -> Indices:
    """Plots that touch ground which they are refused."""
    if refusal is None or not len(refusal.ground):
        return np.empty(0, dtype=np.int64)
    plot, near = shapely.STRtree(refusal.ground).query(plots, predicate="intersects")
    return np.unique(plot[refusal.binds[plot, refusal.rule_of[near]]])


def refused_pieces(
    shape: Shapes, plot: Indices, barred: Indices, refusal: Refusal | None
) -> tuple[Shapes, NDArray[np.float64]]:
    """Refused part of each piece, None for nothing, and how much of the piece it is."""
    refused, share = np.full(len(shape), None, dtype=object), np.zeros(len(shape))
    rows = np.flatnonzero(np.isin(plot, barred))
    if refusal is not None and len(rows):
        refused[rows] = refused_parts(shape[rows], plot[rows], refusal)
        share[rows] = refused_shares(shape[rows], refused[rows])
    return refused, share


def shared_refused(
    shape: Shapes, refused: Shapes, left: Indices, right: Indices
) -> NDArray[np.float64]:
    """How much of what pairs share at least one of both is refused."""
    share = np.zeros(len(left))
    missing = shapely.is_missing(refused)
    some = np.flatnonzero(~(missing[left] & missing[right]))
    if len(some):
        one, other = refused[left[some]], refused[right[some]]
        either = np.where(
            shapely.is_missing(one),
            other,
            np.where(shapely.is_missing(other), one, shapely.union(one, other)),
        )
        share[some] = refused_shares(common(shape[left[some]], shape[right[some]]), either)
    return share


def united_refused(
    unions: Shapes, shape: Shapes, refused: Shapes, which: Indices
) -> NDArray[np.float64]:
    """How much of the union of shapes is refused to all that cover it.

    ``which`` is the union of each shape.
    """
    share = np.zeros(len(unions))
    some, number = np.unique(which[~shapely.is_missing(refused)]), len(unions)
    if len(some):
        rows = np.flatnonzero(np.isin(which, some))
        allowed = united(allowed_parts(shape[rows], refused[rows]), which[rows], number)[some]
        share[some] = _ratio(polygons(shapely.difference(unions[some], allowed)), allowed)
    return share


def common(left: Shapes, right: Shapes) -> Shapes:
    """What polygons share with those at the same place, without lines and points."""

    def cut(rows: slice) -> Shapes:
        return polygons(np.asarray(shapely.intersection(left[rows], right[rows])))

    return spread(cut, len(left), np.empty(0, dtype=object))


def united(shapes: Shapes, which: Indices, number: int) -> Shapes:
    """Unions of polygons; ``which`` is the number of the union of each shape."""
    order = np.argsort(which, kind="stable")
    collected = np.empty(number, dtype=object)
    if number:
        shapely.geometrycollections(shapes[order], indices=which[order], out=collected)

    def unions(rows: slice) -> Shapes:
        return polygons(np.asarray(shapely.union_all(collected[rows, None], axis=1)))

    return spread(unions, number, np.empty(0, dtype=object))


def polygons(shapes: Shapes) -> Shapes:
    """Without the lines and points that overlays leave."""
    for place in np.flatnonzero(~np.isin(shapely.get_type_id(shapes), _POLYGONAL)):
        shapes[place] = polygon_parts(shapes[place])
    return shapes


def _ratio(refused: Shapes, allowed: Shapes) -> Floats:
    refused_m2 = _geodesic_m2(refused)
    total = refused_m2 + _geodesic_m2(allowed)
    return np.divide(refused_m2, total, out=np.zeros(len(total)), where=total > 0)


def _geodesic_m2(shapes: Shapes) -> Floats:
    return areas_m2(shapes, checked=True, longest_deg=0.0)
