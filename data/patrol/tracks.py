"""Patrol tracks from a file: each track as it was recorded, each problem with its row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timezone
from pathlib import Path
from typing import Final, NamedTuple

import geopandas
import numpy as np
import pandas as pd

from data.errors import FileRefused, printable_message, sentence
from data.headings import meant_columns
from data.no_value import without_marks
from data.patrol.track_notes import left_out
from data.patrol.track_rows import COLUMNS, TrackRows
from data.reading.features import read_walks
from data.reading.limits import MIB, Limits
from data.reading.sniff import Format, format_of
from data.reading.track_points import no_position, tracks_of_points, with_days
from data.row_problems import RowProblem, bad_rows
from data.timestamps import BEIJING
from gis.crs import CGCS2000
from gis.messages import Message

__all__ = ["TRACK_LIMITS", "TrackTable", "read_tracks", "track_table"]

TRACK_LIMITS: Final = Limits(
    file_bytes=256 * MIB, inflated_bytes=1024 * MIB, features=1_000_000, vertices=1_000_000
)
"""A million fixes, one in 15 s, are half a year of walking day and night."""
_WORDS: Final = ("name", "zone", "ranger", "started_at", "ended_at", "times", "time", "track")


class TrackTable(NamedTuple):
    """Tracks of one file under the names of the interface."""

    frame: geopandas.GeoDataFrame
    """One row a track, in the order of the file: ``zone ranger started_at ended_at times source
    geometry``. `times` is a list of aware datetimes, one a vertex and in the order of the file,
    with None where a fix has none. `geometry` is a LineString as it was recorded: jumps, pauses
    and noise are kept for `gis.tracks` to judge. A track with a problem has neither."""
    problems: list[RowProblem]
    notes: list[Message]
    crs_name: str
    layer: str

    @property
    def bad_rows(self) -> set[int]:
        """Rows (from 1) with a problem."""
        return bad_rows(self.problems, len(self.frame))


def read_tracks(
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    fields: Mapping[str, str] | None = None,
    limits: Limits = TRACK_LIMITS,
) -> TrackTable:
    """Read patrol tracks from a file.

    Parameters
    ----------
    path
        GPX (tracks and routes), KML and KMZ (``gx:Track``), GeoJSON whose lines have a property
        ``times``, ``coordTimes`` or ``coordinateProperties.times`` or a fourth ordinate; and any
        layer of points with a column of times, gathered to tracks by track, ranger and zone.
    layer, crs, encoding
        As in `data.reading.features.read_features`.
    fields
        Our word to their column: name, zone, ranger, started_at, ended_at, times; time and track
        of a layer of points.
    limits
        A file with more fixes than ``limits.vertices`` is refused whole.

    Returns
    -------
    TrackTable
        Problems: ``no_line``, ``too_few_fixes``, ``no_times``, ``times_count`` (not as many times
        as fixes), ``bad_time``, ``too_long`` (a name, zone or ranger). A track of several days is
        cut into several rows, and times that are cut to the minute are shared out. Times without
        a zone are UTC in GPX and KML, as these formats say, and Beijing time elsewhere; the notes
        say so.

    Raises
    ------
    FileRefused
        As `read_features`; and ``no_features``, ``unknown_field``, ``no_such_column``.
    """
    features = read_walks(path, layer=layer, crs=crs, encoding=encoding, limits=limits)
    try:
        zone = UTC if _is_utc(path) else BEIJING
        table = track_table(features.frame, fields=fields or {}, zone=zone, source=path.name)
    except FileRefused as refused:
        raise refused.about(path.name) from refused.__cause__
    return table._replace(
        notes=[*features.notes, *table.notes], crs_name=features.crs_name, layer=features.layer
    )


def _is_utc(path: Path) -> bool:
    return path.suffix.lower() == ".kmz" or format_of(path) in (Format.GPX, Format.KML)


def track_table(
    features: geopandas.GeoDataFrame,
    *,
    fields: Mapping[str, str],
    zone: timezone = BEIJING,
    source: str = "",
) -> TrackTable:
    """Bring lines, or points, of any columns to tracks; see `read_tracks`.

    Examples
    --------
    >>> from shapely import LineString
    >>> line = LineString([(126.0, 43.8), (126.001, 43.8)])
    >>> walks = geopandas.GeoDataFrame({
    ...     "护林员": ["甲", "乙"], "times": [["2026-07-01T08:00", "2026-07-01T08:01"], None]},
    ...     geometry=[line, line], crs=4490)
    >>> table = track_table(walks, fields={})
    >>> table.frame["started_at"][0].isoformat(), table.frame["ranger"].tolist()
    ('2026-07-01T08:00:00+08:00', ['甲', '乙'])
    >>> [(problem.row, problem.code) for problem in table.problems]
    [(2, 'no_times')]
    """
    if features.empty:
        what = Message("没有任何要素", "it holds no feature")
        raise FileRefused("no_features", what, Message("请检查导出的图层", "look at the layer"))
    theirs = [str(name) for name in features.columns.drop(features.geometry.name)]
    columns = meant_columns("track", theirs, fields, _WORDS)
    valued = [column for word, column in columns.items() if word not in ("name", "times")]
    features, told = without_marks(features, valued)
    none = [printable_message(sentence(note)) for note in told]
    joined: list[Message] = []
    if "time" in columns and (features.geometry.geom_type.dropna() == "Point").all():
        features, joined = with_days(features, columns["time"])
        lost = no_position(features.geometry)
        nowhere = np.flatnonzero(lost) + 1
        features = tracks_of_points(features[~lost], columns)
        columns = {word: word for word in _WORDS if word in features.columns}
    else:
        nowhere = np.array([], dtype=np.int64)
    reading = TrackRows(features, columns, zone, source)
    rows = [piece for row in range(len(features)) for piece in reading.rows(row)]
    frame = geopandas.GeoDataFrame(
        pd.DataFrame(rows, columns=COLUMNS, dtype=object).drop(columns="geometry"),
        geometry=np.array([row[-1] for row in rows] + [None], dtype=object)[:-1],
        crs=CGCS2000,
    )
    notes = [*none, *joined, *left_out(nowhere.tolist()), *reading.notes()]
    return TrackTable(frame, reading.problems, notes, "", "")
