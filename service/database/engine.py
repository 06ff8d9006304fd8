"""Connections: one engine a process, with a time limit on every statement."""

import json
import select
import time
from typing import Any, Final

import psycopg
from sqlalchemy import Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

# A connection is tested after this idle time: a firewall may silently have cut it.
QUIET_S: Final = 10.0
# What a server, database or role may have set otherwise: how values are written and read, where
# tables are looked for, and how transactions see each other.
OWN_WAYS: Final = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "timezone": "UTC",
        "client_min_messages": "warning",
        # Compiling costs more than it saves here; the embedded server has it off, too.
        "jit": "off",
        "datestyle": "ISO",
        "intervalstyle": "postgres",
        "bytea_output": "hex",
        "extra_float_digits": "1",
        "standard_conforming_strings": "on",
        "transform_null_equals": "off",
        "array_nulls": "on",
        "search_path": "public",
        "row_security": "on",
        "default_transaction_isolation": "read\\ committed",
    }.items()
)
_DECODER: Final = json.JSONDecoder()


def sqlalchemy_url(text: str) -> URL:
    """The address with psycopg 3 as its driver, however the user spelt the scheme.

    >>> sqlalchemy_url("postgres://me@localhost/luotu").drivername
    'postgresql+psycopg'
    """
    url = make_url(text.replace("postgres://", "postgresql://", 1))
    return url.set(drivername="postgresql+psycopg")


def make_engine(
    url: URL | str,
    *,
    pool_size: int = 5,
    statement_timeout_s: float = 0,
    lock_timeout_s: float = 0,
    session_name: str = "luotu",
) -> Engine:
    """An engine whose connections are tested before use, so that it outlives a restarted database.

    ``statement_timeout_s`` and ``lock_timeout_s`` (how long a statement waits for what another
    transaction holds) of 0 set no limit (migrations, bulk loads).
    """
    engine = create_engine(
        sqlalchemy_url(url) if isinstance(url, str) else url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        # Parameters are people's texts and secrets: no error message and no log shows them.
        hide_parameters=True,
        json_deserializer=decoded,
        connect_args=connect_args(statement_timeout_s, lock_timeout_s, session_name),
    )
    event.listen(engine, "checkin", _put_back)
    event.listen(engine, "checkout", _look_at)
    return engine


def pool_size(engine: Engine) -> int:
    """How many connections an engine of `make_engine` may have at once."""
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.size()


def connections_used(engine: Engine) -> int:
    """How many of them are lent out now."""
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.checkedout()


def connect_args(
    statement_timeout_s: float, lock_timeout_s: float = 0, session_name: str = "luotu"
) -> dict[str, Any]:
    """The driver's options of each connection; a limit of 0 means none."""
    return {
        "connect_timeout": 10,
        "application_name": session_name,
        # A database in SQL_ASCII would give bytes instead of text, even for its version.
        "client_encoding": "utf8",
        "options": f"-c statement_timeout={int(statement_timeout_s * 1000)}"
        f" -c lock_timeout={int(lock_timeout_s * 1000)}"
        f" {OWN_WAYS}",
    }


def decoded(written: bytes | str) -> Any:
    """A value of a JSON column; most are empty, and text is never looked at for its encoding."""
    if written in (b"[]", b"{}"):
        return [] if written == b"[]" else {}
    return _DECODER.decode(written.decode() if isinstance(written, bytes) else written)


def _put_back(_connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["put_back"] = time.monotonic()


def _look_at(connection: psycopg.Connection[Any], entry: ConnectionPoolEntry, _: object) -> None:
    """Test a pooled connection before use; the pool opens another in place of a dead one.

    A server that closed a connection has sent a message before: looking for it on the socket costs
    nothing, while asking the server costs as much as a small query.
    """
    put_back = entry.info.get("put_back")
    if put_back is None:
        return
    if connection.closed or _heard_from(connection):
        raise DisconnectionError
    if time.monotonic() - put_back > QUIET_S:
        try:
            connection.autocommit = True
            connection.execute("SELECT 1")
            connection.autocommit = False
        except psycopg.Error:
            raise InvalidatePoolError from None


def _heard_from(connection: psycopg.Connection[Any]) -> bool:
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    return bool(line.poll(0))
