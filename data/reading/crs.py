"""The reference system of a file: found, checked against its numbers, and converted."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from data.errors import FileRefused
from data.packed_shapes import PackedShapes
from data.reading.crs_names import BY_NUMBERS
from data.reading.zone_prefixes import other_prefix, zone_of_prefix, zones_named
from gis.crs import (
    CGCS2000,
    WGS84,
    Zone,
    accuracy,
    from_cgcs2000,
    is_cgcs2000_degrees,
    is_degrees,
    known_crs,
    to_cgcs2000,
    zone_from,
)
from gis.detect import Guess, ShiftName, readings
from gis.errors import ReferenceSystemError
from gis.messages import Message
from gis.shift import SHIFTS, moved

_WKT_BYTES: Final = 65_536
_NAME_LENGTH: Final = 100
_WKT: Final = re.compile(r"^\s*[A-Z_]{5,}\s*[\[(]")
_NAME: Final = re.compile(
    r"^(urn:ogc:def:crs:)?(EPSG|OGC|ESRI):[\w.]*:?\w+$|^\d{4,6}$", re.IGNORECASE
)
_NONE_NAMED: Final = Message(
    "没有坐标系（缺少 .prj）", "it names no reference system (a .prj is missing)"
)
_SAY_CRS: Final = Message(
    f"请用 --crs 说明坐标系，例如 --crs EPSG:{CGCS2000}",
    f"name the reference system, as --crs EPSG:{CGCS2000}",
)


_SUFFIX: Final = re.compile(
    r"(?:^|\+)\s*(?:(swapped)|(gcj)[-_ ]?02|(bd)[-_ ]?09)\s*$", re.IGNORECASE
)
_SHIFTED: Final = re.compile(r"(gcj[-_ ]?02|火星)|bd[-_ ]?09|百度", re.IGNORECASE)
_SAMPLE: Final = 1_000


class StatedSystem(NamedTuple):
    """How the numbers of a file are to be read."""

    crs: CRS
    text: str
    """The reference system alone, as it was named."""
    swapped: bool = False
    """Whether the second ordinate is the easting or longitude."""
    shift: ShiftName | None = None
    """Web maps shift their positions; these are taken back."""
    note: Message | None = None

    @property
    def name(self) -> str:
        """For people."""
        words = [self.crs.name, "+swapped" if self.swapped else "", f"+{self.shift or ''}"]
        return "".join(words).removesuffix("+")


def stated_system(
    in_file: str | None, requested: str | None, positions: NDArray[np.float64]
) -> StatedSystem:
    """How to read the numbers of a file: as the sender says, else as the file says.

    Parameters
    ----------
    in_file
        WKT or name in the file, `BY_NUMBERS`, or None.
    requested
        ``--crs``: a name or WKT, and ``+swapped``, ``+gcj02``, ``+bd09`` after it; or one of these
        alone, for the system of the file. None when nothing is said.
    positions
        ``(n, 2)`` of the file, for `BY_NUMBERS`.

    Raises
    ------
    FileRefused
        ``crs_missing``, ``crs_unknown``, ``axes_swapped``.

    Examples
    --------
    >>> here = np.array([[125.3, 43.9]])
    >>> stated_system(None, "EPSG:4530+swapped", here).name
    'CGCS2000 / 3-degree Gauss-Kruger zone 42+swapped'
    >>> stated_system(None, "GCJ-02", here).shift
    'gcj02'
    >>> stated_system(BY_NUMBERS, None, np.array([[42443742.57, 4860000.0]])).text
    'EPSG:4530'
    """
    base, swapped, shift = _words_of(requested)
    if base is None and in_file == BY_NUMBERS and not swapped:
        return _by_numbers(positions)._replace(shift=shift)
    if base is None and shift is not None and in_file in (None, BY_NUMBERS):
        base = f"EPSG:{CGCS2000}"
    in_file = None if in_file == BY_NUMBERS else in_file
    text = base if base is not None else in_file
    if text is None:
        raise _missing(positions)
    return StatedSystem(reference_system(in_file, base), text or "", swapped, shift)


def refuse_unknown_system(requested: str) -> None:
    """Refuse what a sender calls a reference system, before any file is read.

    Raises
    ------
    FileRefused
        ``crs_unknown``.

    Examples
    --------
    >>> refuse_unknown_system("EPSG:4530+swapped")
    >>> refuse_unknown_system("gcj02")
    >>> try:
    ...     refuse_unknown_system("Mars")
    ... except FileRefused as refused:
    ...     refused.code
    'crs_unknown'
    """
    base, _swapped, _shift = _words_of(requested)
    if base is not None:
        reference_system(None, base)


def _words_of(requested: str | None) -> tuple[str | None, bool, ShiftName | None]:
    """The system, whether the axes are swapped, and the shift."""
    rest, swapped = requested, False
    shift: ShiftName | None = None
    while rest is not None and (match := _SUFFIX.search(rest[-_NAME_LENGTH:])):
        swapped = swapped or match[1] is not None
        shift = "gcj02" if match[2] else "bd09" if match[3] else shift
        rest = rest[: len(rest) - len(match[0])]
    return (rest or None if requested is not None else None), swapped, shift


def _missing(positions: NDArray[np.float64]) -> FileRefused:
    """The refusal of a file that names no system, with what its numbers look like."""
    sure = _sure(positions[np.isfinite(positions).all(axis=1)])
    remedy = _SAY_CRS
    if len(sure) == 1:
        said = f"EPSG:{sure[0].crs}{'+swapped' if sure[0].swapped else ''}"
        remedy = Message(
            f"数值像是{sure[0].label.zh}，若确实如此请用 --crs {said}",
            f"its numbers look like {sure[0].label.en}: if so, name it by --crs {said}",
        )
    elif not sure and _are_bare(positions):
        remedy = _SAY_MERIDIAN
    return FileRefused("crs_missing", _NONE_NAMED, remedy)


def _are_bare(positions: NDArray[np.float64]) -> bool:
    """Whether numbers look like metres of a zone whose number is not in front of them."""
    finite = positions[np.isfinite(positions).all(axis=1)]
    guesses = list(readings(finite[:: max(1, len(finite) // _SAMPLE)])) if len(finite) else []
    return any(guess.kind.endswith("bare") for guess in guesses)


def _sure(finite: NDArray[np.float64]) -> list[Guess]:
    """What the numbers tell by themselves."""
    guesses = list(readings(finite[:: max(1, len(finite) // _SAMPLE)])) if len(finite) else []
    return [guess for guess in guesses if not guess.kind.endswith("bare")]


def _by_numbers(positions: NDArray[np.float64]) -> StatedSystem:
    """Degrees and zone numbers before eastings tell by themselves; all else must be said."""
    finite = positions[np.isfinite(positions).all(axis=1)]
    sure = _sure(finite)
    if len(sure) == 1 and sure[0].swapped:
        raise axes_swapped(f"EPSG:{sure[0].crs}", finite[0])
    if len(sure) != 1 or sure[0].kind == "web_mercator":
        what = Message(
            "文件没有写明坐标系，数值也看不出投影带",
            "it names no reference system, and its numbers tell no zone",
        )
        raise FileRefused("crs_missing", what, _SAY_MERIDIAN if _are_bare(finite) else _SAY_ZONE)
    text = f"EPSG:{sure[0].crs}"
    label, evidence = sure[0].label, sure[0].evidence[0]
    note = Message(
        f"文件没有写明坐标系，按数值读作{label.zh}（{text}）：{evidence.zh.rstrip('。')}",
        f"it names no reference system; its numbers were read as {label.en} ({text}): "
        f"{evidence.en.rstrip('.')}",
    )
    return StatedSystem(known_crs(text), text, note=note)


def axes_swapped(system: str, position: NDArray[np.float64]) -> FileRefused:
    """The refusal of a file whose northing or latitude comes first."""
    x, y = position
    what = Message(
        f"横纵坐标写反了（先北后东）：({x:.10g}, {y:.10g})",
        f"its axes are swapped, the northing or latitude comes first: ({x:.10g}, {y:.10g})",
    )
    remedy = Message(
        f"若确实如此，请用 --crs {system}+swapped", f"if so, take it by --crs {system}+swapped"
    )
    return FileRefused("axes_swapped", what, remedy)


def reference_system(in_file: str | None, requested: str | None) -> CRS:
    """The reference system of a file: as the sender says, else as the file says.

    Parameters
    ----------
    in_file
        WKT or name in the file, or None.
    requested
        Name or WKT that the sender says, or None.

    Raises
    ------
    FileRefused
        ``crs_missing`` or ``crs_unknown``.

    Examples
    --------
    >>> reference_system(None, "EPSG:4490").name
    'China Geodetic Coordinate System 2000'
    """
    text = requested if requested is not None else in_file
    if text is None:
        raise FileRefused("crs_missing", _NONE_NAMED, _SAY_CRS)
    try:
        if not _is_name(text) and (len(text) > _WKT_BYTES or not _WKT.match(text)):
            raise _unknown(text)
        if text.upper().endswith("CRS84"):
            return known_crs(
                WGS84
            )  # equal but for the order of axes, which is always (lon, lat) here
        return _horizontal(known_crs(int(text) if text.isdigit() else text), text)
    except (ReferenceSystemError, CRSError) as error:
        raise _unknown(text) from error


def _is_name(text: str) -> bool:
    # The length is checked first: the pattern takes quadratic time.
    return len(text) <= _NAME_LENGTH and _NAME.match(text) is not None


def _horizontal(crs: CRS, text: str) -> CRS:
    flat = crs.sub_crs_list[0] if crs.is_compound else crs
    if not (flat.is_geographic or flat.is_projected):
        raise _unknown(text)
    # An ESRI .prj has other names than EPSG; later steps use the number.
    number = flat.to_epsg()
    return flat if number is None else known_crs(number)


def _unknown(text: str) -> FileRefused:
    what = Message(f"不认识坐标系 {text[:60]!r}", f"the reference system {text[:60]!r} is unknown")
    match = _SHIFTED.search(text[:_NAME_LENGTH])
    if match is None:
        return FileRefused("crs_unknown", what, _SAY_CRS)
    name = "gcj02" if match[1] else "bd09"
    remedy = Message(
        f"这是互联网地图的偏移坐标，请用 --crs {name} 换算到 CGCS2000",
        f"web maps shift their positions so: have them taken back by --crs {name}",
    )
    return FileRefused("crs_unknown", what, remedy)


def crs_notes(system: StatedSystem) -> list[Message]:
    """The notes on a conversion to CGCS2000; none when nothing is changed.

    The words end without a full stop, as those of all notes on a file.

    Examples
    --------
    >>> crs_notes(stated_system("EPSG:4326", None, np.empty((0, 2))))[0].zh
    '坐标系为 WGS 84：WGS 84 按与 CGCS2000 相同处理，差别在 1 m 以内'
    """
    notes = [] if system.note is None else [system.note]
    sure = accuracy(system.crs)
    if sure.metres != 0:
        zh, en = sure.message
        notes.append(
            Message(
                f"坐标系为 {system.crs.name}：{zh.rstrip('。')}",
                f"it is in {system.crs.name}: {en.rstrip('.')}",
            )
        )
    if system.swapped:
        notes.append(Message("已互换横纵坐标", "the axes were swapped, as was said"))
    if system.shift is not None:
        name = {"gcj02": "GCJ-02", "bd09": "BD-09"}[system.shift]
        notes.append(
            Message(
                f"已从 {name} 还原到 CGCS2000，公开的算法准到约 1 m",
                f"positions were taken back from {name} to CGCS2000, by the published formulas, "
                "which are true to about 1 m",
            )
        )
    return notes


def placed(shapes: NDArray[np.object_], system: StatedSystem) -> NDArray[np.object_]:
    """Bring the shapes of a file to degrees of CGCS2000, or say which one cannot be.

    Parameters
    ----------
    shapes
        As they stand in the file; None stays None.
    system
        How they are to be read; checked against the numbers first.

    Raises
    ------
    FileRefused
        ``not_finite``, ``not_degrees`` (metres under a system of degrees), ``axes_swapped``,
        ``not_metres`` (degrees under a system of metres), ``crs_unfit`` (PROJ cannot place them).

    Examples
    --------
    >>> degrees = stated_system("EPSG:4490", None, np.empty((0, 2)))
    >>> placed(shapely.points([[126.0, 44.0]]), degrees)[0].wkt
    'POINT (126 44)'
    >>> placed(shapely.points([[44.0, 126.0]]), degrees._replace(swapped=True))[0].wkt
    'POINT (126 44)'
    """
    return placed_parts(PackedShapes.of(shapes), system)[:]


def placed_parts(shapes: PackedShapes, system: StatedSystem) -> PackedShapes:
    """As `placed`, of shapes that are not all in memory; the same ones where nothing changes."""
    as_they_are = is_cgcs2000_degrees(system.crs) and not system.swapped and system.shift is None
    if as_they_are and shapes.on_globe:
        return shapes
    if system.swapped:
        shapes = shapes.changed(
            lambda some, _first: shapely.transform(some, lambda at: at[:, ::-1])
        )
    _refuse_misread(shapes, system.crs, may_be_swapped=not system.swapped)

    def moved_to(some: NDArray[np.object_], first: int) -> NDArray[np.object_]:
        there = to_cgcs2000(some, system.crs)
        _refuse_unfit(there, some, system.crs, first=first)
        return there if system.shift is None else moved(there, SHIFTS[system.shift])

    return shapes.changed(moved_to)


def _refuse_misread(shapes: PackedShapes, crs: CRS, *, may_be_swapped: bool) -> None:
    """Refuse numbers that cannot be of the system, or not in this order."""
    if _is_plain(shapes, crs, may_be_swapped=may_be_swapped):
        return
    positions, owner = shapely.get_coordinates(shapes[:], return_index=True)
    _refuse_first(~_every(np.isfinite(positions)), owner, positions, _NOT_FINITE)
    degrees = _every(np.abs(positions) <= (180.0, 90.0))
    if may_be_swapped and (name := _swapped_name(positions, degrees, crs)) is not None:
        raise axes_swapped(name, positions[0])
    if is_degrees(crs) and not degrees.all():
        _refuse_first(~degrees, owner, positions, _named_zone(positions))
    elif not is_degrees(crs) and len(positions) and degrees.all():
        _refuse_first(degrees, owner, positions, _NOT_METRES)
    _refuse_other_zone(positions, owner, crs)


def _is_plain(shapes: PackedShapes, crs: CRS, *, may_be_swapped: bool) -> bool:
    """Whether a look at some vertices at a time shows nothing that might have to be refused."""
    zone = zone_from(crs)
    step = max(1, int(shapes.vertices.sum()) // _SAMPLE)
    sample = []
    before, in_degrees = 0, True
    for some in shapes.parts():
        positions = shapely.get_coordinates(some)
        if not np.isfinite(positions).all():
            return False
        degrees = bool((np.abs(positions) <= (180.0, 90.0)).all())
        if is_degrees(crs) and not degrees:
            return False
        if zone is not None and zone.prefixed:
            named = np.floor(positions[:, 0] / 1e6)
            if not (named == zone.number).all():
                return False
        sample.append(positions[-before % step :: step])
        before += len(positions)
        in_degrees &= degrees
    if is_degrees(crs) or not before:
        return True
    seen = np.concatenate(sample)
    may_be_swapped = may_be_swapped and _swapped_name(seen, np.full(1, in_degrees), crs) is not None
    return not in_degrees and not may_be_swapped


def _refuse_other_zone(positions: NDArray[np.float64], owner: NDArray[np.int64], crs: CRS) -> None:
    """Refuse eastings that begin with the number of another zone than the system is of."""
    zone = zone_from(crs)
    if zone is None or not zone.prefixed:
        return
    named = zones_named(positions[:, 0])
    other = (named != zone.number) & (named != 0)
    if not other.any():
        return
    there = zone_of_prefix(int(named[np.argmax(other)]), zone.datum)
    zh = f"坐标系是第 {zone.number} 带，东坐标却以 {there.number} 开头"
    en = f"its reference system is of zone {zone.number}, but an easting begins with {there.number}"
    remedy = Message(
        f"若确为 {there.width}° 带第 {there.number} 带请用 --crs EPSG:{there.epsg}",
        f"if that is its {there.width}° zone, name it by --crs EPSG:{there.epsg}",
    )
    if not other.all():
        remedy = Message(
            "同一文件混有几个带，请按投影带分成几个文件，或换算到一个带后提交",
            "the file mixes zones: send one file a zone, or convert it to one of them",
        )
    _refuse_first(other, owner, positions, ("crs_unfit", zh, en, remedy))


def _swapped_name(
    positions: NDArray[np.float64], degrees: NDArray[np.bool_], crs: CRS
) -> str | None:
    """The system in which the numbers fit with their axes swapped, and in no other way."""
    if not len(positions) or degrees.all():
        return None
    step = max(1, len(positions) // _SAMPLE)
    guesses = list(readings(positions[::step]))
    if not guesses or not all(guess.swapped for guess in guesses):
        return None
    numbers = [guess.crs for guess in guesses]
    own = crs.to_epsg()
    return f"EPSG:{own if own in numbers or len(numbers) > 1 else numbers[0]}"


def _refuse_unfit(
    there: NDArray[np.object_], shapes: NDArray[np.object_], crs: CRS, *, first: int
) -> None:
    """Refuse the first of some shapes that PROJ cannot place; `first` is the row of the first."""
    positions = shapely.get_coordinates(shapes)
    after, owner = shapely.get_coordinates(there, return_index=True)
    lost = ~_every(np.isfinite(after) & (np.abs(after) <= (180.0, 90.0)))
    if crs.is_projected and not lost.any():
        # Far outside its zone a projection gives a result, but its inverse does not return.
        back = shapely.get_coordinates(from_cgcs2000(there, crs))
        lost = ~_every(np.abs(back - positions) <= _ROUND_TRIP_M)
    zone = zone_from(crs)
    remedy = None if zone is None or not lost.any() else other_prefix(zone, positions[lost, 0])
    _refuse_first(lost, owner + first, positions, (*_UNFIT[:3], remedy or _UNFIT[3]))


def _every(ordinates: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether both ordinates of each position are so."""
    return ordinates[:, 0] & ordinates[:, 1]


