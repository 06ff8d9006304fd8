"""A query that met its limit: refused in words where a file leaves, told on the face of a map."""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar

from gis.messages import Message
from maps.words import Pair
from service.errors import Problem

Row = TypeVar("Row")


class Things(NamedTuple):
    """What the rows are, for a sentence: counted in Chinese, plural in English."""

    zh: str
    en: str


PLOTS = Things("个图斑", "plots")
ZONES = Things("个责任区", "zones")
TRACKS = Things("条巡护轨迹", "tracks")
FINDINGS = Things("个问题", "findings")


class RowLimit(Protocol):
    """How many rows may be taken out of the database, and what follows when there are more."""

    @property
    def limit(self) -> int:
        """The most; a query asks for one more, which shows that there are more."""

    def within(self, rows: list[Row], things: Things) -> list[Row]:
        """The rows that may be used, of those that the query gave."""


@dataclass(frozen=True)
class FileLimit:
    """Of a file: it holds all rows or is refused, for a part would pass for the whole."""

    limit: int
    setting: str

    def within(self, rows: list[Row], things: Things) -> list[Row]:
        """All rows; 422 ``too_many_rows`` when there are more than the limit."""
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
    """Of a map: it draws the first rows and says beside its title that they are not all."""

    limit: int
    marks: list[Pair] = field(default_factory=list)

    def within(self, rows: list[Row], things: Things) -> list[Row]:
        """The first rows; what was left out stands in ``marks``, in Chinese and English."""
        if len(rows) > self.limit:
            zh = f"不全：只画出前 {self.limit} {things.zh}，请按行政区分开看"
            en = f"not all: the first {self.limit} {things.en} only, make a map of one district"
            self.marks.append((zh, en))
        return rows[: self.limit]
