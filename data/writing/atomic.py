"""Atomic writing: a file appears complete or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from data.scratch import Scratch
from data.writing.export_report import ExportRefused
from data.writing.zipping import zip_files
from gis.messages import Message

__all__ = ["in_place", "reason", "zip_folder", "zipped"]

_REASON_LETTERS = 120


@contextmanager
def in_place(path: Path) -> Iterator[tuple[Path, Path]]:
    """A folder to write in, and in it the file that replaces `path` at the end.

    The folder is hidden and beside `path`, since a rename is atomic only within one disk. After an
    error it is removed and `path` stays unchanged; what a killed process left beside `path` is
    removed with the next file.

    Raises
    ------
    ExportRefused
        ``cannot_write``: no such folder, no right to write, disk full.
    """
    try:
        with Scratch(beside=path.parent) as scratch:
            folder = scratch / "content"
            folder.mkdir()
            target = scratch / "target"
            yield folder, target
            _onto_disk(target)
            target.replace(path)
    except _not_written() as error:
        why = reason(error)
        raise ExportRefused(
            Message(
                f"{path.name} 无法写出（{why}），请检查文件夹、权限和剩余空间。",
                f"{path.name} cannot be written ({why}); look at folder, rights and free space.",
            ),
            code="cannot_write",
        ) from error


def _not_written() -> tuple[type[Exception], ...]:
    """What says that a file could not be written; fiona's only where it was loaded."""
    loaded = sys.modules.get("fiona.errors")
    of_fiona = () if loaded is None else (loaded.FionaError,)
    return (OSError, DataSourceError, DataLayerError, FeatureError, *of_fiona)


def reason(error: BaseException) -> str:
    """Why something could not be written, in one line: GDAL quotes the whole failed statement.

    >>> reason(OSError(28, "No space left on device"))
    'No space left on device'
    >>> reason(RuntimeError("CREATE TABLE t (" + "a, " * 99 + ") failed: disk is full"))[-20:]
    'failed: disk is full'
    """
    words = " ".join(str(getattr(error, "strerror", None) or error).split())
    return words if len(words) <= _REASON_LETTERS else f"… {words[-_REASON_LETTERS:]}"


def _onto_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def zipped(folder: Path, target: Path) -> None:
    """Put the files of a folder into a zip, by name."""
    zip_files(target, ((file, file.name) for file in sorted(folder.iterdir())))


def zip_folder(folder: Path, target: Path) -> None:
    """Put a folder into a zip, under its own name."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    zip_files(target, ((file, f"{folder.name}/{file.relative_to(folder)}") for file in files))