_ROUND_TRIP_M: Final = 1.0

_Refusal = tuple[str, str, str, Message]
_NOT_FINITE: Final = (
    "not_finite",
    "坐标不是有限数",
    "a position is not a finite number",
    Message("请改正该处坐标", "mend it there"),
)
_NOT_METRES: Final = (
    "not_metres",
    "坐标系以米为单位，坐标却像经纬度",
    "its reference system is in metres, but positions look like degrees",
    _SAY_CRS,
)
_SAY_ZONE: Final = Message(
    f"请用 --crs 说明投影带，例如 --crs EPSG:{Zone(42).epsg}（3° 带 42 带，坐标含带号）",
    f"name the zone, as --crs EPSG:{Zone(42).epsg} for 3° zone 42 with its number in the easting",
)
_SAY_MERIDIAN: Final = Message(
    "数值像是不带带号的高斯坐标，请问明中央经线再用 --crs 说明，例如 "
    f"EPSG:{Zone(42, prefixed=False).epsg}（3° 带，中央经线 126°）",
    "its numbers look like metres of a zone without its number: ask for the central meridian, and "
    f"name it, as --crs EPSG:{Zone(42, prefixed=False).epsg} for 126° of a 3° zone",
)
_NOT_DEGREES: Final = (
    "not_degrees",
    "坐标系为经纬度，坐标却不是度",
    "its reference system is in degrees, but positions are not",
    _SAY_ZONE,
)
_UNFIT: Final = (
    "crs_unfit",
    "坐标不在该坐标系范围内（带号是否有误？）",
    "positions lie outside its reference system (is the zone right?)",
    _SAY_ZONE,
)


def _named_zone(positions: NDArray[np.float64]) -> _Refusal:
    """The refusal of metres under a system of degrees, with the zone that the numbers name."""
    zones = [guess for guess in readings(positions) if guess.kind.endswith("prefixed")]
    if len(zones) != 1:
        return _NOT_DEGREES
    number = zones[0].crs
    remedy = Message(
        f"坐标像是 {zones[0].label.zh}，若是请用 --crs EPSG:{number}",
        f"the numbers look like {zones[0].label.en}: if so, use --crs EPSG:{number}",
    )
    return (*_NOT_DEGREES[:3], remedy)


def _refuse_first(
    bad: NDArray[np.bool_],
    owner: NDArray[np.int64],
    positions: NDArray[np.float64],
    why: _Refusal,
) -> None:
    if not bad.any():
        return
    first = int(np.argmax(bad))
    x, y = positions[first]
    code, zh, en, remedy = why
    what = Message(f"{zh}：({x:.10g}, {y:.10g})", f"{en}: ({x:.10g}, {y:.10g})")
    raise FileRefused(code, what, remedy, feature=int(owner[first]) + 1)
