"""界址点坐标 as the land bureaus exchange them: parcels of numbered points in a TXT file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from data.errors import FileRefused
from data.reading.layer_names import no_such_layer, too_many_features
from data.reading.limits import Limits
from data.reading.positions import ordinate
from data.reading.rings import closed_rings, polygon_of_rings
from data.reading.sandbox_result import Column, RawLayer
from data.reading.text_files import read_text_file
from data.reading.zone_prefixes import zones_named
from gis.crs import BEIJING54, CGCS2000, XIAN80, ZONES, Width, Zone
from gis.messages import Message

__all__ = ["MARK", "read_boundary_points"]

MARK: Final = "[地块坐标]"
"""The heading of the points: a file with it is of this format."""
_HEADS: Final = (
    "地块面积(公顷)",
    "地块编号",
    "地块名称",
    "图形属性",
    "图幅号",
    "地块用途",
    "地类编码",
)
_COMMA: Final = re.compile(r"\s*[,，]\s*|\t+")
_DIGITS: Final = re.compile(r"\d+")
_BRACKETS: Final = str.maketrans("［］【】", "[][]")
_NORTHING: Final = (834_000.0, 6_000_000.0)
"""Greater than any easting without zone number, smaller than any with one."""
_LINE_LETTERS: Final = 2_000
_MIN_POINTS: Final = 3
_MEND: Final = Message("请对照界址点坐标格式改正后提交", "mend it after the format of 界址点坐标")
_UNITS: Final[Mapping[str, float]] = {
    **dict.fromkeys(("", "米", "m", "metre", "meter", "度", "十进制度", "经纬度"), 1.0),
    **dict.fromkeys(("千米", "公里", "km"), 1_000.0),
    **dict.fromkeys(("毫米", "mm"), 0.001),
}
"""Metres, or degrees, in a 计量单位."""
_DATUMS: Final = (("2000", CGCS2000), ("80", XIAN80), ("54", BEIJING54))


class _Point(NamedTuple):
    ring: str
    first: float
    second: float


@dataclass
class _Parcel:
    declared: int | None
    texts: list[str]
    line: int
    points: list[_Point] = field(default_factory=list)


def read_boundary_points(
    path: Path, layer: str | None, limits: Limits, forced: str | None = None
) -> RawLayer:
    """One row a parcel, its rings by their numbers; a ring in another is a hole.

    X is the northing, as the format says; where the numbers are the other way round they are read
    so, which is told. The system follows from 坐标系, 几度分带, 带号 and the eastings.

    Raises
    ------
    FileRefused
        Those of `data.reading.text_files.read_text_file`; ``points_damaged`` with the parcel and
        the line; ``points_missing`` (fewer or more than it declares); ``zone_contradiction``.
    """
    text, encoding, notes = read_text_file(path, forced=forced)
    if layer is not None and layer != path.stem:
        raise no_such_layer(layer, [path.stem])
    described, parcels = _parsed(text, limits)
    factor = _unit(described.get("计量单位", ""))
    for row, parcel in enumerate(parcels, 1):
        _refuse_missing(parcel, row)
    points = np.array(
        [(point.first, point.second) for parcel in parcels for point in parcel.points]
    ).reshape(-1, 2)
    points *= factor
    turned = _is_turned(points)
    eastings = points[:, 0] if turned else points[:, 1]
    _refuse_other_zone(parcels, eastings)
    crs, about = _system(described, eastings, points)
    notes += about
    if turned:
        notes.append(
            Message(
                "坐标先东后北，与格式约定相反，已按数值识别",
                "eastings come before northings, against the format; the numbers tell so",
            )
        )
    shapes = [_shape(parcel, row, turned, factor) for row, parcel in enumerate(parcels, 1)]
    notes += _closed_note(parcels)
    columns = [
        Column(head, "text", [parcel.texts[n] or None for parcel in parcels])
        for n, head in enumerate(_heads(described))
        if any(parcel.texts[n] for parcel in parcels)
    ]
    return RawLayer(path.stem, crs, shapes, columns, encoding, notes)


def _parsed(text: str, limits: Limits) -> tuple[dict[str, str], list[_Parcel]]:
    described: dict[str, str] = {}
    parcels: list[_Parcel] = []
    section = ""
    count = 0
    for number, written in enumerate(text.splitlines(), 1):
        line = written.strip()
        if not line:
            continue
        if len(line) > _LINE_LETTERS:
            raise _damaged(number, None, "行过长", "the line is too long")
        if line[0] in "[［【":
            section = "".join(line.translate(_BRACKETS).split())
        elif section != MARK:
            key, _, value = unicodedata.normalize("NFKC", line).replace(":", "=", 1).partition("=")
            described[key.strip()] = value.strip()
        elif line.endswith(("@", "＠")):
            parcels.append(_parcel(line, number))
            if len(parcels) > limits.features:
                raise too_many_features(len(parcels), limits)
        else:
            count += 1
            if count > limits.vertices:
                what = Message(f"界址点超过 {limits.vertices} 个", f"over {limits.vertices} points")
                remedy = Message("请分批提交", "send it in parts")
                raise FileRefused("too_many_vertices", what, remedy)
            if not parcels:
                zh = "坐标前没有地块行（地块行以 @ 结尾）"
                en = "a point comes before any parcel, whose line ends with @"
                raise _damaged(number, None, zh, en)
            parcels[-1].points.append(_point(line, number, len(parcels)))
    return described, parcels


def _parcel(line: str, number: int) -> _Parcel:
    cells = _COMMA.split(line.rstrip("@＠"))
    declared = int(cells[0]) if _DIGITS.fullmatch(cells[0]) and len(cells[0]) < 9 else None
    texts = [*cells[1:], *[""] * len(_HEADS)][: len(_HEADS)]
    return _Parcel(declared, [text.strip() for text in texts], number)


def _point(line: str, number: int, row: int) -> _Point:
    cells = _COMMA.split(line.rstrip(",，"))
    ring, ordinates = ("1", cells[1:]) if len(cells) == 3 else (cells[1:2] or [""], cells[2:4])
    try:
        first, second = (ordinate(cell) for cell in ordinates)
    except ValueError:
        raise _damaged(
            number, row, f"“{line[:40]}”不是 点号,圈号,X,Y", f"{line[:40]!r} is no point"
        ) from None
    if not (np.isfinite(first) and np.isfinite(second)):
        raise _damaged(number, row, "坐标不是有限数", "an ordinate is not a finite number")
    return _Point(ring if isinstance(ring, str) else ring[0], first, second)


def _damaged(line: int, row: int | None, zh: str, en: str) -> FileRefused:
    what = Message(f"第 {line} 行：{zh}", f"line {line}: {en}")
    return FileRefused("points_damaged", what, _MEND, feature=row)


def _rings(parcel: _Parcel) -> dict[str, list[_Point]]:
    rings: dict[str, list[_Point]] = {}
    for point in parcel.points:
        rings.setdefault(point.ring, []).append(point)
    return rings


def _refuse_missing(parcel: _Parcel, row: int) -> None:
    """Compare with the number that the parcel declares, closing rows counted or not."""
    rings = _rings(parcel).values()
    closing = sum(len(ring) > 1 and ring[0][1:] == ring[-1][1:] for ring in rings)
    there = len(parcel.points)
    if parcel.declared is None or parcel.declared in (there, there - closing):
        return
    what = Message(
        f"第 {parcel.line} 行声明 {parcel.declared} 个界址点，实有 {there - closing} 个",
        f"line {parcel.line} declares {parcel.declared} points, {there - closing} are there",
    )
    raise FileRefused("points_missing", what, _MEND, feature=row)


def _closed_note(parcels: list[_Parcel]) -> list[Message]:
    """Parcels with a ring that does not repeat its first point."""
    kind = _HEADS.index("图形属性")
    rows = [
        row
        for row, parcel in enumerate(parcels, 1)
        if parcel.texts[kind] not in ("点", "线")
        and any(ring[0][1:] != ring[-1][1:] for ring in _rings(parcel).values())
    ]
    return [closed_rings(rows)] if rows else []


def _heads(described: Mapping[str, str]) -> Sequence[str]:
    """Headings of a parcel's texts; the area is in hectares unless a 面积单位 is named."""
    unit = described.get("面积单位", "")
    return [f"地块面积({unit})", *_HEADS[1:]] if unit else _HEADS


