"""Days and moments that people send: written as such, never a number of seconds since 1970."""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticKnownError

__all__ = ["Day", "Moment"]

_WRITTEN: Final = re.compile(r"[0-9]{4}-")


def _is_number(value: object) -> bool:
    """Whether pydantic would count seconds: it takes 20260706 for a day of August 1970.

    >>> [_is_number(value) for value in (0, 86400.0, "0", "20260706", "1783324800", "1e3")]
    [True, True, True, True, True, True]
    >>> _is_number("2026-07-06"), _is_number("2026-07-06T08:00:00+08:00"), _is_number(None)
    (False, False, False)
    """
    if isinstance(value, str):
        return _WRITTEN.match(value) is None
    return isinstance(value, int | float)


def _day(value: object) -> object:
    if _is_number(value):
        raise PydanticKnownError("date_type")
    return value


def _moment(value: object) -> object:
    if _is_number(value):
        raise PydanticKnownError("datetime_type")
    return value


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
