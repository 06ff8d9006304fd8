"""Zips of large files, packed on all processors.

Half of the time of a large shapefile goes into its zip, and `zipfile` packs one byte after the
other. Deflate may be cut at any byte: blocks that end with a full flush, one after the other, are
one stream.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from gis.threads import THREADS

__all__ = ["zip_files"]

_LEVEL: Final = 3
_BLOCK_BYTES: Final = 2**20


def zip_files(target: Path, files: Iterable[tuple[Path, str]]) -> None:
    """Put files into a new zip, each under a name.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "a.txt")
    ...     _ = file.write_text("一" * 700_000, encoding="utf-8")
    ...     zip_files(Path(folder, "a.zip"), [(file, "a.txt")])
    ...     with zipfile.ZipFile(Path(folder, "a.zip")) as packed:
    ...         packed.testzip(), packed.read("a.txt") == file.read_bytes()
    (None, True)
    """
    with (
        ThreadPoolExecutor(THREADS) as threads,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for file, name in files:
            info = zipfile.ZipInfo.from_file(file, name)
            info.compress_type = zipfile.ZIP_DEFLATED
            with file.open("rb") as source, archive.open(info, "w") as member:
                packed: Any = member
                # What it packs with by itself has one thread, and no other may be named.
                packed._compressor = _Deflate(threads)  # noqa: SLF001
                while block := source.read(_BLOCK_BYTES):
                    member.write(block)


class _Deflate:
    """As `zlib.compressobj`, but what is given is packed in other threads and comes later."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._under_way: deque[Future[bytes]] = deque()

    def compress(self, block: bytes) -> bytes:
        """Take a block; answers what earlier ones became, waiting when too many are under way."""
        self._under_way.append(self._threads.submit(_packed, block))
        ready = []
        while self._under_way and (len(self._under_way) > 2 * THREADS or self._under_way[0].done()):
            ready.append(self._under_way.popleft().result())
        return b"".join(ready)

    def flush(self) -> bytes:
        """The rest of the stream."""
        rest = [part.result() for part in self._under_way]
        self._under_way.clear()
        return b"".join([*rest, zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS).flush()])


def _packed(block: bytes) -> bytes:
    packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packing.compress(block) + packing.flush(zlib.Z_FULL_FLUSH)
