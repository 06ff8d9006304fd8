"""What a database holds, counted as one moment sees it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from psycopg import sql
from sqlalchemy import Connection, Engine, func, select, table, text

# Whose names begin otherwise belong to PostgreSQL or to an extension.
_TABLES = text("""
SELECT n.nspname AS schema, c.relname AS name FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                  AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2
""")
_OF_LUOTU = text("""
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('public', 'sealed', 'procrastinate')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                  AND d.objid = c.oid AND d.deptype = 'e')
""")


# What the statements of `refuse_other_counts` raise: table, rows there, rows told.
DIFFERENT: Final = re.compile(r"rows differ: (\S+) (\d+) (\d+);")


@contextmanager
def one_moment(engine: Engine) -> Iterator[tuple[Connection, str]]:
    """A connection that sees one moment until the block ends, and the name others share it by."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        name = connection.scalar(text("SELECT pg_export_snapshot()"))
        assert isinstance(name, str)
        yield connection, name


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each table holds, by its name with its schema."""
    return {
        f"{row.schema}.{row.name}": connection.scalar(
            select(func.count()).select_from(table(row.name, schema=row.schema))
        )
        or 0
        for row in connection.execute(_TABLES).all()
    }


def refuse_other_counts(told: Mapping[str, int]) -> str:
    """Statements that fail, with what `DIFFERENT` finds, where a table has other rows than told.

    ``told`` is what `count_rows` answered elsewhere. They end the transaction that they stand in.
    """
    checks = [
        sql.SQL(
            "SELECT count(*) INTO there FROM {table};\n"
            "IF there <> {told} THEN\n"
            "    RAISE 'rows differ: % % %;', {name}, there, {told};\n"
            "END IF;\n"
        ).format(table=sql.Identifier(*name.split(".", 1)), name=sql.Literal(name), told=rows)
        for name, rows in told.items()
    ]
    block = sql.SQL("DO $counts$ DECLARE there bigint; BEGIN\n{checks}END $counts$;\n")
    return block.format(checks=sql.SQL("").join(checks)).as_string()


def is_empty(connection: Connection) -> bool:
    """Whether the database has no table yet, those of extensions aside."""
    return not connection.scalar(_OF_LUOTU)


def server_version(connection: Connection) -> str:
    """The version of PostgreSQL, like ``15.18``."""
    return str(connection.scalar(text("SHOW server_version"))).split()[0]


def postgis_version(connection: Connection) -> str:
    """The version of PostGIS, like ``3.3.2``."""
    return str(connection.scalar(text("SELECT postgis_lib_version()")))


def let_library_be_replaced(connection: Connection) -> None:
    """Let the next migrate put every function in force anew, with the rights that it names."""
    connection.execute(text("UPDATE sql_library SET sha256 = ''"))


def tell_planner(engine: Engine) -> None:
    """Let the planner of queries look at the new tables."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
