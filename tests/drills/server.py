"""A PostgreSQL of somebody else, for drills that need one: made by initdb, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from service.embedded.binaries import INSTALLED

OWNER = "postgres"


class Server:
    """A cluster whose owner is the system's user ``postgres``, and its programs."""

    def __init__(self, folder: Path, address: str, port: int, inside: Sequence[str]) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.address = address
        self.port = port
        self._inside = tuple(inside)
        folders = [one for pattern in INSTALLED for one in Path("/").glob(pattern)]
        self.programs = next(
            one for one in sorted(folders, reverse=True) if (one / "initdb").exists()
        )

    def run(self, *command: str | Path) -> str:
        """Run a program as the cluster's owner, in its network."""
        done = subprocess.run(
            [
                *self._inside,
                "setpriv",
                f"--reuid={OWNER}",
                f"--regid={OWNER}",
                "--init-groups",
                *map(str, command),
            ],
            cwd=self.folder,
            env={"PATH": f"{self.programs}:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(map(str, command))}: {done.stdout}")
        return done.stdout

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement as a superuser of the server."""
        return self.run(
            "psql",
            "-qXtA",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            self.folder,
            "-p",
            str(self.port),
            "-d",
            database,
            "-c",
            statement,
        ).strip()

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses={self.address}"
        self.run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once."""
        self.run("pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop")

    def url(self) -> str:
        """``LUOTU_DATABASE_URL`` of the database that `server` made."""
        return f"postgresql://forestry:secret@{self.address}:{self.port}/forestry"


@contextmanager
def server(address: str, port: int, inside: Sequence[str] = ()) -> Iterator[Server]:
    """A running server with the database of the README's page about outside databases.

    ``inside`` is put before each command, as ``ip netns exec NAME``.
    """
    folder = Path(tempfile.mkdtemp(prefix="luotu-server-"))
    shutil.chown(folder, OWNER, OWNER)
    one = Server(folder, address, port, inside)
    try:
        one.run("initdb", "-D", one.data, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        with (one.data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.0.0.0/8 scram-sha-256\n")
        one.start()
        one.sql("CREATE ROLE forestry LOGIN CREATEROLE PASSWORD 'secret'")
        one.sql("CREATE DATABASE forestry OWNER forestry")
        for extension in ("postgis", "btree_gist"):
            one.sql(f"CREATE EXTENSION {extension} SCHEMA public", "forestry")
        one.sql("ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF", "forestry")
        yield one
    finally:
        if (one.data / "postmaster.pid").exists():
            one.stop()
        shutil.rmtree(folder, ignore_errors=True)


def require_root() -> None:
    """End in words where this user may not make servers and networks."""
    if os.geteuid() != 0:
        raise SystemExit("this drill makes a server of another user: run it as root")
