"""A polyline of a DXF drawing: its groups, and the polygon within it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Line", "decimal", "layer_name"]

_UNICODE: Final = re.compile(r"\\U\+([0-9A-Fa-f]{4})")
_DECIMAL_COMMA: Final = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_CLOSED: Final = 1
_IN_SPACE: Final = 8
_MESH: Final = 16 | 64
_SPLINE_FRAME: Final = 16
_STEP: Final = np.radians(0.5)
_MIN_RING: Final = 4


def decimal(value: str) -> tuple[float, bool]:
    """A number, and whether a comma stands before its decimals.

    A drawing has one number a line and sets no thousands apart, so a comma is nothing else.

    Examples
    --------
    >>> decimal("42443742,57"), decimal("1e-3")
    ((42443742.57, True), (0.001, False))
    """
    if _DECIMAL_COMMA.fullmatch(value):
        return float(value.replace(",", ".")), True
    return float(value), False


def layer_name(value: str) -> str:
    r"""The name of a layer, with characters that are written as numbers.

    Examples
    --------
    >>> layer_name(r"\U+9020\U+6797")
    '造林'
    """
    return _UNICODE.sub(lambda match: chr(int(match[1], 16)), value)


@dataclass
class Line:
    """An LWPOLYLINE or POLYLINE as it is drawn."""

    kind: str
    layer: str = "0"
    flags: int = 0
    places: list[list[float]] = field(default_factory=list)
    bulges: list[float] = field(default_factory=list)
    seen_from_below: bool = False
    """Its plane is looked at from the other side: eastings are the other way round."""
    has_commas: bool = False

    def begin_vertex(self) -> None:
        """Begin a VERTEX of a POLYLINE."""
        self.places.append([])
        self.bulges.append(0.0)

    def take(self, code: int, value: str, *, in_vertex: bool) -> None:
        """Take a group.

        Raises
        ------
        ValueError, IndexError
            It is no number, or stands where none can be.
        """
        is_light = self.kind == "LWPOLYLINE"
        if code == 8 and not in_vertex:
            self.layer = layer_name(value)
        elif code == 70 and in_vertex:
            if int(value) & _SPLINE_FRAME:
                self.places.pop()
                self.bulges.pop()
        elif code == 70:
            self.flags = int(value)
        elif code == 230 and not in_vertex:
            self.seen_from_below = self._number(value) < 0
        elif code == 10 and is_light:
            self.places.append([self._number(value)])
            self.bulges.append(0.0)
        elif code in (10, 20) and (is_light or in_vertex):
            self.places[-1].append(self._number(value))
        elif code == 42 and (is_light or in_vertex):
            self.bulges[-1] = self._number(value)

    def _number(self, value: str) -> float:
        number, has_comma = decimal(value)
        self.has_commas |= has_comma
        return number

    @property
    def is_closed(self) -> bool:
        """Whether there is ground within it."""
        places = [place for place in self.places if len(place) == 2]
        if self.flags & _MESH or len(places) != len(self.places) or len(places) < 2:
            return False
        is_loop = bool(self.flags & _CLOSED) or places[0] == places[-1]
        return is_loop and (len(places) >= _MIN_RING - 1 or any(self.bulges))

    def ring(self) -> NDArray[np.float64]:
        """Positions ``(n, 2)`` of a closed one, the first again at the end; arcs are pieces."""
        places = np.array(self.places)
        if (places[0] == places[-1]).all():
            places, bulges = places[:-1], self.bulges[:-1]
        else:
            bulges = self.bulges
        ends = np.roll(places, -1, axis=0)
        pieces = [
            _arc(begin, end, bulge) for begin, end, bulge in zip(places, ends, bulges, strict=True)
        ]
        ring = np.concatenate([*pieces, places[:1]])
        below = self.seen_from_below and not self.flags & _IN_SPACE
        return ring * (-1.0, 1.0) if below else ring

    def polygon(self, matrix: NDArray[np.float64] | None = None) -> shapely.Polygon:
        """The ground within a closed one, brought to its place by a 2 × 3 matrix."""
        ring = self.ring()
        return shapely.Polygon(ring if matrix is None else ring @ matrix[:, :2].T + matrix[:, 2])


def _arc(begin: NDArray[np.float64], end: NDArray[np.float64], bulge: float) -> NDArray[np.float64]:
    """From the beginning up to, and without, the end; a bulge is tan of a quarter of the angle."""
    if not bulge or (begin == end).all():
        return begin[None, :]
    angle = 4.0 * np.arctan(bulge)
    chord = end - begin
    centre = (begin + end) / 2 + np.array([-chord[1], chord[0]]) * (1 - bulge**2) / (4 * bulge)
    turns = np.arange(0.0, 1.0, 1.0 / max(1, int(np.ceil(abs(angle) / _STEP)))) * angle
    arm = begin - centre
    cos, sin = np.cos(turns), np.sin(turns)
    return np.column_stack(
        [centre[0] + arm[0] * cos - arm[1] * sin, centre[1] + arm[0] * sin + arm[1] * cos]
    )
