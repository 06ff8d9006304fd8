"""PostgreSQL's own programs ``pg_dump``, ``pg_restore`` and ``psql``."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy.engine import URL

from data.scratch import FULL
from gis.messages import Message
from service.database.libpq import libpq_words
from service.embedded.binaries import INSTALLED
from service.errors import Problem

_NO_ROOM = "No space left on device"
_PIECE = 1 << 20
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
    where, environment = _place(database)
    answer = subprocess.run(
        [program, *where, *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if answer.returncode:
        raise _failed(program, answer.stderr, answer.returncode)


def feed(source: Sequence[str | Path], psql: Path, database: URL, last: str) -> None:
    """Let ``psql`` run what the program ``source`` writes, and then ``last``, in one transaction.

    Nothing of it stays where either program fails, or a statement of ``last`` does.

    Raises
    ------
    OSError
        The disk is full.
    Problem
        ``pg_program_failed``, with what the one that failed said.
    """
    where, environment = _place(database)
    options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    with (
        TemporaryFile() as heard,
        TemporaryFile() as answered,
        subprocess.Popen(
            source, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=heard, env=environment
        ) as writing,
        subprocess.Popen(
            [psql, *where, *options, "--file=-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=answered,
            env=environment,
        ) as running,
    ):
        assert writing.stdout is not None
        assert running.stdin is not None
        try:
            shutil.copyfileobj(writing.stdout, running.stdin, _PIECE)
            if writing.wait() == 0:
                running.stdin.write(last.encode())
                running.stdin.close()
            else:
                running.kill()  # at the end of its input it would commit
        except BrokenPipeError:
            writing.kill()
        except BaseException:
            running.kill()
            writing.kill()
            raise
        wrote, ran = writing.wait(), running.wait()
        if ran > 0:
            raise _failed(psql, _text(answered), ran)
        if wrote or ran:
            raise _failed(Path(source[0]), _text(heard), wrote)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(_SAID * 100).decode("utf-8", "replace")


def _place(database: URL | None) -> tuple[list[str], dict[str, str]]:
    """What names a database to a program, and its environment with the password."""
    environment = {**os.environ, "LC_ALL": "C"}
    if database is None:
        return [], environment
    address = conninfo_to_dict(libpq_words(database))
    environment["PGPASSWORD"] = str(address.pop("password", ""))
    return [f"--dbname={make_conninfo('', **address)}", "--no-password"], environment


def _failed(program: Path, errors: str, status: int) -> Exception:
    if _NO_ROOM in errors:
        return OSError(min(FULL), _NO_ROOM)
    said = " ".join(errors.split())[:_SAID] or f"exit status {status}"
    return Problem(
        409,
        "pg_program_failed",
        Message(
            f"{program.name} 未完成，未留下任何内容：{said}",
            f"{program.name} did not finish and nothing was left of it: {said}",
        ),
    )
