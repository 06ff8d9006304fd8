"""Failed sign-ins: counted, forgotten after a quarter of an hour."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from service.accounts.db.accounts import digest
from service.database.metadata import sign_in_failure as failure

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class Tries:
    """The number of recent failures, and the seconds until the oldest is forgotten."""

    count: int
    retry_after_s: int


def _tries(connection: Connection, mine: ColumnElement[bool]) -> Tries:
    recent = failure.c.at > func.clock_timestamp() - WINDOW
    left = func.min(failure.c.at) + WINDOW - func.clock_timestamp()
    row = connection.execute(
        select(func.count().label("tries"), func.extract("epoch", left).label("left")).where(
            mine, recent
        )
    ).one()
    return Tries(row.tries, max(1, int(row.left or 1)))


def of_name(connection: Connection, name: str) -> Tries:
    """Failures for a user name, from any address; the account need not exist."""
    return _tries(connection, failure.c.name == digest(name))


def of_address(connection: Connection, address: str) -> Tries:
    """Failures from a network address."""
    return _tries(connection, failure.c.address == address)


def failed(connection: Connection, name: str, address: str) -> None:
    """Record a failed sign-in, and delete those older than the window."""
    connection.execute(delete(failure).where(failure.c.at < func.clock_timestamp() - WINDOW))
    connection.execute(insert(failure).values(name=digest(name), address=address))


def succeeded(connection: Connection, name: str) -> None:
    """Forget the failures of a name after a successful sign-in."""
    connection.execute(delete(failure).where(failure.c.name == digest(name)))
