"""The result of the child process, handed to the parent as JSON and WKB: no pickles."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from data.errors import FileRefused
from gis.messages import Message

Kind: TypeAlias = Literal["text", "number", "boolean", "date", "datetime", "any"]

RESULT: Final = "result.json"
SHAPES: Final = "shapes.wkb"


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
    shapes: list[bytes | None]
    """WKB with x before y; None is a row without geometry."""
    columns: list[Column]
    encoding: str | None = None
    notes: list[Message] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Write the result into the folder that the parent reads."""
        lengths = [-1 if shape is None else len(shape) for shape in self.shapes]
        with (folder / SHAPES).open("xb") as sink:
            sink.writelines(shape for shape in self.shapes if shape is not None)
        fields = {
            "layer": self.layer,
            "crs": self.crs,
            "encoding": self.encoding,
            "notes": self.notes,
            "lengths": lengths,
            "columns": [
                [column.name, column.kind, column.values, list(column.unreadable.items())]
                for column in self.columns
            ],
        }
        _leave(folder, fields)


def load_result(folder: Path) -> RawLayer:
    """Read the result of the child; its refusal is raised here.

    Raises
    ------
    FileRefused
        The refusal of the child.
    """
    fields = json.loads((folder / RESULT).read_text(encoding="ascii"))
    if "refused" in fields:
        raise _refusal(fields["refused"])
    return RawLayer(
        layer=fields["layer"],
        crs=fields["crs"],
        shapes=_pieces(folder / SHAPES, fields["lengths"]),
        columns=[
            Column(name, kind, values, {row: Message(*why) for row, why in unreadable})
            for name, kind, values, unreadable in fields["columns"]
        ],
        encoding=fields["encoding"],
        notes=[Message(*note) for note in fields["notes"]],
    )


def write_refusal(refused: FileRefused, folder: Path) -> None:
    """Write a refusal instead of a result."""
    fields = {
        "code": refused.code,
        "what": refused.what,
        "remedy": refused.remedy,
        "file": refused.file,
        "feature": refused.feature,
    }
    _leave(folder, {"refused": fields})


def _leave(folder: Path, fields: Mapping[str, object]) -> None:
    """Write atomically: the parent reads the file as soon as it exists."""
    half = folder / "half"
    half.write_text(json.dumps(fields), encoding="ascii")
    half.rename(folder / RESULT)


def _refusal(fields: dict[str, object]) -> FileRefused:
    feature = fields["feature"]
    return FileRefused(
        str(fields["code"]),
        _said(fields["what"]),
        _said(fields["remedy"]),
        file=str(fields["file"]),
        feature=feature if isinstance(feature, int) else None,
    )


def _said(words: object) -> Message:
    zh, en = words if isinstance(words, list) and len(words) == 2 else ("", "")
    return Message(str(zh), str(en))


def _pieces(path: Path, lengths: Sequence[int]) -> list[bytes | None]:
    """What the file holds piece by piece, each of so many bytes; None for a negative number."""
    with path.open("rb") as source:
        return [None if length < 0 else source.read(length) for length in lengths]
