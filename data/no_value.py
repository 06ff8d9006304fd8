"""Marks by which people say that a cell holds no value: ``/``, ``—``, ``无``, ``N/A``."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from typing import Final

import geopandas
import pandas as pd

from data.cell_values import Unreadable
from data.text_cleaning import row_list
from gis.messages import Message

__all__ = ["NoValues", "is_no_value", "without_marks"]

_MARKS: Final = frozenset(
    [
        *("/", "//", "\\", "-", "--", "---", "_", "–", "——", "—", "―", "−", "─", "..."),
        *("无", "暂无", "未知", "不详", "未填", "空", "待定", "待查", "不清楚", "无数据"),
        # Of a day: what Excel shows of 0, and what databases write.
        *("1900-01-00", "1900/1/0", "0000-00-00"),
        *("n/a", "#n/a", "na", "nil", "null", "<null>", "(null)", "none", "unknown", "nan", "nat"),
    ]
)
_LONGEST: Final = 10
_SHOWN_MARKS: Final = 3


def is_no_value(value: object) -> bool:
    """Whether a cell of a number, a day or a code says that there is none.

    Examples
    --------
    >>> [is_no_value(value) for value in ("/", " — ", "－", "无", "N/A", "0", "12", "", None, 0)]
    [True, True, True, True, True, False, False, False, False, False]
    """
    if not isinstance(value, str) or isinstance(value, Unreadable) or len(value) > _LONGEST:
        return False
    return unicodedata.normalize("NFKC", value).strip().casefold() in _MARKS


class NoValues:
    """Cells that say that there is no value, and the notes that tell of them.

    Parameters
    ----------
    words
        Columns whose texts are taken as they are: a name may be 无.
    """

    def __init__(self, words: Collection[str] = ()) -> None:
        self._words = words
        self._rows: dict[str, list[int]] = {}
        self._marks: dict[str, dict[str, None]] = {}

    def takes(self, column: str, row: int, value: object) -> bool:
        """Whether a cell (row counted from 1) says that there is none, which is then told.

        Examples
        --------
        >>> told = NoValues()
        >>> told.takes("造林时间", 3, "/"), told.takes("造林时间", 4, "2026-04-05")
        (True, False)
        >>> told.notes()[0].zh
        '列 造林时间 第 3 行写的是“/”，按没有填写读取'
        """
        if not is_no_value(value) or column in self._words:
            return False
        rows = self._rows.setdefault(column, [])
        if row not in rows[-1:]:
            rows.append(row)
        self._marks.setdefault(column, {})[str(value).strip()] = None
        return True

    def notes(self) -> list[Message]:
        """A clause a column, without a full stop."""
        notes = []
        for column, rows in self._rows.items():
            where = row_list(rows)
            marks = list(self._marks[column])
            more = " …" if len(marks) > _SHOWN_MARKS else ""
            zh = "、".join(f"“{mark}”" for mark in marks[:_SHOWN_MARKS])
            en = ", ".join(f'"{mark}"' for mark in marks[:_SHOWN_MARKS])
            notes.append(
                Message(
                    f"列 {column} {where.zh}写的是{zh}{more}，按没有填写读取",
                    f"column {column}, {where.en}: {en}{more} was read as no value",
                )
            )
        return notes


def without_marks(
    features: geopandas.GeoDataFrame, columns: Iterable[str]
) -> tuple[geopandas.GeoDataFrame, list[Message]]:
    """Features whose cells in some columns hold None where they say that there is no value.

    Returns
    -------
    features, notes
        The same frame where no cell says so; a clause a column, without a full stop.

    Examples
    --------
    >>> table = geopandas.GeoDataFrame({"ZL": ["/", "2026"]}, geometry=[None, None])
    >>> bare, notes = without_marks(table, ["ZL"])
    >>> bare["ZL"].tolist(), notes[0].zh
    ([None, '2026'], '列 ZL 第 1 行写的是“/”，按没有填写读取')
    """
    none = NoValues()
    bare: dict[str, pd.Series] = {}
    for column in columns:
        values = features[column].tolist()
        kept = [None if none.takes(column, n, one) else one for n, one in enumerate(values, 1)]
        bare[column] = pd.Series(kept, index=features.index, dtype=object)
    notes = none.notes()
    return (features.assign(**bare) if notes else features), notes
