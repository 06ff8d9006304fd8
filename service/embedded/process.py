"""The running server: found, asked, stopped, its orphans ended."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from psycopg.pq import PGconn, Ping

from service.embedded.binaries import find_binaries
from service.embedded.errors import ClusterError, failed
from service.embedded.lease import life
from service.embedded.os_account import Account, account_for
from service.embedded.paths import Place

_READY_S = 600.0  # recovery after a crash reads up to max_wal_size
_ORPHANS_S = 2.0


class Postmaster(NamedTuple):
    """A living server process, as its ``postmaster.pid`` describes it."""

    pid: int
    port: int
    socket_dir: Path
    ready: bool


def postmaster(data: Path, account: Account) -> Postmaster | None:
    """The server that runs on ``data``; None when there is none.

    A ``postmaster.pid`` proves nothing: its server may have been killed, and its pid may be reused.
    The process must be a PostgreSQL that works in that very folder.
    """
    lines = pid_file(data)
    if not lines or not lines[0].isdigit() or not _serves(int(lines[0]), data, account):
        return None
    lines += [""] * (8 - len(lines))
    return Postmaster(
        pid=int(lines[0]),
        port=int(lines[3] or 0),
        socket_dir=Path(lines[4]),
        ready=lines[7].strip() == "ready",
    )


def answering(place: Place, account: Account) -> Postmaster | None:
    """The running server, once it takes connections; None without one. Raises `ClusterError`.

    It may be in recovery, stopping, or killed a moment ago and not gone yet.
    """
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        server = postmaster(place.data, account)
        if server is None:
            return None
        if server.ready:
            if not server.socket_dir.is_dir():
                raise _moved(place)
            address = f"host={server.socket_dir} port={server.port} connect_timeout=5"
            if PGconn.ping(address.encode()) == Ping.OK:
                return server
        time.sleep(0.03)
    raise ClusterError(
        "not_answering",
        f"数据库进程 {place.data} 在运行却不应答：请查看 {place.folder / 'log'} 里的日志。",
        f"The server of {place.data} runs and does not answer: see its log in "
        f"{place.folder / 'log'}.",
    )


def stop(place: Place, home: Path) -> bool:
    """Stop the server and all its processes; False when none ran. Raises `ClusterError`."""
    account = account_for(place.data)
    server = _being_born(place, home, account)
    if server is None:
        return False
    command = (program(place, "pg_ctl"), "stop", "--pgdata=data", "--wait")
    answer = account.run(*command, "--mode=fast", "--timeout=60", cwd=place.folder)
    if answer.returncode != 0:  # a backend that does not react; recovery restores all
        answer = account.run(*command, "--mode=immediate", "--timeout=30", cwd=place.folder)
    if answer.returncode != 0 and postmaster(place.data, account) is not None:
        raise failed("停止数据库", "Stopping the database", answer.stdout)
    with life(home, wait_s=5):  # its logger goes last
        pass
    if server.socket_dir != place.folder / "run":
        _remove_empty(server.socket_dir)
    return True


def end_orphans(place: Place) -> None:
    """Wait for the children of a killed server; end those that go on computing.

    They do not notice that their postmaster is dead, and nobody reads their results. SIGQUIT ends
    them as a crash of the server would.
    """
    for patience_s, last_word in ((_ORPHANS_S, signal.SIGQUIT), (10.0, signal.SIGKILL)):
        deadline = time.monotonic() + patience_s
        while left := processes_in(place.folder):
            if time.monotonic() > deadline:
                for pid in left:
                    with suppress(ProcessLookupError):  # it ended by itself
                        os.kill(pid, last_word)
                break
            time.sleep(0.02)


def program(place: Place, name: str) -> str:
    """The path of a program of the PostgreSQL version that made the data."""
    major = int((place.data / "PG_VERSION").read_text("ascii"))
    return find_binaries(major).program(name)


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _moved(place: Place) -> ClusterError:
    return ClusterError(
        "moved_while_running",
        f"{place.folder} 在数据库运行时被移动过：请先运行 luotu db down，再试一次。",
        f"{place.folder} was moved while its database ran: run luotu db down, then try again.",
    )


def _being_born(place: Place, home: Path, account: Account) -> Postmaster | None:
    """The server; waits if its start was interrupted before it wrote a pid file."""
    for _ in range(100):
        server = postmaster(place.data, account)
        if server is not None:
            return server
        with life(home, wait_s=0.05) as descriptor:
            if descriptor is not None:
                break
    return None


def processes_in(folder: Path) -> list[int]:
    """PostgreSQL's processes that work in ``folder``, its postmaster alive or not."""
    pids = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            within = (process / "cwd").readlink().is_relative_to(folder)
        except OSError:  # gone meanwhile, or not ours to look at
            continue
        if within and _name(int(process.name)) in {"postgres", "initdb", "pg_ctl"}:
            pids.append(int(process.name))
    return pids


def pid_file(data: Path) -> list[str]:
    """The lines of ``postmaster.pid``, valid or stale; none when there is no such file."""
    try:
        return (data / "postmaster.pid").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []


def _name(pid: int) -> str | None:
    """The program of a living process; None when it is dead or a zombie."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    name, _, rest = line.partition("(")[2].rpartition(")")
    return None if rest.split()[0] == "Z" else name


def _serves(pid: int, data: Path, account: Account) -> bool:
    if _name(pid) not in {"postgres", "postmaster"}:
        return False
    try:
        where = Path(f"/proc/{pid}/cwd").stat()
    except (FileNotFoundError, ProcessLookupError):
        return False
    except PermissionError:  # root without CAP_SYS_PTRACE, as in a container: ask as that user
        answer = account.run("stat", "-L", "-c", "%d:%i", f"/proc/{pid}/cwd").stdout.strip()
        ours = data.stat()
        return answer == f"{ours.st_dev}:{ours.st_ino}"
    return os.path.samestat(where, data.stat())
