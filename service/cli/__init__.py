"""``luotu``: everything that can be done without a browser."""

import sys

import typer
from sqlalchemy.exc import DBAPIError, OperationalError

from data.codes import UnknownCodeError
from data.errors import FileRefused
from data.export_report import ExportRefused
from gis.errors import GeometryError
from maps.errors import MapError
from service.cli import check, database, demo, figures, files, maps, patrols, people, running
from service.db.accounts import AccountRefused
from service.db.cluster import ClusterError
from service.db.writing import NumberTaken
from service.errors import Problem
from service.running import PortTaken
from service.settings import SettingsError

app = typer.Typer(
    name="luotu",
    help="落图：造林绿化图斑落地上图。Planting plots on the map, their figures, their files.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(database.app, name="db")
app.add_typer(files.importing, name="import")
app.add_typer(files.exporting, name="export")
app.add_typer(people.app, name="user")
app.add_typer(maps.app, name="map")
app.command("token")(people.token)
app.command("audit")(people.audit)
app.command("run")(running.run)
app.command("demo")(demo.demo)
app.command("forget")(patrols.forget)
app.command("check")(check.check)
app.command("coverage")(figures.coverage)

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
        app()
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
