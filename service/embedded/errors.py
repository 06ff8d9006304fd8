"""What can go wrong with the embedded PostGIS, in Chinese and English, with what to do next."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis.messages import Message, MessageError


class ClusterError(MessageError, RuntimeError):
    """The embedded PostGIS cannot be used; ``code`` is stable, the text is for people.

    Examples
    --------
    >>> print(ClusterError("disk_full", "磁盘已满。", "The disk is full."))
    磁盘已满。 The disk is full.
    """

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(Message(zh, en))
        self.code = code


# What initdb and the server say (always in English: we set LC_ALL) -> code, 中文, English.
_SAID: tuple[tuple[str, str, str, str], ...] = (
    (
        "No space left on device",
        "disk_full",
        "磁盘已满：请腾出至少 300 MB，或把 LUOTU_HOME 指到另一块盘。",
        "The disk is full: free at least 300 MB, or point LUOTU_HOME to another disk.",
    ),
    (
        "Disk quota exceeded",
        "disk_full",
        "磁盘配额已用完：请腾出至少 300 MB，或把 LUOTU_HOME 指到别处。",
        "The disk quota is used up: free at least 300 MB, or point LUOTU_HOME elsewhere.",
    ),
    (
        "could not create any TCP/IP sockets",
        "port_taken",
        "无法在 127.0.0.1 上监听：请检查本机回环网络（ip link set lo up），再试一次。",
        "Cannot listen on 127.0.0.1: check the loopback network (ip link set lo up) and try again.",
    ),
    (
        "could not look up effective user ID",
        "no_account",
        "当前用户没有账户名，PostgreSQL 拒绝运行：请用 useradd 建立账户，或换一个用户。",
        "PostgreSQL refuses a user without an account: make one with useradd, or be another user.",
    ),
    (
        "invalid locale name",
        "no_locale",
        "系统缺少 C.UTF-8 区域设置：请安装（Debian：apt-get install locales）。",
        "The system lacks the locale C.UTF-8: install it (Debian: apt-get install locales).",
    ),
    (
        "Cannot allocate memory",
        "out_of_memory",
        "内存不足：PostgreSQL 需要约 400 MB，请释放内存后再试。",
        "Out of memory: PostgreSQL needs about 400 MB; free some, then try again.",
    ),
    (
        "has wrong ownership",
        "wrong_owner",
        "数据目录的所有者不对：请用 chown -R 把它还给原来的用户（复制时请用 cp -a）。",
        "The data folder has the wrong owner: give it back with chown -R (copy with cp -a).",
    ),
    (
        "Permission denied",
        "not_permitted",
        "没有权限：请检查该目录及其上级目录的权限（上级目录需要 chmod o+x）。",
        "Permission denied: check the modes of this folder and of those above (chmod o+x).",
    ),
)

_ERRNO: dict[int, tuple[str, str, str]] = {
    errno.ENOSPC: ("disk_full", _SAID[0][2], _SAID[0][3]),
    errno.EDQUOT: ("disk_full", _SAID[1][2], _SAID[1][3]),
    errno.EROFS: (
        "read_only",
        "该文件系统只读：请把 LUOTU_HOME 指到可写的目录。",
        "The file system is read-only: point LUOTU_HOME to a folder that can be written.",
    ),
    errno.EACCES: (
        "not_permitted",
        "没有权限：请用建立它的用户运行，或把 LUOTU_HOME 指到自己的目录。",
        "Permission denied: run as the user who made it, or point LUOTU_HOME to a folder of yours.",
    ),
    errno.ENOTDIR: (
        "not_a_folder",
        "LUOTU_HOME（或其上级）不是目录：请改成一个目录。",
        "LUOTU_HOME (or something above it) is not a folder: point it to one.",
    ),
}
_ERRNO[errno.EPERM] = _ERRNO[errno.EACCES]
_ERRNO[errno.EEXIST] = _ERRNO[errno.ENOTDIR]


def failed(doing_zh: str, doing_en: str, output: str) -> ClusterError:
    """The error for a program of PostgreSQL that failed, from what it printed."""
    said = " ".join(output.split())[-800:]
    for phrase, code, zh, en in _SAID:
        if phrase in output:
            return ClusterError(code, f"{doing_zh}失败。{zh}", f"{doing_en} failed. {en} ({said})")
    return ClusterError(
        "postgres_failed",
        f"{doing_zh}失败：请根据下面 PostgreSQL 的话处理。",
        f"{doing_en} failed; PostgreSQL says: {said or 'nothing'}",
    )


@contextmanager
def in_words(place: Path) -> Iterator[None]:
    """Turn the operating system's refusals below ``place`` into a :class:`ClusterError`."""
    try:
        yield
    except OSError as error:
        code, zh, en = _ERRNO.get(
            error.errno or 0,
            (
                "os_error",
                "系统拒绝了操作：请把 LUOTU_HOME 指到可写的目录。",
                "The system refused: point LUOTU_HOME to a folder that can be written.",
            ),
        )
        where = error.filename or place
        reason = error.strerror or error
        raise ClusterError(
            code, f"无法使用 {where}。{zh}", f"Cannot use {where}. {en} ({reason})"
        ) from error
