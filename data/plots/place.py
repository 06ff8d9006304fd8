"""Codes of towns and villages that a table splits into parts of three digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from data.cell_values import BadValueError, Unreadable
from data.no_value import is_no_value
from data.plots.columns import Columns
from data.plots.values import is_missing, text
from gis.messages import Message

_SEGMENT = 3


def join_codes(table: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, list[Message]]:
    """Join codes of three digits: the county before towns, the town before villages.

    Older forest layers keep XIANG and CUN as three digits each, newer ones as whole codes of 9
    and 12. Pieces are joined only when every value of the column is one.

    Parameters
    ----------
    table
        As in the file.
    columns
        What its columns are for.

    Returns
    -------
    DataFrame and list of Message
        The table with whole codes, and what was done.

    Examples
    --------
    >>> from data.plots.columns import assign
    >>> table = pd.DataFrame({"XIAN": ["220102"], "XIANG": ["001"], "CUN": ["002"]})
    >>> whole, notes = join_codes(table, assign(list(table), {}))
    >>> whole.iloc[0].tolist(), len(notes)
    (['220102', '220102001', '220102001002'], 2)
    """
    whole = table.copy(deep=False)
    notes = []
    above = next((column for column in table.columns if str(column).casefold() == "xian"), None)
    for name in ("town", "village"):
        column = next(iter(columns.taken.get(name, [])), None)
        if column is not None and above is not None and _is_pieces(whole[column].tolist()):
            codes = _joined(whole[above].tolist(), whole[column].tolist())
            whole[column] = pd.Series(list(codes), index=whole.index, dtype=object)
            notes.append(
                Message(
                    f"列 {column} 为 3 位段码，已与 {above} 合成完整代码",
                    f"column {column} holds three digits; {above} was put before them",
                )
            )
        above = column
    return whole, notes


def _is_pieces(values: Sequence[object]) -> bool:
    try:
        there = [text(value) for value in values if not _is_none(value)]
    except BadValueError:  # it is told where the values are read
        return False
    return bool(there) and all(len(word) == _SEGMENT and word.isdigit() for word in there)


def _joined(above: Sequence[object], values: Sequence[object]) -> Iterator[object]:
    for county, value in zip(above, values, strict=True):
        if is_no_value(value):  # it is told where the values are read
            yield value
            continue
        lost = is_missing(value) or _is_none(county) or isinstance(county, Unreadable)
        yield None if lost else text(county) + text(value)


def _is_none(value: object) -> bool:
    return is_missing(value) or is_no_value(value)
