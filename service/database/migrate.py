"""Brings a database to this version: tables, code lists, and the rights of the plain role."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from service.codes.db.codes import load_code_lists
from service.database.revision import head, refuse_newer, version
from service.database.rights import EXTENSIONS, require_rights
from service.database.service_role import give_rights, make_role
from service.embedded.endpoint import ROLES
from service.patrol.duty.db.rules import load_patrol_rules

# Two processes that start at once migrate one after the other (any constant of our own does).
LOCK = 7_461_094_209


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
) -> tuple[str | None, str | None]:
    """Migrate up to ``revision`` in one transaction; answers the numbers before and after.

    ``role`` is the role that the service works as; None: one that is made for this database, and
    gets another password with ``new_password``.

    Raises
    ------
    RightsMissing
        The owner lacks rights: each is named with the statement that gives it.
    Problem
        ``newer_database``: a newer Luotu migrated it.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        require_rights(connection, role)
        before = version(connection)
        refuse_newer(before)
        for name in EXTENSIONS:
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA public"))
        command.upgrade(_config(connection), revision)
        if version(connection) == head():
            load_code_lists(connection)
            load_patrol_rules(connection)
            name = role or make_role(connection, new_password=new_password).name
            give_rights(connection, name)
        return before, version(connection)


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back, down to ``revision`` (``base`` for all)."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)
