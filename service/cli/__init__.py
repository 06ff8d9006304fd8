"""``luotu``: everything that can be done without a browser."""

import sys
from importlib import import_module

import typer
from sqlalchemy.exc import DBAPIError, OperationalError

from data.codes import UnknownCodeError
from data.errors import FileRefused
from data.export_report import ExportRefused
from gis.errors import GeometryError
from maps.errors import MapError
from service.db.accounts import AccountRefused
from service.db.cluster import ClusterError
from service.db.writing import NumberTaken
from service.errors import PortTaken, Problem
from service.settings import SettingsError

# Where each command is; one is fetched when it is called, for all together take seconds.
_COMMANDS = {
    "db": ("database", "app"),
    "import": ("patrols", "importing"),  # those of files, and what patrols add to them
    "export": ("patrols", "exporting"),
    "user": ("people", "app"),
    "map": ("maps", "app"),
    "token": ("people", "token"),
    "audit": ("people", "audit"),
    "run": ("running", "run"),
    "demo": ("demo", "demo"),
    "forget": ("patrols", "forget"),
    "check": ("check", "check"),
    "coverage": ("figures", "coverage"),
}


def command_line(wanted: str | None = None) -> typer.Typer:
    """The one command that is wanted; all of them where it is none of ours."""
    app = typer.Typer(
        name="luotu",
        help="落图：造林绿化图斑落地上图。Planting plots on the map, their figures, their files.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_nothing)  # one command alone would have no name
    for name, (module, attribute) in _COMMANDS.items():
        if wanted not in _COMMANDS or name == wanted:
            found = getattr(import_module(f"service.cli.{module}"), attribute)
            if isinstance(found, typer.Typer):
                app.add_typer(found, name=name)
            else:
                app.command(name)(found)
    return app


def _nothing() -> None:
    pass


# What a person can mend: told in one message, exit status 1. Anything else is our fault and is
# shown whole.
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
    UnknownCodeError,
)


def main() -> None:
    """Run the command line; exit status 0 done, 1 refused, 2 wrong usage."""
    try:
        command_line(sys.argv[1] if len(sys.argv) > 1 else None)()
    except REFUSALS as error:
        _refuse(str(error))
    except OperationalError as error:
        _refuse(
            "无法连接数据库；the database does not answer: "
            f"{str(error.orig).strip().splitlines()[0]} (see `luotu db status`)"
        )
    except DBAPIError as error:
        _refuse(f"数据库拒绝；the database refuses: {str(error.orig).strip().splitlines()[0]}")
    except OSError as error:
        _refuse(f"{error.filename or '系统'}：{error.strerror or error}")


def _refuse(words: str) -> None:
    sys.stderr.write(f"luotu: {words}\n")
    sys.exit(1)
