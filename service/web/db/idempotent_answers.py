"""Answers kept under an `Idempotency-Key`, in the transaction of the request that they answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects.postgresql import insert

from service.database.metadata import idempotency_key

k = idempotency_key


@dataclass(frozen=True)
class StoredAnswer:
    """An answer as it was sent, and the SHA-256 of the request that it answered."""

    request: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes


# The number of the lock is a hash of account and key; the seed separates it from other locks.
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 7461095))")
_FORGET = text("SELECT forget_answers()")


def lock_key(connection: Connection, account_id: int, key: str) -> bool:
    """Hold a key of the account's until the transaction ends; False when somebody else does."""
    return bool(connection.scalar(_LOCK, {"name": f"idempotency_key {account_id} {key}"}))


def kept_answer(connection: Connection, account_id: int, key: str) -> StoredAnswer | None:
    """What was answered under the key within a day, to the same account with the same scope."""
    row = connection.execute(
        select(k.c.request, k.c.status, k.c.headers, k.c.body).where(
            k.c.account_id == account_id,
            k.c.key == key,
            k.c.created_at > text("now() - interval '24 hours'"),
        )
    ).one_or_none()
    return None if row is None else StoredAnswer(row.request, row.status, row.headers, row.body)


def keep_answer(connection: Connection, account_id: int, key: str, answer: StoredAnswer) -> None:
    """Store an answer for a day; older ones are deleted."""
    connection.execute(_FORGET)  # a hundred at most; later calls delete more
    values = {
        "account_id": account_id,
        "key": key,
        "request": answer.request,
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": answer.body,
    }
    fresh = insert(k).values(values)
    # An answer of another scope may be there, invisible: then this one is not stored.
    connection.execute(fresh.on_conflict_do_nothing())


def forget_answers(connection: Connection) -> None:
    """Delete all answers that are older than a day."""
    while connection.scalar(_FORGET):
        pass
