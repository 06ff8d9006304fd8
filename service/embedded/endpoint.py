"""The address of a running cluster, and its roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

Role = Literal["admin", "owner", "service"]

DATABASE = "luotu"
ROLES: Mapping[Role, str] = {
    "admin": "luotu_admin",  # superuser: extensions, backup
    "owner": "luotu_owner",  # owns the database: migrations; may make databases (tests)
    "service": "luotu_service",  # nothing but what a migration grants
}


@dataclass(frozen=True)
class Endpoint:
    """A running cluster: the folder of its socket, its port of 127.0.0.1, its data folder."""

    host: Path
    port: int
    data_dir: Path
    passwords: Mapping[str, str] = field(repr=False)

    def url(self, role: Role, database: str = DATABASE) -> str:
        """SQLAlchemy's address of ``database`` for ``role``, over the unix socket.

        It holds the password: never print it.

        Examples
        --------
        >>> at = Endpoint(Path("/run/luotu"), 5433, Path("/data"), {"owner": "s/cret"})
        >>> at.url("owner")
        'postgresql+psycopg://luotu_owner:s%2Fcret@/luotu?host=%2Frun%2Fluotu&port=5433'
        """
        # By hand: importing SQLAlchemy takes four times as long as `luotu db status`.
        where = urlencode({"host": self.host, "port": self.port})
        password = quote(self.passwords[role], safe="")
        name = quote(database, safe="")
        return f"postgresql+psycopg://{ROLES[role]}:{password}@/{name}?{where}"
