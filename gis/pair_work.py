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

__all__ = ["refuse_costly_pairs"]

_MAX_PAIRS: Final = 20_000  # as two hundred equal plots have
_MAX_VERTICES: Final = 10_000_000  # that overlays read: those of both shapes, for each pair
_MAX_MEETING_EDGES: Final = 250_000
# A plot among neighbours meets three to five of them, each of its edges a few of theirs.
_PER_ROW: Final = 30
_EDGES_PER_VERTEX: Final = 10
_FEW_EDGE_PAIRS: Final = 10_000
_SHAPES_AT_ONCE: Final = 100

Shapes = NDArray[np.object_]
Indices = NDArray[np.intp]


def refuse_costly_pairs(geometries: Shapes, *, names: Sequence[str] = ()) -> None:
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
    vertices = shapely.get_num_coordinates(geometries)
    whole = int(vertices.sum())
    most_pairs = _MAX_PAIRS + _PER_ROW * len(geometries)
    most_read = _MAX_VERTICES + _PER_ROW * whole
    most_edges = _MAX_MEETING_EDGES + _EDGES_PER_VERTEX * whole
    pairs, read, edges = 0, 0, 0
    for row, others in _met(geometries):
        pairs += len(others)
        of_others = int(vertices[others].sum())
        read += int(vertices[row]) * len(others) + of_others
        if pairs <= most_pairs and read <= most_read:
            if int(vertices[row]) * of_others <= _FEW_EDGE_PAIRS:
                continue  # these cost less than to count them, and their number is bounded
            edges += meeting_edges(geometries[row], geometries[others], most_edges - edges)
            if edges <= most_edges:
                continue
        raise _too_many(geometries[row], names[row] if names else row + 1, pairs, edges)


def _met(geometries: Shapes) -> Iterator[tuple[int, Indices]]:
    """Each shape with those after it whose boxes its box meets."""
    tree = shapely.STRtree(geometries)
    for start in range(0, len(geometries), _SHAPES_AT_ONCE):
        left, right = tree.query(geometries[start : start + _SHAPES_AT_ONCE])
        later = left + start < right
        left, right = left[later], right[later]
        order = np.argsort(left, kind="stable")
        rows, first = np.unique(left[order], return_index=True)
        ends = [*first[1:], len(order)]
        for row, begin, end in zip(rows, first, ends, strict=bool(len(rows))):
            yield start + int(row), right[order[begin:end]]


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
