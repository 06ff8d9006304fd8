"""Closed polylines of a DXF drawing, with their layer; arcs become straight pieces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from data.errors import FileRefused
from data.reading.crs_names import BY_NUMBERS
from data.reading.layer_names import no_such_layer, too_many_features
from data.reading.limits import Limits
from data.reading.sandbox_result import Column, RawLayer
from data.reading.text_files import read_text_file
from gis.messages import Message

__all__ = ["read_dxf"]

LAYER: Final = "layer"
"""The column of the name of a drawing's layer."""
_CODEPAGE: Final = re.compile(rb"\$DWGCODEPAGE\s+3\s+(?:ANSI_|DOS)?(\w+)")
_UNICODE: Final = re.compile(r"\\U\+([0-9A-Fa-f]{4})")
_HEAD_BYTES: Final = 65_536
_CLOSED: Final = 1
_MESH: Final = 16 | 64
_SPLINE_FRAME: Final = 16
_STEP: Final = np.radians(0.5)
_MIN_RING: Final = 4


@dataclass
class _Line:
    kind: str
    layer: str = "0"
    flags: int = 0
    places: list[list[float]] = field(default_factory=list)
    bulges: list[float] = field(default_factory=list)


def read_dxf(path: Path, layer: str | None, limits: Limits, forced: str | None = None) -> RawLayer:
    """One row for each closed LWPOLYLINE or POLYLINE, its layer in the column ``layer``.

    Whatever else is drawn is left out, which is told by kind and number.

    Raises
    ------
    FileRefused
        Those of `data.reading.text_files.read_text_file`; ``dxf_damaged`` with the line;
        ``no_layer`` (nothing closed is drawn), ``no_such_layer``, ``too_many_features``,
        ``too_many_vertices``.
    """
    with path.open("rb") as file:
        page = _CODEPAGE.search(file.read(_HEAD_BYTES))
    declared = None if page is None else page[1].decode("ascii", "replace")
    text, encoding, notes = read_text_file(path, declared=declared, forced=forced)
    closed: list[_Line] = []
    others: Counter[str] = Counter()
    vertices = arcs = 0
    for line in _drawn(_pairs(text), others):
        vertices += len(line.places)
        if vertices > limits.vertices:
            what = Message(f"顶点超过 {limits.vertices} 个", f"over {limits.vertices} vertices")
            raise FileRefused("too_many_vertices", what, Message("请分批提交", "send it in parts"))
        if not _is_closed(line):
            others[f"open {line.kind}"] += 1
            continue
        closed.append(line)
        arcs += any(line.bulges)
        if len(closed) > limits.features:
            raise too_many_features(len(closed), limits)
    names = sorted({line.layer for line in closed})
    if layer is not None and layer not in names:
        raise no_such_layer(layer, names)
    chosen = [line for line in closed if layer in (None, line.layer)]
    if not chosen:
        told = next(iter(_others(others)), Message("", ""))
        what = Message(f"没有闭合多段线{told.zh}", f"it holds no closed polyline{told.en}")
        remedy = Message("请把边界画成闭合多段线", "draw the outlines as closed polylines")
        raise FileRefused("no_layer", what, remedy)
    for words in _others(others):
        notes.append(
            Message(f"只读取闭合多段线{words.zh}", f"only closed polylines are read{words.en}")
        )
    if arcs:
        notes.append(
            Message(
                f"{arcs} 条多段线含圆弧，已改为折线：每段转角不超过 0.5°",
                f"{arcs} polylines have arcs, which became straight pieces of 0.5° at the most",
            )
        )
    column = Column(LAYER, "text", [line.layer for line in chosen])
    shapes: list[bytes | None] = [bytes(shapely.to_wkb(_polygon(line))) for line in chosen]
    return RawLayer(layer or path.stem, BY_NUMBERS, shapes, [column], encoding, notes)


def _others(others: Counter[str]) -> Iterator[Message]:
    if others:
        listed = ", ".join(f"{kind} × {count}" for kind, count in others.most_common(12))
        yield Message(f"，未读取：{listed}", f"; not read: {listed}")


