"""The commands of ``luotu``, and how what they refuse is told."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import NoReturn

import typer
from psycopg.errors import DiskFull, InsufficientPrivilege
from sqlalchemy.exc import DBAPIError, OperationalError

from data.codes import UnknownCodeError
from data.errors import FileRefused
from data.scratch import FULL, TemporaryDiskFull
from data.writing.export_report import ExportRefused
from gis.errors import GeometryError
from gis.messages import Message
from maps.errors import MapError
from service.accounts.db.accounts import AccountRefused
from service.cli.importing import without_collecting
from service.cli.language import shown, terminal_language, words
from service.database.rights import RightsMissing
from service.embedded import ClusterError
from service.errors import PortTaken, Problem
from service.plots.number_taken import NumberTaken
from service.settings import SettingsError

# The module of each command, imported when it is called: all together take seconds.
_COMMANDS = {
    "db": ("database", "app"),
    "import": ("import_export", "importing"),
    "export": ("import_export", "exporting"),
    "user": ("accounts", "app"),
    "map": ("maps", "app"),
    "token": ("accounts", "token"),
    "audit": ("accounts", "audit"),
    "run": ("run", "run"),
    "demo": ("demo", "demo"),
    "forget": ("patrols", "forget"),
    "check": ("check", "check"),
    "coverage": ("coverage", "coverage"),
    "borders": ("coverage", "borders"),
    "progress": ("progress", "progress"),
    "moves": ("progress", "moves"),
    "bulletin": ("bulletin", "bulletin"),
    "scores": ("bulletin", "scores"),
    "worker": ("worker", "worker"),
    "handin": ("handin", "handin"),
    "sample": ("sample", "sample"),
    "register": ("registers", "app"),
    "calendar": ("calendar", "calendar"),
    "backup": ("backup", "backup"),
    "restore": ("backup", "restore"),
    "lake": ("lake", "app"),
}


def command_line(wanted: str | None = None) -> typer.Typer:
    """The app with one command, or with all when the name is unknown."""
    app = typer.Typer(
        name="luotu",
        help=words(
            "落图：造林绿化图斑落地上图。",
            "Planting plots on the map, their figures, their files.",
        ),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_nothing)  # one command alone would have no name
    for name, (module, attribute) in _COMMANDS.items():
        if wanted not in _COMMANDS or name == wanted:
            with without_collecting():
                command = getattr(import_module(f"service.cli.{module}"), attribute)
            if isinstance(command, typer.Typer):
                app.add_typer(command, name=name)
            else:
                app.command(name)(command)
    return app


def _nothing() -> None:
    pass


# Errors that a person can mend: one message, exit status 1. Others are bugs, shown with their
# traceback.
REFUSALS = (
    AccountRefused,
    ClusterError,
    ExportRefused,
    FileRefused,
    GeometryError,
    MapError,
    NumberTaken,
    PortTaken,
    Problem,
    SettingsError,
    TemporaryDiskFull,
    UnknownCodeError,
)


def run() -> None:
    """Run the command that the process was given, and end with its status."""
    try:
        with _ending_cleanly():
            command_line(sys.argv[1] if len(sys.argv) > 1 else None)()
    except REFUSALS as error:
        _refuse(
            error.message,
            error.statements(terminal_language()) if isinstance(error, RightsMissing) else "",
        )
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        if isinstance(error.orig, DiskFull):
            _refuse(
                Message(
                    "数据库磁盘已满，未保存任何内容，请腾出空间后重试",
                    "the database's disk is full and nothing was stored: free some space "
                    "there, then try again",
                )
            )
        _refuse(_of_connection(reason) if error.statement is None else _of_database(reason))
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        if isinstance(error.orig, InsufficientPrivilege):
            _refuse(
                Message(
                    f"数据库权限不足（{reason}）：luotu db migrate 会列出缺少的权限；"
                    "落图的表和函数应属于 LUOTU_DATABASE_URL 的账户（ALTER … OWNER TO 该账户）",
                    f"the database account lacks a right ({reason}): `luotu db migrate` names what "
                    "it lacks, and Luotu's tables and functions have to belong to the account of "
                    "LUOTU_DATABASE_URL (ALTER … OWNER TO that account)",
                )
            )
        _refuse(_of_connection(reason) if error.statement is None else _of_database(reason))
    except OSError as error:
        _refuse(_of_system(error))


def _of_connection(reason: str) -> Message:
    """Why there is no connection, and where to look."""
    if "LUOTU_DATABASE_URL" in os.environ:
        zh, en = (
            "请核对 LUOTU_DATABASE_URL 中的主机、端口、账户、口令、数据库名与选项",
            "look at host, port, account, password, database and options in LUOTU_DATABASE_URL",
        )
    else:
        zh, en = "请用 luotu db status 查看", "see `luotu db status`"
    return Message(
        f"无法连接数据库（{reason}）：{zh}", f"no connection to the database: {reason}; {en}"
    )


def _of_database(reason: str) -> Message:
    return Message(f"数据库拒绝：{reason}", f"the database refuses: {reason}")


def _of_system(error: OSError) -> Message:
    """What the operating system refused, and what helps."""
    reason = error.strerror or str(error)
    zh, en = (error.filename, error.filename) if error.filename else ("系统", "the system")
    if error.errno in FULL:
        return Message(
            f"{zh}：磁盘已满（{reason}），没有留下半个文件：请腾出空间，"
            "或改写到另一块盘（文件路径、LUOTU_OUT、LUOTU_HOME、TMPDIR）",
            f"{en}: the disk is full ({reason}), no half of a file was left: free some space, or "
            "write to another disk (the file's path, LUOTU_OUT, LUOTU_HOME, TMPDIR)",
        )
    return Message(
        f"{zh}：{reason}；请检查路径与权限，或改用可写的目录（文件路径、LUOTU_OUT、LUOTU_HOME）",
        f"{en}: {reason}; look at its path and rights, or name a folder that can be written (the "
        "file's path, LUOTU_OUT, LUOTU_HOME)",
    )


@contextmanager
def _ending_cleanly() -> Iterator[None]:
    """Let SIGTERM unwind the stack, so that folders, child processes and the database are cleaned
    up."""

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _refuse(message: Message, more: str = "") -> NoReturn:
    sys.stderr.write(f"luotu: {shown(message)}{more}\n")
    sys.exit(1)
