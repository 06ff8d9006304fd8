"""Shapes on their way into a file: as they are stored, or drawn, whichever is there and wanted."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from data.writing.projecting import Kind, kind_of

__all__ = ["Shapes", "shp_lengths"]

_SHP_RECORD: Final = 8 + 44  # head of a record, type, bounds, numbers of parts and points
# A stored multipolygon takes 9 bytes and 9 a part before its points, 4 a ring; its record 52 and 4
# a ring.
_SHP_MORE: Final = _SHP_RECORD - 18


class Shapes:
    """Geometries of one kind, drawn from WKB only where a format needs them drawn.

    Examples
    --------
    >>> shapes = Shapes(np.array([shapely.box(0, 0, 1, 1)]))
    >>> len(shapes), shapes.wkb.type, shapes[:0].drawn.tolist()
    (1, DataType(binary), [])
    """

    def __init__(
        self, drawn: NDArray[np.object_] | None, stored: pa.BinaryArray | None = None
    ) -> None:
        self._drawn = drawn
        self._stored: Any = stored

    @classmethod
    def stored(cls, wkb: pa.BinaryArray) -> Shapes:
        """Multipolygons as the database gives them: none is absent or empty."""
        return cls(None, wkb)

    def __len__(self) -> int:
        return len(self._stored if self._drawn is None else self._drawn)

    def __getitem__(self, rows: slice) -> Shapes:
        if self._drawn is None:
            return Shapes(None, self._stored[rows])
        return Shapes(self._drawn[rows])

    def taken(self, rows: NDArray[np.intp]) -> Shapes:
        """The shapes of some rows."""
        if self._drawn is None:
            return Shapes(None, self._stored.take(pa.array(rows, pa.int64())))
        return Shapes(self._drawn[rows])

    @property
    def is_stored(self) -> bool:
        """Whether nobody drew them yet."""
        return self._drawn is None

    @property
    def kind(self) -> Kind:
        """What the layer holds; stored ones are polygons."""
        return "Polygon" if self._drawn is None else kind_of(self._drawn)

    @property
    def drawn(self) -> NDArray[np.object_]:
        """As shapely's."""
        if self._drawn is None:
            self._drawn = np.asarray(
                shapely.from_wkb(self._stored.to_numpy(zero_copy_only=False)), dtype=object
            )
        drawn: NDArray[np.object_] = self._drawn
        return drawn

    @property
    def wkb(self) -> pa.BinaryArray:
        """As WKB, in the order of the rows."""
        if self._stored is None:
            self._stored = pa.array(shapely.to_wkb(self.drawn), pa.binary())
        return self._stored

    def gathered(self) -> Shapes:
        """The same ground as the one type of a layer: multi-parts, or points."""
        return Shapes(_alike(self._drawn)) if self._drawn is not None else self

    def shp_bytes(self) -> NDArray[np.int64]:
        """Bytes that the record of each shape has in a .shp, or a few more."""
        if self._drawn is not None:
            return shp_lengths(self._drawn)
        offsets = np.frombuffer(self._stored.buffers()[1], dtype=np.int32)
        first = self._stored.offset
        lengths: NDArray[np.int64] = np.diff(offsets[first : first + len(self) + 1]) + np.int64(
            _SHP_MORE
        )
        return lengths


def shp_lengths(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Bytes of the record of each shape in a .shp.

    Examples
    --------
    >>> shp_lengths(np.array([shapely.box(0, 0, 1, 1)])).tolist()
    [136]
    """
    points = shapely.get_num_coordinates(shapes)
    parts, rows = shapely.get_parts(shapes, return_index=True)
    rings = 1 + shapely.get_num_interior_rings(parts)
    of_rows = np.bincount(rows, rings, minlength=len(shapes)).astype(np.int64)
    lengths: NDArray[np.int64] = _SHP_RECORD + 4 * of_rows + 16 * points.astype(np.int64)
    return lengths


def _alike(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    kinds = shapely.get_type_id(geometries)
    out = geometries.copy()
    for single, gathered in (
        (shapely.GeometryType.POLYGON, shapely.multipolygons),
        (shapely.GeometryType.LINESTRING, shapely.multilinestrings),
    ):
        rows = np.flatnonzero(kinds == single)
        if len(rows):
            out[rows] = gathered(out[rows], indices=np.arange(len(rows)))
    return out
