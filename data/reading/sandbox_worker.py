"""The child process that opens an upload: restricted first, then one driver, then the file.

Started by `data.reading.sandbox` as ``python -I -m data.reading.sandbox_worker``; it reads its
task from standard input and writes its result into its working folder.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Final

from data.errors import FileRefused
from data.reading.limits import Limits
from data.reading.task import Task
from gis.messages import Message

_NEW_USER: Final = 0x10000000
_NEW_NET: Final = 0x40000000
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG

NO_ROOM: Final = os.EX_IOERR
"""Exit status where the disk has no room for the result, nor for a refusal."""


def main() -> None:
    """Do the task on standard input."""
    fields = json.load(sys.stdin)
    task = Task(**{**fields, "limits": Limits(**fields["limits"])})
    restrict(task.limits)
    die_with(task.parent)
    try:
        _read(task, Path.cwd())
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SystemExit(NO_ROOM) from None
        raise


def _read(task: Task, folder: Path) -> None:
    try:
        _answer(task, folder)
    except FileRefused as refused:
        _refuse(refused, folder)
    except MemoryError:
        _refuse(too_big(task.limits), folder)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        _refuse(too_big(task.limits) if error.errno == errno.EFBIG else _unforeseen(error), folder)
    except Exception as error:  # noqa: BLE001 - whatever a file does, its sender gets an answer
        _refuse(_unforeseen(error), folder)


def _unforeseen(error: Exception) -> FileRefused:
    """The refusal of a file that no reader was prepared for."""
    words = error.strerror if isinstance(error, OSError) else str(error)  # no path of ours
    reason = f"{type(error).__name__}: {str(words)[:80]}"
    what = Message(f"内容无法读取（{reason}）", f"its content cannot be read ({reason})")
    remedy = Message("请用制图软件重新导出后提交", "export it again by a GIS and send it")
    return FileRefused("file_damaged", what, remedy)


def too_big(limits: Limits) -> FileRefused:
    """The refusal of a file that does not fit into memory."""
    most = limits.memory_bytes / 2**20
    what = Message(
        f"读取需要超过 {most:g} MB 内存", f"reading it takes more than {most:g} MB of memory"
    )
    return FileRefused("too_big", what, Message("请分批提交", "send it in parts"))


def restrict(limits: Limits) -> bool:
    """Give up the network and limit memory, processor time and disk, irrevocably.

    Returns
    -------
    bool
        Whether the network is gone. Where a machine forbids that, GDAL's HTTP is sent to a
        proxy that does not exist; see `data.reading.sandbox`.
    """
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, limits.inflated_bytes + 1),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a lower bound is already set
            resource.setrlimit(what, (most, most))
    libc = ctypes.CDLL(
        None
    )  # a namespace without any interface; others than root need a user namespace
    return bool(libc.unshare(_NEW_NET) == 0 or libc.unshare(_NEW_USER | _NEW_NET) == 0)


def die_with(parent: int) -> None:
    """Be killed when the parent process ends, however it ends."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before that
        raise SystemExit(1)


def _refuse(refused: FileRefused, folder: Path) -> None:
    from data.reading.sandbox_result import write_refusal  # noqa: PLC0415 - nothing is imported before `restrict`

    write_refusal(refused, folder)


def _answer(task: Task, folder: Path) -> None:
    from data.reading.sources import read_source  # noqa: PLC0415

    def leave_only(driver: str | None) -> None:
        os.environ["OGR_SKIP"] = ",".join(name for name in task.drivers if name != driver)
        if driver is None:
            return
        from data.reading.layers import drivers  # noqa: PLC0415

        if drivers() - {driver}:
            raise SystemExit(f"drivers are left: {sorted(drivers())[:5]}")

    read_source(task, folder, leave_only).write(folder)


if __name__ == "__main__":
    main()
