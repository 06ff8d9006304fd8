"""The orders in which plots are listed.

Numbers, years, areas, districts and moments are read from an index. By anything else all plots of
the filter are looked through, and only the ids of a page are taken out of them.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, FromClause, case, func, literal, tuple_

from data.codes import shipped_list
from data.text_cleaning import has_nul
from service.database.metadata import account

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
    "id",
    "-id",
    "name",
    "-name",
    "stage",
    "-stage",
    "kind",
    "-kind",
    "review",
    "-review",
    "town",
    "-town",
    "programme",
    "-programme",
    "theme",
    "-theme",
    "work_type",
    "-work_type",
    "unit",
    "-unit",
    "declared_m2",
    "-declared_m2",
    "note",
    "-note",
    "changed_by",
    "-changed_by",
]

PINYIN: Final = "zh-x-icu"
"""The collation of Chinese words, by their pinyin."""
_INDEXED: Final = ("plot_no", "year", "area_m2", "district", "changed_at", "id")
# So much of a text decides its place, and stands in a cursor.
_TEXT_MOST: Final = 64


def _text(value: Any) -> str:
    if not isinstance(value, str) or has_nul(value) or len(value) > _TEXT_MOST:
        raise ValueError("no text of a plot")
    value.encode()  # half of a character is none of ours
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError("no number")
    return value


def _year(value: Any) -> int:
    if _whole(value) >= 2**31:
        raise ValueError("no year")
    return int(value)


def _area(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError("no area")
    return float(value)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("no moment")
    return moment


def _place_in(name: str) -> Callable[[Any], int]:
    """The place of a code in its list, from 0; raises ValueError for a code that is not there."""
    return [one.code for one in shipped_list(name)].index


_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "year": _year,
    "area_m2": _area,
    "declared_m2": _area,
    "changed_at": _moment,
    "id": _whole,
    "stage": _place_in("stage"),
    "review": _place_in("review"),
}
# Columns that may be empty, with what stands for nothing there; empty ones come last.
_EMPTY: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("name", "town", "programme", "theme", "work_type", "unit", "note"), ""),
    "changed_by": "",
    "declared_m2": 0.0,
}


def plot_no_key(v: FromClause) -> ColumnElement[str]:
    """The 图斑号 by the code points of its characters: the same order in every database."""
    return v.c.plot_no.collate("C")


def _key(v: FromClause, column: str) -> ColumnElement[Any]:
    """What is compared in a column."""
    if column == "plot_no":
        return plot_no_key(v)
    if column in ("name", "note"):
        return func.left(v.c[column], _TEXT_MOST).collate(PINYIN)
    if column in ("stage", "review"):
        codes = [one.code for one in shipped_list(column)]
        return case({code: at for at, code in enumerate(codes)}, value=v.c[column])
    if column == "changed_by":
        # The history has names, since it outlives accounts.
        return v.c.actor if "actor" in v.c else account.c.name
    return v.c["plot_id" if column == "id" else column]


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

    @property
    def looks_through(self) -> bool:
        """Whether no index has the order, so that all plots of a filter are looked through."""
        return self.column is not None and self.column not in _INDEXED

    def told(self, row: Mapping[str, Any]) -> Any:
        """A row's value in the column, as a cursor holds it."""
        assert self.column is not None
        value = row["plot_id" if self.column == "id" else self.column]
        if isinstance(value, datetime):
            return value.isoformat()
        return value[:_TEXT_MOST] if isinstance(value, str) else value

    def read(self, value: Any) -> Any:
        """The column's value out of a cursor.

        Raises
        ------
        ValueError, TypeError
            The column never has such a value.
        """
        assert self.column is not None
        if value is None and self.column in _EMPTY:
            return None
        read = _READ.get(self.column) or _text
        return read(value)

    def source(self, v: FromClause) -> FromClause:
        """Where the keys are read: the versions, and accounts beside them where names decide."""
        if self.column != "changed_by" or "actor" in v.c:
            return v
        # A subquery for each plot takes seconds at a million of them.
        return v.outerjoin(account, account.c.id == v.c.changed_by)

    def keys(self, v: FromClause) -> list[ColumnElement[Any]]:
        """The keys of ORDER BY. The id comes last, so that no two plots are equal."""
        keys = self._keys(v)
        return [key.desc() for key in keys] if self.descending else keys

    def beyond(self, v: FromClause, after: After) -> ColumnElement[bool]:
        """The plots after ``after``, as one row comparison that an index serves."""
        keys, there = self._keys(v), [after.plot_id]
        if self.column is not None and self.column in _EMPTY:
            empty = after.value is None
            there = [empty != self.descending, _EMPTY[self.column] if empty else after.value]
            there.append(after.plot_id)
        elif self.column is not None:
            there = [after.value, after.plot_id]
        ours = tuple_(*keys)
        theirs = tuple_(*map(literal, there, [key.type for key in keys]))
        return ours < theirs if self.descending else ours > theirs

    def _keys(self, v: FromClause) -> list[ColumnElement[Any]]:
        if self.column is None:
            return [v.c.plot_id]
        key = _key(v, self.column)
        if self.column not in _EMPTY:
            return [key, v.c.plot_id]
        last = key.is_not(None) if self.descending else key.is_(None)
        return [last, func.coalesce(key, _EMPTY[self.column]), v.c.plot_id]
