"""Queries that reach their row limit: a file is refused, a map says so beside its title."""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar

from gis.messages import Message
from maps.words import Pair
from service.errors import Problem

Row = TypeVar("Row")


class Things(NamedTuple):
    """Names of the rows for messages: with a measure word in Chinese, plural in English."""

    zh: str
    en: str


PLOTS = Things("个图斑", "plots")
ZONES = Things("个责任区", "zones")
TRACKS = Things("条巡护轨迹", "tracks")
FINDINGS = Things("个问题", "findings")
RECORDS = Things("条记录", "records")


class RowLimit(Protocol):
    """The maximum of rows of a query, and what happens when there are more."""

    @property
    def limit(self) -> int:
        """The maximum; a query asks for one more, which shows whether there are more."""

    def within(self, rows: list[Row], things: Things) -> list[Row]:
        """The rows that may be used, of those that the query gave."""


@dataclass(frozen=True)
class FileLimit:
    """For files: all rows or none, for a part would be taken for the whole."""

    limit: int
    setting: str

    def within(self, rows: list[Row], things: Things) -> list[Row]:
        """All rows. Raises `Problem` 422 ``too_many_rows`` beyond the limit."""
        if len(rows) > self.limit:
            raise Problem(
                422,
                "too_many_rows",
                Message(
                    f"超过 {self.limit} {things.zh}，一个文件放不下，请按行政区分开导出，或调大 "
                    f"{self.setting}",
                    f"more than {self.limit} {things.en}, too many for one file: narrow it by "
                    f"district, or raise {self.setting}",
                ),
            )
        return rows


@dataclass(frozen=True)
class MapLimit:
    """For maps: the first rows are drawn, and the title says that they are not all."""

    limit: int
    marks: list[Pair] = field(default_factory=list)

    def within(self, rows: list[Row], things: Things) -> list[Row]:
        """The first rows; what was left out stands in ``marks``, in Chinese and English."""
        if len(rows) > self.limit:
            zh = f"不全：只画出前 {self.limit} {things.zh}，请按行政区分开看"
            en = f"not all: the first {self.limit} {things.en} only, make a map of one district"
            self.marks.append((zh, en))
        return rows[: self.limit]
