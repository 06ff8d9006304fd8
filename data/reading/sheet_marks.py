"""What a workbook says of cells beside their values: hidden, a share in per cent, no result.

python-calamine reads values alone. The parts of the workbook are looked through tag by tag, in the
restricted child process that opens all uploads.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Final

__all__ = ["SheetMarks", "sheet_marks"]

_TAG: Final = re.compile(rb"<(/?)(?:\w+:)?(row|col|c|f|v|xf|numFmt|cellXfs|sheet|Relationship)\b")
_ATTRIBUTE: Final = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)')")
_PLACE: Final = re.compile(rb"([A-Z]{1,3})(\d{1,7})")
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_PER_CENT: Final = frozenset([9, 10])
_COLUMNS: Final = 16_384
Place = tuple[int, int]
Attributes = dict[str, str]


@dataclass
class SheetMarks:
    """Rows, columns and cells of a sheet, counted from 0."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    per_cent: list[Place] = field(default_factory=list)
    """Cells that show 0.5 as 50%."""
    no_result: list[Place] = field(default_factory=list)
    """Formulas of which no value was saved."""
    errors: dict[Place, str] = field(default_factory=dict)
    """Cells that hold ``#DIV/0!`` and the like."""


def sheet_marks(path: Path) -> dict[str, SheetMarks]:
    """The marks of each sheet of a workbook, by its name; none of a sheet that is not found."""
    with zipfile.ZipFile(path) as archive:
        there = frozenset(archive.namelist())
        styles = _per_cent_styles(archive, there)
        return {
            name: _marks(archive.read(part), styles)
            for name, part in _parts(archive, there)
            if part in there
        }


def _tags(content: bytes) -> Iterator[tuple[str, bool, Attributes, int]]:
    """Name, whether it ends an element, attributes, and where what follows the tag begins."""
    for tag in _TAG.finditer(content):
        end = content.find(b">", tag.end())
        if end < 0:
            return
        given = {
            one[1].decode("utf-8", "replace"): unescape(
                (one[2] if one[2] is not None else one[3]).decode("utf-8", "replace")
            )
            for one in _ATTRIBUTE.finditer(content, tag.end(), end)
        }
        yield tag[2].decode(), bool(tag[1]), given, end + 1


def _parts(archive: zipfile.ZipFile, there: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each sheet's name, and the part of the archive that it is written in."""
    book, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if book not in there or relations not in there:
        return
    targets = {
        given.get("Id", ""): given.get("Target", "")
        for name, _, given, _ in _tags(archive.read(relations))
        if name == "Relationship"
    }
    for name, ends, given, _ in _tags(archive.read(book)):
        if name == "sheet" and not ends:
            relation = next((given[key] for key in given if key.endswith(":id")), "")
            target = targets.get(relation, "")
            yield given.get("name", ""), target[1:] if target[:1] == "/" else f"xl/{target}"


def _per_cent_styles(archive: zipfile.ZipFile, there: frozenset[str]) -> frozenset[int]:
    """Numbers of the styles that show per cent."""
    if "xl/styles.xml" not in there:
        return frozenset()
    formats: set[int] = set(_PER_CENT)
    styles: list[bool] = []
    inside = False
    for name, ends, given, _ in _tags(archive.read("xl/styles.xml")):
        if name == "cellXfs":
            inside = not ends
        elif name == "numFmt" and "%" in _QUOTED.sub("", given.get("formatCode", "")):
            formats.add(_number(given.get("numFmtId")))
        elif name == "xf" and inside and not ends:
            styles.append(_number(given.get("numFmtId")) in formats)
    return frozenset(number for number, shows in enumerate(styles) if shows)


def _marks(content: bytes, styles: frozenset[int]) -> SheetMarks:
    marks = SheetMarks()
    cell = _Cell({})
    for name, ends, given, after in _tags(content):
        if name == "c":
            cell.mark(marks, styles)
            cell = _Cell({} if ends else given)
        elif name == "f":
            cell.formula = True
        elif name == "v" and not ends:
            cell.take(content, after)
        elif name in ("row", "col") and given.get("hidden") in ("1", "true"):
            _hide(marks, name, given)
    return marks


def _hide(marks: SheetMarks, name: str, given: Attributes) -> None:
    if name == "row":
        marks.hidden_rows.append(_number(given.get("r")) - 1)
        return
    first, last = _number(given.get("min")), min(_number(given.get("max")), _COLUMNS)
    marks.hidden_columns += range(max(first, 1) - 1, last)


class _Cell:
    def __init__(self, given: Attributes) -> None:
        self.given = given
        self.kind = given.get("t", "n")
        self.formula = self.valued = False
        self.error = ""

    def take(self, content: bytes, after: int) -> None:
        """Look at a value, which begins at a place."""
        # A formula whose result is a text of no letters has an empty one.
        self.valued = self.kind == "str" or content[after : after + 1] != b"<"
        self.valued = self.valued and content[after - 2 : after] != b"/>"
        if self.kind == "e":
            told = content[after : content.find(b"<", after)]
            self.error = told[:20].decode("utf-8", "replace") or "#"

    def mark(self, marks: SheetMarks, styles: frozenset[int]) -> None:
        """Tell what is found of it."""
        place = _PLACE.fullmatch(self.given.get("r", "").encode())
        if place is None:
            return
        at = (int(place[2]) - 1, _column(place[1]))
        if self.error:
            marks.errors[at] = self.error
        elif self.formula and not self.valued:
            marks.no_result.append(at)
        elif self.kind == "n" and _number(self.given.get("s")) in styles:
            marks.per_cent.append(at)


def _number(value: str | None) -> int:
    return int(value) if value is not None and value.isascii() and value.isdecimal() else 0


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number - 1
