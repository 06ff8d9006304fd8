"""PostgreSQL's own programs ``pg_dump`` and ``pg_restore``."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy.engine import URL

from data.scratch import FULL
from gis.messages import Message
from service.embedded.binaries import INSTALLED
from service.errors import Problem

_NO_ROOM = "No space left on device"
_SAID = 400  # characters of what a program said that are told on


def find_program(name: str, major: int, *, root: Path = Path(os.sep)) -> Path:
    """``pg_dump`` or ``pg_restore`` of the server's own version ``major``, or of the next newer.

    Raises
    ------
    Problem
        ``no_pg_program``: none is installed, or only older ones.
    """
    folders = [folder for pattern in INSTALLED for folder in root.glob(pattern)]
    on_path = shutil.which(name)
    candidates = [folder / name for folder in folders] + ([Path(on_path)] if on_path else [])
    found = {_major(path): path for path in candidates if os.access(path, os.X_OK)}
    fitting = [number for number in found if number >= major]
    if not fitting:
        have = ", ".join(map(str, sorted(found))) or "–"
        raise Problem(
            409,
            "no_pg_program",
            Message(
                f"需要 PostgreSQL {major} 或更新版本的 {name}，本机有 {have}："
                f"请安装 postgresql-client-{major}",
                f"{name} of PostgreSQL {major} or later is needed, and there is {have} here: "
                f"install postgresql-client-{major}",
            ),
        )
    return found[min(fitting)]


def _major(path: Path) -> int:
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"\d+", answer.stdout)  # pg_dump (PostgreSQL) 15.18 (Debian …)
    return int(number[0]) if number else 0


def call(program: Path, database: URL | None, arguments: Sequence[str]) -> None:
    """Let a program work, on a database or on files alone (None).

    The password never stands among the arguments.

    Raises
    ------
    OSError
        The disk is full.
    Problem
        ``pg_program_failed``, with what it said.
    """
    environment = {**os.environ, "LC_ALL": "C"}
    where = []
    if database is not None:
        address = conninfo_to_dict(
            database.set(drivername="postgresql").render_as_string(hide_password=False)
        )
        environment["PGPASSWORD"] = str(address.pop("password", ""))
        where = [f"--dbname={make_conninfo('', **address)}", "--no-password"]
    answer = subprocess.run(
        [program, *where, *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if answer.returncode == 0:
        return
    if _NO_ROOM in answer.stderr:
        raise OSError(min(FULL), _NO_ROOM)
    said = " ".join(answer.stderr.split())[:_SAID] or f"exit status {answer.returncode}"
    raise Problem(
        409,
        "pg_program_failed",
        Message(
            f"{program.name} 未完成，未留下任何内容：{said}",
            f"{program.name} did not finish and nothing was left of it: {said}",
        ),
    )
