"""Brings a database to this version: tables, SQL library, what loaders bring, the plain role."""

from collections.abc import Callable, Sequence
from importlib.resources import files

from alembic import command
from alembic.config import Config
from psycopg.errors import DuplicateFunction, DuplicateObject, DuplicateTable
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from gis.messages import Message
from service.database.carry_over import carry_over
from service.database.revision import head, refuse_newer, version
from service.database.rights import EXTENSIONS, require_rights
from service.database.service_role import give_rights, make_role
from service.database.sql_library import replace_library
from service.embedded.endpoint import ROLES
from service.errors import Problem

# The number of a lock: two processes that start at once migrate one after the other.
LOCK = 7_461_094_209

# Fills tables of the newest version, in the transaction of the migration.
Loader = Callable[[Connection], None]


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("service.database").joinpath("migrations")))
    config.attributes["connection"] = connection
    return config


def migrate(
    engine: Engine,
    revision: str = "head",
    *,
    role: str | None = ROLES["service"],
    new_password: bool = False,
    loaders: Sequence[Loader] = (),
) -> tuple[str | None, str | None]:
    """Migrate up to ``revision`` in one transaction; answers the numbers before and after.

    ``role`` is the role that the service works as; None: one that is made for this database, and
    gets another password with ``new_password``. ``loaders`` fill the tables of the newest version:
    each subject has its own, and ``service/run/loaders.py`` lists them all.

    Raises
    ------
    RightsMissing
        The owner lacks rights: each is named with the statement that gives it.
    Problem
        ``newer_database``: a newer Luotu migrated it. ``name_taken``: another program has a table
        or a function of the name of one of ours.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        require_rights(connection, role)
        before = version(connection)
        refuse_newer(before)
        make_extensions(connection)
        carry_over(connection, before)
        _upgrade(connection, revision)
        if version(connection) == head():
            replace_library(connection)
            for load in loaders:
                load(connection)
            name = role or make_role(connection, new_password=new_password).name
            give_rights(connection, name)
        return before, version(connection)


def _upgrade(connection: Connection, revision: str) -> None:
    try:
        command.upgrade(_config(connection), revision)
    except ProgrammingError as error:
        if not isinstance(error.orig, DuplicateTable | DuplicateFunction | DuplicateObject):
            raise
        reason = error.orig.diag.message_primary
        raise Problem(
            409,
            "name_taken",
            Message(
                f"本库的模式 public 中已有同名之物（{reason}），未作任何改动："
                "请为落图另建一个数据库，并写入 LUOTU_DATABASE_URL",
                f"another program has a name of ours in the schema public ({reason}), nothing was "
                "changed: make a database of its own for Luotu, and name it in LUOTU_DATABASE_URL",
            ),
        ) from None


def make_extensions(connection: Connection) -> None:
    """What the tables need before they are made; nothing where it is there."""
    for name in EXTENSIONS:
        connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA public"))


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back, down to ``revision``, the baseline at most."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)
