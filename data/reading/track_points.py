"""Tables of fixes, one point a row, gathered to tracks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point

__all__ = ["tracks_of_points"]

_KEYS: Final = ("track", "ranger", "zone")


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
    rows = [np.flatnonzero(groups == group) for group in range(int(groups.max(initial=-1)) + 1)]
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


def _line(places: NDArray[np.float64]) -> Point | LineString:
    return Point(places[0]) if len(places) == 1 else LineString(places)
