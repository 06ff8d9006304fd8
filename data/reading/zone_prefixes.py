"""Zone numbers before eastings: what they tell, and where they contradict the reference system."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from data.errors import FileRefused
from gis.crs import ZONES, Width, Zone
from gis.messages import Message

__all__ = ["other_prefix", "refuse_mixed_zones", "zone_of_prefix", "zones_named"]

_WIDTHS: Final[dict[int, Width]] = {n: width for width, numbers in ZONES.items() for n in numbers}
_METRES: Final = 1_000_000.0
_BY_ZONE: Final = Message(
    "请按投影带分成几个文件，或换算到一个带后提交",
    "send one file a zone, or convert it to one of them",
)


def zones_named(eastings: NDArray[np.float64]) -> NDArray[np.int64]:
    """The zone number before each easting; 0 where there is none, or none of China.

    Examples
    --------
    >>> zones_named(np.array([42469373.0, 21550000.0, 469373.0, 125.3])).tolist()
    [42, 21, 0, 0]
    """
    finite = np.where(np.isfinite(eastings), eastings, 0.0)
    named = np.floor(finite / _METRES).clip(-1, 100).astype(np.int64)
    named[~np.isin(named, list(_WIDTHS))] = 0
    return named


def zone_of_prefix(number: int, datum: int) -> Zone:
    """The zone that a number before eastings means; 13 to 23 are of 6°, 25 to 45 of 3°."""
    return Zone(number, _WIDTHS[number], datum=datum)


def refuse_mixed_zones(shapes: NDArray[np.object_]) -> None:
    """Refuse shapes whose eastings begin with the numbers of several zones.

    Raises
    ------
    FileRefused
        ``crs_unfit``, with the first feature that is in another zone than those before it.
    """
    positions, owner = shapely.get_coordinates(shapes, return_index=True)
    named = zones_named(positions[:, 0])
    if not len(named) or (named == named[0]).all() or not named.all():
        return
    other = int(np.argmax(named != named[0]))
    x, y = positions[other]
    what = Message(
        f"同一文件混有第 {named[0]} 带与第 {named[other]} 带的坐标：({x:.10g}, {y:.10g})",
        f"it mixes positions of zones {named[0]} and {named[other]}: ({x:.10g}, {y:.10g})",
    )
    raise FileRefused("crs_unfit", what, _BY_ZONE, feature=int(owner[other]) + 1)


def other_prefix(zone: Zone, eastings: NDArray[np.float64]) -> Message | None:
    """What to do where eastings have a zone number and the system expects none, or the reverse.

    Examples
    --------
    >>> other_prefix(Zone(42), np.array([469373.0])).en[:54]
    'its eastings have no zone number: take it by --crs EPS'
    >>> other_prefix(Zone(42), np.array([42469373.0])) is None
    True
    """
    named = zones_named(eastings)
    if zone.prefixed and not named.any() and (np.abs(eastings) < _METRES).all():
        there = zone._replace(prefixed=False)
        return Message(
            f"东坐标不带带号，请用 --crs EPSG:{there.epsg}",
            f"its eastings have no zone number: take it by --crs EPSG:{there.epsg}",
        )
    if not zone.prefixed and len(named) and named[0] and (named == named[0]).all():
        there = zone_of_prefix(int(named[0]), zone.datum)
        return Message(
            f"东坐标带有带号 {there.number}，请用 --crs EPSG:{there.epsg}",
            f"its eastings begin with zone {there.number}: take it by --crs EPSG:{there.epsg}",
        )
    return None
