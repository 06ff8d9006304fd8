"""What the child process found, on its way to the parent: JSON and WKB, nothing that runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from data.errors import FileRefused
from gis.messages import Message

Kind: TypeAlias = Literal["text", "number", "boolean", "date", "datetime", "any"]

FOUND: Final = "found.json"
SHAPES: Final = "shapes.wkb"


@dataclass
class Column:
    """One column: its name, how to understand its values, the values row by row."""

    name: str
    kind: Kind
    values: list[object]


@dataclass
class Found:
    """One layer as it stands in the file: nothing transformed, nothing left out."""

    layer: str
    crs: str | None
    """WKT or name as the file gives it; None where it gives none."""
    shapes: list[bytes | None]
    """WKB with x before y; None is a row without geometry."""
    columns: list[Column]
    encoding: str | None = None
    notes: list[Message] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Leave the answer in a folder that the parent looks into."""
        lengths = [-1 if shape is None else len(shape) for shape in self.shapes]
        with (folder / SHAPES).open("xb") as sink:
            sink.writelines(shape for shape in self.shapes if shape is not None)
        told = {
            "layer": self.layer,
            "crs": self.crs,
            "encoding": self.encoding,
            "notes": self.notes,
            "lengths": lengths,
            "columns": [[column.name, column.kind, column.values] for column in self.columns],
        }
        _leave(folder, told)


def found_in(folder: Path) -> Found:
    """Read what the child left; a refusal of the child is raised here.

    Raises
    ------
    FileRefused
        As the child said.
    """
    told = json.loads((folder / FOUND).read_text(encoding="ascii"))
    if "refused" in told:
        raise _refusal(told["refused"])
    return Found(
        layer=told["layer"],
        crs=told["crs"],
        shapes=_cut((folder / SHAPES).read_bytes(), told["lengths"]),
        columns=[Column(name, kind, values) for name, kind, values in told["columns"]],
        encoding=told["encoding"],
        notes=[Message(*note) for note in told["notes"]],
    )


def write_refusal(refused: FileRefused, folder: Path) -> None:
    """Leave a refusal instead of an answer."""
    told = {
        "code": refused.code,
        "what": refused.what,
        "remedy": refused.remedy,
        "file": refused.file,
        "feature": refused.feature,
    }
    _leave(folder, {"refused": told})


def _leave(folder: Path, told: Mapping[str, object]) -> None:
    """Whole or not at all: the parent takes a file that is there for an answer."""
    half = folder / "half"
    half.write_text(json.dumps(told), encoding="ascii")
    half.rename(folder / FOUND)


def _refusal(told: dict[str, object]) -> FileRefused:
    feature = told["feature"]
    return FileRefused(
        str(told["code"]),
        _said(told["what"]),
        _said(told["remedy"]),
        file=str(told["file"]),
        feature=feature if isinstance(feature, int) else None,
    )


def _said(words: object) -> Message:
    zh, en = words if isinstance(words, list) and len(words) == 2 else ("", "")
    return Message(str(zh), str(en))


def _cut(blob: bytes, lengths: Sequence[int]) -> list[bytes | None]:
    shapes: list[bytes | None] = []
    at = 0
    for length in lengths:
        shapes.append(None if length < 0 else blob[at : at + length])
        at += max(length, 0)
    return shapes
