"""Connections: one engine a process, with a time limit on every statement."""

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.engine import URL


def sqlalchemy_url(text: str) -> URL:
    """The address with psycopg 3 as its driver, however the user spelt the scheme.

    >>> sqlalchemy_url("postgres://me@localhost/luotu").drivername
    'postgresql+psycopg'
    """
    url = make_url(text.replace("postgres://", "postgresql://", 1))
    return url.set(drivername="postgresql+psycopg")


def make_engine(url: URL | str, *, pool_size: int = 5, statement_timeout_s: float = 0) -> Engine:
    """An engine whose connections are tested before use, so that it outlives a restarted database.

    ``statement_timeout_s`` of 0 sets no limit (migrations, bulk loads).
    """
    return create_engine(
        sqlalchemy_url(url) if isinstance(url, str) else url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        # Parameters are people's texts and secrets: no error message and no log shows them.
        hide_parameters=True,
        connect_args={
            "connect_timeout": 10,
            "application_name": "luotu",
            "options": f"-c statement_timeout={int(statement_timeout_s * 1000)}"
            " -c timezone=UTC -c client_min_messages=warning",
        },
    )
