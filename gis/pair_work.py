"""The work of comparing shapes of one file with each other: counted before it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.errors import GeometryError
from gis.messages import Message
from gis.shared_area import meeting_edges
from gis.stored_shapes import BoxTree, StoredShapes, stored

__all__ = ["refuse_costly_pairs"]

_MAX_PAIRS: Final = 20_000  # as two hundred equal plots have
_MAX_VERTICES: Final = 10_000_000  # that overlays read: those of both shapes, for each pair
_MAX_MEETING_EDGES: Final = 250_000
# A plot among neighbours meets three to five of them, each of its edges a few of theirs.
_PER_ROW: Final = 30
_EDGES_PER_VERTEX: Final = 10
_FEW_EDGE_PAIRS: Final = 10_000  # of a row, on the average
_FEW_AT_ONCE: Final = 10 * _FEW_EDGE_PAIRS
_SHAPES_AT_ONCE: Final = 100

Shapes = NDArray[np.object_]
Indices = NDArray[np.intp]


def refuse_costly_pairs(geometries: Shapes | StoredShapes, *, names: Sequence[str] = ()) -> None:
    """Refuse shapes of one file that meet each other so often that comparing them takes minutes.

    Parameters
    ----------
    geometries
        Polygons in degrees; None and empty ones meet nobody. The bounds grow with their number
        and with their vertices.
    names
        What to call them in the message; rows counted from 1 when not given.

    Raises
    ------
    GeometryError
        ``too_many_pairs``, with the shape at which a bound is passed, and its place.

    Examples
    --------
    >>> refuse_costly_pairs(np.array([shapely.box(126, 43, 127, 44)] * 3))
    """
    shapes = stored(geometries)
    vertices = shapes.vertices.astype(np.int64)
    whole = int(vertices.sum())
    most_pairs = _MAX_PAIRS + _PER_ROW * len(shapes)
    most_read = _MAX_VERTICES + _PER_ROW * whole
    most_edges = _MAX_MEETING_EDGES + _EDGES_PER_VERTEX * whole
    unseen = _FEW_EDGE_PAIRS * len(shapes)
    pairs, read, edges = 0, 0, 0
    for rows, first, others in _met(shapes):
        counts = np.diff(first, append=len(others))
        of_others = np.add.reduceat(vertices[others], first)
        all_pairs = pairs + np.cumsum(counts)
        all_read = read + np.cumsum(vertices[rows] * counts + of_others)
        product = vertices[rows] * of_others
        beyond = (all_pairs > most_pairs) | (all_read > most_read)
        # Few pairs of edges cost less than to count them, and their number is bounded.
        few = (product <= _FEW_AT_ONCE) & (np.cumsum(product) <= unseen) & ~beyond
        unseen -= int(product[few].sum())
        for n in np.flatnonzero(~few).tolist():
            row = int(rows[n])
            if not beyond[n]:
                met = shapes[others[first[n] : first[n] + counts[n]]]
                edges += meeting_edges(shapes[[row]][0], met, most_edges - edges)
            if beyond[n] or edges > most_edges:
                name = names[row] if names else row + 1
                raise _too_many(shapes[[row]][0], name, int(all_pairs[n]), edges)
        pairs, read = int(all_pairs[-1]), int(all_read[-1])


def _met(shapes: StoredShapes) -> Iterator[tuple[Indices, Indices, Indices]]:
    """Shapes with those after them whose boxes their boxes meet, some at a time.

    Rows that meet any, where the others of each begin, and these others.
    """
    tree = BoxTree(shapes.bounds)
    for start in range(0, len(shapes), _SHAPES_AT_ONCE):
        left, right = tree.met(np.arange(start, min(len(shapes), start + _SHAPES_AT_ONCE)))
        later = left + start < right
        left, right = left[later], right[later]
        if not len(left):
            continue
        order = np.argsort(left, kind="stable")
        rows, first = np.unique(left[order], return_index=True)
        yield rows + start, first, right[order]


def _too_many(geometry: BaseGeometry, name: str | int, pairs: int, edges: int) -> GeometryError:
    at = shapely.centroid(shapely.envelope(geometry))
    zh, en = (f"第 {name} 行", f"row {name}") if isinstance(name, int) else (f" {name} ", name)
    return GeometryError(
        Message(
            f"文件中的图形相互重叠过多，无法逐一比较：到{zh}为止已有 {pairs} 对图形、{edges} 对边线"
            "相遇。请去掉重复的图形，简化边线，或分成几个文件。",
            f"The shapes of the file lie on each other so often that they cannot be compared: up "
            f"to {en} there are {pairs} pairs of shapes that meet, and {edges} pairs of edges. "
            "Take repeated shapes out, thin the lines, or split the file.",
        ),
        code="too_many_pairs",
        at=(at.x, at.y),
    )
