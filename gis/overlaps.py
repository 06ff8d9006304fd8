"""Which plots lie on the same ground, and on how much of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.errors import GeometryError
from gis.kernels import AVAILABLE, kernel
from gis.measure import areas_m2, check_all
from gis.messages import Message
from gis.nearby import square_order
from gis.polygons import polygon_parts
from gis.stored_shapes import BoxTree, StoredShapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

_AT_ONCE: Final = 10_000  # plots whose pairs are in arrays at one moment
_DRAWN_AT_ONCE: Final = 2_000  # of those that are stored
_WORTH_COMPILED: Final = 50_000  # plots; a first compilation takes half a minute


def overlaps(
    plots: NDArray[np.object_] | Sequence[BaseGeometry | None],
    *,
    checked: bool = False,
    fast: bool | None = None,
) -> pd.DataFrame:
    """Pairs of plots that have ground in common.

    Parameters
    ----------
    plots
        Valid polygons in degrees of CGCS2000; None and empty ones overlap nobody.
    checked, fast
        As in `gis.coverage.coverage`.

    Returns
    -------
    pandas.DataFrame
        One row a pair, sorted: ``left`` and ``right`` are positions in `plots`, the lower first;
        ``area_m2`` is their common ground, m² on the ellipsoid. Plots that touch are no pair.
        Real neighbours overlap by slivers: the caller decides which of them to tolerate.

    Raises
    ------
    GeometryError
        ``not_installed``, and every code of `gis.measure.areas_m2`.

    Examples
    --------
    >>> from shapely import box
    >>> woods = [box(126.00, 43, 126.02, 43.1), box(126.01, 43, 126.03, 43.1)]
    >>> overlaps(woods).round().to_dict("records")
    [{'left': 0, 'right': 1, 'area_m2': 9051339.0}]
    """
    shapes = np.asarray(plots, dtype=object)
    if not checked:
        check_all(shapes)
    find = kernel("pairs").overlapping if compiled_or_plain(fast, len(shapes)) else overlapping
    left, right, area = find(shapes)
    pairs = pd.DataFrame({"left": left, "right": right, "area_m2": area})
    return pairs.sort_values(["left", "right"], ignore_index=True)


def compiled_or_plain(fast: bool | None, plots: int) -> bool:
    """Whether to use the kernels: as `fast` says, or if None, when there are enough plots.

    Raises
    ------
    GeometryError
        ``not_installed``: `fast` is asked for where numba is not.

    Examples
    --------
    >>> compiled_or_plain(False, 1_000_000), compiled_or_plain(None, 10)
    (False, False)
    """
    if fast and not AVAILABLE:
        raise GeometryError(
            Message(
                "没有安装快速内核，请安装 luotu[fast]。",
                "The kernels are missing; install luotu[fast].",
            ),
            code="not_installed",
        )
    return AVAILABLE and plots >= _WORTH_COMPILED if fast is None else fast


def meeting(
    plots: NDArray[np.object_], kernels: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of pairs of plots that share ground, the lower first.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import box
    >>> left, right = meeting(np.array([box(126, 43, 127, 44)] * 2), False)
    >>> left.tolist(), right.tolist()
    ([0], [1])
    """
    if kernels:
        pairs, flat = kernel("pairs"), kernel("flat")
        left, right = pairs.box_pairs(plots, np.zeros(len(plots), dtype=np.int64))
        shares = pairs.sharing(plots, flat.flattened(plots), left, right)
    else:
        lefts, rights = [], []
        tree = shapely.STRtree(plots)
        for start in range(0, len(plots), _AT_ONCE):
            # A query prepares each plot once, which takes half of its pairs out for little.
            left, right = tree.query(plots[start : start + _AT_ONCE], predicate="intersects")
            left += start
            once = left < right
            left, right = left[once], right[once]
            shares = shapely.relate_pattern(plots[left], plots[right], "T********")
            lefts.append(left[shares])
            rights.append(right[shares])
        return _joined(lefts), _joined(rights)
    return left[shares], right[shares]


def meeting_stored(plots: StoredShapes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """As `meeting`, of plots that are drawn for it some at a time, those near each other together.

    Examples
    --------
    >>> from gis.stored_shapes import HeldShapes
    >>> woods = np.array([shapely.box(126, 43, 127, 44)] * 2)
    >>> left, right = meeting_stored(HeldShapes(woods))
    >>> left.tolist(), right.tolist()
    ([0], [1])
    """
    lefts, rights = [], []
    tree = BoxTree(plots.bounds)
    order = square_order(plots.bounds)
    for start in range(0, len(order), _DRAWN_AT_ONCE):
        rows = order[start : start + _DRAWN_AT_ONCE]
        at, others = tree.met(rows)
        later = rows[at] < others
        at, others = at[later], others[later]
        drawn, known = plots[rows], np.unique(others)
        there, of_others = plots[known], np.searchsorted(known, others)
        # Each plot is prepared once, which takes half of its pairs out for little.
        shapely.prepare(drawn)
        meet = np.flatnonzero(shapely.intersects(drawn[at], there[of_others]))
        shares = shapely.relate_pattern(drawn[at[meet]], there[of_others[meet]], "T********")
        lefts.append(rows[at[meet][shares]])
        rights.append(others[meet][shares])
    return _joined(lefts), _joined(rights)


def _joined(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def overlapping(
    plots: NDArray[np.object_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The plain reference of `overlaps`: cut each pair that meets, measure what is common.

    Examples
    --------
    >>> import numpy as np
    >>> from shapely import box
    >>> left, right, area_m2 = overlapping(np.array([box(126, 43, 127, 44)] * 2))
    >>> left.tolist(), right.tolist()
    ([0], [1])
    """
    left, right = shapely.STRtree(plots).query(plots, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    common = np.asarray(shapely.intersection(plots[left], plots[right]), dtype=object)
    ground = np.array([polygon_parts(piece) for piece in common], dtype=object)
    area = areas_m2(ground, checked=True)
    # For a pair that only touches, GEOS may return 1e-17 degrees² because it rounds the border:
    # keep only pairs whose interiors meet.
    meet = shapely.relate_pattern(plots[left], plots[right], "T********")
    return left[meet], right[meet], area[meet]
