"""Ordinates as people write them in tables: digits, thousands set apart, degrees and minutes."""

from __future__ import annotations

import math
import re
from typing import Final

from data.cell_values import without_thousands, written_float

__all__ = ["ordinate"]

_LONG: Final = 60
_DEGREES: Final = re.compile(
    r"(?:东经|北纬|[EN])? ?(\d{1,3})[°º度] ?(?:(\d{1,2}(?:\.\d+)?)['′’分] ?"
    r"(?:(\d{1,2}(?:\.\d+)?)(?:[\"″”秒]|''|′′|’’)?)?)? ?[EN]?",
    re.IGNORECASE,
)
_PLAIN_PARTS: Final = re.compile(r"[EN]?(\d{1,3})([-: ])(\d{1,2})\2(\d{1,2}(?:\.\d+)?)[EN]?", re.I)
_SIXTY: Final = 60.0


def ordinate(written: str) -> float:
    """An ordinate of a position: a number, or degrees with minutes and seconds.

    Raises
    ------
    ValueError
        It is none of these, or not finite.

    Examples
    --------
    >>> ordinate("42,469,462.95"), ordinate("125°30′0″"), ordinate("４３．５")
    (42469462.95, 125.5, 43.5)
    >>> ordinate("125 30 0"), ordinate("125:30:0.0"), ordinate("E125-30-00")
    (125.5, 125.5, 125.5)
    """
    if len(written) > _LONG:
        raise ValueError("too long for an ordinate")
    match = _DEGREES.fullmatch(written.strip())
    plain = None if match is not None else _PLAIN_PARTS.fullmatch(written.strip())
    if match is None and plain is None:
        number = written_float(without_thousands(written))
        if not math.isfinite(number):
            raise ValueError(f"{written!r} is not finite")
        return number
    groups = match.groups() if match is not None else plain.group(1, 3, 4) if plain else ()
    degrees, minutes, seconds = (float(part or 0) for part in groups)
    if minutes > _SIXTY or seconds > _SIXTY:
        raise ValueError(f"{written!r} has more than sixty minutes or seconds")
    return degrees + minutes / _SIXTY + seconds / _SIXTY**2
