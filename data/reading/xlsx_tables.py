"""Excel workbooks from outside: cells as they are written, digit by digit, days as days.

Runs only in the restricted `data.reading.sandbox_worker`.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from data.errors import FileRefused
from data.reading.archive import extract
from data.reading.csv_tables import grid_of
from data.reading.damage import damaged
from data.reading.layer_names import one_layer, too_many_features
from data.reading.limits import Limits, refuse_sparse
from data.reading.merged_cells import Place, unmerged
from data.reading.tables import Grid, holds_shapes
from data.reading.xml_files import plain_xml, tag_of, xml_events
from data.text_cleaning import row_list
from gis.messages import Message

__all__ = ["read_xlsx"]

_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_STRINGS: Final = "xl/sharedStrings.xml"
_STYLES: Final = "xl/styles.xml"
_CELL: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How a workbook writes a character that XML has not, as the one of a line end."""
_MAX_COLUMNS: Final = 2_000
_MAX_ROWS: Final = 2**20
_CODE_LETTERS: Final = 200
# Number formats that are built in: days, months without a day, and times of day alone.
_DAYS: Final = frozenset([14, 15, 16, 22, 28, 29, 30, 31, 51, 53, 54, 58])
_MONTHS: Final = frozenset([17, 27, 36, 50, 52, 57])
_EPOCHS: Final = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - Excel names no zone
_NO_DAY: Final = "1900-01-00"
"""What Excel shows of a 0 that is formatted as a day: that of a formula on an empty cell."""
_WITHOUT_DAYS: Final = {"month": "%Y-%m", "year": "%Y"}
_ZEROS: Final = re.compile("0{2,30}")
_ERROR: Final = Message("单元格是错误值", "the cell holds an error")
_NO_RESULT: Final = Message(
    "公式没有算出的值，请在 Excel 中打开并保存一次",
    "a formula without its result: open the file in Excel and save it",
)
_MAX_MERGED: Final = 100_000


