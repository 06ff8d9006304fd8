"""Patrol tracks from a file: each track as it was recorded, each problem with its row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timezone
from pathlib import Path
from typing import Any, Final, NamedTuple

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from data.cell_values import BadValueError
from data.errors import FileRefused, printable_message, sentence
from data.headings import meant_columns
from data.no_value import without_marks
from data.patrol.track_times import pieces_of, shared_out
from data.plots.values import is_missing, listed, text
from data.reading.features import read_walks
from data.reading.limits import MIB, Limits
from data.reading.sniff import Format, format_of
from data.reading.track_points import no_position, tracks_of_points, with_days
from data.row_problems import RowProblem, bad_rows
from data.text_cleaning import row_list
from data.timestamps import BEIJING, compact_moment, moment
from gis.crs import CGCS2000
from gis.messages import Message, MessageError

__all__ = ["TRACK_LIMITS", "TrackTable", "read_tracks", "track_table"]

TRACK_LIMITS: Final = Limits(
    file_bytes=256 * MIB, inflated_bytes=1024 * MIB, features=1_000_000, vertices=1_000_000
)
"""A million fixes, one in 15 s, are half a year of walking day and night."""
_WORDS: Final = ("name", "zone", "ranger", "started_at", "ended_at", "times", "time", "track")
_LINES: Final = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
_MIN_FIXES: Final = 2
_TEXT_LETTERS: Final = 200


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
    reading = _Reading(features, columns, zone, source)
    rows = [piece for row in range(len(features)) for piece in reading.rows(row)]
    frame = geopandas.GeoDataFrame(
        pd.DataFrame(rows, columns=_COLUMNS, dtype=object).drop(columns="geometry"),
        geometry=np.array([row[-1] for row in rows] + [None], dtype=object)[:-1],
        crs=CGCS2000,
    )
    notes = [*none, *joined, *_left_out(nowhere.tolist()), *reading.notes()]
    return TrackTable(frame, reading.problems, notes, "", "")


def _left_out(rows: list[int]) -> list[Message]:
    """Fixes of a table that have no position."""
    if not rows:
        return []
    where = row_list(rows)
    return [
        printable_message(
            Message(
                f"{where.zh}的定位点没有位置，不计入。",
                f"{where.en}: fixes without a position are left out.",
            )
        )
    ]


_COLUMNS: Final = ["zone", "ranger", "started_at", "ended_at", "times", "source", "geometry"]


_STARTED: Final = _COLUMNS.index("started_at")
_TIMES: Final = _COLUMNS.index("times")


def _cut_note(track: int, first: int, count: int, lost: int) -> Message:
    left_zh = f"；另有 {lost} 个零散的定位点未读取" if lost else ""
    left_en = f"; {lost} stray fixes were left out" if lost else ""
    if count == 1:
        return Message(
            f"第 {track} 条轨迹有 {lost} 个零散的定位点（时刻相差过大），未读取。",
            f"track {track}: {lost} stray fixes, at quite another time, were left out.",
        )
    return Message(
        f"第 {track} 条轨迹含 {count} 次巡护，已在长时间无定位处或按日切开，为第 {first}–"
        f"{first + count - 1} 行{left_zh}。",
        f"track {track} holds {count} patrols and was cut at long silences or by the day, into "
        f"rows {first} to {first + count - 1}{left_en}.",
    )


class _Reading:
    """Rows one after another, and what is to be said of them."""

    def __init__(
        self,
        features: geopandas.GeoDataFrame,
        columns: Mapping[str, str],
        zone: timezone,
        source: str,
    ) -> None:
        self.problems: list[RowProblem] = []
        self._cells = {word: features[column].tolist() for word, column in columns.items()}
        self._more = _nested_times(features)
        self._columns = columns
        self._shapes: NDArray[np.object_] = np.asarray(features.geometry.array, dtype=object)
        self._zone = zone
        self._source = source
        self._zoneless: list[int] = []
        self._more_rows = 0
        """By how many rows those of the table are ahead of those of the file: tracks are cut."""
        self._cuts: list[Message] = []
        self._shared: list[int] = []
        self._compact: list[int] = []
        self._timeless: list[Message] = []

    def rows(self, row: int) -> list[list[object]]:
        """A track as rows of the table: several where it holds the patrols of several days."""
        whole = self._row(row)
        line, times = whole[-1], whole[_TIMES]
        if not isinstance(line, LineString) or not isinstance(times, list):
            return [whole]
        pieces = [piece for piece in pieces_of(times) if len(piece) >= _MIN_FIXES]
        lost = len(times) - sum(map(len, pieces))
        if len(pieces) < 2 and not (pieces and lost):
            return [whole]
        places = shapely.get_coordinates(line)
        cut = []
        for piece in pieces:
            there = [time for number in piece if (time := times[number]) is not None]
            own = [times[number] for number in piece]
            part = [*whole[:_STARTED], min(there), max(there), own, whole[_TIMES + 1]]
            cut.append([*part, LineString(places[piece])])
        first = row + 1 + self._more_rows
        self._more_rows += len(cut) - 1
        self._cuts.append(_cut_note(row + 1, first, len(cut), lost))
        return cut

    def _row(self, row: int) -> list[object]:
        name = self._text("name", row)
        line = self._line(self._shapes[row], row)
        times = self._times(row, 0 if line is None else len(line.coords)) if line else None
        if times is not None and (spread := shared_out(times)) is not None:
            times = spread
            self._shared.append(self._number(row))
        there = [time for time in times or [] if time is not None]
        started = self._moment("started_at", row) or min(there, default=None)
        ended = self._moment("ended_at", row) or max(there, default=None)
        return [
            self._text("zone", row),
            self._text("ranger", row),
            started,
            ended,
            times,
            f"{self._source} {name}".strip() if name else self._source,
            line if times is not None else None,
        ]

    def _number(self, row: int) -> int:
        """Of a row in the table, counted from 1."""
        return row + 1 + self._more_rows

    def notes(self) -> list[Message]:
        of_times = [*self._shared_notes(), *self._compact_notes(), *self._zone_notes()]
        return [*self._cuts, *self._timeless, *of_times]

    def _compact_notes(self) -> list[Message]:
        if not self._compact:
            return []
        where = row_list(self._compact)
        return [
            printable_message(
                Message(
                    f"{where.zh}的时刻写成 10、12 或 14 位数字，按 年月日时（分秒）读取。",
                    f"{where.en}: times of 10, 12 or 14 digits were read as year, month, "
                    "day, hour (minute and second).",
                )
            )
        ]

    def _shared_notes(self) -> list[Message]:
        if not self._shared:
            return []
        where = row_list(self._shared)
        return [
            printable_message(
                Message(
                    f"{where.zh}的时刻只到分钟，同一分钟的定位点已均分到该分钟内。",
                    f"{where.en}: times are cut to the minute; fixes of one stamp share its "
                    "minute out.",
                )
            )
        ]

    def _zone_notes(self) -> list[Message]:
        if not self._zoneless:
            return []
        where = row_list(self._zoneless)
        named = ("UTC", "UTC") if self._zone is UTC else ("北京时间", "Beijing time")
        return [
            printable_message(
                Message(
                    f"{where.zh}的时刻没有写时区，按{named[0]}读取。",
                    f"{where.en}: times name no zone and were read as {named[1]}.",
                )
            )
        ]

    def _tell(self, row: int, code: str, field: str, zh: str, en: str) -> None:
        self._tell_message(row, code, field, sentence(Message(zh, en)))

    def _tell_message(self, row: int, code: str, field: str, message: Message) -> None:
        column = self._columns.get(field)
        self.problems.append(RowProblem(self._number(row), code, field, message, column))

    def _text(self, word: str, row: int) -> str | None:
        value = self._cells[word][row] if word in self._cells else None
        if is_missing(value):
            return None
        try:
            written = text(value)
        except BadValueError as refused:
            self._tell_message(row, refused.code, word, printable_message(refused.message))
            return None
        if len(written) <= _TEXT_LETTERS:
            return written
        self._tell(
            row,
            "too_long",
            word,
            f"{word} 多于 {_TEXT_LETTERS} 个字，请缩短",
            f"{word} has more than {_TEXT_LETTERS} characters; shorten it",
        )
        return None

    def _line(self, shape: BaseGeometry | None, row: int) -> LineString | None:
        count = 0 if shape is None else int(shapely.get_num_coordinates(shape))
        if shape is not None and count == 1:
            self._few(row)
            return None
        if shape is None or shapely.get_type_id(shape) not in _LINES or not count:
            self._tell(
                row, "no_line", "geometry", "没有轨迹线，请去掉", "it has no line; leave it out"
            )
            return None
        places = shapely.get_coordinates(shape)
        if len(places) < _MIN_FIXES:
            self._few(row)
            return None
        return LineString(places)

    def _few(self, row: int) -> None:
        self._tell(
            row,
            "too_few_fixes",
            "geometry",
            "只有一个定位点，不成轨迹",
            "one fix is no track",
        )

    def _times(self, row: int, count: int) -> list[datetime | None] | None:
        """Times of all fixes, or None where a problem was added."""
        written = listed(self._cells["times"][row]) if "times" in self._cells else None
        written = written if written is not None else self._more[row]
        flat = list(_flat(written)) if written is not None else []
        if not any(not is_missing(value) for value in flat):
            self._tell(
                row,
                "no_times",
                "times",
                "定位点没有时刻，无法计算时长；请从设备重新导出带时刻的轨迹",
                "its fixes have no times; export the track with times from the device",
            )
            return None
        if len(flat) != count:
            self._tell(
                row,
                "times_count",
                "times",
                f"有 {count} 个定位点、{len(flat)} 个时刻，对不上",
                f"it has {count} fixes and {len(flat)} times; they must be as many",
            )
            return None
        return self._read(flat, row)

    def _read(self, written: Sequence[object], row: int) -> list[datetime | None] | None:
        times: list[datetime | None] = []
        bad: list[ValueError] = []
        for value in written:
            try:
                times.append(moment(value))
            except ValueError as error:
                times.append(None)
                bad.append(error)
        good = sum(time is not None for time in times)
        if bad and (good < _MIN_FIXES or len(bad) > good):
            self._tell_bad_time(row, "times", bad[0])
            return None
        if bad:
            self._timeless.append(_timeless_note(self._number(row), len(bad), bad[0]))
        if any(_is_compact(value) for value in written):
            self._compact.append(self._number(row))
        return [self._placed(time, row) for time in times]

    def _moment(self, word: str, row: int) -> datetime | None:
        value = self._cells[word][row] if word in self._cells else None
        try:
            return self._placed(moment(value), row)
        except ValueError as error:
            self._tell_bad_time(row, word, error)
            return None

    def _tell_bad_time(self, row: int, field: str, error: ValueError) -> None:
        why = _why(error)
        self._tell(
            row,
            "bad_time",
            field,
            f"时刻无法读取（{why.zh}），请写成 2026-07-30 08:00:00",
            f"a time cannot be read ({why.en}); write it as 2026-07-30 08:00:00",
        )

    def _placed(self, time: datetime | None, row: int) -> datetime | None:
        if time is None or time.tzinfo is not None:
            return time
        if self._zoneless[-1:] != [self._number(row)]:
            self._zoneless.append(self._number(row))
        return time.replace(tzinfo=self._zone)


def _why(error: ValueError) -> Message:
    return error.message if isinstance(error, MessageError) else Message(str(error), str(error))


def _timeless_note(track: int, count: int, error: ValueError) -> Message:
    why = _why(error)
    return printable_message(
        Message(
            f"第 {track} 行有 {count} 个定位点的时刻无法读取（{why.zh}），这些点只计位置。",
            f"row {track}: {count} fixes have a time that cannot be read ({why.en}); their "
            "positions alone count.",
        )
    )


def _is_compact(value: object) -> bool:
    if isinstance(value, datetime) or is_missing(value):
        return False
    whole = isinstance(value, float) and value.is_integer()
    return compact_moment(str(int(value) if whole else value).strip()) is not None  # type: ignore[call-overload]


def _nested_times(features: geopandas.GeoDataFrame) -> list[list[object] | None]:
    """``coordinateProperties.times``, as converters from GPX write it."""
    if "coordinateProperties" not in features.columns:
        return [None] * len(features)
    return [
        listed(value["times"]) if isinstance(value, dict) and "times" in value else None
        for value in features["coordinateProperties"].tolist()
    ]


def _flat(values: Sequence[Any]) -> Iterator[object]:
    """Times of the parts of a MultiLineString one after another."""
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value
