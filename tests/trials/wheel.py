"""``make wheel-trial``: the wheel, installed and used by an ordinary user in an empty folder.

``python -m tests.trials.wheel dist/luotu-….whl``, as root. It prints what it did, line by line.
"""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from service.embedded.binaries import INSTALLED
from tests.trials.stranger import NAME, Answer, Service, Stranger, free_port, stranger

ROOT: Final = Path(__file__).parents[2]
PYTHON: Final = "/usr/bin/python3"
_PARTS: Final = ("/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/static/third-party.txt")


def main(wheel: Path) -> None:
    """Install, serve without and with the demo, and serve from a PostgreSQL of somebody else."""
    with stranger() as user:
        _install(user, wheel)
        tell("luotu --help", user.run("luotu", "--help").strip().splitlines()[0])
        with user.serving("--no-demo") as service:
            _pages(service)
            token = user.run("luotu", "token", "admin").strip()
            _maps(service, token)
        tell("luotu demo", user.run("luotu", "demo").strip().splitlines()[-1])
        with user.serving() as service:
            token = user.run("luotu", "token", "demo-gis").strip()
            rows = service.json("/api/coverage?level=county", token)["rows"]
            tell("coverage of the demo", f"{len(rows)} counties")
            _maps(service, token)
        with _server(user) as port:
            _outside(user, port)
    tell("the trial", "passed")


def tell(what: str, how: str) -> None:
    """Print a line of the report."""
    print(f"{what}: {how}", flush=True)


def _install(user: Stranger, wheel: Path) -> None:
    mine = user.folder / wheel.name
    lock = user.folder / "requirements.lock"
    uv = user.folder / "uv"
    for source, target in ((wheel, mine), (ROOT / "requirements.lock", lock)):
        shutil.copy(source, target)
    shutil.copy(Path(sys.executable).with_name("uv"), uv)
    for path in (mine, lock, uv):
        shutil.chown(path, NAME, NAME)
    began = time.monotonic()
    user.run(uv, "venv", "--quiet", "--python", PYTHON, "venv")
    wanted = f"luotu[demo] @ file://{mine}"
    user.run(
        uv,
        "pip",
        "install",
        "--quiet",
        "--system-certs",
        "--python",
        "venv/bin/python",
        "--constraint",
        lock,
        wanted,
    )
    tell("installed", f"{wheel.name} into a new environment, {time.monotonic() - began:.0f} s")


def _pages(service: Service) -> None:
    page = service.get("/").body.decode()
    own = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
    sizes = [len(service.get(path).body) for path in (*own, *_PARTS)]
    if not own or min(sizes) < 50:
        raise AssertionError(f"the workspace lacks parts: {own}, {sizes}")
    tell("workspace and API page", f"{len(sizes)} files, {sum(sizes):,} bytes")


def _maps(service: Service, token: str) -> None:
    for name in ("coverage", "afforestation", "patrol", "progress"):
        answer: Answer = service.get(f"/maps/{name}?download=1", token)
        if b"leaflet" not in answer.body.lower() or re.search(rb'src="https?:', answer.body):
            raise AssertionError(f"the map {name} lacks Leaflet, or asks another host")
        tell(f"map {name}", f"{len(answer.body):,} bytes")


@contextmanager
def _server(user: Stranger) -> Iterator[int]:
    """A PostgreSQL of an administrator, with a database whose owner is nothing else."""
    (programs, *_) = [folder for pattern in INSTALLED for folder in Path("/").glob(pattern)]
    data, port = user.folder / "dba", free_port()
    user.run(programs / "initdb", "--pgdata", data, "--username=dba", "--auth=trust")
    options = f"-p {port} -k {data} -c listen_addresses=127.0.0.1"
    ctl = (programs / "pg_ctl", "--pgdata", data, "--wait")
    user.start(*ctl, f"--options={options}", "start", log=data / "server.log").wait(60)
    try:
        yield port
    finally:
        user.run(*ctl, "--mode=fast", "stop")


def _outside(user: Stranger, port: int) -> None:
    """What the README's page about outside databases says, statement by statement."""

    def dba(database: str, *statements: str) -> None:
        for statement in statements:
            user.run(
                "psql",
                "-qX",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                "127.0.0.1",
                "-p",
                str(port),
                "-U",
                "dba",
                "-d",
                database,
                "-c",
                statement,
            )

    dba(
        "postgres",
        "CREATE ROLE forestry LOGIN PASSWORD 'secret' NOSUPERUSER NOCREATEROLE NOCREATEDB",
        "CREATE DATABASE forestry OWNER forestry",
    )
    address = f"postgresql://forestry:secret@127.0.0.1:{port}/forestry"
    extra = {"LUOTU_DATABASE_URL": address}
    said = user.run("luotu", "db", "migrate", extra=extra, status=1)
    statements = re.findall(r"^  ([A-Z].+;)$", said, re.MULTILINE)
    tell("owner without rights", f"told {len(statements)} statements: {' '.join(statements)}")
    dba("forestry", *statements)
    tell("luotu db migrate", user.run("luotu", "db", "migrate", extra=extra).strip())
    dba("postgres", "ALTER ROLE forestry NOCREATEROLE")
    tell("luotu demo", user.run("luotu", "demo", extra=extra).strip().splitlines()[-1])
    with user.serving(extra=extra) as service:
        _pages(service)
        _maps(service, user.run("luotu", "token", "demo-gis", extra=extra).strip())


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]).resolve())
    except subprocess.TimeoutExpired as late:
        raise SystemExit(f"too slow: {late}") from late
