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
    """
    if len(written) > _LONG:
        raise ValueError("too long for an ordinate")
    match = _DEGREES.fullmatch(written.strip())
    if match is None:
        number = written_float(without_thousands(written))
        if not math.isfinite(number):
            raise ValueError(f"{written!r} is not finite")
        return number
    degrees, minutes, seconds = (float(part or 0) for part in match.groups())
    if minutes > _SIXTY or seconds > _SIXTY:
        raise ValueError(f"{written!r} has more than sixty minutes or seconds")
    return degrees + minutes / _SIXTY + seconds / _SIXTY**2
