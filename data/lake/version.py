"""A new version of a lake: made out of sight, swapped in whole, or not there at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from data.errors import FileRefused
from data.lake.errors import not_empty
from data.lake.lock import LOCK, writing
from data.lake.manifest import (
    CURRENT,
    NAME,
    CountyParts,
    Manifest,
    Part,
    read_manifest,
    require_whole,
    swap_in,
    sync,
)


class NewVersion:
    """Files of the next version; nobody sees them before `commit`."""

    def __init__(self, folder: Path, previous: Manifest | None) -> None:
        self.folder, self.previous = folder, previous
        self.number = 1 if previous is None else previous.number + 1
        self.name = f"v{self.number:06d}"
        self.half = folder / f".{self.name}.half"
        self.half.mkdir()

    def county(self, code: str) -> CountyParts:
        """What the previous version has of a county; empty where it has nothing."""
        if self.previous is None:
            return CountyParts()
        return self.previous.counties.get(code, CountyParts())

    def keep(self, part: Part | None) -> bool:
        """Take a file of the previous version as it is; False where it is not whole any more.

        None, which is no file, is kept as well.
        """
        if part is None or self.previous is None:
            return part is None
        old = self.folder / self.previous.folder / part.path
        try:
            require_whole(old, part)
        except FileRefused:
            return False
        new = self.half / part.path
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(old, new)
        except OSError:  # a file system without hard links
            shutil.copy2(old, new)
            sync(new)
        return True

    def commit(self, manifest: Manifest) -> None:
        """Swap this version in; that before it stays for whoever reads it still."""
        for path in [*self.half.rglob("*"), self.half]:
            if path.is_dir():
                sync(path)
        self.half.rename(self.folder / self.name)
        sync(self.folder)
        swap_in(self.folder, manifest)


@contextmanager
def next_version(folder: Path) -> Iterator[NewVersion]:
    """Hold the lake for writing; what is not committed leaves nothing behind.

    Raises
    ------
    FileRefused
        ``folder_not_empty``; ``lake_being_written``; ``newer_lake``; ``lake_damaged``: its manifest
        cannot be read.
    OSError
        The folder cannot be written, or the disk is full; readers have what they had.
    """
    there = folder.exists()
    if there and not folder.is_dir():
        raise not_empty(folder)
    ours = any((folder / name).exists() for name in (NAME, LOCK))
    if there and not ours and any(folder.iterdir()):
        raise not_empty(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with writing(folder):
        previous = read_manifest(folder)
        clear(folder, previous)
        version = NewVersion(folder, previous)
        try:
            yield version
        finally:
            shutil.rmtree(version.half, ignore_errors=True)
            if read_manifest(folder) is None:
                (folder / LOCK).unlink()
                with suppress(OSError):  # somebody put something there meanwhile
                    if not there:
                        folder.rmdir()


def clear(folder: Path, manifest: Manifest | None) -> None:
    """Remove halves of broken writings, and versions older than the last two."""
    needed = set() if manifest is None else {manifest.folder, manifest.previous}
    for path in [*folder.glob("v*"), *folder.glob(".v*.half")]:
        if path.is_dir() and not path.is_symlink() and path.name not in needed:
            shutil.rmtree(path, ignore_errors=True)
    for name in (NAME, CURRENT):
        (folder / f".{name}").unlink(missing_ok=True)
