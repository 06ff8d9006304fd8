"""Which migration a database stands at, found without Alembic, which costs a second to import."""

from importlib.resources import files

from sqlalchemy import Connection, text


def head() -> str:
    """Number of the newest migration: the file names begin with theirs."""
    versions = files("service.db").joinpath("migrations", "versions")
    names = [one.name for one in versions.iterdir() if one.name.endswith(".py")]
    return max(name.partition("_")[0] for name in names)


def version(connection: Connection) -> str | None:
    """Number of the migration that the database stands at; None before the first."""
    if connection.scalar(text("SELECT to_regclass('public.alembic_version')")) is None:
        return None
    number: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return number
