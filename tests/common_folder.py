"""A folder that all workers of one run have in common, in memory where that has room."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

COMMON = "SUITE_FOLDER"
"""The variable of the environment that names it."""

# A database is six hundred files; in memory they are copied in a quarter of the time.
MEMORY = Path("/dev/shm")
NEEDED_BYTES = 2 * 2**30


def fresh_folder() -> Path:
    """A folder with a short path that every user can enter, unlike ``tmp_path``: for clusters.

    It lies in memory where that has room; what killed processes left there is cleared away.
    """
    for left in MEMORY.glob("luotu-test-*-*"):
        pid = left.name.split("-")[2]
        if pid.isdigit() and not Path("/proc", pid).exists():
            shutil.rmtree(left, ignore_errors=True)
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > NEEDED_BYTES
    prefix = f"luotu-test-{os.getpid()}-"
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if has_room else None))
    folder.chmod(0o711)
    return folder


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The path ``name`` in the common folder, made by the first worker that asks for it.

    The others wait for it. Where making it failed, the next one tries anew.
    """
    folder = Path(os.environ[COMMON])
    made, done = folder / name, folder / f"{name}.made"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(made, ignore_errors=True)
            make(made)
            done.touch()
    return made
