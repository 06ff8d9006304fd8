"""CSV from outside: its delimiter, its encoding and its heading are looked for."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from data.errors import FileRefused
from data.reading.heading_rows import heading_row, is_row_of_units, known_words
from data.reading.layer_names import no_such_layer
from data.reading.limits import Limits, refuse_sparse
from data.reading.reasons import in_chinese
from data.reading.shape_cells import is_shape
from data.reading.tables import Grid
from data.reading.text_files import read_text_file
from data.task_words import bare_word, is_note, is_total
from gis.messages import Message

__all__ = ["CsvCells", "csv_cells", "grid_of", "read_csv"]

_DELIMITERS: Final = (",", "\t", ";", "|", "，", "；")
_GUARDED: Final = re.compile(r"'[=+\-@\t\r]")
_LOOKED_AT: Final = 30
_CELL_LETTERS: Final = 2**24
_MEND: Final = Message("请改正后提交", "mend it and send it again")


def read_csv(path: Path, layer: str | None, limits: Limits, forced: str | None = None) -> Grid:
    """The cells of a CSV; an apostrophe that guards a cell from spreadsheets is taken off.

    Raises
    ------
    FileRefused
        Those of `data.reading.text_files.read_text_file`; ``table_damaged`` with the row.
    """
    if layer is not None and layer != path.stem:
        raise no_such_layer(layer, [path.stem])
    rows, encoding, notes = csv_cells(path, limits, forced)
    grid = grid_of(path.stem, rows)
    grid.encoding = encoding
    grid.notes[:0] = notes
    return grid


class CsvCells(NamedTuple):
    """All rows of a CSV, its titles and headings among them; None for an empty cell."""

    rows: list[list[object]]
    encoding: str
    notes: list[Message]


def csv_cells(path: Path, limits: Limits, forced: str | None = None) -> CsvCells:
    """The cells of a CSV as they stand in it; refusals are those of `read_csv`."""
    text, encoding, notes = read_text_file(path, forced=forced)
    delimiter = _delimiter(text)
    csv.field_size_limit(_CELL_LETTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[object]] = []
    try:
        for cells in reader:
            rows.append([_cell(cell) for cell in cells])
            if len(rows) > limits.vertices + 1:
                break
    except csv.Error as error:
        what = Message(
            f"第 {reader.line_num} 行不合 CSV（{in_chinese(error)}）",
            f"line {reader.line_num} is no CSV ({error})",
        )
        raise FileRefused("table_damaged", what, _MEND) from error
    return CsvCells(rows, encoding, notes)


def _delimiter(text: str) -> str:
    """What parts the cells of the first line of headings that we know, else of the first line."""
    lines = [line for line in islice(text[:_CELL_LETTERS].splitlines(), _LOOKED_AT) if line.strip()]
    for line in lines:
        known = {mark: known_words(line.split(mark)) for mark in _DELIMITERS if mark in line}
        if max(known.values(), default=0) >= 2:
            return max(known, key=known.__getitem__)
    first = next(iter(lines), "")
    return max(_DELIMITERS, key=first.count)


def _cell(written: str) -> str | None:
    text = written.strip()
    return (text[1:] if _GUARDED.match(text) else text) or None


def grid_of(name: str, rows: list[list[object]]) -> Grid:
    """Rows with their heading apart: titles before it and blank rows after it are left out.

    Raises
    ------
    FileRefused
        ``table_damaged``: there is no heading, or a row has more cells than it.
    """
    head = heading_row(rows)
    if head is None:
        what = Message("没有表头", "it has no heading of two columns and more")
        raise FileRefused("table_damaged", what, _MEND)
    heading = [str(cell or f"column{n}").strip() for n, cell in enumerate(rows[head], 1)]
    while heading and rows[head][len(heading) - 1] is None:
        heading.pop()
    first = head + 1
    notes = []
    if first < len(rows) and is_row_of_units(rows[first]):
        for number, unit in enumerate(rows[first][: len(heading)]):
            heading[number] += "" if unit is None else f"({str(unit).strip('()（） ')})"
        notes.append(
            Message(
                "表头下的一行是单位，已并入表头",
                "the row below the heading holds units, which were joined to it",
            )
        )
        first += 1
    body = rows[first:]
    notes += _without_end(body)
    if head:
        notes.append(
            Message(f"表头前的 {head} 行未读取", f"{head} rows before the heading were left out")
        )
    for number, row in enumerate(body, 1):
        if any(cell is not None for cell in row[len(heading) :]):
            what = Message(
                f"有 {len(row)} 格，表头只有 {len(heading)} 格",
                f"it has {len(row)} cells, and the heading {len(heading)}",
            )
            raise FileRefused("table_damaged", what, _MEND, feature=number)
    width = len(heading)
    refuse_sparse(width, len(body), sum(_filled(row) for row in body))
    filled = [[*row[:width], *[None] * (width - len(row))] for row in body]
    return Grid(name, heading, filled, notes=notes, first_row=first)


def _without_end(body: list[list[object]]) -> list[Message]:
    """Take blank rows, sums and signatures off the end; say how many of the latter."""
    below = 0
    while body and (not _filled(body[-1]) or _is_below_table(body[-1])):
        below += bool(_filled(body.pop()))
    if not below:
        return []
    return [
        Message(
            f"表尾的 {below} 行（合计、填表人等）未读取",
            f"{below} rows at the end (sums, who filled it in) were left out",
        )
    ]


def _is_below_table(row: list[object]) -> bool:
    """Whether a row is a sum or says who filled the table in, and has no shape."""
    first = next((cell for cell in row if cell is not None), None)
    if first is None or any(map(is_shape, row)):
        return False
    return is_total(bare_word(first)) or is_note(row)


def _filled(row: list[object]) -> int:
    return sum(cell is not None for cell in row)
