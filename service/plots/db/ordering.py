"""The orders in which plots are listed; each is read from an index."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, FromClause, literal, tuple_

from data.text_cleaning import has_nul

Sort = Literal[
    "plot_no",
    "-plot_no",
    "year",
    "-year",
    "area_m2",
    "-area_m2",
    "district",
    "-district",
    "changed_at",
    "-changed_at",
]


def _text(value: Any) -> str:
    if not isinstance(value, str) or has_nul(value) or len(value) > 64:
        raise ValueError("no text of a plot")
    value.encode()  # half of a character is none of ours
    return value


def _year(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError("no year")
    return value


def _area(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError("no area")
    return float(value)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("no moment")
    return moment


_READ: dict[str, Callable[[Any], Any]] = {
    "plot_no": _text,
    "year": _year,
    "area_m2": _area,
    "district": _text,
    "changed_at": _moment,
}


def plot_no_key(v: FromClause) -> ColumnElement[str]:
    """The 图斑号 by the code points of its characters: the same order in every database."""
    return v.c.plot_no.collate("C")


def _key(v: FromClause, column: str) -> ColumnElement[Any]:
    return plot_no_key(v) if column == "plot_no" else v.c[column]


@dataclass(frozen=True)
class After:
    """Where a page begins: after a plot's id, and after its value in the column of the order."""

    plot_id: int
    value: Any = None


@dataclass(frozen=True)
class Order:
    """An order of plots: by a column, with ``-`` before its name descending; None for by id."""

    name: Sort | None = None

    @property
    def column(self) -> str | None:
        """The column that is sorted by before the id; None when it is by id alone."""
        return None if self.name is None else self.name.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether ids descend too, so that one index serves both directions."""
        return self.name is not None and self.name.startswith("-")

    def read(self, value: Any) -> Any:
        """The column's value out of a cursor.

        Raises
        ------
        ValueError, TypeError
            The column never has such a value.
        """
        assert self.column is not None
        return _READ[self.column](value)

    def keys(self, v: FromClause) -> list[ColumnElement[Any]]:
        """The keys of ORDER BY. The id comes last, so that no two plots are equal."""
        keys = [v.c.plot_id] if self.column is None else [_key(v, self.column), v.c.plot_id]
        return [key.desc() for key in keys] if self.descending else list(keys)

    def beyond(self, v: FromClause, after: After) -> ColumnElement[bool]:
        """The plots after ``after``, as one row comparison that an index serves."""
        if self.column is None:
            return v.c.plot_id > after.plot_id
        column = _key(v, self.column)
        here = tuple_(column, v.c.plot_id)
        there = tuple_(literal(after.value, column.type), literal(after.plot_id, v.c.plot_id.type))
        return here < there if self.descending else here > there
