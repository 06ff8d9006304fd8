"""The result of the child process, left for the parent as JSON and WKB: no pickles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TextIO, TypeAlias

from data.errors import FileRefused
from gis.messages import Message

Kind: TypeAlias = Literal["text", "number", "boolean", "date", "datetime", "any"]

RESULT: Final = "result.json"
SHAPES: Final = "shapes.wkb"

_AT_ONCE: Final = 5_000


@dataclass
class Column:
    """One column: name, kind of its values, the values row by row."""

    name: str
    kind: Kind
    values: list[object]
    unreadable: dict[int, Message] = field(default_factory=dict)
    """Row (from 0) of a cell that cannot be read, whose text stands among the values, and why."""


@dataclass
class RawLayer:
    """One layer as it stands in the file: nothing transformed, nothing left out."""

    layer: str
    crs: str | None
    """WKT or name as the file gives it; None where it gives none."""
    shapes: Iterable[bytes | None]
    """WKB with x before y; None is a row without geometry. They may be read as they are written."""
    columns: list[Column]
    encoding: str | None = None
    notes: list[Message] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Write the result into the folder that the parent reads."""
        lengths = []
        with (folder / SHAPES).open("xb") as sink:
            for shape in self.shapes:
                lengths.append(-1 if shape is None else len(shape))
                sink.write(shape or b"")
        named = {
            "layer": self.layer,
            "crs": self.crs,
            "encoding": self.encoding,
            "notes": self.notes,
        }
        with _half(folder) as half:
            half.write(json.dumps(named)[:-1])
            half.write(', "lengths": ')
            half.writelines(_listed(lengths))
            half.write(', "columns": [')
            for number, column in enumerate(self.columns):
                said = [column.name, column.kind, list(column.unreadable.items())]
                half.write(f"{', ' if number else ''}{json.dumps(said)[:-1]}, ")
                half.writelines(_listed(column.values))
                half.write("]")
            half.write("]}")


def write_refusal(refused: FileRefused, folder: Path) -> None:
    """Write a refusal instead of a result."""
    fields = {
        "code": refused.code,
        "what": refused.what,
        "remedy": refused.remedy,
        "file": refused.file,
        "feature": refused.feature,
    }
    with _half(folder) as half:
        json.dump({"refused": fields}, half)


@contextmanager
def _half(folder: Path) -> Iterator[TextIO]:
    """Write atomically: the parent reads the file as soon as it exists."""
    half = folder / "half"
    with half.open("w", encoding="ascii") as sink:
        yield sink
    half.rename(folder / RESULT)


def _listed(values: Sequence[object]) -> Iterator[str]:
    """A list as JSON, in pieces: its encoder needs a hundred bytes of memory a value."""
    yield "["
    for start in range(0, len(values), _AT_ONCE):
        yield f"{', ' if start else ''}{json.dumps(values[start : start + _AT_ONCE])[1:-1]}"
    yield "]"