def _pairs(text: str) -> Iterator[tuple[int, str, int]]:
    """Group code, value and line of each pair."""
    lines = text.splitlines()
    for at in range(0, len(lines) - 1, 2):
        try:
            code = int(lines[at])
        except ValueError:
            raise _damaged(at + 1, lines[at]) from None
        yield code, lines[at + 1].strip(), at + 2


def _damaged(line: int, written: str) -> FileRefused:
    what = Message(
        f"第 {line} 行“{written.strip()[:30]}”不合 DXF 格式",
        f"line {line}, {written.strip()[:30]!r}, is no DXF",
    )
    remedy = Message("请另存为 ASCII DXF 后提交", "save it as ASCII DXF and send it again")
    return FileRefused("dxf_damaged", what, remedy)


def _drawn(pairs: Iterator[tuple[int, str, int]], others: Counter[str]) -> Iterator[_Line]:
    """Polylines of the section ENTITIES; all else there is counted."""
    line: _Line | None = None
    for kind, groups in _entities(pairs):
        in_vertex = kind == "VERTEX" and line is not None and line.kind == "POLYLINE"
        if line is not None and not in_vertex:
            yield line
            line = None
        if kind in ("LWPOLYLINE", "POLYLINE"):
            line = _Line(kind)
        elif line is not None:
            line.places.append([])
            line.bulges.append(0.0)
        elif kind not in ("VERTEX", "SEQEND"):
            others[kind[:30]] += 1
        if line is not None:
            _take_all(line, groups, in_vertex=in_vertex)
    if line is not None:
        yield line


_Group = tuple[int, str, int]


def _entities(pairs: Iterator[_Group]) -> Iterator[tuple[str, list[_Group]]]:
    """Kind and groups of each entity of the section ENTITIES."""
    kind, section = "", ""
    groups: list[_Group] = []
    for code, value, number in pairs:
        if code != 0:
            section = value if code == 2 and kind == "SECTION" else section
            groups.append((code, value, number))
            continue
        if section == "ENTITIES" and kind != "SECTION":
            yield kind, groups
        section = "" if value == "ENDSEC" else section
        kind, groups = value, []
    if section == "ENTITIES" and kind != "SECTION":
        yield kind, groups


def _take_all(line: _Line, groups: list[_Group], *, in_vertex: bool) -> None:
    for code, value, number in groups:
        try:
            _take(line, code, value, in_vertex=in_vertex)
        except (ValueError, IndexError):
            raise _damaged(number, value) from None


def _take(line: _Line, code: int, value: str, *, in_vertex: bool) -> None:
    is_light = line.kind == "LWPOLYLINE"
    if code == 8 and not in_vertex:
        line.layer = _UNICODE.sub(lambda match: chr(int(match[1], 16)), value)
    elif code == 70 and in_vertex:
        if int(value) & _SPLINE_FRAME:
            line.places.pop()
            line.bulges.pop()
    elif code == 70:
        line.flags = int(value)
    elif code == 10 and is_light:
        line.places.append([float(value)])
        line.bulges.append(0.0)
    elif code in (10, 20) and (is_light or in_vertex):
        line.places[-1].append(float(value))
    elif code == 42 and (is_light or in_vertex):
        line.bulges[-1] = float(value)


def _is_closed(line: _Line) -> bool:
    places = [place for place in line.places if len(place) == 2]
    if line.flags & _MESH or len(places) != len(line.places) or len(places) < 2:
        return False
    is_loop = bool(line.flags & _CLOSED) or places[0] == places[-1]
    return is_loop and (len(places) >= _MIN_RING - 1 or any(line.bulges))


def _polygon(line: _Line) -> shapely.Polygon:
    places = np.array(line.places)
    if (places[0] == places[-1]).all():
        places, bulges = places[:-1], line.bulges[:-1]
    else:
        bulges = line.bulges
    ends = np.roll(places, -1, axis=0)
    pieces = [
        _arc(begin, end, bulge) for begin, end, bulge in zip(places, ends, bulges, strict=True)
    ]
    ring = np.concatenate([*pieces, places[:1]])
    return shapely.Polygon(ring)


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
