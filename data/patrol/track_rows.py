"""Rows of a file brought to tracks one after another, each problem with its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Final

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from data.cell_values import BadValueError
from data.errors import printable_message, sentence
from data.patrol.time_cells import in_one_list, is_compact, nested_times
from data.patrol.track_notes import (
    compact_notes,
    cut_note,
    shared_notes,
    timeless_note,
    zone_notes,
)
from data.patrol.track_times import pieces_of, shared_out
from data.plots.list_values import listed
from data.plots.values import is_missing, text
from data.row_problems import RowProblem
from data.timestamps import moment
from gis.messages import Message, MessageError

COLUMNS: Final = ["zone", "ranger", "started_at", "ended_at", "times", "source", "geometry"]
"""Of the rows of a table of tracks."""
_STARTED: Final = COLUMNS.index("started_at")
_TIMES: Final = COLUMNS.index("times")
_LINES: Final = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
_MIN_FIXES: Final = 2
_TEXT_LETTERS: Final = 200


class TrackRows:
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
        self._more = nested_times(features)
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
        self._cuts.append(cut_note(row + 1, first, len(cut), lost))
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
        """What is told of the rows read so far: cuts first, then how times were read."""
        of_times = [
            *shared_notes(self._shared),
            *compact_notes(self._compact),
            *zone_notes(self._zoneless, self._zone),
        ]
        return [*self._cuts, *self._timeless, *of_times]

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
        flat = list(in_one_list(written)) if written is not None else []
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
            self._timeless.append(timeless_note(self._number(row), len(bad), _why(bad[0])))
        if any(is_compact(value) for value in written):
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
