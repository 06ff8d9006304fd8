"""The result of the child process in the process that asked for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from data.errors import FileRefused
from data.packed_shapes import PackedShapes
from data.reading.sandbox_result import RESULT, SHAPES, Column
from gis.messages import Message

__all__ = ["Result", "load_result"]


class Result(NamedTuple):
    """A `RawLayer` in the process that asked for it; what is named alike is alike."""

    layer: str
    crs: str | None
    shapes: PackedShapes
    columns: list[Column]
    encoding: str | None
    notes: list[Message]


def load_result(folder: Path) -> Result:
    """Read the result of the child, whose folder may go then; its refusal is raised here.

    Raises
    ------
    FileRefused
        The refusal of the child.
    """
    fields = json.loads((folder / RESULT).read_text(encoding="ascii"))
    if "refused" in fields:
        raise _refusal(fields["refused"])
    return Result(
        layer=fields["layer"],
        crs=fields["crs"],
        shapes=PackedShapes.in_file(folder / SHAPES, fields["lengths"]),
        columns=[
            Column(name, kind, _shared(values), {row: Message(*why) for row, why in unreadable})
            for name, kind, unreadable, values in fields["columns"]
        ],
        encoding=fields["encoding"],
        notes=[Message(*note) for note in fields["notes"]],
    )


def _shared(values: list[object]) -> list[object]:
    """The values, equal texts being one: a column has few of them and many rows."""
    known: dict[str, str] = {}
    return [known.setdefault(value, value) if isinstance(value, str) else value for value in values]


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
