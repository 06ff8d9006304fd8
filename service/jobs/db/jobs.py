"""Jobs of an account, as the service reads and adds them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, update

from service.accounts.db.accounts import Account
from service.database.job_tables import job

OPEN = ("queued", "running")


def add_job(connection: Connection, account: Account, kind: str, params: Mapping[str, Any]) -> int:
    """Ask for a job; a worker finds it once this is committed."""
    values = {"account_id": account.id, "kind": kind, "params": params}
    number = connection.scalar(
        insert(job).values(scope=func.current_scope(), **values).returning(job.c.id)
    )
    assert isinstance(number, int)
    return number


def read_job(connection: Connection, account: Account, job_id: int) -> Mapping[str, Any] | None:
    """One job of the account; None when it has no such job."""
    statement = select(job).where(job.c.id == job_id, job.c.account_id == account.id)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def list_jobs(
    connection: Connection, account: Account, *, before: int | None, limit: int
) -> list[Mapping[str, Any]]:
    """Jobs of the account, newest first, below a number."""
    statement = select(job).where(job.c.account_id == account.id)
    if before is not None:
        statement = statement.where(job.c.id < before)
    rows = connection.execute(statement.order_by(job.c.id.desc()).limit(limit)).mappings()
    return [dict(row) for row in rows]


def count_jobs(connection: Connection, account: Account) -> int:
    """How many jobs the account has."""
    statement = select(func.count()).select_from(job).where(job.c.account_id == account.id)
    return connection.scalar(statement) or 0


def count_open(connection: Connection, account: Account) -> int:
    """How many jobs of the account wait or run."""
    own = select(func.count()).where(job.c.account_id == account.id, job.c.state.in_(OPEN))
    return connection.scalar(own) or 0


def cancel(connection: Connection, account: Account, job_id: int) -> None:
    """Cancel a job that waits; ask the worker of one that runs to end it; else do nothing."""
    waits = job.c.state == "queued"
    connection.execute(
        update(job)
        .where(job.c.id == job_id, job.c.account_id == account.id, job.c.state.in_(OPEN))
        .values(
            cancel_asked=True,
            state=case((waits, "cancelled"), else_=job.c.state),
            ended_at=case((waits, func.clock_timestamp()), else_=None),
        )
    )
