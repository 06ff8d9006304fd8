"""The years of plots, periods and moments: one range for files, service and database."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from gis.messages import Message

__all__ = ["FIRST_YEAR", "LAST_YEAR", "far_day", "far_days"]

# The CHECK of `plot_version.year` has the same bounds, and so has the workspace (plot/years.ts).
FIRST_YEAR: Final = 1949
LAST_YEAR: Final = 2100


def far_day(label_zh: str, name: str, found: date) -> Message:
    """What is said of a day beyond these years."""
    return Message(
        f"{label_zh} {found} 须在 {FIRST_YEAR} 到 {LAST_YEAR} 年之间，请核对",
        f"{name} {found} is not within {FIRST_YEAR} to {LAST_YEAR}: look at it again",
    )


def far_days(
    values: Mapping[str, Any], names: Iterable[str] = ("valid_from", "valid_to")
) -> Iterator[tuple[str, Message]]:
    """Each named day that lies beyond these years, with what is said of it.

    Examples
    --------
    >>> [name for name, _ in far_days({"valid_from": date(26, 1, 1), "valid_to": None})]
    ['valid_from']
    """
    for name in names:
        day = values.get(name)
        if isinstance(day, date) and not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield name, far_day(name, name, day)
