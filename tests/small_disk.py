"""A disk that is soon full: a file system in memory of a few hundred kilobytes."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system")


@contextmanager
def small_disk(folder: Path, size_kb: int) -> Iterator[Path]:
    """A folder that is a disk of its own, of so many kilobytes."""
    folder.mkdir()
    size = f"size={size_kb}k"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path, *, but_bytes: int = 0) -> Path:
    """Leave so many bytes free; answers the file that takes the rest."""
    rest = folder / "fill"
    with rest.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
        file.truncate(max(0, file.tell() - but_bytes))
    return rest
