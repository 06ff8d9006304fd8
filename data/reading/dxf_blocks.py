"""Blocks of a DXF drawing: what is drawn once and inserted, moved, turned and scaled.

A small file can insert blocks in blocks so often that no machine would draw them: how many outlines
an insert brings is counted before one is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.errors import FileRefused
from data.reading.dxf_lines import Line, decimal, layer_name
from data.reading.layer_names import too_many_features
from data.reading.limits import Limits
from gis.messages import Message

__all__ = ["Block", "Blocks", "Insert", "Placed"]

MAX_DEPTH: Final = 16
"""So deep blocks may stand in each other."""
_OF_INSERT: Final = "0"
"""What lies on this layer of a block comes onto that of its insert."""
# Easting and northing of the insertion, scales, turn in degrees, columns, rows and their distances.
_NUMBERS: Final = {
    10: 0.0,
    20: 0.0,
    41: 1.0,
    42: 1.0,
    44: 0.0,
    45: 0.0,
    50: 0.0,
    70: 1.0,
    71: 1.0,
    230: 1.0,
}


class Placed(NamedTuple):
    """A polyline of a block at its place."""

    line: Line
    layer: str
    matrix: NDArray[np.float64]
    """2 × 3, from positions of the block to those of the drawing."""


@dataclass
class Insert:
    """A block that stands at a place, perhaps several times in columns and rows."""

    block: str = ""
    layer: str = "0"
    numbers: dict[int, float] = field(default_factory=lambda: dict(_NUMBERS))
    has_commas: bool = False

    def take(self, code: int, value: str) -> None:
        """Take a group; raises ValueError where it is no number."""
        if code == 2:
            self.block = value.casefold()
        elif code == 8:
            self.layer = layer_name(value)
        elif code in (70, 71):
            self.numbers[code] = int(value)
        elif code in self.numbers:
            self.numbers[code], has_comma = decimal(value)
            self.has_commas |= has_comma

    @property
    def times(self) -> int:
        """How often the block stands there."""
        return max(1, int(self.numbers[70])) * max(1, int(self.numbers[71]))

    def matrices(self, base: tuple[float, float]) -> Iterator[NDArray[np.float64]]:
        """3 × 3, from positions of the block, whose base is given, to those around the insert."""
        n = self.numbers
        cos, sin = np.cos(np.radians(n[50])), np.sin(np.radians(n[50]))
        turned = np.array([[cos, -sin, n[10]], [sin, cos, n[20]], [0, 0, 1]])
        below = np.diag([-1.0 if n[230] < 0 else 1.0, 1.0, 1.0])
        sized = np.diag([n[41], n[42], 1.0]) @ _moved(-base[0], -base[1])
        for row in range(max(1, int(n[71]))):
            for column in range(max(1, int(n[70]))):
                yield below @ turned @ _moved(column * n[44], row * n[45]) @ sized


@dataclass
class Block:
    """What is drawn in a block."""

    name: str = ""
    base: tuple[float, float] = (0.0, 0.0)
    lines: list[Line] = field(default_factory=list)
    inserts: list[Insert] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)

    def take(self, code: int, value: str) -> None:
        """Take a group of its head; raises ValueError where it is no number."""
        if code == 2:
            self.name = value.casefold()
        elif code == 10:
            self.base = (decimal(value)[0], self.base[1])
        elif code == 20:
            self.base = (self.base[0], decimal(value)[0])


class Blocks:
    """The blocks of a drawing, by their names."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._blocks: dict[str, Block] = {}
        self._counted: dict[str, tuple[int, int]] = {}

    def add(self, block: Block) -> None:
        """Add a block whose content is taken later."""
        self._blocks[block.name] = block

    def count(self, insert: Insert) -> int:
        """How many closed polylines an insert brings.

        Raises
        ------
        FileRefused
            ``dxf_damaged``: blocks stand in themselves, or too deep in each other.
        """
        return self._count(insert.block, ())[0] * insert.times

    def _count(self, name: str, within: tuple[str, ...]) -> tuple[int, int]:
        """How many a block has, and how many blocks stand in each other there."""
        if name in within or len(within) >= MAX_DEPTH:
            raise _in_itself(name)
        if name not in self._counted:
            block = self._blocks.get(name, Block())
            count, depth = sum(line.is_closed for line in block.lines), 1
            for insert in block.inserts:
                inner, below = self._count(insert.block, (*within, name))
                count, depth = count + inner * insert.times, max(depth, below + 1)
            self._counted[name] = (count, depth)
        if len(within) + self._counted[name][1] > MAX_DEPTH:
            raise _in_itself(name)
        return self._counted[name]

    def placed(
        self, insert: Insert, others: Counter[str], around: NDArray[np.float64] | None = None
    ) -> Iterator[Placed]:
        """The closed polylines of an insert; what else is in its blocks is counted.

        Raises
        ------
        FileRefused
            ``too_many_features``, and what `count` raises.
        """
        if (count := self.count(insert)) > self._limits.features:
            raise too_many_features(count, self._limits)
        if not count:
            others["INSERT"] += insert.times
            return
        block = self._blocks[insert.block]
        around = np.eye(3) if around is None else around
        for matrix in insert.matrices(block.base):
            there = around @ matrix
            others += block.others
            for line in block.lines:
                if line.is_closed:
                    layer = insert.layer if line.layer == _OF_INSERT else line.layer
                    yield Placed(line, layer, there[:2])
                else:
                    others[f"open {line.kind}"] += 1
            for inner in block.inserts:
                layer = insert.layer if inner.layer == _OF_INSERT else inner.layer
                onto = Insert(inner.block, layer, inner.numbers, inner.has_commas)
                yield from self.placed(onto, others, there)


def _moved(x: float, y: float) -> NDArray[np.float64]:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def _in_itself(name: str) -> FileRefused:
    what = Message(
        f"图块“{name[:30]}”包含自身，或图块嵌套超过 {MAX_DEPTH} 层",
        f"the block {name[:30]!r} stands in itself, or over {MAX_DEPTH} blocks in each other",
    )
    remedy = Message("请分解图块后提交", "explode the blocks and send it again")
    return FileRefused("dxf_damaged", what, remedy)
