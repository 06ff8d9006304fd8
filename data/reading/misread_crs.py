"""Numbers of a file that cannot be of its reference system, or not in this order."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from data.errors import FileRefused
from data.packed_shapes import PackedShapes
from data.reading.crs_remedies import (
    IN_METRES,
    IN_ONE_SYSTEM,
    SAMPLE,
    SAY_CRS,
    SAY_MERIDIAN,
    SAY_ZONE,
    are_bare,
    are_kilometres,
    axes_swapped,
)
from data.reading.zone_prefixes import other_prefix, zone_of_prefix, zones_named
from gis.crs import from_cgcs2000, is_degrees, zone_from
from gis.detect import readings
from gis.messages import Message

_ROUND_TRIP_M: Final = 1.0
_NEAR_EQUATOR_M: Final = 10_000.0
"""No place of China has a lesser northing: such numbers are degrees, or kilometres."""
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
    SAY_CRS,
)
_NOT_DEGREES: Final = (
    "not_degrees",
    "坐标系为经纬度，坐标却不是度",
    "its reference system is in degrees, but positions are not",
    SAY_ZONE,
)
_MIXED_IN_DEGREES: Final = (*_NOT_DEGREES[:3], IN_ONE_SYSTEM)
_MIXED_IN_METRES: Final = (*_NOT_METRES[:3], IN_ONE_SYSTEM)
_UNFIT: Final = (
    "crs_unfit",
    "坐标不在该坐标系范围内（带号是否有误？）",
    "positions lie outside its reference system (is the zone right?)",
    SAY_ZONE,
)


_IN_KILOMETRES: Final = (
    "crs_unfit",
    "坐标系以米为单位，坐标却像公里",
    "its reference system is in metres, but positions look like kilometres",
    IN_METRES,
)


def refuse_misread(shapes: PackedShapes, crs: CRS, *, may_be_swapped: bool) -> None:
    """Refuse numbers that cannot be of the system, or not in this order.

    Raises
    ------
    FileRefused
        ``not_finite``, ``axes_swapped``, ``not_degrees``, ``not_metres``, ``crs_unfit``: eastings
        of another zone.
    """
    if _is_plain(shapes, crs, may_be_swapped=may_be_swapped):
        return
    positions, owner = shapely.get_coordinates(shapes[:], return_index=True)
    _refuse_first(~_every(np.isfinite(positions)), owner, positions, _NOT_FINITE)
    degrees = _every(np.abs(positions) <= (180.0, 90.0))
    if may_be_swapped and (name := _swapped_name(positions, degrees, crs)) is not None:
        raise axes_swapped(name, positions[0])
    if is_degrees(crs) and not degrees.all():
        words = _MIXED_IN_DEGREES if degrees.any() else _named_zone(positions)
        _refuse_first(~degrees, owner, positions, words)
    elif not is_degrees(crs) and degrees.any():
        _refuse_first(degrees, owner, positions, _NOT_METRES if degrees.all() else _MIXED_IN_METRES)
    if zone_from(crs) is not None and are_kilometres(positions):
        _refuse_first(_every(np.isfinite(positions)), owner, positions, _IN_KILOMETRES)
    _refuse_other_zone(positions, owner, crs)


def _is_plain(shapes: PackedShapes, crs: CRS, *, may_be_swapped: bool) -> bool:
    """Whether a look at some vertices at a time shows nothing that might have to be refused."""
    zone = zone_from(crs)
    step = max(1, int(shapes.vertices.sum()) // SAMPLE)
    sample = []
    before, in_degrees, is_near = 0, True, False
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
        is_near |= bool((np.abs(positions[:, 1]) < _NEAR_EQUATOR_M).any())
    if is_degrees(crs) or not before:
        return True
    seen = np.concatenate(sample)
    may_be_swapped = may_be_swapped and _swapped_name(seen, np.full(1, in_degrees), crs) is not None
    return not in_degrees and not may_be_swapped and not is_near


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
    step = max(1, len(positions) // SAMPLE)
    guesses = list(readings(positions[::step]))
    if not guesses or not all(guess.swapped for guess in guesses):
        return None
    numbers = [guess.crs for guess in guesses]
    own = crs.to_epsg()
    return f"EPSG:{own if own in numbers or len(numbers) > 1 else numbers[0]}"


def refuse_unfit(
    there: NDArray[np.object_], shapes: NDArray[np.object_], crs: CRS, *, first: int
) -> None:
    """Refuse the first of some shapes that PROJ cannot place; `first` is the row of the first.

    Raises
    ------
    FileRefused
        ``crs_unfit``.
    """
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


def _named_zone(positions: NDArray[np.float64]) -> _Refusal:
    """The refusal of metres under a system of degrees, with the zone that the numbers name."""
    zones = [guess for guess in readings(positions) if guess.kind.endswith("prefixed")]
    if len(zones) != 1 and are_kilometres(positions):
        return (*_NOT_DEGREES[:3], IN_METRES)
    if len(zones) != 1:
        return (*_NOT_DEGREES[:3], SAY_MERIDIAN) if are_bare(positions) else _NOT_DEGREES
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
