"""Which plots an indicator counts, piece by piece or plot by plot."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.indicators import PlotMeasure
from service.progress.db.pieces import EPOCH, Window
from service.progress.db.plots import PROPERTIES
from service.progress.ground import Ground

__all__ = ["dated", "group_of", "in_frame", "in_window"]

Mask = NDArray[np.bool_]


def _matching(
    measure: PlotMeasure, size: int, matching: Callable[[str, Sequence[str]], Mask]
) -> Mask:
    mask = np.ones(size, dtype=np.bool_)
    for name, column in PROPERTIES:
        values = getattr(measure, name)
        if values:
            mask &= matching(column, values)
    if measure.green_class is not None:
        mask &= matching("green_class", [measure.green_class])
    return mask


def group_of(ground: Ground, measure: PlotMeasure) -> Mask:
    """Pieces of the plots that a measure counts, whatever their day."""
    return _matching(measure, len(ground.source.pieces), ground.matching)


def in_frame(frame: pd.DataFrame, measure: PlotMeasure) -> Mask:
    """Plots of a frame that a measure counts, whatever their day."""
    return _matching(
        measure,
        len(frame),
        lambda column, values: frame[column].isin(list(values)).to_numpy(dtype=bool),
    )


def dated(ground: Ground, window: Window) -> Mask:
    """Pieces of plots whose day lies in the window."""
    if window.counts_by == "task_year":
        return np.ones(len(ground.source.pieces), dtype=np.bool_)
    first, after = ((day - EPOCH).days for day in (window.first, window.after))
    return (ground.days >= first) & (ground.days < after)


def in_window(frame: pd.DataFrame, window: Window) -> tuple[Mask, Mask]:
    """Plots of a frame whose day lies in the window, and those of its years without a day.

    The day of approval is not in a frame: by it plots count as by their task year.
    """
    first_year, last_year = window.years
    of_year = frame["year"].between(first_year, last_year).to_numpy(dtype=bool)
    if window.counts_by != "planted_on":
        return of_year, np.zeros(len(frame), dtype=np.bool_)
    days: NDArray[Any] = frame["planted_on"].to_numpy(dtype=object)
    there = np.array([day is not None for day in days], dtype=np.bool_)
    inside = np.array(
        [day is not None and window.first <= day < window.after for day in days], dtype=np.bool_
    )
    return inside, of_year & ~there
