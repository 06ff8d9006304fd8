"""Databases on a server that is none of ours, whose owners may do little."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.engine import URL

from service.database.engine import make_engine
from service.embedded import Endpoint

# Whatever a password holds, each reader of an address understands it.
PASSWORD = "se cret%20+/@:?#&='\\é"
QUOTED_PASSWORD = "'{}'".format(PASSWORD.replace("'", "''"))


class Outside(NamedTuple):
    """Databases on a server that is none of ours, and the account that owns them."""

    endpoint: Endpoint
    owner: str

    def run(self, statement: str, at: str = "postgres") -> None:
        """Run a statement as an administrator of the server."""
        engine = make_engine(self.endpoint.url("admin", at))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute(statement)
        engine.dispose()

    def ask(self, statement: str, at: str = "postgres", **values: Any) -> Any:
        """One value, as an administrator of the server."""
        engine = make_engine(self.endpoint.url("admin", at))
        with engine.connect() as connection:
            answer = connection.scalar(text(statement), values)
        engine.dispose()
        return answer

    def address(self, name: str, owner: str | None = None) -> str:
        """``LUOTU_DATABASE_URL`` of a database."""
        url = URL.create(
            "postgresql",
            owner or self.owner,
            PASSWORD,
            "127.0.0.1",
            self.endpoint.port,
            name,
        )
        return url.render_as_string(hide_password=False)

    def password_of(self, name: str) -> str:
        """What the server keeps of the password of the service's role of a database."""
        return str(
            self.ask(
                "SELECT rolpassword FROM pg_authid JOIN pg_database d ON"
                " rolname = 'luotu_service_' || d.oid WHERE d.datname = :name",
                name=name,
            )
        )


@contextmanager
def owned(endpoint: Endpoint, owner: str, rights: str, *names: str) -> Iterator[Outside]:
    """Empty databases without any extension, and their owner with these rights."""
    outside = Outside(endpoint, owner)
    quoted = [f'"{name.replace(chr(34), chr(34) * 2)}"' for name in names]
    outside.run(f"CREATE ROLE {owner} LOGIN PASSWORD {QUOTED_PASSWORD} {rights}")
    try:
        for name in quoted:
            outside.run(f"CREATE DATABASE {name} TEMPLATE template0 OWNER {owner}")
        yield outside
    finally:
        for name in quoted:
            outside.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        left = outside.ask(
            "SELECT array_agg(rolname) FROM pg_roles WHERE rolname ~ '^luotu_service_[0-9]+$' AND"
            " NOT EXISTS (SELECT FROM pg_database d WHERE rolname = 'luotu_service_' || d.oid)"
        )
        for role in left or []:
            outside.run(f"DROP ROLE {role}")
        outside.run(f"DROP ROLE {owner}")


def statements(said: str) -> list[str]:
    """What an administrator is told to run."""
    return [line.strip() for line in said.splitlines() if re.match(r"  [A-Z].*;$", line)]