def read_xlsx(path: Path, layer: str | None, limits: Limits, folder: Path) -> Grid:
    """The cells of one sheet.

    A number keeps its digits as a text, with the zeros that its format puts before them; a day is
    ``YYYY-MM-DD``; a cell that shows a month or a year only is ``YYYY-MM`` or ``YYYY``, whatever
    day Excel keeps behind it.

    Raises
    ------
    FileRefused
        ``zip_damaged`` and other refusals of archives, ``xml_entities``, ``file_damaged``,
        ``several_layers``, ``no_such_layer``, ``table_damaged``, ``too_many_features``.
    """
    files = extract(path, folder / "workbook", limits, lambda name: name.startswith("xl/"))
    try:
        book = _Book(files, folder)
        sheets = {sheet.name: sheet for sheet in book.sheets() if sheet.file in files}
        rows = {name: book.rows(files[sheet.file], limits) for name, sheet in sheets.items()}
    except (
        KeyError,
        ValueError,
        IndexError,
        OverflowError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        if isinstance(error, FileRefused):
            raise
        raise damaged(error) from error
    filled = [name for name, sheet in rows.items() if len(sheet.cells) > 1]
    # A sheet that explains the others, as our own files have, has no shapes.
    drawn = [name for name in filled if layer is None and _is_drawn(rows[name].cells)]
    likely = drawn or filled or list(rows)
    seen = [name for name in likely if not sheets[name].hidden]
    name = one_layer(likely if layer is not None else seen or likely, layer)
    try:
        cells, told = unmerged(rows[name].cells, rows[name].merged)
    except ValueError as error:
        raise damaged(error) from error
    grid = grid_of(name, cells)
    grid.unreadable = {
        (row - grid.first_row, column): why
        for (row, column), why in rows[name].wrong.items()
        if 0 <= row - grid.first_row < len(grid.rows)
    }
    told += _hidden_rows(rows[name], grid)
    unseen = [other for other in likely if other != name and sheets[other].hidden]
    if unseen and layer is None:
        shown = "、".join(unseen)
        told.append(
            Message(
                f"隐藏的工作表未读取：{shown}；需要时用 --layer 指定",
                f"hidden sheets were left out: {shown}; name one by --layer where it is wanted",
            )
        )
    grid.notes += told
    return grid


def _hidden_rows(sheet: _Sheet, grid: Grid) -> list[Message]:
    folded = [row + 1 - grid.first_row for row in sheet.hidden]
    folded = [row for row in folded if 1 <= row <= len(grid.rows)]
    if not folded:
        return []
    where = row_list(folded)
    return [
        Message(
            f"{where.zh}在工作表中被隐藏或筛选掉，也已读取；不需要时请删除后提交",
            f"{where.en}: hidden or filtered away in the sheet, and read all the same; delete "
            "them where they are not wanted",
        )
    ]


def _is_drawn(cells: list[list[object]]) -> bool:
    try:
        return holds_shapes(grid_of("", cells))
    except FileRefused:  # no table
        return False


class _SheetFile(NamedTuple):
    name: str
    file: str
    hidden: bool


class _Sheet(NamedTuple):
    cells: list[list[object]]
    wrong: dict[Place, Message]
    """Row and column, from 0, of cells that hold no value that can be used."""
    merged: list[tuple[Place, Place]]
    hidden: list[int]
    """Rows, from 0, that the sheet does not show: filtered or folded away."""


class _Book:
    """Parts of a workbook that all sheets share."""

    def __init__(self, files: dict[str, Path], folder: Path) -> None:
        self._files = files
        self._folder = folder
        self._is_1904 = False
        self._strings = list(self._texts()) if _STRINGS in files else []
        self._kinds = list(self._formats()) if _STYLES in files else []

    def _events(self, file: Path) -> Iterator[tuple[str, ET.Element]]:
        return xml_events(plain_xml(file, self._folder).path)

    def sheets(self) -> Iterator[_SheetFile]:
        """The sheets in the order of their tabs."""
        targets = {
            element.get("Id"): str(element.get("Target"))
            for event, element in self._events(self._files[_RELATIONS])
            if event == "end" and tag_of(element) == "Relationship"
        }
        for event, element in self._events(self._files[_WORKBOOK]):
            if event == "start":
                continue
            if tag_of(element) == "workbookPr":
                self._is_1904 = element.get("date1904") in ("1", "true")
            if tag_of(element) == "sheet":
                relation = next(
                    (value for key, value in element.attrib.items() if key.endswith("}id")), ""
                )
                target = targets.get(relation, "")
                yield _SheetFile(
                    str(element.get("name")),
                    target.lstrip("/") if target.startswith("/") else f"xl/{target}",
                    element.get("state") in ("hidden", "veryHidden"),
                )

    def _texts(self) -> Iterator[str]:
        for event, element in self._events(self._files[_STRINGS]):
            if event == "end" and tag_of(element) == "si":
                yield _text(element)
                element.clear()

    def _formats(self) -> Iterator[str]:
        """What each style of cells shows: ``day``, ``month``, ``year``, so many digits (``00000``),
        or none of these."""
        codes: dict[int, str] = {}
        inside = False
        for event, element in self._events(self._files[_STYLES]):
            tag = tag_of(element)
            if tag == "cellXfs":
                inside = event == "start"
            elif event == "end" and tag == "numFmt":
                codes[int(element.get("numFmtId", "0"))] = str(element.get("formatCode", ""))
            elif event == "end" and tag == "xf" and inside:
                number = int(element.get("numFmtId", "0"))
                yield _shows(codes[number]) if number in codes else _built_in(number)

    def rows(self, file: Path, limits: Limits) -> _Sheet:
        """Cells row by row, those that hold no value, and merged ranges."""
        rows: list[list[object]] = []
        wrong: dict[Place, Message] = {}
        merged: list[tuple[Place, Place]] = []
        hidden: list[int] = []
        width = values = 0
        for event, element in self._events(file):
            if event == "end" and tag_of(element) == "mergeCell":
                merged.append(_range(element.get("ref")))
                if len(merged) > _MAX_MERGED:
                    raise _too_many_merged()
            if event == "start" or tag_of(element) != "row":
                continue
            number = int(element.get("r", len(rows) + 1))
            if number > min(limits.vertices, _MAX_ROWS):
                raise too_many_features(number, limits)
            while len(rows) < number:
                rows.append([])
            cells = rows[number - 1]
            hidden += [number - 1] if element.get("hidden") in ("1", "true") else []
            self._read_cells(element, number - 1, cells, wrong)
            width, values = max(width, len(cells)), values + len(element)
            refuse_sparse(width, number, values)
            element.clear()
        return _Sheet(rows, wrong, merged, hidden)

    def _read_cells(
        self, row: ET.Element, number: int, cells: list[object], wrong: dict[Place, Message]
    ) -> None:
        for cell in row:
            column = _column(cell.get("r"), len(cells))
            cells.extend([None] * (column + 1 - len(cells)))
            cells[column] = self._value(cell)
            if cell.get("t") == "e":
                wrong[number, column] = _ERROR
            elif cells[column] is None and any(tag_of(part) == "f" for part in cell):
                cells[column] = "="
                wrong[number, column] = _NO_RESULT

    def _value(self, cell: ET.Element) -> object:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _text(cell).strip() or None
        written = next((part.text or "" for part in cell if tag_of(part) == "v"), "").strip()
        if not written:
            return None
        if kind == "s":
            return self._strings[int(written)].strip() or None
        if kind == "b":
            return written == "1"
        if kind != "n":
            return written
        style = int(cell.get("s", "0"))
        shown = self._kinds[style] if style < len(self._kinds) else ""
        return self._number(written, shown)

    def _number(self, written: str, shown: str) -> str:
        plain = written.removesuffix(".0")
        if shown.startswith("0"):  # 00000 shows 12 as 00012
            return plain.zfill(len(shown)) if plain.isdecimal() else plain
        return self._day(float(written), shown) if shown else plain

    def _day(self, serial: float, shown: str) -> str:
        if 0 <= serial < 1 and not self._is_1904:
            return _NO_DAY
        moment = _EPOCHS[self._is_1904] + timedelta(days=serial)
        moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
        if shown in _WITHOUT_DAYS:
            return f"{moment:{_WITHOUT_DAYS[shown]}}"
        whole = moment.hour == moment.minute == moment.second == 0
        return moment.date().isoformat() if whole else moment.isoformat(" ")


def _too_many_merged() -> FileRefused:
    return FileRefused(
        "too_many_cells",
        Message(
            f"工作簿的一个表有超过 {_MAX_MERGED} 个合并单元格",
            f"a sheet of the workbook has more than {_MAX_MERGED} merged ranges",
        ),
        Message("请取消合并后另存", "take the merged cells apart and save it"),
    )


def _text(element: ET.Element) -> str:
    """Text of an item, its phonetic hints left out."""
    pieces = []
    for part in element:
        if tag_of(part) == "t":
            pieces.append(part.text or "")
        elif tag_of(part) in ("r", "is"):
            pieces.append(_text(part))
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(pieces))


