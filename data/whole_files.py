"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fiona.errors import FionaError
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from data.export_report import ExportRefused

__all__ = ["in_place", "zipped"]


@contextmanager
def in_place(path: Path) -> Iterator[tuple[Path, Path]]:
    """A folder to write in, and in it the file that takes the place of `path` at the end.

    The folder is a hidden one beside `path`, for a rename is whole only on one disk. When anything
    fails, it goes with all that is in it and `path` stays as it was.

    Raises
    ------
    ExportRefused
        ``cannot_write``: no such folder, no right to write, disk full.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".luotu-", dir=path.parent) as name:
            folder = Path(name) / "content"
            folder.mkdir()
            target = Path(name) / "target"
            yield folder, target
            _onto_disk(target)
            target.replace(path)
    except (OSError, FionaError, DataSourceError, DataLayerError, FeatureError) as error:
        raise ExportRefused(
            f"{path.name} 无法写出（{error}），请检查文件夹、权限和剩余空间。 "
            f"{path.name} cannot be written ({error}); look at folder, rights and free space.",
            code="cannot_write",
        ) from error


def _onto_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def zipped(folder: Path, target: Path) -> None:
    """Put the files of a folder into a zip, by name."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
