"""Handing an upload to the child process that opens it, and reading its result."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import time
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from data.errors import FileRefused
from data.reading.cells import CELLS
from data.reading.limits import Limits
from data.reading.reader_process import read_in_child
from data.reading.sandbox_answer import Result, load_result
from data.reading.sandbox_result import RESULT
from data.reading.sandbox_worker import NO_ROOM, too_big
from data.reading.task import Task
from data.scratch import Scratch, TemporaryDiskFull, room_needed
from gis.messages import Message

# A reader that fails with less free disk than this failed for lack of space.
_MIN_FREE_BYTES: Final = 65_536
# Share of the time that a reader may take, of its processor, after which it counts as too slow.
_SLOW: Final = 0.9


@lru_cache(maxsize=1)
def driver_names() -> tuple[str, ...]:
    """Every vector driver of this GDAL, cached; opens no file."""
    import pyogrio  # noqa: PLC0415 - slow, and only wanted when a file comes

    return tuple(sorted(pyogrio.list_drivers()))


def open_in_sandbox(  # noqa: PLR0913 - what is known of the file, each by its name
    path: Path,
    *,
    layer: str | None,
    encoding: str | None,
    crs_is_said: bool,
    limits: Limits,
    walks: bool = False,
    table: bool = False,
    rows: bool = False,
) -> Result:
    """Open a file in a restricted child process.

    Parameters
    ----------
    path
        The file from outside.
    layer, encoding
        From the sender, or None.
    crs_is_said
        Whether the sender names the reference system too.
    walks
        Whether tracks are wanted, with the time of every fix.
    table
        Whether the rows of a table are wanted, without places: shapes are None then.
    rows
        Whether each row of a table is a feature of its own.
    limits
        Memory, processor and disk are limits of the child; the clock is checked here.

    Raises
    ------
    FileRefused
        The refusal of the child, and ``too_slow``, ``too_big``, ``reader_died``,
        ``reader_killed``.
    TemporaryDiskFull
        There is no room for what is unpacked, or for the answer.
    """
    drivers = list(driver_names())
    task = Task(
        str(path.resolve()), layer, encoding, crs_is_said, drivers, limits, walks, table, rows
    )
    with Scratch() as folder:
        status = _run(task, folder)
        if not (folder / RESULT).exists():
            raise _died(status, limits, folder)
        return load_result(folder)


def cells_in_sandbox(path: Path, limits: Limits) -> list[dict[str, Any]]:
    """The sheets of a workbook, read in a restricted child process; see `data.reading.cells`.

    Raises
    ------
    FileRefused
        The refusal of the child, and ``too_slow``, ``too_big``, ``reader_died``,
        ``reader_killed``.
    TemporaryDiskFull
        There is no room for the answer.
    """
    task = Task(str(path.resolve()), None, None, True, [], limits, cells=True)
    with Scratch() as folder:
        status = _run(task, folder)
        if (folder / RESULT).exists():
            load_result(folder)  # a refusal, which it raises
        if status != 0 or not (folder / CELLS).exists():
            raise _died(status, limits, folder)
        sheets: list[dict[str, Any]] = json.loads((folder / CELLS).read_text(encoding="ascii"))
        return sheets


def _run(task: Task, folder: Path) -> int:
    with room_needed():
        (folder / "task.json").write_text(json.dumps(asdict(task)), encoding="ascii")
    begun = time.monotonic()
    status = read_in_child(folder, task.limits.seconds)
    # The system kills a child that took all its time, and one that took the machine's memory.
    slow = time.monotonic() - begun > _SLOW * task.limits.seconds
    return -signal.SIGXCPU if status == -signal.SIGKILL and slow else status


def _died(status: int, limits: Limits, folder: Path) -> FileRefused | TemporaryDiskFull:
    if status == NO_ROOM or shutil.disk_usage(folder).free < _MIN_FREE_BYTES:
        return TemporaryDiskFull(os.strerror(errno.ENOSPC))
    fewer = Message("请分批提交", "send it in parts")
    if status == -signal.SIGKILL:
        what = Message(
            "系统中止了读取程序（可能内存不足）",
            "the system ended the reading process, perhaps for want of memory",
        )
        return FileRefused("reader_killed", what, fewer)
    if status == -signal.SIGXCPU:
        what = Message(
            f"读取超过 {limits.seconds} 秒", f"reading it takes more than {limits.seconds} seconds"
        )
        return FileRefused("too_slow", what, fewer)
    if status == -signal.SIGXFSZ:
        return too_big(limits)
    what = Message("文件使读取程序中断", "the file made the reading process stop")
    return FileRefused(
        "reader_died", what, Message("请重新导出后提交", "export it again and send it")
    )
