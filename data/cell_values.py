"""Cells of a table that cannot be used: what stands in them, and why."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from gis.messages import Message, MessageError

__all__ = [
    "BadValueError",
    "Unreadable",
    "refuse_lost_digits",
    "refuse_unreadable",
    "without_thousands",
    "written_float",
]

_SHOWN_LETTERS: Final = 30
_EXACT: Final = 2**53
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2,3}")
_LONGEST_NUMBER: Final = 60
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")


class BadValueError(MessageError, ValueError):
    """A value that a property cannot have; `code` is stable."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(message)
        self.code = code


class Unreadable(str):
    """The text of a cell whose value is lost: ``****`` in a field of numbers, the 30th of February.

    It is harmless in a column that nobody uses; `refuse_unreadable` refuses it where it is wanted.
    """

    why: Message

    def __new__(cls, written: str, why: Message) -> Unreadable:
        """A text with the reason, a clause without a full stop."""
        self = super().__new__(cls, written)
        self.why = why
        return self

    @property
    def is_asterisks(self) -> bool:
        """Whether this is an overflown number, or none at all: writers use asterisks for both."""
        return not self.strip("*")


def refuse_unreadable(value: object) -> None:
    """Refuse a cell that the reader could not read.

    Raises
    ------
    BadValueError
        ``unreadable_value``.

    Examples
    --------
    >>> refuse_unreadable("12")
    """
    if isinstance(value, Unreadable):
        raise BadValueError(
            "unreadable_value",
            Message(
                f"“{value[:_SHOWN_LETTERS]}”：{value.why.zh}。",
                f"“{value[:_SHOWN_LETTERS]}”: {value.why.en}.",
            ),
        )


def refuse_lost_digits(value: object) -> None:
    """Refuse a number that names something and is so long that its last digits are lost.

    Raises
    ------
    BadValueError
        ``digits_lost``: a float of more than 15 digits, or a text as ``2.20112E+17``.

    Examples
    --------
    >>> refuse_lost_digits("2201120010010012345"), refuse_lost_digits(12.0)
    (None, None)
    """
    is_long = isinstance(value, float) and value.is_integer() and abs(value) >= _EXACT
    if not is_long and not (isinstance(value, str) and _SCIENTIFIC.fullmatch(value.strip())):
        return
    shown = str(value)[:_SHOWN_LETTERS]
    raise BadValueError(
        "digits_lost",
        Message(
            f"“{shown}” 是数值，超过 15 位的数字已不准，请把该列改为文本后重新导出。",
            f"“{shown}” is a number, and digits beyond the 15th are lost; make the column text "
            "and export the file again.",
        ),
    )


def without_thousands(written: str) -> str:
    """A number without the commas that set its thousands apart, its digits of half width.

    Other commas stay: ``12,34`` is no 1234.

    Examples
    --------
    >>> without_thousands("1，234.5"), without_thousands("12,34"), without_thousands("１２.５")
    ('1234.5', '12,34', '12.5')
    """
    if len(written) > _LONGEST_NUMBER:
        return written
    plain = unicodedata.normalize("NFKC", written).strip()
    return plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain


def written_float(text: str) -> float:
    """A number as people write it; `float` alone takes 1_0 for ten, as Python's own numbers.

    Raises
    ------
    ValueError
        It writes no number.

    Examples
    --------
    >>> written_float(" 12.5 "), written_float("1e3")
    (12.5, 1000.0)
    >>> written_float("1_0")
    Traceback (most recent call last):
    ValueError: an underscore in a number: '1_0'
    """
    if "_" in text:
        raise ValueError(f"an underscore in a number: {text[:30]!r}")
    return float(text)