def _unit(said: str) -> float:
    """Metres, or degrees, in the 计量单位.

    Raises
    ------
    FileRefused
        ``points_damaged``: it is none that is known, such as degrees, minutes and seconds in one
        number, which nothing tells from degrees with their decimals.
    """
    factor = _UNITS.get(said.strip().casefold())
    if factor is None:
        what = Message(f"不能读取计量单位“{said[:20]}”", f"the unit {said[:20]!r} is not read")
        remedy = Message("请改用米或（小数的）度", "use metres, or degrees with decimals")
        raise FileRefused("points_damaged", what, remedy)
    return factor


def _refuse_other_zone(parcels: list[_Parcel], eastings: NDArray[np.float64]) -> None:
    """Refuse a parcel whose eastings begin with another zone than those before it."""
    named = zones_named(eastings)
    if not len(named) or (named == named[0]).all():
        return
    other = int(np.argmax(named != named[0]))
    row = int(np.searchsorted(np.cumsum([len(p.points) for p in parcels]), other, "right")) + 1
    what = Message(
        f"第 {parcels[row - 1].line} 行的地块在第 {named[other]} 带，前面的在第 {named[0]} 带",
        f"the parcel of line {parcels[row - 1].line} is in zone {named[other]}, those before it in "
        f"zone {named[0]}",
    )
    remedy = Message("请按投影带分成几个文件", "send one file a zone")
    raise FileRefused("zone_contradiction", what, remedy, feature=row)


