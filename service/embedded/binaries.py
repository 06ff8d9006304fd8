"""Which installed PostgreSQL to use: the newest that has PostGIS, or the one that made the data."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from service.embedded.errors import ClusterError

OLDEST_MAJOR = 15  # before it, everybody may write into the schema public
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
INSTALLED = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin")  # Debian; PostgreSQL's own RPMs


class Binaries(NamedTuple):
    """The programs of one PostgreSQL."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The major version, which must equal that of the data."""
        return int(re.split(r"\D", self.version)[0])

    def program(self, name: str) -> str:
        """The full path of ``initdb``, ``pg_ctl``, …"""
        return str(self.folder / name)


def find_binaries(major: int | None = None, *, root: Path = Path(os.sep)) -> Binaries:
    """The newest PostgreSQL that has PostGIS; with ``major`` that one only.

    Raises
    ------
    ClusterError
        ``no_postgis``: none is installed; ``other_major``: data of version ``major`` exist,
        and only other versions are installed.
    """
    usable = [b for b in _installed(root) if b.major >= OLDEST_MAJOR and _has_postgis(b)]
    fitting = [binaries for binaries in usable if major in (None, binaries.major)]
    if fitting:
        return max(fitting, key=lambda binaries: binaries.major)
    if major is not None and usable:
        raise _other_major(major, sorted({binaries.major for binaries in usable}))
    raise _no_postgis()


def _installed(root: Path) -> Iterator[Binaries]:
    folders = [folder for pattern in INSTALLED for folder in sorted(root.glob(pattern))]
    on_path = shutil.which("pg_config")
    if on_path:
        folders.append(Path(_said_by(on_path, "--bindir")))
    server = shutil.which("postgres")
    if server:
        folders.append(Path(server).resolve().parent)
    for folder in dict.fromkeys(folders):
        if all(os.access(folder / program, os.X_OK) for program in _PROGRAMS):
            words = _said_by(str(folder / "postgres"), "--version").split()
            if len(words) > 2 and words[2][:1].isdigit():  # postgres (PostgreSQL) 15.18 (Debian …)
                yield Binaries(folder, words[2])


def _has_postgis(binaries: Binaries) -> bool:
    shares = [Path(os.sep, "usr", "share", "postgresql", str(binaries.major))]
    if (binaries.folder / "pg_config").exists():
        shares.insert(0, Path(_said_by(binaries.program("pg_config"), "--sharedir")))
    return any((share / "extension" / "postgis.control").exists() for share in shares)


def _said_by(*command: str) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def _no_postgis() -> ClusterError:
    command = "apt-get install postgresql-postgis"
    if os.geteuid() == 0:
        return ClusterError(
            "no_postgis",
            f"本机没有带 PostGIS 的 PostgreSQL（≥ {OLDEST_MAJOR}）：请运行 {command}，再试一次。",
            f"There is no PostgreSQL (≥ {OLDEST_MAJOR}) with PostGIS here: "
            f"run {command}, then try again.",
        )
    return ClusterError(
        "no_postgis",
        f"本机没有带 PostGIS 的 PostgreSQL（≥ {OLDEST_MAJOR}）：请管理员运行 sudo {command}，"
        "或用 LUOTU_DATABASE_URL 指定别处的 PostGIS（≥ 3.3）。",
        f"There is no PostgreSQL (≥ {OLDEST_MAJOR}) with PostGIS here: ask an administrator to "
        f"run sudo {command}, or name another PostGIS (≥ 3.3) in LUOTU_DATABASE_URL.",
    )


def _other_major(wanted: int, majors: list[int]) -> ClusterError:
    have = ", ".join(map(str, majors))
    packages = f"postgresql-{wanted} postgresql-{wanted}-postgis-3"
    return ClusterError(
        "other_major",
        f"数据由 PostgreSQL {wanted} 建立，而本机只有 {have}；数据没有改动。"
        f"请装回 {packages}，用 luotu backup 备份；再把 LUOTU_HOME 改名，"
        "用新版本 luotu restore 恢复。",
        f"The data were made by PostgreSQL {wanted} and only {have} is installed; nothing was "
        f"changed. Install {packages} again and run luotu backup DIR; then move LUOTU_HOME "
        "away and run luotu restore DIR with the new version.",
    )
