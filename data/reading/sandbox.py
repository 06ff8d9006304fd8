"""Starting the child process that opens an upload, and reading what it leaves."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Final

from data.errors import FileRefused
from data.reading.answer import FOUND, Found, found_in
from data.reading.child import NO_ROOM, too_big
from data.reading.limits import Limits
from data.reading.task import Task
from data.scratch import Scratch, TemporaryDiskFull, room_needed
from gis.messages import Message

_NOWHERE: Final = "http://127.0.0.1:1"
# A reader that fails beside less than that failed for want of it, whatever its library said.
_LEAST_ROOM_BYTES: Final = 65_536


@lru_cache(maxsize=1)
def driver_names() -> tuple[str, ...]:
    """Every vector driver of this GDAL; asked once, opens nothing."""
    import pyogrio  # noqa: PLC0415 - slow, and only wanted when a file comes

    return tuple(sorted(pyogrio.list_drivers()))


def open_shut_in(
    path: Path,
    *,
    layer: str | None,
    encoding: str | None,
    crs_is_said: bool,
    limits: Limits,
    walks: bool = False,
) -> Found:
    """Have a file opened by a child process that can do nothing else.

    Parameters
    ----------
    path
        As it was sent.
    layer, encoding
        As the sender said, or None.
    crs_is_said
        Whether the sender names the reference system too.
    walks
        Whether tracks are wanted, with the time of every fix.
    limits
        Memory, processor and disk bind the child; the clock binds us.

    Raises
    ------
    FileRefused
        What the child says, and ``too_slow``, ``too_big``, ``reader_died``.
    TemporaryDiskFull
        There is no room for what is unpacked, or for the answer.
    """
    drivers = list(driver_names())
    task = Task(
        str(path.resolve()), layer, encoding, crs_is_said, drivers, limits, os.getpid(), walks
    )
    with Scratch() as folder:
        status = _run(task, folder)
        if not (folder / FOUND).exists():
            raise _died(status, limits, folder)
        return found_in(folder)


def _run(task: Task, folder: Path) -> int:
    with room_needed():
        (folder / "task.json").write_text(json.dumps(asdict(task)), encoding="ascii")
    with (folder / "task.json").open("rb") as task_file, (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-I", "-m", "data.reading.child"],
            stdin=task_file,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
    try:
        return child.wait(task.limits.seconds)
    except subprocess.TimeoutExpired:
        return -signal.SIGXCPU
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours: no passwords, no settings, no way out."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "CPL_TMPDIR": str(folder),
        "GDAL_HTTP_PROXY": _NOWHERE,
        "GDAL_HTTPS_PROXY": _NOWHERE,
        "http_proxy": _NOWHERE,
        "https_proxy": _NOWHERE,
        "PROJ_NETWORK": "OFF",
        "SHAPE_RESTORE_SHX": "YES",
        "OGR_GPKG_OPEN_UNRECOGNIZED_VERSION": "NO",
        "OGR_SQLITE_LOAD_EXTENSIONS": "",
        "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
        "OPENBLAS_NUM_THREADS": "1",  # each thread would claim address space
        "GDAL_NUM_THREADS": "1",
    }


def _died(status: int, limits: Limits, folder: Path) -> FileRefused | TemporaryDiskFull:
    if status == NO_ROOM or shutil.disk_usage(folder).free < _LEAST_ROOM_BYTES:
        return TemporaryDiskFull(os.strerror(errno.ENOSPC))
    fewer = Message("请分批提交", "send it in parts")
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
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
