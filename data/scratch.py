"""Temporary folders: private, and removed when their process ends.

A killed process cannot clean up. So each process locks its folder; the kernel releases the lock
when the process dies, and the next process that makes a folder removes those without a lock.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final

from gis.messages import Message, MessageError

__all__ = ["FULL", "PREFIX", "Scratch", "TemporaryDiskFull", "clear_abandoned", "room_needed"]

PREFIX: Final = "luotu-scratch-"
FULL: Final = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
_UNUSABLE: Final = frozenset([errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR])


class TemporaryDiskFull(MessageError, RuntimeError):  # noqa: N818 - sister of FileRefused
    """The folder for temporary files has no room, or cannot be written; nothing was stored."""

    def __init__(self, why: str) -> None:
        folder = _folder()
        super().__init__(
            Message(
                f"临时目录 {folder} 没有空间或不可写（{why}），未保存任何内容：请腾出空间，"
                "或用 TMPDIR=目录 指到另一块盘后重试。",
                f"The folder for temporary files, {folder}, has no room or cannot be written "
                f"({why}); nothing was stored: free some space, or name another folder by "
                "TMPDIR=FOLDER, and try again.",
            )
        )
        self.why = why

    def __reduce__(self) -> tuple[object, ...]:
        """Keep all fields when pickled."""
        return TemporaryDiskFull, (self.why,)


class Scratch:
    """A private, empty folder; removed by :meth:`remove`, or at the end of a ``with``.

    Parameters
    ----------
    beside
        The folder to make it in, hidden; None is the one for temporary files.

    Raises
    ------
    TemporaryDiskFull
        It cannot be made in the folder for temporary files.
    OSError
        It cannot be made in ``beside``.

    Examples
    --------
    >>> with Scratch() as folder:
    ...     (folder / "notes.txt").write_text("for a while")
    ...     folder.name.startswith(PREFIX)
    11
    True
    >>> folder.exists()
    False
    """

    def __init__(self, beside: Path | None = None) -> None:
        clear_abandoned(beside)
        if beside is not None:
            self.path, self._lock = _made(beside, _prefix(beside))
            return
        with room_needed():
            self.path, self._lock = _made(Path(tempfile.gettempdir()), PREFIX)

    def remove(self) -> None:
        """Delete the folder and all that is in it; a second call does nothing."""
        if self._lock < 0:
            return
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)
        self._lock = -1

    def __enter__(self) -> Path:
        return self.path

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.remove()


@contextmanager
def room_needed() -> Iterator[None]:
    """Say in words that the temporary disk is full, or unusable, when something is written there.

    Raises
    ------
    TemporaryDiskFull
        For the system's own errors of that kind; any other error passes.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL | _UNUSABLE:
            raise TemporaryDiskFull(error.strerror or str(error)) from error
        raise


def clear_abandoned(within: Path | None = None) -> None:
    """Remove the folders of this user whose processes died; others are left.

    ``within`` is as ``beside`` of `Scratch`. What cannot be removed is left, too.
    """
    try:
        folders = [*(within or Path(tempfile.gettempdir())).glob(_prefix(within) + "*")]
    except OSError:
        return
    for folder in folders:
        try:
            descriptor = _opened(folder)
        except OSError:  # removed meanwhile, or a file or link of another user
            continue
        try:
            if os.fstat(descriptor).st_uid == os.geteuid() and _locked(
                descriptor, without_locks=False
            ):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(descriptor)


def _prefix(beside: Path | None) -> str:
    return PREFIX if beside is None else f".{PREFIX}"


def _made(where: Path, prefix: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=where))
        try:
            descriptor = _opened(folder)
        except FileNotFoundError:  # removed as abandoned by another process before it was locked
            continue
        if _locked(descriptor, without_locks=True) and folder.exists():
            return folder, descriptor
        os.close(descriptor)


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


def _locked(descriptor: int, *, without_locks: bool) -> bool:
    """Whether the lock was taken; ``without_locks`` where the file system has no locks.

    On such a file system no folder counts as abandoned.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return without_locks
    return True


def _folder() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return "TMPDIR"
