"""What an import of a file did, or why nothing of the file was stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas

from gis.messages import Language, Message, MessageError

Progress = Callable[[int], None]


def no_progress(_rows: int) -> None:
    """Reports no progress."""


@dataclass(frozen=True)
class Rejection:
    """What is wrong with a row of a file, counted from 1; ``row`` None is about the whole file.

    ``at`` is longitude and latitude in degrees.
    """

    row: int | None
    code: str
    message: Message
    at: tuple[float, float] | None = None
    may_be_acknowledged: bool = False
    """Whether the file is stored all the same when the code is acknowledged."""


class ImportRefused(MessageError, ValueError):  # noqa: N818 - a refusal, no failure of ours
    """Nothing of the file was stored; it has every reason with its row and place."""

    def __init__(self, file: str, summary: Message, rejections: Sequence[Rejection]) -> None:
        super().__init__(Message(f"{file}：{summary.zh}", f"{file}: {summary.en}"))
        self.file = file
        self.rejections = list(rejections)

    def lines(self, language: Language | None = None, max_lines: int = 10) -> list[str]:
        """The reasons as lines for a terminal: ``max_lines``, then how many more there are."""
        lines = []
        for rejection in self.rejections[:max_lines]:
            where = Message(f"第 {rejection.row} 行", f"row {rejection.row}").text(language)
            row = "" if rejection.row is None else f"{where}: "
            at = "" if rejection.at is None else f" @ {rejection.at[0]:.6f}, {rejection.at[1]:.6f}"
            lines.append(f"  {row}[{rejection.code}] {rejection.message.text(language)}{at}")
        if len(self.rejections) > max_lines:
            left_out = len(self.rejections) - max_lines
            more = Message(
                f"另有 {left_out} 条，用 --report FILE 查看全部",
                f"{left_out} more, see --report FILE",
            )
            lines.append(f"  … {more.text(language)}")
        return lines


@dataclass(frozen=True)
class Imported:
    """What an import stored (or would store), for people and programs."""

    file: str
    rows: int
    notes: list[Message] = field(default_factory=list)
    ids: list[int] = field(default_factory=list, repr=False)


def plain_rows(frame: geopandas.GeoDataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries of plain Python values, None for what is missing."""
    names = [str(name) for name in frame.columns]
    columns = [
        [None if value is None or is_absent(value) else value for value in frame[name].tolist()]
        for name in frame.columns
    ]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def is_absent(value: Any) -> bool:
    """Whether a value is one of those by which pandas says that there is none."""
    # NaN, NaT and pandas' NA are the only values that differ from themselves.
    return not isinstance(value, list | dict) and bool(value != value)  # noqa: PLR0124


def as_report(refused: ImportRefused) -> list[Mapping[str, Any]]:
    """Rejections as rows of a report file."""
    return [
        {
            "row": rejection.row,
            "code": rejection.code,
            "message": str(rejection.message),
            "lon": None if rejection.at is None else rejection.at[0],
            "lat": None if rejection.at is None else rejection.at[1],
        }
        for rejection in refused.rejections
    ]
