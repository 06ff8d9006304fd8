"""Failed sign-ins: counted, forgotten after a quarter of an hour."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from service.accounts.db.accounts import digest
from service.database.metadata import sign_in_failure as failure

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class Tries:
    """How often it failed lately, and after how many seconds the oldest of them is forgotten."""

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
    """Tries with a user name, whoever made them and whether there is such an account."""
    return _tries(connection, failure.c.name == digest(name))


def of_address(connection: Connection, address: str) -> Tries:
    """Tries from a network address."""
    return _tries(connection, failure.c.address == address)


def failed(connection: Connection, name: str, address: str) -> None:
    """Remember a try that failed; those that nobody asks for any more go."""
    connection.execute(delete(failure).where(failure.c.at < func.clock_timestamp() - WINDOW))
    connection.execute(insert(failure).values(name=digest(name), address=address))


def succeeded(connection: Connection, name: str) -> None:
    """Whoever knows the password may mistype it again."""
    connection.execute(delete(failure).where(failure.c.name == digest(name)))
