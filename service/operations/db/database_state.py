"""How large the database is, what it is, and which jobs wait in it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, text

_STATE = text("""
SELECT pg_database_size(current_database()) AS bytes, j.queued, j.running, j.queued_since,
    (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS sessions,
    current_setting('server_version') AS postgresql, postgis_lib_version() AS postgis,
    clock_timestamp() AS clock
FROM jobs_under_way() j
""")


class DatabaseState(NamedTuple):
    """``queued_since`` is None where no job waits; ``clock`` is the database's own."""

    bytes: int
    queued: int
    running: int
    queued_since: datetime | None
    sessions: int
    postgresql: str
    postgis: str
    clock: datetime


def database_state(connection: Connection) -> DatabaseState:
    """Ask for it; a few milliseconds, as no table of plots is read."""
    return DatabaseState(*connection.execute(_STATE).one())
