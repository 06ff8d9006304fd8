"""Counting what there is before more is added, by one transaction at a time."""

from typing import Final

from sqlalchemy import Connection, text

__all__ = ["one_at_a_time"]

# The seed separates these locks from those of other meanings.
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:whose, 7190129))")


def one_at_a_time(connection: Connection, whose: str) -> None:
    """Wait until nobody else counts what is limited; others wait for the end of the transaction.

    Two that count at one moment would both find room for the last one. What committed meanwhile
    is seen by the statement after this one (READ COMMITTED).

    Parameters
    ----------
    connection
        In the transaction that counts and adds.
    whose
        What has the limit, as ``jobs of 7``.

    Raises
    ------
    OperationalError
        After ``LUOTU_LOCK_TIMEOUT_S``, which is answered by 503 ``locked``.
    """
    connection.execute(_LOCK, {"whose": whose})
