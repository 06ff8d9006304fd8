"""Functions, triggers and policies of the database: one text each, replaced whole when it changes.

Tables, and what lies in them, belong to the migrations. What stands in ``sql/<subject>/*.sql`` has
no data of its own, so such a file is edited like any other source: the next `luotu db migrate` puts
the present texts in force, in one transaction, and takes out what has no file any more.

What several queries have in common word for word, and no function can take without another plan,
stands once in ``sql/<subject>/*.part``: a line ``-- include subject/part where name = value`` takes
it in, with ``:name`` replaced.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text

_COMMENTED: Final = re.compile(r"^COMMENT ON FUNCTION ([\w.]+\([^)]*\)) IS", re.MULTILINE)
_FUNCTION: Final = re.compile(r"^CREATE OR REPLACE FUNCTION ([\w.]+)\(", re.MULTILINE)
_TRIGGER: Final = re.compile(
    r"^CREATE (?:OR REPLACE |CONSTRAINT )TRIGGER (\w+)\s.*?\sON (\w+)", re.MULTILINE | re.DOTALL
)
_POLICY: Final = re.compile(r"^CREATE POLICY (\w+) ON (\w+)", re.MULTILINE)
# Rights are given again at every migrate: a copy of a database gets another role.
_GRANT: Final = re.compile(r"^GRANT [^;]+ TO :service_role;\n", re.MULTILINE)

# The comment that a part begins with.
_HEADER: Final = re.compile(r"\A(?:--.*\n)+")
_INCLUDE: Final = re.compile(
    r"^ *-- include (?P<part>[\w/]+)(?: where (?P<name>\w+) = (?P<value>\w+))?\n", re.MULTILINE
)

_REGISTER: Final = """
CREATE TABLE IF NOT EXISTS sql_library (
    name text PRIMARY KEY,
    sha256 text NOT NULL,
    functions text[] NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE sql_library IS 'Which texts of the SQL library are in force.';
COMMENT ON COLUMN sql_library.name IS 'Subject and file: coverage/mark_coverage';
COMMENT ON COLUMN sql_library.sha256 IS 'Hash of the text that was put in force';
COMMENT ON COLUMN sql_library.functions IS 'Signatures of the functions that it made';
COMMENT ON COLUMN sql_library.replaced_at IS 'When';
"""
_IS_THERE = text("SELECT to_regclass('public.sql_library') IS NOT NULL")
_OLD_FUNCTIONS = text("""
SELECT to_regprocedure(signature)::text FROM sql_library, unnest(functions) signature
WHERE to_regprocedure(signature) IS NOT NULL
EXCEPT
SELECT to_regprocedure(signature)::text FROM unnest(CAST(:signatures AS text[])) signature
""")
_STALE_TRIGGERS = text("""
SELECT format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal
  AND t.tgfoid IN (SELECT to_regprocedure(s) FROM unnest(CAST(:signatures AS text[])) s
                   UNION ALL
                   SELECT to_regprocedure(s) FROM sql_library, unnest(functions) s)
  AND (t.tgname, c.relname) NOT IN
      (SELECT * FROM unnest(CAST(:names AS text[]), CAST(:tables AS text[])))
""")
_STALE_POLICIES = text("""
SELECT format('DROP POLICY %I ON %s', p.polname, p.polrelid::regclass)
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
WHERE c.relnamespace = 'public'::regnamespace AND pg_has_role(c.relowner, 'USAGE')
  AND (p.polname, c.relname) NOT IN
      (SELECT * FROM unnest(CAST(:names AS text[]), CAST(:tables AS text[])))
""")


@cache
def library() -> Mapping[str, str]:
    """Every text by its name ``subject/file``; policies last, for they call functions.

    Examples
    --------
    >>> "FUNCTION mark_coverage()" in library()["coverage/mark_coverage"]
    True
    """
    folder = files("service.database").joinpath("sql")
    texts = {
        f"{subject.name}/{file.name.removesuffix('.sql')}": _whole(file.read_text("utf-8"))
        for subject in _by_name(folder.iterdir())
        if subject.is_dir()
        for file in _by_name(subject.iterdir())
        if file.name.endswith(".sql")
    }
    return dict(sorted(texts.items(), key=lambda item: item[0].endswith("/policies")))


@cache
def parts() -> Mapping[str, str]:
    """What texts include, by its name ``subject/part``, without the comment that it begins with.

    Examples
    --------
    >>> sorted(parts())[0]
    'coverage/pieces_added_up'
    """
    folder = files("service.database").joinpath("sql")
    return {
        f"{subject.name}/{file.name.removesuffix('.part')}": _HEADER.sub(
            "", file.read_text("utf-8")
        )
        for subject in folder.iterdir()
        if subject.is_dir()
        for file in subject.iterdir()
        if file.name.endswith(".part")
    }


def function_names() -> frozenset[str]:
    """Names of the functions that the texts make, with their schema where it is not ``public``."""
    return frozenset(name for body in library().values() for name in _FUNCTION.findall(body))


def in_force(connection: Connection) -> bool:
    """Whether the database has exactly the texts of this program."""
    if not connection.scalar(_IS_THERE):
        return False
    rows = connection.execute(text("SELECT name, sha256 FROM sql_library"))
    return {row.name: row.sha256 for row in rows} == _hashes()


def replace_library(connection: Connection) -> bool:
    """Put the present texts in force; False when they are in force already.

    An error rolls everything back with the transaction.
    """
    if in_force(connection):
        return False
    connection.exec_driver_sql(_REGISTER)
    # A function may call one that comes later.
    connection.exec_driver_sql("SET LOCAL check_function_bodies = off")
    for body in library().values():
        _put_in_force(connection, body)
    connection.exec_driver_sql("SET LOCAL check_function_bodies = on")
    _take_out_the_rest(connection)
    connection.exec_driver_sql("DELETE FROM sql_library")
    connection.execute(
        text("INSERT INTO sql_library (name, sha256, functions) VALUES (:name, :hash, :functions)"),
        [
            {"name": name, "hash": digest, "functions": _COMMENTED.findall(library()[name])}
            for name, digest in _hashes().items()
        ],
    )
    return True


def register_functions(connection: Connection, name: str, signatures: Sequence[str]) -> None:
    """Say that functions belong to the library: without a text, the next migrate takes them out.

    For a database that had these functions before it had the library.
    """
    connection.exec_driver_sql(_REGISTER)
    connection.execute(
        text("INSERT INTO sql_library (name, sha256, functions) VALUES (:name, '', :functions)"),
        {"name": name, "functions": list(signatures)},
    )


def functions_alone(names: Iterable[str]) -> Iterator[str]:
    """The functions of some texts, without their triggers: for tables whose defaults call them."""
    for name in names:
        yield _without_grants(library()[name]).partition("\nCREATE OR REPLACE TRIGGER")[0]


def grant_rights(connection: Connection, role: str) -> None:
    """Give the role that the service works as the rights that the texts name."""
    identifier = sql.Identifier(role).as_string()
    for body in library().values():
        for statement in _GRANT.findall(body):
            connection.exec_driver_sql(statement.replace(":service_role", identifier))


def _put_in_force(connection: Connection, body: str) -> None:
    statements = _without_grants(body)
    try:
        with connection.begin_nested():
            _execute(connection, statements)
    except psycopg.errors.InvalidFunctionDefinition:
        # A function that answers another type than before cannot be replaced in place.
        for signature in _COMMENTED.findall(body):
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {signature}")
        _execute(connection, statements)


def _execute(connection: Connection, statements: str) -> None:
    # Without parameters the driver takes several statements, and a per cent sign as it is.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(statements.encode())


def _take_out_the_rest(connection: Connection) -> None:
    """Take out triggers, policies and functions that have no text any more."""
    signatures = [
        signature for body in library().values() for signature in _COMMENTED.findall(body)
    ]
    triggers = [pair for body in library().values() for pair in _TRIGGER.findall(body)]
    policies = [pair for body in library().values() for pair in _POLICY.findall(body)]
    drops = list(
        connection.scalars(_STALE_TRIGGERS, {"signatures": signatures, **_columns(triggers)})
    )
    drops += connection.scalars(_STALE_POLICIES, _columns(policies))
    drops += [
        f"DROP FUNCTION {signature}"
        for signature in connection.scalars(_OLD_FUNCTIONS, {"signatures": signatures})
    ]
    for statement in drops:
        connection.exec_driver_sql(statement)


def _columns(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    both = list(pairs)
    return {"names": [name for name, _ in both], "tables": [table for _, table in both]}


def _whole(body: str) -> str:
    """A text with the parts that it includes. Raises `KeyError` where there is no such part."""

    def part(line: re.Match[str]) -> str:
        included = parts()[line["part"]]
        return (
            included
            if line["name"] is None
            else included.replace(f":{line['name']}", line["value"])
        )

    return _INCLUDE.sub(part, body)


def _without_grants(body: str) -> str:
    return _GRANT.sub("", body)


def _hashes() -> dict[str, str]:
    return {name: hashlib.sha256(body.encode()).hexdigest() for name, body in library().items()}


def _by_name(entries: Iterable[Traversable]) -> list[Traversable]:
    return sorted(entries, key=lambda entry: entry.name)
