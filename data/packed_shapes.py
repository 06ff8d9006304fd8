"""Shapes of a large file on disk: some at a time are drawn, so that memory holds few of them.

A shape with forty vertices takes one and a half kilobytes as GEOS keeps it; here forty bytes of
memory, whatever its length. What is written here goes with the process, however it ends.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, TypeVar, overload

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.scratch import room_needed
from data.slices import slices

__all__ = ["PackedShapes"]

Shapes = NDArray[np.object_]
Rows = slice | Sequence[int] | NDArray[np.integer]

Number = TypeVar("Number", bound=np.generic)

_ABSENT: Final = -1


class PackedShapes:
    """Shapes by row, None where a row has none; an array of shapely's only where one is asked for.

    Several threads may read at once.

    Parameters
    ----------
    file
        The WKB of all shapes, one after the other; it may be closed afterwards.
    lengths
        Bytes of each shape; -1 for None.

    Examples
    --------
    >>> shapes = PackedShapes.of(np.array([shapely.box(0, 0, 1, 1), None, shapely.Point(3, 4)]))
    >>> len(shapes), shapes[2].wkt, shapes[0:2].tolist()[1], shapes[[2, 0]][1].bounds
    (3, 'POINT (3 4)', None, (0.0, 0.0, 1.0, 1.0))
    >>> shapes.bounds[2].tolist(), shapes.vertices.tolist(), shapes.missing.tolist()
    ([3.0, 4.0, 3.0, 4.0], [5, 0, 1], [False, True, False])
    """

    def __init__(self, file: BinaryIO, lengths: NDArray[np.int64]) -> None:
        self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)
        self._lengths = lengths
        self._ends = np.cumsum(np.maximum(lengths, 0))
        self._seen: _Seen | None = None

    @classmethod
    def of(cls, shapes: Shapes) -> PackedShapes:
        """Packed copies of an array of shapes."""
        return cls.of_parts(shapes[part] for part in slices(len(shapes)))

    @classmethod
    def of_parts(cls, parts: Iterable[Shapes]) -> PackedShapes:
        """Packed copies of shapes that come some at a time.

        Raises
        ------
        data.scratch.TemporaryDiskFull
            There is no room for them.
        """
        lengths, seen = [], []
        with _nowhere() as file:
            for part in parts:
                lengths.append(_write(file, shapely.to_wkb(part).tolist()))
                seen.append(_Seen.of(part))
            packed = cls(file, _joined(lengths, np.int64))
        packed._seen = _Seen.joined(seen)
        return packed

    @classmethod
    def of_wkb(cls, parts: Iterable[Sequence[bytes | None]]) -> PackedShapes:
        """The same of shapes that are WKB already; it is not looked at."""
        with _nowhere() as file:
            lengths = [_write(file, part) for part in parts]
            return cls(file, _joined(lengths, np.int64))

    @classmethod
    def in_file(cls, path: Path, lengths: Sequence[int]) -> PackedShapes:
        """Shapes that another process wrote; the file may be removed once this is made."""
        with path.open("rb") as file:
            return cls(file, np.array(lengths, dtype=np.int64))

    def __len__(self) -> int:
        return len(self._lengths)

    @overload
    def __getitem__(self, rows: int | np.integer) -> BaseGeometry | None: ...
    @overload
    def __getitem__(self, rows: Rows) -> Shapes: ...
    def __getitem__(self, rows: int | np.integer | Rows) -> BaseGeometry | Shapes | None:
        if isinstance(rows, int | np.integer):
            shape: BaseGeometry | None = self[[int(rows)]][0]
            return shape
        with np.errstate(invalid="ignore"):  # whoever does not want NaN looks for it
            return np.asarray(shapely.from_wkb(self.wkb(rows)), dtype=object)

    def wkb(self, rows: Rows) -> Shapes:
        """The WKB of some rows as an array of bytes, None where a row has no shape."""
        chosen = np.arange(len(self))[rows]
        starts = (self._ends - np.maximum(self._lengths, 0))[chosen]
        ends = self._ends[chosen]
        found = np.full(len(chosen), None, dtype=object)
        # Rows that follow each other are read at once.
        turns = np.flatnonzero(starts[1:] != ends[:-1]) + 1
        for run, stop in pairwise([0, *turns.tolist(), len(chosen)] if len(chosen) else []):
            begin = int(starts[run])
            raw = self._read(begin, int(ends[stop - 1]) - begin)
            for n in range(run, stop):
                if self._lengths[chosen[n]] != _ABSENT:
                    found[n] = raw[int(starts[n]) - begin : int(ends[n]) - begin]
        return found

    def _read(self, begin: int, length: int) -> bytes:
        pieces = []
        while length > 0:
            piece = os.pread(self._file, length, begin)
            if not piece:  # the file is cut: whoever reads the WKB finds that
                break
            pieces.append(piece)
            begin, length = begin + len(piece), length - len(piece)
        return b"".join(pieces)

    def parts(self) -> Iterator[Shapes]:
        """All rows in their order, some at a time."""
        for part in slices(len(self)):
            yield self[part]

    def look(self, drawn: Callable[[Shapes, int], Shapes]) -> Iterator[Shapes]:
        """All rows as ``drawn`` makes shapes of WKB, given the row of the first; once is enough."""
        seen = []
        for part in slices(len(self)):
            shapes = drawn(self.wkb(part), part.start)
            seen.append(_Seen.of(shapes))
            yield shapes
        self._seen = _Seen.joined(seen)

    def changed(self, change: Callable[[Shapes, int], Shapes]) -> PackedShapes:
        """Other shapes in the place of these; ``change`` gets some, and the row of the first."""
        return PackedShapes.of_parts(change(self[part], part.start) for part in slices(len(self)))

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Whether each row has no shape."""
        return np.asarray(self._lengths == _ABSENT)

    @property
    def bounds(self) -> NDArray[np.float64]:
        """Box of each shape, ``(n, 4)``: west, south, east, north; NaN for None and empty ones."""
        return self._all_seen().bounds

    @property
    def vertices(self) -> NDArray[np.int32]:
        """Vertices of each shape, 0 for None."""
        return self._all_seen().vertices

    @property
    def on_globe(self) -> bool:
        """Whether every vertex is within 180 degrees of longitude and 90 of latitude."""
        return self._all_seen().on_globe

    def _all_seen(self) -> _Seen:
        if self._seen is None:
            self._seen = _Seen.joined([_Seen.of(part) for part in self.parts()])
        return self._seen


