"""The child process that opens an upload: restricted first, then one driver, then the file.

``python -I -m data.reading.sandbox_worker`` is the process of `data.reading.reader_process`, which
forks it: the child reads its task from its working folder and writes its result there.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import json
import os
import resource
import select
import signal
from pathlib import Path
from typing import Final

from data.errors import FileRefused
from data.reading.limits import Limits
from data.reading.task import Task
from gis.messages import Message

_NEW_USER: Final = 0x10000000
_NEW_NET: Final = 0x40000000
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG

_ASKED: Final = 0
_ANSWERED: Final = 1
_PATIENCE_S: Final = 60.0

NO_ROOM: Final = os.EX_IOERR
"""Exit status where the disk has no room for the result, nor for a refusal."""


def main() -> None:
    """Fork a child for each folder that is named on standard input, one after the other.

    Ends when standard input does, and its child with it, or when nothing came for a minute.
    """
    import data.reading.sources  # noqa: F401, PLC0415 - what the parent does not need itself

    gc.freeze()  # pages that the collector does not touch are shared with the children
    while select.select([_ASKED], [], [], _PATIENCE_S)[0]:
        folder = os.fsdecode(os.read(_ASKED, select.PIPE_BUF)).rstrip("\n")
        if not folder:
            return
        me = os.getpid()
        child = os.fork()
        if child == 0:
            try:
                _work(Path(folder), me)
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    os._exit(NO_ROOM)
                raise
            finally:
                os._exit(1)  # whatever went wrong, a child never goes on as its parent
        os.write(_ANSWERED, f"{_ended(child)}\n".encode("ascii"))


def _ended(child: int) -> int:
    """Exit status of the child; where nobody waits for it any more it ends, and so do we."""
    end = os.pidfd_open(child)
    try:
        if end not in select.select([_ASKED, end], [], [])[0]:
            raise SystemExit(1)
    finally:
        os.close(end)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _work(folder: Path, parent: int) -> None:
    """Do the task of a folder and end the process."""
    os.chdir(folder)
    os.environ |= dict.fromkeys(("HOME", "TMPDIR", "CPL_TMPDIR"), str(folder))
    for name, flags, descriptors in (
        (os.devnull, os.O_RDONLY, (_ASKED,)),
        ("log", os.O_WRONLY | os.O_CREAT, (_ANSWERED, 2)),
    ):
        opened = os.open(name, flags, 0o600)
        for descriptor in descriptors:
            os.dup2(opened, descriptor)
        os.close(opened)
    fields = json.loads(Path("task.json").read_text(encoding="ascii"))
    task = Task(**{**fields, "limits": Limits(**fields["limits"])})
    restrict(task.limits)
    die_with(parent)
    _read(task, folder)
    os._exit(0)


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
        proxy that does not exist; see `data.reading.reader_process`.
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
    from data.reading.sandbox_result import write_refusal  # noqa: PLC0415 - the parent has none of it

    write_refusal(refused, folder)


def _answer(task: Task, folder: Path) -> None:
    if task.cells:
        from data.reading.cells import write_cells  # noqa: PLC0415

        write_cells(Path(task.path), folder)
        return
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
