"""Closed polylines of a DXF drawing, with their layer; arcs become straight pieces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import shapely

from data.errors import FileRefused
from data.reading.crs_names import BY_NUMBERS
from data.reading.dxf_blocks import Block, Blocks, Insert, Placed
from data.reading.dxf_lines import Line
from data.reading.layer_names import no_such_layer, too_many_features
from data.reading.limits import Limits
from data.reading.sandbox_result import Column, RawLayer
from data.reading.text_files import read_text_file
from gis.messages import Message

__all__ = ["read_dxf"]

LAYER: Final = "layer"
"""The column of the name of a drawing's layer."""
_CODEPAGE: Final = re.compile(rb"\$DWGCODEPAGE\s+3\s+(?:ANSI_|DOS)?(\w+)")
_HEAD_BYTES: Final = 65_536
_DRAWN: Final = ("BLOCKS", "ENTITIES")
_AS_DRAWN: Final = np.eye(2, 3)

_Group = tuple[int, str, int]
_Thing = TypeVar("_Thing", Block, Insert)


def read_dxf(path: Path, layer: str | None, limits: Limits, forced: str | None = None) -> RawLayer:
    """One row for each closed LWPOLYLINE or POLYLINE, its layer in the column ``layer``.

    Those of blocks stand wherever these are inserted. Whatever else is drawn is left out, which is
    told by kind and number.

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
    closed: list[Placed] = []
    others: Counter[str] = Counter()
    vertices = 0
    commas = False
    for placed, has_commas in _closed(_pairs(text), others, limits):
        commas |= has_commas
        vertices += len(placed.line.places)
        closed.append(placed)
        if vertices > limits.vertices:
            what = Message(f"顶点超过 {limits.vertices} 个", f"over {limits.vertices} vertices")
            raise FileRefused("too_many_vertices", what, Message("请分批提交", "send it in parts"))
        if len(closed) > limits.features:
            raise too_many_features(len(closed), limits)
    names = sorted({placed.layer for placed in closed})
    if layer is not None and layer not in names:
        raise no_such_layer(layer, names)
    chosen = [placed for placed in closed if layer in (None, placed.layer)]
    if not chosen:
        told = next(iter(_others(others)), Message("", ""))
        what = Message(f"没有闭合多段线{told.zh}", f"it holds no closed polyline{told.en}")
        remedy = Message("请把边界画成闭合多段线", "draw the outlines as closed polylines")
        raise FileRefused("no_layer", what, remedy)
    for words in _others(others):
        notes.append(
            Message(f"只读取闭合多段线{words.zh}", f"only closed polylines are read{words.en}")
        )
    arcs = sum(any(placed.line.bulges) for placed in closed)
    if arcs:
        notes.append(
            Message(
                f"{arcs} 条多段线含圆弧，已改为折线：每段转角不超过 0.5°",
                f"{arcs} polylines have arcs, which became straight pieces of 0.5° at the most",
            )
        )
    if commas:
        notes.append(
            Message("坐标中的逗号按小数点读取", "commas in positions were read as decimal points")
        )
    column = Column(LAYER, "text", [placed.layer for placed in chosen])
    shapes: list[bytes | None] = [
        bytes(shapely.to_wkb(placed.line.polygon(placed.matrix))) for placed in chosen
    ]
    return RawLayer(layer or path.stem, BY_NUMBERS, shapes, [column], encoding, notes)


def _others(others: Counter[str]) -> Iterator[Message]:
    if others:
        listed = ", ".join(f"{kind} × {count}" for kind, count in others.most_common(12))
        yield Message(f"，未读取：{listed}", f"; not read: {listed}")


def _pairs(text: str) -> Iterator[_Group]:
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


def _closed(
    pairs: Iterator[_Group], others: Counter[str], limits: Limits
) -> Iterator[tuple[Placed, bool]]:
    """Closed polylines, and whether they have decimal commas; all else is counted."""
    blocks = Blocks(limits)
    inserts: list[Insert] = []
    for block, drawn in _drawn(pairs):
        if isinstance(drawn, Block):
            blocks.add(drawn)
        elif isinstance(drawn, Insert):
            (inserts if block is None else block.inserts).append(drawn)
        elif isinstance(drawn, str):
            (others if block is None else block.others)[drawn] += 1
        elif block is not None:
            block.lines.append(drawn)
        elif drawn.is_closed:
            yield Placed(drawn, drawn.layer, _AS_DRAWN), drawn.has_commas
        else:
            others[f"open {drawn.kind}"] += 1
    for insert in inserts:
        for placed in blocks.placed(insert, others):
            yield placed, placed.line.has_commas or insert.has_commas


def _drawn(pairs: Iterator[_Group]) -> Iterator[tuple[Block | None, Line | Insert | Block | str]]:
    """All that is drawn, each with its block; of what is not read its kind."""
    block: Block | None = None
    line: Line | None = None
    for section, kind, groups in _entities(pairs):
        if line is not None and (line.kind, kind) == ("POLYLINE", "VERTEX"):
            line.begin_vertex()
            _take_all(line, groups, in_vertex=True)
            continue
        if line is not None:
            yield block, line
            line = None
        block = None if section == "ENTITIES" or kind == "ENDBLK" else block
        if kind == "BLOCK":
            block = _taken(Block(), groups)
            yield None, block
        elif kind in ("LWPOLYLINE", "POLYLINE"):
            line = Line(kind)
            _take_all(line, groups, in_vertex=False)
        elif kind == "INSERT":
            yield block, _taken(Insert(), groups)
        elif kind not in ("VERTEX", "SEQEND", "ENDBLK"):
            yield block, kind[:30]
    if line is not None:
        yield block, line


def _entities(pairs: Iterator[_Group]) -> Iterator[tuple[str, str, list[_Group]]]:
    """Section, kind and groups of each entity of the sections BLOCKS and ENTITIES."""
    kind, section = "", ""
    groups: list[_Group] = []
    for code, value, number in pairs:
        if code != 0:
            section = value if code == 2 and kind == "SECTION" else section
            groups.append((code, value, number))
            continue
        if section in _DRAWN and kind != "SECTION":
            yield section, kind, groups
        section = "" if value == "ENDSEC" else section
        kind, groups = value, []
    if section in _DRAWN and kind != "SECTION":
        yield section, kind, groups


def _taken(thing: _Thing, groups: list[_Group]) -> _Thing:
    for code, value, number in groups:
        try:
            thing.take(code, value)
        except ValueError:
            raise _damaged(number, value) from None
    return thing


def _take_all(line: Line, groups: list[_Group], *, in_vertex: bool) -> None:
    for code, value, number in groups:
        try:
            line.take(code, value, in_vertex=in_vertex)
        except (ValueError, IndexError):
            raise _damaged(number, value) from None