def _is_turned(points: NDArray[np.float64]) -> bool:
    """Whether the first ordinate is the easting or the longitude."""
    if not len(points):
        return False
    first, second = np.median(points, axis=0)
    if (np.abs(points) <= 180).all():
        return bool(abs(first) > 90 or (first > second and second < 54))
    is_northing = [_NORTHING[0] < value < _NORTHING[1] for value in (first, second)]
    return is_northing == [False, True]


def _system(
    described: Mapping[str, str], eastings: NDArray[np.float64], points: NDArray[np.float64]
) -> tuple[str | None, list[Message]]:
    """The reference system, None where neither words nor numbers tell it."""
    said = described.get("坐标系", "")
    datum = next((number for word, number in _DATUMS if word in said), None)
    if len(points) and (np.abs(points) <= 180).all():
        return None if datum is None else f"EPSG:{datum}", []
    prefix = int(np.median(eastings) // 1_000_000) if len(eastings) else 0
    declared = _number(described.get("带号", ""))
    number = declared or prefix
    if datum is None or not number:
        return None, []
    if declared and prefix and declared != prefix:
        what = Message(
            f"写明带号 {declared}，东坐标却以 {prefix} 开头",
            f"it declares zone {declared}, and its eastings begin with {prefix}",
        )
        remedy = Message("请核对带号，或用 --crs 说明", "look at the zone, or name it by --crs")
        raise FileRefused("zone_contradiction", what, remedy)
    width: Width = 6 if _number(described.get("几度分带", "")) == 6 else 3
    if not described.get("几度分带") and number in ZONES[6]:
        width = 6
    if number not in ZONES[width]:
        return None, []
    zone = Zone(number, width, bool(prefix), datum)
    how = (
        Message("带号", "带号") if declared else Message("东坐标前缀", "the prefix of the eastings")
    )
    words = Message(
        f"按{how.zh}读作 {width}° 带第 {number} 带（{said}，EPSG:{zone.epsg}）",
        f"read in {width}° zone {number} by {how.en} ({said}, EPSG:{zone.epsg})",
    )
    return f"EPSG:{zone.epsg}", [words]


def _number(text: str) -> int | None:
    match = _DIGITS.search(text)
    return int(match[0]) if match and len(match[0]) < 4 else None


def _shape(parcel: _Parcel, row: int, turned: bool, factor: float) -> bytes | None:
    kind = parcel.texts[_HEADS.index("图形属性")]
    lines = [line * factor for line in _lines(parcel, turned)]
    if not lines:
        return None
    if kind == "点":
        return bytes(shapely.to_wkb(shapely.MultiPoint(np.concatenate(lines))))
    if kind == "线":
        return bytes(
            shapely.to_wkb(shapely.MultiLineString([line for line in lines if len(line) > 1]))
        )
    rings = []
    for line in lines:
        closed = line if (line[0] == line[-1]).all() else np.vstack([line, line[:1]])
        if len(closed) <= _MIN_POINTS:
            raise _damaged(parcel.line, row, "一圈至少要 3 个界址点", "a ring needs three points")
        rings.append(closed)
    try:
        return bytes(shapely.to_wkb(polygon_of_rings(rings)))
    except ValueError as error:
        raise _damaged(parcel.line, row, str(error), str(error)) from error


def _lines(parcel: _Parcel, turned: bool) -> Iterator[NDArray[np.float64]]:
    for ring in _rings(parcel).values():
        places = np.array([(point.first, point.second) for point in ring])
        yield places if turned else places[:, ::-1]
