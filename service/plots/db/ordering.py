"""The orders in which plots are listed; each has an index that it is read from."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, FromClause, literal, tuple_

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
SORTS: tuple[str, ...] = get_args(Sort)


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value or len(value) > 64:
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


def number_of(v: FromClause) -> ColumnElement[str]:
    """The 图斑号 as its index has it: by its characters' code points, in every database alike."""
    return v.c.plot_no.collate("C")


def _key(v: FromClause, column: str) -> ColumnElement[Any]:
    return number_of(v) if column == "plot_no" else v.c[column]


@dataclass(frozen=True)
class After:
    """Where a page begins: after a plot's number, and after its value in the order asked for."""

    plot_id: int
    value: Any = None


@dataclass(frozen=True)
class Order:
    """An order by name: a column, with ``-`` before it from the greatest down; None: by number."""

    name: Sort | None = None

    @property
    def column(self) -> str | None:
        """The column that is sorted by before the plot's number; None for the number alone."""
        return None if self.name is None else self.name.removeprefix("-")

    @property
    def descending(self) -> bool:
        """From the greatest down, numbers too: then one index serves both ways."""
        return self.name is not None and self.name.startswith("-")

    def read(self, value: Any) -> Any:
        """The column's value out of a cursor; ValueError or TypeError for what it never is."""
        assert self.column is not None
        return _READ[self.column](value)

    def keys(self, v: FromClause) -> list[ColumnElement[Any]]:
        """What to ORDER BY: ends with the plot's number, so that no two plots are alike."""
        keys = [v.c.plot_id] if self.column is None else [_key(v, self.column), v.c.plot_id]
        return [key.desc() for key in keys] if self.descending else list(keys)

    def beyond(self, v: FromClause, after: After) -> ColumnElement[bool]:
        """The plots that come after ``after``: one comparison of rows, which an index serves."""
        if self.column is None:
            return v.c.plot_id > after.plot_id
        column = _key(v, self.column)
        here = tuple_(column, v.c.plot_id)
        there = tuple_(literal(after.value, column.type), literal(after.plot_id, v.c.plot_id.type))
        return here < there if self.descending else here > there
