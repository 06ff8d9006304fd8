"""Findings about a set of districts, each with its codes, rows and place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

import geopandas
import shapely
from shapely.geometry.base import BaseGeometry

from data.errors import Position, printable_message
from data.row_problems import RowProblem
from data.text_cleaning import row_list
from gis.errors import GeometryError
from gis.messages import Message
from gis.tessellation import report

_MAX_WINDING: Final = 20_000_000
"""Vertices times the length in boxes around: a border of 200 000 vertices may be a hundred long."""


class Finding(NamedTuple):
    """A fault of a set of districts."""

    kind: str
    """``gap``, ``overlap``, ``unknown_code``, ``duplicate_code``, ``orphan``, ``level_mismatch``,
    ``invalid_geometry``, ``too_winding``, ``no_geometry``, ``no_name``, ``bad_valid_from``,
    ``several_valid_from``, ``unreadable_value``."""
    codes: tuple[str, ...]
    message: Message
    blocking: bool = False
    """Whether the set cannot be taken as it is."""
    rows: tuple[int, ...] = ()
    """Of the file, counted from 1."""
    area_m2: float | None = None
    at: Position | None = None


def unknown_code(value: object, row: int) -> Finding:
    """A value that is no code, or a code of no province."""
    shown = str(value)[:30]
    message = Message(
        f"第 {row} 行的区划代码 {shown!r} 不是已知的 6/9/12 位代码，请改正。",
        f"Row {row}: {shown!r} is no known code of 6, 9 or 12 digits; mend it.",
    )
    return Finding("unknown_code", (shown,), message, blocking=True, rows=(row,))


def lost_cell(problem: RowProblem) -> Finding:
    """A cell that the reader could not read."""
    row = problem.row or 0
    message = Message(
        f"第 {row} 行 {problem.column}：{problem.message.zh}",
        f"Row {row}, {problem.column}: {problem.message.en}",
    )
    return Finding(problem.code, (), printable_message(message), blocking=True, rows=(row,))


def level_mismatch(said: object, code: str, level: str, row: int) -> Finding:
    """A level in words that differs from the level of the code; the code is used."""
    message = Message(
        f"第 {row} 行写的级别是 {str(said)[:30]}，代码 {code} 却是 {level}。",
        f"Row {row} says level {str(said)[:30]}, but code {code} is a {level}.",
    )
    return Finding("level_mismatch", (code,), printable_message(message), rows=(row,))


def orphan(said: object, code: str, row: int) -> Finding:
    """A parent that cannot hold the district."""
    message = Message(
        f"第 {row} 行 {code} 的上级 {str(said)[:30]!r} 不是它的上级行政区，请改正。",
        f"Row {row}: {str(said)[:30]!r} cannot be the parent of {code}; mend it.",
    )
    return Finding("orphan", (code,), message, blocking=True, rows=(row,))


def refused_geometry(error: GeometryError, code: str, row: int) -> Finding:
    """A district whose ground is missing or undefined."""
    kind = "no_geometry" if error.code in ("missing", "empty") else "invalid_geometry"
    message = Message(
        f"第 {row} 行 {code}：{error.message.zh}", f"Row {row}, {code}: {error.message.en}"
    )
    return Finding(kind, (code,), message, blocking=True, rows=(row,), at=error.at)


def too_winding(shape: BaseGeometry, code: str, row: int) -> Finding | None:
    """A border that turns to and fro so long that thinning it for maps takes minutes; else None."""
    west, south, east, north = shape.bounds
    turns = shape.length / (2.0 * (east - west + north - south))
    vertices = int(shapely.get_num_coordinates(shape))
    if turns * vertices <= _MAX_WINDING:
        return None
    message = Message(
        f"第 {row} 行 {code}：界线有 {vertices} 个顶点，长为外框周长的 {turns:.0f} 倍，"
        "不像行政区界；请核对文件，或简化边线。",
        f"Row {row}, {code}: the border has {vertices} vertices and is {turns:.0f} times as long "
        "as the box around it, unlike a border: look at the file, or thin the line.",
    )
    return Finding("too_winding", (code,), message, blocking=True, rows=(row,))


def no_name(code: str, row: int | None = None) -> Finding:
    """A district without a name: its code is shown instead."""
    message = Message(
        f"{code} 没有名称，暂用代码。",
        f"{code} has no name; its code stands in.",
    )
    return Finding("no_name", (code,), message, rows=() if row is None else (row,))


def duplicates(codes: Iterable[tuple[str, int]]) -> Iterator[Finding]:
    """Codes that occur more than once, with their rows."""
    places: dict[str, list[int]] = {}
    for code, row in codes:
        places.setdefault(code, []).append(row)
    for code, at in places.items():
        if len(at) > 1:
            rows = row_list(at)
            message = Message(
                f"代码 {code} 出现多次（{rows.zh}），请合并或改正。",
                f"Code {code} stands more than once ({rows.en}); merge or mend them.",
            )
            yield Finding("duplicate_code", (code,), message, blocking=True, rows=tuple(at))


def no_day(message: Message, row: int) -> Finding:
    """A first day of a border that is no date."""
    where = Message(f"第 {row} 行的生效日期：{message.zh}", f"Row {row}, valid_from: {message.en}")
    return Finding("bad_valid_from", (), printable_message(where), blocking=True, rows=(row,))


def several_days(rows_of: Mapping[date, Sequence[int]]) -> Finding:
    """Borders that begin on several days: a file is stored whole, as of one day."""
    places = [(day, row_list(rows)) for day, rows in sorted(rows_of.items())[:5]]
    zh = "；".join(f"{day}（{rows.zh}）" for day, rows in places)
    en = "; ".join(f"{day} ({rows.en})" for day, rows in places)
    message = Message(
        f"界线的生效日期有 {len(rows_of)} 个：{zh}。一次只能导入同一天生效的界线，请按日期分成"
        "几个文件，由早到晚依次导入。",
        f"The borders begin on {len(rows_of)} days: {en}. A file is stored as of one day: make a "
        "file of each day and import them from the earliest on.",
    )
    rows = tuple(sorted(row for these in rows_of.values() for row in these))
    return Finding("several_valid_from", (), message, blocking=True, rows=rows)


def neighbours(frame: geopandas.GeoDataFrame) -> Iterator[Finding]:
    """Gaps and overlaps among the districts of one level, derived ones left out."""
    drawn = frame[(frame["source"] != "derived") & frame.geometry.notna()]
    for _level, siblings in drawn.groupby("level", sort=False):
        for place in report(siblings):
            yield _neighbour(place.kind, place.codes, place.area_m2, place.at)


def _neighbour(kind: str, codes: tuple[str, ...], area_m2: float, at: Position) -> Finding:
    zh = "重叠" if kind == "overlap" else "之间有空隙"
    en = "overlap" if kind == "overlap" else "leave a gap"
    place = f"({at[0]:.6f}, {at[1]:.6f})"
    shown = codes[:6]
    message = Message(
        f"{'、'.join(shown)} {zh} {area_m2:.0f} m²，在 {place}。",
        f"{', '.join(shown)} {en} of {area_m2:.0f} m² at {place}.",
    )
    return Finding(kind, codes, message, area_m2=area_m2, at=at)
