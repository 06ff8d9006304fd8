"""Opaque pagination cursors: where a page of a list ended."""

import base64
import binascii

from gis.messages import Message
from service.errors import Problem
from service.web.deps import bad_query

LONGEST = 300


def cursor(number: int) -> str:
    """The cursor after a row.

    >>> cursor(17)
    'MTc='
    """
    return wrapped(str(number))


def number_after(cursor: str | None) -> int | None:
    """The row that a cursor stands after; None without one. Raises `Problem` 422 for an invalid
    one."""
    if cursor is None:
        return None
    try:
        number = int(unwrapped(cursor))
    except ValueError:
        number = -1
    if not 0 <= number < 2**63:
        raise unusable_cursor()
    return number


def wrapped(text: str) -> str:
    """The text as a cursor: ASCII that an address may hold."""
    return base64.urlsafe_b64encode(text.encode()).decode("ascii")


def unwrapped(cursor: str) -> str:
    """The text of a cursor.

    Raises
    ------
    ValueError
        None of ours.
    """
    try:
        return base64.urlsafe_b64decode(cursor.encode("ascii")).decode()
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def unusable_cursor() -> Problem:
    """422 for a cursor that is none of ours, or of another list."""
    return bad_query(
        "cursor",
        Message(
            "cursor 无效，请用上一页的 next",
            "use the `next` of the last page",
        ),
    )
