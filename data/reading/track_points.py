"""Tables of fixes, one point a row, gathered to tracks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point

from data.errors import printable_message
from data.headings import plain_heading
from gis.messages import Message

__all__ = ["no_position", "tracks_of_points", "with_days"]

_KEYS: Final = ("track", "ranger", "zone")
_DAYS: Final = ("日期", "定位日期", "采集日期", "date", "day")
_DAY_LETTERS: Final = 11
"""A day as 2026年07月10日; what follows a day of a column of moments is midnight."""
_CLOCK: Final = re.compile(r"\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?")


def no_position(shapes: geopandas.GeoSeries) -> NDArray[np.bool_]:
    """Which points lie nowhere: none, empty, or 0, 0, as devices write a fix that they lack.

    Examples
    --------
    >>> no_position(geopandas.GeoSeries([Point(126, 43.8), Point(0, 0), None])).tolist()
    [False, True, True]
    """
    points = np.asarray(shapes.array, dtype=object)
    places = np.full((len(points), 2), np.nan)
    there = np.array([point is not None and not point.is_empty for point in points], dtype=bool)
    places[there] = shapely.get_coordinates(points[there])
    lost: NDArray[np.bool_] = ~there | (places == 0).all(axis=1)
    return lost


def with_days(
    points: geopandas.GeoDataFrame, time: str
) -> tuple[geopandas.GeoDataFrame, list[Message]]:
    """Times of day joined to the days of a column of their own, as loggers write them.

    Parameters
    ----------
    points
        One fix a row.
    time
        The column of times.

    Returns
    -------
    GeoDataFrame and list of Message
        With whole times in the column, and what was joined; unchanged where the times are whole or
        no column holds days.

    Examples
    --------
    >>> fixes = geopandas.GeoDataFrame({"日期": ["2026-07-10"], "时间": ["08:00:10"]},
    ...     geometry=[Point(126.0, 43.8)])
    >>> with_days(fixes, "时间")[0]["时间"].tolist()
    ['2026-07-10 08:00:10']
    """
    written = points[time].tolist()
    clocks = [isinstance(value, str) and _CLOCK.fullmatch(value.strip()) for value in written]
    names = {plain_heading(str(name)): name for name in points.columns}
    day = next((names[name] for name in _DAYS if name in names), None)
    if day is None or not any(clocks):
        return points, []
    whole = [
        f"{_day(date)} {value.strip()}" if clock else value
        for date, value, clock in zip(points[day].tolist(), written, clocks, strict=True)
    ]
    note = Message(
        f"列 {day} 与 {time} 合为时刻。", f"columns {day} and {time} were joined to times."
    )
    return points.assign(**{time: whole}), [printable_message(note)]


def tracks_of_points(
    points: geopandas.GeoDataFrame, columns: Mapping[str, str]
) -> geopandas.GeoDataFrame:
    """One line for each track, ranger and zone, its fixes in the order of the table.

    Parameters
    ----------
    points
        One fix a row.
    columns
        Our word to the column: ``time``, and where there are such ``track``, ``ranger``, ``zone``.

    Returns
    -------
    GeoDataFrame
        ``times`` and the columns of `columns` under our words; the track's number as ``name``.
        Fixes without a position are left out. A lone fix stays a point.

    Examples
    --------
    >>> fixes = geopandas.GeoDataFrame({"time": [1, 2, 1], "护林员": ["甲", "甲", "乙"]},
    ...     geometry=shapely.points([[126.0, 43.8], [126.1, 43.8], [126.2, 43.8]]), crs=4490)
    >>> tracks = tracks_of_points(fixes, {"time": "time", "ranger": "护林员"})
    >>> tracks[["ranger", "times"]].values.tolist(), tracks.geometry[1].wkt
    ([['甲', [1, 2]], ['乙', [1]]], 'POINT (126.2 43.8)')
    """
    there = points[points.geometry.notna() & ~points.geometry.is_empty]
    keys = [word for word in _KEYS if word in columns]
    whole = pd.DataFrame({word: there[columns[word]].to_numpy(dtype=object) for word in keys})
    groups = (
        whole.groupby(keys, sort=False, dropna=False).ngroup().to_numpy()
        if keys
        else np.zeros(len(there), dtype=np.int64)
    )
    places = shapely.get_coordinates(np.asarray(there.geometry.array, dtype=object))
    times = there[columns["time"]].tolist()
    in_order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[in_order])) + 1
    rows = np.split(in_order, starts) if len(groups) else []
    table = {word: [whole[word].iloc[at[0]] for at in rows] for word in keys}
    table["times"] = [[times[row] for row in at] for at in rows]
    if "track" in table:
        table["name"] = table.pop("track")
    shapes = np.array([_line(places[at]) for at in rows] + [None], dtype=object)[:-1]
    return geopandas.GeoDataFrame(
        {word: pd.Series(values, dtype=object) for word, values in table.items()},
        geometry=shapes,
        crs=points.crs,
    )


def _day(date: object) -> str:
    written = str(date).strip()
    if re.fullmatch(r"\d{8}", written):
        return f"{written[:4]}-{written[4:6]}-{written[6:]}"
    return written[:_DAY_LETTERS]


def _line(places: NDArray[np.float64]) -> Point | LineString:
    return Point(places[0]) if len(places) == 1 else LineString(places)
