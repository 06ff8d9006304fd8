"""Starts the server, after clearing away what a killed one left."""

import os
import re
import time
from pathlib import Path

from service.embedded.errors import ClusterError, failed
from service.embedded.lease import life
from service.embedded.os_account import Account, account_for
from service.embedded.paths import Place
from service.embedded.process import Postmaster, answering, end_orphans, pid_file, program
from service.embedded.sockets import free_port, socket_folder, usual_port

_ATTEMPTS = 5
_LIFE_WAIT_S = 30.0
_READY_S = 600.0  # recovery after a crash reads up to max_wal_size
# A line of the server itself; those of a connection have user@database before the word.
_LAST_WORD = re.compile(r"\] (FATAL|PANIC): ")
_TELLING = re.compile(r"\] (FATAL|PANIC|HINT|LOG|WARNING):  (?!Future log)")
_TUNING = """\
# Written by Luotu at every start. Own settings: ALTER SYSTEM, or below the include in
# postgresql.conf. Durability (fsync, full_page_writes, synchronous_commit) stays as it is.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
max_connections = 80
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
max_parallel_workers_per_gather = {helpers}
max_parallel_maintenance_workers = {helpers}
jit = off
password_encryption = 'scram-sha-256'
logging_collector = on
log_directory = '../log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_line_prefix = '%m [%p] %q%u@%d '
log_lock_waits = on
"""


def start(place: Place, home: Path) -> Postmaster:
    """Start the server and wait until it answers. Raises `ClusterError` when it does not.

    Temporary failures are retried: a port that was taken first, memory that orphans still use, a
    kill during the start.
    """
    account = account_for(place.data)
    wished, said = usual_port(home), ""
    for _ in range(_ATTEMPTS):
        said = _launch(place, home, account, free_port(wished))
        server = answering(place, account)
        if server is not None:
            return server
        if "Address already in use" in said:
            wished = 0
        elif "still in use" in said:
            time.sleep(1)
        elif _LAST_WORD.search(said):
            break
    raise failed("启动数据库", "Starting the database", said)


def _launch(place: Place, home: Path, account: Account, port: int) -> str:
    """Try once; answers what the server logged meanwhile."""
    end_orphans(place)
    with life(home, wait_s=_LIFE_WAIT_S) as life_lock:
        if life_lock is None:
            raise ClusterError(
                "still_alive",
                f"{place.data} 的旧数据库进程还没有退出：请稍候再试，或用 ps 找到并结束它们。",
                f"Processes of a killed server still work on {place.data}: "
                "wait and try again, or find them with ps and end them.",
            )
        socket_dir = socket_folder(place, account)
        _clear_remains(place, socket_dir)
        _write_settings(place, account, port, socket_dir)
        before = _sizes(place)
        answer = account.run(
            program(place, "pg_ctl"),
            "start",
            # Relative: pg_ctl hands folders to a shell, and LUOTU_HOME may have any name.
            "--pgdata=data",
            "--log=start.log",
            "--wait",
            f"--timeout={_READY_S:g}",
            cwd=place.folder,
            keep_fds=[life_lock],
        )
    return _said_since(place, before) or answer.stdout


def _write_settings(place: Place, account: Account, port: int, socket_dir: Path) -> None:
    helpers = min(2, (os.cpu_count() or 1) // 2)
    text = _TUNING.format(port=port, socket_dir=socket_dir, helpers=helpers)
    settings = place.data / "luotu.conf"
    if not settings.exists() or settings.read_text("utf-8") != text:
        fresh = settings.with_suffix(".new")
        fresh.write_text(text, "utf-8")
        account.give(fresh)
        fresh.replace(settings)


def _sizes(place: Place) -> dict[Path, int]:
    (place.folder / "start.log").unlink(missing_ok=True)
    return {log: log.stat().st_size for log in place.folder.glob("log/*.log")}


def _said_since(place: Place, before: dict[Path, int]) -> str:
    said = []
    for log in [place.folder / "start.log", *place.folder.glob("log/*.log")]:
        if log.exists():
            text = log.read_bytes()[before.get(log, 0) :].decode("utf-8", "replace")
            said += [row for row in text.splitlines() if _TELLING.search(row)]
    return "\n".join(said)


def _clear_remains(place: Place, socket_dir: Path) -> None:
    # We hold the life lock and no server works in the folder, so these files are stale. A pid that
    # was reused, or that belongs to a zombie (in a container without an init), would keep
    # PostgreSQL from starting.
    lines = pid_file(place.data)
    if lines and lines[0].isdigit() and Path("/proc", lines[0]).exists():
        (place.data / "postmaster.pid").unlink()
    for rest in socket_dir.glob(".s.PGSQL.*"):
        rest.unlink()
