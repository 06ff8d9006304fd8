"""Cursors: where a page of a list ended, in a form that nobody counts with."""

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from service.plots.db.ordering import After, Order
from service.web.deps import bad_query

LONGEST = 300


def cursor(number: int) -> str:
    """The cursor after a row.

    >>> cursor(17)
    'MTc='
    """
    return _wrapped(str(number))


def number_after(cursor: str | None) -> int | None:
    """The row that a cursor stands after; None without one, 422 for what is none of ours."""
    if cursor is None:
        return None
    try:
        number = int(_unwrapped(cursor))
    except ValueError:
        number = -1
    if not 0 <= number < 2**63:
        raise _useless()
    return number


def plot_cursor(order: Order, row: Any) -> str:
    """The cursor after a plot of a sorted list: it names the order that it belongs to."""
    if order.column is None:
        return cursor(row["plot_id"])
    value = row[order.column]
    told = value.isoformat() if isinstance(value, datetime) else value
    return _wrapped(json.dumps([order.name, told, row["plot_id"]], ensure_ascii=False))


def plot_after(cursor: str | None, order: Order) -> After | None:
    """Where the next page of a sorted list begins; 422 for a cursor of another order."""
    if order.column is None or cursor is None:
        number = number_after(cursor)
        return None if number is None else After(number)
    try:
        name, told, number = json.loads(_unwrapped(cursor))
        after = After(number, order.read(told))
    except (ValueError, TypeError, RecursionError):
        raise _useless() from None
    if name != order.name or type(number) is not int or not 0 <= number < 2**63:
        raise _useless()
    return after


def _wrapped(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode("ascii")


def _unwrapped(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor.encode("ascii")).decode()
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def _useless() -> Exception:
    return bad_query("cursor", "cursor 无效，请用上一页的 next；use the `next` of the last page")
