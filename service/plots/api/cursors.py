"""Pagination cursors of sorted lists of plots: order, value and plot that a page ended with."""

import json
from typing import Any

from service.plots.db.ordering import After, Order
from service.web.paging import cursor as number_cursor
from service.web.paging import number_after, unusable_cursor, unwrapped, wrapped


def plot_cursor(order: Order, row: Any) -> str:
    """The cursor after a plot of a sorted list: it names the order that it belongs to."""
    if order.column is None:
        return number_cursor(row["plot_id"])
    return wrapped(json.dumps([order.name, order.told(row), row["plot_id"]], ensure_ascii=False))


def plot_after(cursor: str | None, order: Order) -> After | None:
    """Where the next page of a list begins. Raises `Problem` 422 for a cursor of another order."""
    if order.column is None or cursor is None:
        number = number_after(cursor)
        return None if number is None else After(number)
    try:
        name, plain, number = json.loads(unwrapped(cursor))
        after = After(number, order.read(plain))
    except (ValueError, TypeError, RecursionError):
        raise unusable_cursor() from None
    if name != order.name or type(number) is not int or not 0 <= number < 2**63:
        raise unusable_cursor()
    return after
