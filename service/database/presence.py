"""Whether a service runs on this database, and under which address.

Its sessions are named by its address. They end with the process, however it ends, and only the
service's role, with its password, can open one.
"""

from typing import Final

from sqlalchemy import Connection, text

from service.database.location import DatabaseLocation

_PREFIX: Final = "luotu "
# PostgreSQL cuts longer names, and shows other letters as question marks.
_NAME_BYTES: Final = 63

# The newest one: a restarted service may overlap with the process before it.
_RUNNING = text("""
SELECT substr(application_name, length(:prefix) + 1) FROM pg_stat_activity
WHERE datname = current_database() AND usename = :role
  AND starts_with(application_name, :prefix || 'http')
ORDER BY backend_start DESC LIMIT 1
""")


def session_name(address: str | None) -> str:
    """The name of a process's sessions; None stands for a process that is not the service.

    >>> session_name("http://127.0.0.1:8102"), session_name(None)
    ('luotu http://127.0.0.1:8102', 'luotu')
    """
    name = f"{_PREFIX}{address}"
    fits = address is not None and name.isascii() and len(name) <= _NAME_BYTES
    return name if fits else _PREFIX.strip()


def running_address(connection: Connection, place: DatabaseLocation) -> str | None:
    """The address of the service that runs on this database; None when none does."""
    params = {"prefix": _PREFIX, "role": place.service.username}
    address: str | None = connection.scalar(_RUNNING, params)
    return address
