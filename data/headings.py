"""Which column of a sender's table is meant by which of our words."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from data.errors import FileRefused, Said

_FILE = Path(__file__).with_name("headings.csv")
_BRACKETS = str.maketrans("（）　", "() ")


@cache
def headings(table: Literal["district", "plot"]) -> Mapping[str, str]:
    """Property by heading, as people call it; headings are compared after `plain_heading`.

    Examples
    --------
    >>> headings("district")["区县"], headings("plot")["林班号"]
    ('name', 'compartment_no')
    """
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["table"] == table]
    return MappingProxyType({plain_heading(row["heading"]): row["property"] for row in rows})


def plain_heading(heading: str) -> str:
    """A heading without blanks, case, and the wide brackets of Chinese text.

    Examples
    --------
    >>> plain_heading("面积（亩） ")
    '面积(亩)'
    """
    return heading.translate(_BRACKETS).replace(" ", "").casefold()


def refuse_unknown_columns(fields: Mapping[str, str], columns: Iterable[str]) -> None:
    """Refuse a mapping to a column that the file does not have (``no_such_column``)."""
    there = list(columns)
    for ours, theirs in fields.items():
        if theirs not in there:
            shown = "、".join(there[:30])
            what = Said(f"没有列 {theirs!r}（{ours}）", f"there is no column {theirs!r} for {ours}")
            remedy = Said(f"文件中的列为：{shown}", f"its columns are {shown}")
            raise FileRefused("no_such_column", what, remedy)
