"""The embedded PostGIS: a private PostgreSQL cluster in LUOTU_HOME that is started when needed.

with Cluster(home).running() as endpoint:
    engine = create_engine(endpoint.url("service"))
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from service.embedded import lease
from service.embedded.create import clear_half_made, make
from service.embedded.endpoint import DATABASE, ROLES, Endpoint, Role
from service.embedded.errors import ClusterError, in_words
from service.embedded.os_account import account_for
from service.embedded.paths import adopt, existing, inside, require_ours
from service.embedded.process import answering, postmaster, stop
from service.embedded.start import start

__all__ = ["DATABASE", "ROLES", "Cluster", "ClusterError", "Endpoint", "Role", "Status"]

_DOWN = "down"


@dataclass(frozen=True)
class Status:
    """What is known about a cluster; None where it does not exist or does not run."""

    running: bool
    pid: int | None
    port: int | None
    socket_dir: Path | None
    data_dir: Path
    made_at: datetime | None
    postgresql: str | None
    postgis: str | None
    size_bytes: int | None
    users: tuple[int, ...]
    kept_up: bool


class Cluster:
    """The PostGIS of one LUOTU_HOME; several processes and threads may use it at once.

    Whoever is inside :meth:`running` uses it; the last one stops it, unless :meth:`up` keeps it.
    A killed process no longer counts: uses are locks, which end with their holder.
    Every method raises :class:`ClusterError` for what a person must mend.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.expanduser().resolve()
        self._uses = 0

    def exists(self) -> bool:
        """Whether there is a cluster, ours or not, running or not; makes nothing."""
        with in_words(self.home):
            return existing(self.home) is not None

    @contextmanager
    def running(self, *, make: bool = True) -> Iterator[Endpoint]:
        """Use the running cluster, or start it, or make it first; the last user stops it.

        Without ``make`` a missing cluster raises ``no_database``.
        """
        if not (make or self.exists()):
            raise _no_database(self.home)
        with self._alone():
            use = lease.Lease(self.home)
            self._uses += 1
        try:
            with self._alone():
                if self._wish() == _DOWN:
                    self._write_wish("")
                endpoint = self._bring_up()
            yield endpoint
        finally:
            with self._alone():
                self._uses -= 1
                if use.release() and not self._is_kept_up():
                    self._stop()

    def up(self) -> Endpoint:
        """Start the cluster, and keep it running until :meth:`down` or until the machine stops."""
        with self._alone():
            endpoint = self._bring_up()
            self._write_wish(_boot())
            return endpoint

    def down(self) -> bool:
        """Stop the cluster, used or not; False when it did not run.

        Its users lose their connections and :meth:`ensure` leaves it stopped, until it is used
        again.
        """
        with in_words(self.home):
            if existing(self.home) is None:
                return False
        with self._alone():
            self._write_wish(_DOWN)
            return self._stop()

    def ensure(self) -> None:
        """Start the server again if it died while in use; half a millisecond while it lives."""
        with in_words(self.home):
            place = existing(self.home)
            if place is None:
                return
            server = postmaster(place.data, account_for(place.data))
            if server and server.ready:
                return
        with self._alone():
            if (self._uses or self._is_kept_up()) and self._wish() != _DOWN:
                self._bring_up()

    def status(self) -> Status:
        """What there is and whether it runs; starts and changes nothing."""
        with in_words(self.home):
            place = existing(self.home)
            if place is None:
                return _nothing(inside(self.home))
            marker = require_ours(place, self.home)
            server = postmaster(place.data, account_for(place.data))
            return Status(
                running=server is not None,
                pid=server.pid if server else None,
                port=server.port if server else None,
                socket_dir=server.socket_dir if server else None,
                data_dir=place.data,
                made_at=datetime.fromisoformat(marker.made_at),
                postgresql=marker.postgresql,
                postgis=marker.postgis,
                size_bytes=_size_bytes(place.data),
                users=lease.users(self.home),
                kept_up=self._is_kept_up(),
            )

    def erase(self) -> None:
        """Stop the cluster and delete it with **all its data**: for tests and throwaways."""
        with self._alone():
            clear_half_made(self.home)
            place = existing(self.home)
            if place is not None:
                self._stop()
                shutil.rmtree(place.folder)
                inside(self.home).unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with in_words(self.home):
            if not self.home.exists():
                # As root, the user postgres must get through to its data.
                self.home.mkdir(parents=True, exist_ok=True)
                self.home.chmod(0o711 if os.geteuid() == 0 else 0o700)
            with lease.alone(self.home):
                yield

    def _bring_up(self) -> Endpoint:
        clear_half_made(self.home)
        place = existing(self.home) or make(self.home)
        adopt(place, require_ours(place, self.home), self.home)
        account = account_for(place.data)
        server = answering(place, account) or start(place, self.home)
        return Endpoint(server.socket_dir, server.port, place.data, place.passwords())

    def _stop(self) -> bool:
        place = existing(self.home)
        if place is None:
            return False
        require_ours(place, self.home)
        return stop(place, self.home)

    def _is_kept_up(self) -> bool:
        return self._wish() == _boot()

    def _wish(self) -> str:
        try:
            return (self.home / "cluster.wish").read_text("ascii")
        except FileNotFoundError:
            return ""

    def _write_wish(self, wish: str) -> None:
        (self.home / "cluster.wish").write_text(wish, "ascii")


def _boot() -> str:
    """The boot id of this machine: :meth:`Cluster.up` holds until the next boot."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return "up"


def _size_bytes(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.lstat().st_size
        except FileNotFoundError:  # the server removes files while we count
            continue
    return total


def _no_database(home: Path) -> ClusterError:
    return ClusterError(
        "no_database",
        f"{home} 中没有数据库：请到建库的目录运行，或用 LUOTU_HOME=目录 指定它所在的目录，"
        "或用 LUOTU_DATABASE_URL 指定别处的 PostGIS；要在此新建请运行 luotu db up。",
        f"There is no database in {home}: run where it was made, or name its folder by "
        "LUOTU_HOME=FOLDER, or a PostGIS elsewhere by LUOTU_DATABASE_URL; "
        "`luotu db up` makes a new one here.",
    )


def _nothing(place: Path) -> Status:
    return Status(
        running=False,
        pid=None,
        port=None,
        socket_dir=None,
        data_dir=place / "data",
        made_at=None,
        postgresql=None,
        postgis=None,
        size_bytes=None,
        users=(),
        kept_up=False,
    )
