"""Which migration a database stands at, found without Alembic, which costs a second to import."""

from importlib.resources import files
from typing import Final

from sqlalchemy import Connection, text

from gis.messages import Message
from service.errors import Problem

# For the plain role. Reads the catalogue alone, so it waits for no lock on a table of ours.
IS_MIGRATED: Final = (
    b"SELECT coalesce(has_table_privilege(to_regclass('plot'), 'SELECT'), false) AS migrated"
)
# Unlike to_regclass it works without the right to use the schema.
_MIGRATED = text("""
SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'public' AND c.relname = 'alembic_version')
""")


def known() -> frozenset[str]:
    """Numbers of the migrations of this program: the file names begin with theirs."""
    return frozenset(
        file.name.partition("_")[0]
        for folder in ("migrations", "carry_over")
        for file in files("service.database").joinpath(folder, "versions").iterdir()
        if file.name.endswith(".py")
    )


def head() -> str:
    """Number of the newest migration."""
    return max(known())


def refuse_newer(number: str | None) -> None:
    """Raise `Problem` where a database stands at a migration that this program does not know."""
    if number is not None and number not in known():
        raise Problem(
            409,
            "newer_database",
            Message(
                f"数据库由更新版本的落图建立（迁移 {number}，本程序只到 {head()}），"
                "未作任何改动：请升级本程序后再试",
                f"a newer Luotu migrated this database (to {number}, this program knows up to "
                f"{head()}); nothing was changed: install that version, then try again",
            ),
        )


def version(connection: Connection) -> str | None:
    """Number of the migration that the database stands at; None before the first."""
    if not connection.scalar(_MIGRATED):
        return None
    number: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return number
