"""The running server: found, started, stopped, cleared away."""

import os
import signal
import time
from pathlib import Path
from typing import NamedTuple

from psycopg.pq import PGconn, Ping

from service.db.cluster.account import Account, account_for
from service.db.cluster.binaries import Binaries, find_binaries
from service.db.cluster.errors import ClusterError, failed
from service.db.cluster.lease import life
from service.db.cluster.places import Place, free_port, socket_folder, usual_port

_READY_S = 600.0  # recovery after a crash reads up to max_wal_size
_ORPHANS_S = 2.0
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


class Postmaster(NamedTuple):
    """A living server process, as its ``postmaster.pid`` describes it."""

    pid: int
    port: int
    socket_dir: Path
    ready: bool


def postmaster(data: Path, account: Account) -> Postmaster | None:
    """The server that runs on ``data``; None when there is none.

    A ``postmaster.pid`` proves nothing: its server may have been killed, and its number may
    belong to anybody by now. The process must be a PostgreSQL that works in that very folder.
    """
    lines = _pid_file(data)
    if not lines or not lines[0].isdigit() or not _serves(int(lines[0]), data, account):
        return None
    lines += [""] * (8 - len(lines))
    return Postmaster(
        pid=int(lines[0]),
        port=int(lines[3] or 0),
        socket_dir=Path(lines[4]),
        ready=lines[7].strip() == "ready",
    )


def start(place: Place, home: Path) -> Postmaster:
    """Start the server and wait until it answers; whatever a killed one left is cleared away."""
    account = account_for(place.data)
    _end_orphans(place)
    with life(home, wait_s=30) as descriptor:
        if descriptor is None:
            raise ClusterError(
                "still_alive",
                f"{place.data} 的旧数据库进程还没有退出：请稍候再试，或用 ps 找到并结束它们。",
                f"Processes of a killed server still work on {place.data}: "
                "wait and try again, or find them with ps and end them.",
            )
        socket_dir = socket_folder(place, account)
        _clear_remains(place, socket_dir)
        _try_ports(place, home, account, socket_dir, descriptor)
    server = answering(place, account)
    if server is None:
        raise failed("启动数据库", "Starting the database", _last_words(place))
    return server


def answering(place: Place, account: Account) -> Postmaster | None:
    """The running server, once it takes connections; None when there is none, or no more.

    It may be in its recovery, on its way out, or killed a moment ago and not gone yet.
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
    raise failed("启动数据库", "Starting the database", _last_words(place))


def stop(place: Place, home: Path, *, mode: str = "fast") -> bool:
    """Stop the server and all its processes; False when none ran."""
    account = account_for(place.data)
    server = _being_born(place, home, account)
    if server is None:
        return False
    command = (_binaries(place).program("pg_ctl"), "stop", "--pgdata=data", "--wait")
    answer = account.run(*command, f"--mode={mode}", "--timeout=60", cwd=place.folder)
    if answer.returncode != 0:  # a backend that hears nothing; the log brings all back
        answer = account.run(*command, "--mode=immediate", "--timeout=30", cwd=place.folder)
    if answer.returncode != 0 and postmaster(place.data, account) is not None:
        raise failed("停止数据库", "Stopping the database", answer.stdout)
    with life(home, wait_s=5):  # its logger goes last
        pass
    if server.socket_dir != place.folder / "run":
        _remove_empty(server.socket_dir)
    return True


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
    """The server, waited for if whoever started it was interrupted before it had a pid file."""
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
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            within = (process / "cwd").readlink().is_relative_to(folder)
        except OSError:  # gone meanwhile, or not ours to look at
            continue
        if within and _name(int(process.name)) in {"postgres", "initdb", "pg_ctl"}:
            found.append(int(process.name))
    return found


def _try_ports(
    place: Place, home: Path, account: Account, socket_dir: Path, life_lock: int
) -> None:
    pg_ctl = _binaries(place).program("pg_ctl")
    wished = usual_port(home)
    said = ""
    for _ in range(5):
        port = free_port(wished)
        _write_settings(place, account, port, socket_dir)
        log = place.folder / "start.log"
        log.unlink(missing_ok=True)
        # Relative folders: pg_ctl hands them to a shell, and LUOTU_HOME may have any name.
        command = (pg_ctl, "start", "--pgdata=data", "--log=start.log")
        answer = account.run(
            *command, "--wait", f"--timeout={_READY_S:g}", cwd=place.folder, keep_fds=[life_lock]
        )
        if answer.returncode == 0:
            return
        said = _last_words(place) or answer.stdout
        if "Address already in use" in said:  # somebody was faster than we
            wished = 0
        elif "still in use" in said:  # shared memory of an orphan that holds no lock of ours
            time.sleep(1)
        else:
            break
    raise failed("启动数据库", "Starting the database", said)


def _write_settings(place: Place, account: Account, port: int, socket_dir: Path) -> None:
    helpers = min(2, (os.cpu_count() or 1) // 2)
    text = _TUNING.format(port=port, socket_dir=socket_dir, helpers=helpers)
    settings = place.data / "luotu.conf"
    if not settings.exists() or settings.read_text("utf-8") != text:
        fresh = settings.with_suffix(".new")
        fresh.write_text(text, "utf-8")
        account.give(fresh)
        fresh.replace(settings)


def _binaries(place: Place) -> Binaries:
    return find_binaries(int((place.data / "PG_VERSION").read_text("ascii")))


def _last_words(place: Place) -> str:
    logs = sorted(place.folder.glob("log/*.log"), key=lambda log: log.stat().st_mtime)[-1:]
    lines = []
    for log in [place.folder / "start.log", *logs]:
        if log.exists():
            lines += log.read_text("utf-8", errors="replace").splitlines()[-20:]
    telling = ("FATAL:", "PANIC:", "HINT:", "LOG:  could not", "WARNING:  could not")
    return "\n".join(line for line in lines if any(word in line for word in telling))


def _clear_remains(place: Place, socket_dir: Path) -> None:
    # We hold the life lock and no server works in the folder, so nothing of ours uses these. A
    # number that belongs to somebody else by now, or to a zombie that nobody buries (in a
    # container without an init), would keep PostgreSQL from starting.
    lines = _pid_file(place.data)
    if lines and lines[0].isdigit() and Path("/proc", lines[0]).exists():
        (place.data / "postmaster.pid").unlink()
    for rest in socket_dir.glob(".s.PGSQL.*"):
        rest.unlink()


def _end_orphans(place: Place) -> None:
    """Wait for the children of a killed server; end those that compute on and on.

    They do not notice that their postmaster is dead, and nobody will hear their answer. SIGQUIT
    ends them as a crash of the server would.
    """
    for patience_s, last_word in ((_ORPHANS_S, signal.SIGQUIT), (10.0, signal.SIGKILL)):
        deadline = time.monotonic() + patience_s
        while left := processes_in(place.folder):
            if time.monotonic() > deadline:
                for pid in left:
                    os.kill(pid, last_word)
                break
            time.sleep(0.02)


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []


def _name(pid: int) -> str | None:
    """The program of a living process; None when it is dead, be it a zombie."""
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
    except FileNotFoundError:
        return False
    except PermissionError:  # root without CAP_SYS_PTRACE, as in a container: ask as that user
        answer = account.run("stat", "-L", "-c", "%d:%i", f"/proc/{pid}/cwd").stdout.strip()
        ours = data.stat()
        return answer == f"{ours.st_dev}:{ours.st_ino}"
    return os.path.samestat(where, data.stat())
