"""Columns whose distinct values are known: what is true of a value is worked out once for all rows.

A table of plots has a million cells and few different ones: stages, kinds, districts, absent texts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Column"]

# Values that are equal and of one of these types are the same: 1 and True are not.
_HASHED: Final = (str, int, float)


class Column:
    """The values of a column, and which row has which.

    Parameters
    ----------
    values
        None for what is absent. A value may be listed twice, and one that no row has may be there.
    codes
        The place of each row's value among `values`; None where each row has its own, in order.

    Examples
    --------
    >>> stages = Column(["planned", None], np.array([0, 1, 0]))
    >>> len(stages), stages.tolist(), stages.map(lambda value: value or "-").tolist()
    (3, ['planned', None, 'planned'], ['planned', '-', 'planned'])
    """

    __slots__ = ("codes", "values")

    def __init__(self, values: Sequence[object], codes: NDArray[np.intp] | None = None) -> None:
        self.values = values
        self.codes = codes

    @classmethod
    def of(cls, values: Sequence[object]) -> Column:
        """A column of plain values, each different one once where all are of one simple type.

        Examples
        --------
        >>> Column.of(["a", "b", "a", "a"]).values, Column.of([1, True]).values
        (['a', 'b'], [1, True])
        """
        kinds = {*map(type, values)} - {type(None)}
        if len(kinds) > 1 or not kinds <= {*_HASHED}:
            return cls(values)
        places: dict[object, int] = {}
        codes = [places.setdefault(value, len(places)) for value in values]
        # What is different nearly everywhere is listed as it comes.
        if 2 * len(places) > len(values):
            return cls(values)
        return cls(list(places), np.array(codes, dtype=np.intp))

    @classmethod
    def absent(cls, rows: int) -> Column:
        """A column without a value."""
        return cls([None], np.zeros(rows, dtype=np.intp))

    def __len__(self) -> int:
        return len(self.values) if self.codes is None else len(self.codes)

    def __getitem__(self, row: int) -> object:
        return self.values[row if self.codes is None else self.codes[row]]

    def tolist(self) -> list[object]:
        """The value of each row."""
        if self.codes is None:
            return list(self.values)
        return list(map(self.values.__getitem__, self.codes.tolist()))

    def map(self, convert: Callable[[object], object]) -> Column:
        """Another column, of the converted values; each is converted once."""
        return Column([convert(value) for value in self.values], self.codes)

    def taken(self, rows: NDArray[np.intp] | slice) -> Column:
        """The rows of some numbers, or of a slice."""
        if self.codes is not None:
            return Column(self.values, self.codes[rows])
        if isinstance(rows, slice):
            return Column(self.values[rows])
        return Column([self.values[row] for row in rows.tolist()])

    def counts(self) -> list[int]:
        """How many rows have each of the values."""
        if self.codes is None:
            return [1] * len(self.values)
        return [int(count) for count in np.bincount(self.codes, minlength=len(self.values))]

    def rows_with(self, places: Collection[int]) -> list[int]:
        """Numbers of the rows, from 0, that have one of the values at these places."""
        if not places:
            return []
        if self.codes is None:
            return sorted(places)
        return [int(row) for row in np.flatnonzero(np.isin(self.codes, list(places)))]

    def place(self, row: int) -> int:
        """Where a row's value stands among the values."""
        return row if self.codes is None else int(self.codes[row])

    def with_rows(self, given: Mapping[int, object]) -> Column:
        """The column with other values in some rows; they stand behind all others."""
        if not given:
            return self
        rows = len(self)
        codes = np.arange(rows) if self.codes is None else self.codes.copy()
        codes[list(given)] = len(self.values) + np.arange(len(given))
        return Column([*self.values, *given.values()], codes)
