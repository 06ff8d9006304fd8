"""The folder of a server's socket, and its port."""

import hashlib
import os
import re
import socket
import stat
import tempfile
from pathlib import Path

from service.embedded.errors import ClusterError
from service.embedded.os_account import Account
from service.embedded.paths import Place

_SOCKET_PATH_BYTES = 107  # sockaddr_un.sun_path of Linux, less its NUL
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+@=-]+")  # libpq and the server split folders at commas


def socket_folder(place: Place, account: Account) -> Path:
    """A private folder for the socket, its path short enough. Raises `ClusterError` without one.

    It lies beside the data if that path is short and plain, else in the run-time folder of the
    system or of the user, else in the folder for temporary files.
    """
    name = f"luotu-{account.uid}-{hashlib.sha256(os.fsencode(place.folder)).hexdigest()[:12]}"
    runtime = "/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "")
    parents = [parent for parent in (runtime, tempfile.gettempdir(), f"{os.sep}tmp") if parent]
    for folder in [place.folder / "run", *(Path(parent, name) for parent in parents)]:
        if _fits(folder) and os.access(folder.parent, os.W_OK | os.X_OK):
            return _private(folder, account)
    raise ClusterError(
        "no_short_folder",
        "找不到路径够短的目录放置套接字：请把 TMPDIR 设为较短的路径（如 /tmp）。",
        "No folder has a path short enough for a socket: set TMPDIR to a short one (/tmp).",
    )


def _fits(folder: Path) -> bool:
    longest = os.fsencode(folder / ".s.PGSQL.65535")
    return len(longest) <= _SOCKET_PATH_BYTES and bool(_PLAIN_PATH.fullmatch(str(folder)))


def _private(folder: Path, account: Account) -> Path:
    try:
        folder.mkdir(mode=0o700)
        account.give(folder)
    except FileExistsError:
        # In /tmp another user may have made a link or a folder of this name first.
        seen = folder.lstat()
        private = stat.S_ISDIR(seen.st_mode) and not seen.st_mode & 0o077
        if not private or seen.st_uid != account.uid:
            folder = Path(tempfile.mkdtemp(prefix="luotu-", dir=folder.parent))
            account.give(folder)
    return folder


def usual_port(home: Path) -> int:
    """A port that stays the same for ``home``, below the range of ephemeral ports."""
    return 20_000 + int(hashlib.sha256(os.fsencode(home)).hexdigest()[:8], 16) % 10_000


def free_port(wished: int) -> int:
    """A free port of 127.0.0.1, ``wished`` if possible. Raises `ClusterError` without one."""
    for port in (wished, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ClusterError(
        "port_taken",
        "无法在 127.0.0.1 上取得端口：请检查本机回环网络（ip link set lo up），再试一次。",
        "No port of 127.0.0.1 can be had: check the loopback network (ip link set lo up), "
        "then try again.",
    )
