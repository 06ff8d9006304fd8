"""Cursors: where a page of a list ended, in a form that nobody counts with."""

import base64
import binascii

from service.deps import bad_query


def cursor(number: int) -> str:
    """The cursor after a row.

    >>> cursor(17)
    'MTc='
    """
    return base64.urlsafe_b64encode(str(number).encode("ascii")).decode("ascii")


def number_after(cursor: str | None) -> int | None:
    """The row that a cursor stands after; None without one, 422 for what is none of ours."""
    if cursor is None:
        return None
    try:
        number = int(base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii"))
    except (binascii.Error, ValueError):
        number = -1
    if not 0 <= number < 2**63:
        raise bad_query("cursor", "cursor 无效，请用上一页的 next；use the `next` of the last page")
    return number
