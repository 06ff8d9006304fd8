"""Databases that the migrations before the baseline made: brought to their last, then stamped.

Nothing here changes any more. `versions/` holds those migrations as they were; a new database never
sees them, it begins with the baseline in `service/database/migrations`.
"""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from service.database.sql_library import register_functions

BASELINE = "0100"
# Functions that they made and that have another name or other arguments today: the SQL library
# takes them out.
RENAMED_FUNCTIONS = (
    "codes_in_scope(text[])",
    "coverage_extent(text[], timestamptz, integer)",
    "coverage_figures(text[], text, timestamptz, integer, integer, text[], text[])",
    "coverage_pieces(bigint[], timestamptz)",
    "coverage_plots(text[], timestamptz, integer, integer, text[], text[])",
    "figure_pieces(bigint[], bigint[], timestamptz, integer, text[], text[])",
    "enter_scope(text, text[])",
    "enter_whole(bytea)",
    "sealed.seal(text)",
    "sealed.show(text)",
    "snapping_shapes(geometry)",
)


def numbers() -> frozenset[str]:
    """Numbers of the migrations before the baseline."""
    versions = files("service.database.carry_over").joinpath("versions")
    names = [file.name for file in versions.iterdir() if file.name.endswith(".py")]
    return frozenset(name.partition("_")[0] for name in names)


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings for the migrations before the baseline."""
    alembic = Config()
    alembic.set_main_option("script_location", str(files("service.database.carry_over")))
    alembic.attributes["connection"] = connection
    return alembic


def carry_over(connection: Connection, number: str | None) -> None:
    """Bring a database at an old ``number`` to the tables of the baseline; others are left alone.

    Data stay. An error takes everything back with the transaction.
    """
    if number in numbers():
        command.upgrade(config(connection), "head")
        connection.execute(
            text("UPDATE alembic_version SET version_num = :baseline"), {"baseline": BASELINE}
        )
        register_functions(connection, "carried over", RENAMED_FUNCTIONS)
