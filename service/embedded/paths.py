"""The folder of a cluster, in LUOTU_HOME or outside, and the marker of its owner."""

import hashlib
import json
import os
import secrets
import shutil
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from service.embedded.errors import ClusterError
from service.embedded.os_account import Account

OUTSIDE = Path("/var/lib/luotu")  # for data whose LUOTU_HOME the user postgres cannot enter


@dataclass(frozen=True)
class Marker:
    """The content of ``luotu.json`` beside the data, which marks and identifies a cluster of
    ours."""

    system_identifier: int
    home: str
    made_at: str
    postgresql: str
    postgis: str

    def write(self, folder: Path) -> None:
        """Write it into ``folder`` atomically."""
        fresh = folder / "luotu.json.new"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / "luotu.json")
        sync(folder)


@dataclass(frozen=True)
class Place:
    """The folder of one cluster: ``data``, ``log``, ``run``, ``luotu.json``, ``passwords.json``."""

    folder: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "data"

    def marker(self) -> Marker | None:
        """Our marker; None when it is missing or malformed."""
        try:
            return Marker(**json.loads((self.folder / "luotu.json").read_text("utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def system_identifier(self) -> int:
        """initdb's identifier of this cluster (pg_control's first 8 bytes), 0 when there is
        none."""
        try:
            with (self.data / "global" / "pg_control").open("rb") as control:
                return int.from_bytes(control.read(8), sys.byteorder)
        except FileNotFoundError:
            return 0

    def passwords(self) -> dict[str, str]:
        """Password of each role, ``admin``, ``owner`` and ``service``."""
        words: dict[str, str] = json.loads((self.folder / "passwords.json").read_text("utf-8"))
        return words


def inside(home: Path) -> Path:
    """The folder of the cluster, or the link to it, in ``home``."""
    return home / "postgres"


def outside(home: Path) -> Path:
    """The folder for the data when the user postgres cannot enter ``home``."""
    return OUTSIDE / hashlib.sha256(os.fsencode(home)).hexdigest()[:16]


def existing(home: Path) -> Place | None:
    """The complete cluster of ``home``, ours or not; None when there is none yet."""
    if _there(inside(home)):
        return Place(inside(home).resolve())
    if os.geteuid() == 0 and _there(outside(home)):
        # The link was not made yet, or LUOTU_HOME was deleted: data are never given up silently.
        return Place(outside(home))
    return None


def require_ours(place: Place, home: Path) -> Marker:
    """The marker of a cluster that may be used; others raise `ClusterError` and stay untouched.

    Refused are clusters that we did not make, and copies that could harm their original. A folder
    that was moved is accepted; a copy becomes a cluster of its own when it was made of a stopped
    cluster and has its own data.
    """
    if not place.folder.exists():
        raise ClusterError(
            "data_lost",
            f"{inside(home)} 指向的 {place.folder} 不存在：请恢复该目录，"
            "或删除这个链接以便重新建立空的数据库。",
            f"{inside(home)} points to {place.folder}, which is gone: bring that folder back, "
            "or delete the link for a new, empty database.",
        )
    marker = place.marker()
    if marker is None or not 0 < marker.system_identifier == place.system_identifier():
        raise ClusterError(
            "foreign_cluster",
            f"{place.folder} 不是落图建立的数据库，没有改动它：请把它移走，或换一个 LUOTU_HOME。",
            f"{place.folder} is not a cluster that Luotu made; it was left as it is: "
            "move it away, or choose another LUOTU_HOME.",
        )
    if marker.home != str(home):
        _require_harmless_copy(place, Path(marker.home), home)
    return marker


def adopt(place: Place, marker: Marker, home: Path) -> None:
    """Make ``home`` the owner of a cluster that was moved or copied, and point to its data."""
    if marker.home != str(home):
        replace(marker, home=str(home)).write(place.folder)
    link(home, place)


def _require_harmless_copy(place: Place, original: Path, home: Path) -> None:
    first = Place(inside(original).resolve())
    if not first.folder.exists() or first.system_identifier() != place.system_identifier():
        return  # moved: the original is gone
    shares_data = first.folder.samefile(place.folder)
    if shares_data or (place.data / "postmaster.pid").exists():
        raise ClusterError(
            "unsafe_copy",
            f"{home} 是 {original} 的副本，"
            + (
                "但数据在外面，两者会共用。"
                if shares_data
                else "而且是在数据库运行时复制的，可能不完整。"
            )
            + "请用 luotu backup 与 luotu restore 复制数据。",
            f"{home} is a copy of {original}, "
            + ("whose data lie outside of it. " if shares_data else "copied while it ran. ")
            + "Copy the data with luotu backup DIR and luotu restore DIR.",
        )


def fresh_folder(home: Path, account: Account) -> Place:
    """An empty, private folder for a new cluster; see :func:`settle`. Raises `ClusterError`."""
    account.run("true")  # fails if we cannot become that user at all
    name = f".new-{secrets.token_hex(4)}"
    for final in [inside(home), outside(home)] if account.switched else [inside(home)]:
        if final.parent == OUTSIDE:
            OUTSIDE.mkdir(mode=0o711, parents=True, exist_ok=True)
        folder = final.with_name(final.name + name)
        folder.mkdir(mode=0o700)
        if not account.switched or _usable(folder, account):
            return Place(folder)
        shutil.rmtree(folder)
    raise ClusterError(
        "not_permitted",
        f"用户 postgres 既进不了 {home}，也进不了 {OUTSIDE}：请对上级目录运行 chmod o+x。",
        f"The user postgres can enter neither {home} nor {OUTSIDE}: run chmod o+x on the folders "
        "above.",
    )


def settle(place: Place, home: Path) -> Place:
    """Rename a complete cluster to its final name; without that it counts as unfinished."""
    final = place.folder.with_name(place.folder.name.partition(".new-")[0])
    place.folder.rename(final)
    sync(final.parent)
    link(home, Place(final))
    return Place(final)


def link(home: Path, place: Place) -> None:
    """Let ``home`` point to data that lie outside of it."""
    if place.folder.parent != home and not _there(inside(home)):
        inside(home).symlink_to(place.folder)
        sync(home)


def half_made(home: Path) -> list[Path]:
    """Folders of clusters whose creation was interrupted."""
    left = list(home.glob(f"{inside(home).name}.new-*"))
    if os.geteuid() == 0:
        left += OUTSIDE.glob(f"{outside(home).name}.new-*")
    return left


def sync(folder: Path) -> None:
    """Make what was renamed in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _there(path: Path) -> bool:
    """True for a broken link, too; a folder that may not be read is an error."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True


def _usable(folder: Path, account: Account) -> bool:
    """True if the folder can be given to ``account``, who then can write in it."""
    try:
        account.give(folder)
    except OSError:  # a file system without owners
        return False
    # Modes, ACLs and mounts decide together: only an attempt tells.
    attempt = 'cd -- "$1" && : > probe && rm probe'
    return account.run("/bin/sh", "-c", attempt, "sh", str(folder)).returncode == 0