def _column(reference: str | None, following: int) -> int:
    match = _CELL.fullmatch(reference or "")
    if match is None:
        return following
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - 64
    if number > _MAX_COLUMNS:
        raise ValueError(f"a cell in column {number}")
    return number - 1


def _range(reference: str | None) -> tuple[Place, Place]:
    """First and last cell of ``A1:C1``, row and column from 0."""
    first, _, last = str(reference).partition(":")
    corners = [_CELL.fullmatch(corner) for corner in (first, last or first)]
    if None in corners:
        raise ValueError(f"a merged range {reference!r}")
    (top, left), (bottom, right) = (
        (int(match[2]) - 1, _column(match[0], 0)) for match in corners if match is not None
    )
    return (top, left), (bottom, right)


def _built_in(number: int) -> str:
    return "day" if number in _DAYS else "month" if number in _MONTHS else ""


def _shows(code: str) -> str:
    """What a format shows of the calendar, or the zeros that it puts before a number.

    Examples
    --------
    >>> _shows('yyyy"年"m"月"'), _shows("yyyy-mm-dd"), _shows("0.00"), _shows("h:mm")
    ('month', 'day', '', '')
    >>> _shows("yyyy"), _shows("00000")
    ('year', '00000')
    """
    if _ZEROS.fullmatch(code):
        return code
    bare = _QUOTED.sub("", code[:_CODE_LETTERS].split(";", 1)[0]).lower()
    if "y" not in bare:
        return "day" if "d" in bare and "m" in bare else ""
    return "day" if "d" in bare else "month" if "m" in bare else "year"
