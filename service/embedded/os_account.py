"""The operating system's user under whom PostgreSQL runs."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypedDict

from service.embedded.errors import ClusterError


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


class Account(NamedTuple):
    """Who runs PostgreSQL: ourselves, or, when we are root, a plain user."""

    uid: int
    gid: int
    switched: bool

    def run(
        self, *command: str, cwd: Path | None = None, keep_fds: Sequence[int] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this user, detached from our terminal; its output is captured whole.

        ``cwd`` is entered before the user changes, so it may lie where that user could not go.
        Raises `ClusterError` when we may not change the user.
        """
        identity = _Identity()
        if self.switched:
            groups = os.getgrouplist(pwd.getpwuid(self.uid).pw_name, self.gid)
            identity = _Identity(user=self.uid, group=self.gid, extra_groups=groups)
        environment = {"LC_ALL": "C.UTF-8", "PATH": os.defpath}  # no PG* of the caller
        if "TZ" in os.environ:
            environment["TZ"] = os.environ["TZ"]
        try:
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                check=False,
                cwd=cwd,
                env=environment,
                pass_fds=keep_fds,
                # Ctrl-C must not reach PostgreSQL: we stop it ourselves, in our own order.
                start_new_session=True,
                umask=0o077,
                **identity,
            )
        except subprocess.SubprocessError as error:
            raise _cannot_switch() from error
        except PermissionError as error:
            if not self.switched:
                raise
            raise _cannot_switch() from error

    def give(self, *paths: Path) -> None:
        """Make this user the owner of files that we made."""
        if self.switched:
            for path in paths:
                os.chown(path, self.uid, self.gid, follow_symlinks=False)


def account_for(data_dir: Path | None) -> Account:
    """Who runs the cluster of ``data_dir``; None: a new one. Raises `ClusterError` when nobody can.

    PostgreSQL refuses root. Then an existing cluster runs as the user who owns its data
    (a plain user may have made it), and a new one as ``postgres``.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switched=False)
    if data_dir is not None:
        uid = data_dir.stat().st_uid
        if uid == 0:
            raise ClusterError(
                "wrong_owner",
                f"{data_dir} 的所有者是 root，而 PostgreSQL 拒绝 root："
                f"请运行 chown -R postgres: {data_dir.parent}（复制时请用 cp -a）。",
                f"{data_dir} belongs to root, whom PostgreSQL refuses: "
                f"run chown -R postgres: {data_dir.parent} (copy with cp -a).",
            )
        return _account_of(uid)
    try:
        return _account_of(pwd.getpwnam("postgres").pw_uid)
    except KeyError:
        raise ClusterError(
            "no_account",
            "以 root 运行时需要系统用户 postgres：请运行 useradd --system postgres，再试一次。",
            "As root a system user named postgres is needed: "
            "run useradd --system postgres, then try again.",
        ) from None


def _account_of(uid: int) -> Account:
    try:
        return Account(uid, pwd.getpwuid(uid).pw_gid, switched=True)
    except KeyError:
        raise ClusterError(
            "no_account",
            f"数据属于没有账户名的用户 {uid}：请用 useradd 建立，或用 chown -R 换所有者。",
            f"The data belong to user {uid}, who has no account: "
            "make one with useradd, or change the owner with chown -R.",
        ) from None


def _cannot_switch() -> ClusterError:
    return ClusterError(
        "cannot_switch_user",
        "当前的 root 不能换成用户 postgres（受限的容器或用户命名空间）："
        "请用普通用户运行，或用 LUOTU_DATABASE_URL 指定别处的 PostGIS。",
        "This root may not become the user postgres (a restricted container or user "
        "namespace): run as a plain user, or name another PostGIS in LUOTU_DATABASE_URL.",
    )