class _Seen(NamedTuple):
    """What is known of shapes without drawing them."""

    bounds: NDArray[np.float64]
    vertices: NDArray[np.int32]
    on_globe: bool

    @classmethod
    def of(cls, shapes: Shapes) -> _Seen:
        positions = shapely.get_coordinates(shapes)
        vertices = shapely.get_num_coordinates(shapes).astype(np.int32)
        with np.errstate(invalid="ignore"):
            on_globe = bool((np.abs(positions) <= (180.0, 90.0)).all())
            return cls(shapely.bounds(shapes).reshape(-1, 4), vertices, on_globe)

    @classmethod
    def joined(cls, parts: Sequence[_Seen]) -> _Seen:
        return cls(
            _joined([part.bounds for part in parts], np.float64).reshape(-1, 4),
            _joined([part.vertices for part in parts], np.int32),
            all(part.on_globe for part in parts),
        )


@contextmanager
def _nowhere() -> Iterator[BinaryIO]:
    """A file without a name, which is there as long as somebody has it open."""
    with room_needed():
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it is closed below
    with file:
        yield file


def _write(file: BinaryIO, wkb: Sequence[bytes | None]) -> NDArray[np.int64]:
    left = memoryview(b"".join(shape for shape in wkb if shape is not None))
    with room_needed():
        while left:
            left = left[file.write(left) :]
    lengths = [_ABSENT if shape is None else len(shape) for shape in wkb]
    return np.array(lengths, dtype=np.int64)


def _joined(parts: Sequence[NDArray[Number]], kind: type[Number]) -> NDArray[Number]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)
