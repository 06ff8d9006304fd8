"""Jobs as a worker changes them, on connections of the owner of the database."""

from collections.abc import Mapping
from typing import Any

from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.exc import OperationalError

from service.database.job_tables import job

MAX_ATTEMPTS = 3

_PATIENCE = text("SET LOCAL lock_timeout = '1s'")


def waiting_jobs(connection: Connection) -> list[int]:
    """Jobs that no worker has begun, oldest first."""
    statement = select(job.c.id).where(job.c.state == "queued").order_by(job.c.id)
    return list(connection.scalars(statement))


def begin(connection: Connection, job_id: int) -> Mapping[str, Any] | None:
    """Begin a job that waits; None when it was cancelled or another worker has it."""
    now = func.clock_timestamp()
    statement = (
        update(job)
        .where(job.c.id == job_id, job.c.state == "queued")
        .values(state="running", attempts=job.c.attempts + 1, done=0, started_at=now, heard_at=now)
        .returning(job)
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else dict(row)


def report(
    connection: Connection, job_id: int, done: int | None = None, total: int | None = None
) -> bool:
    """Say that the work goes on, and how far it is; answers whether it is to end.

    Answers False, and says nothing, where others hold the table for a second: the work of the job
    holds rows and tables of its own, for which these may wait.
    """
    values: dict[str, Any] = {"heard_at": func.clock_timestamp()}
    values |= {} if done is None else {"done": done}
    values |= {} if total is None else {"total": total}
    statement = (
        update(job)
        .where(job.c.id == job_id, job.c.state == "running")
        .values(values)
        .returning(job.c.cancel_asked)
    )
    connection.execute(_PATIENCE)
    try:
        asked = connection.scalar(statement)
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            return False
        raise
    return asked is None or bool(asked)  # a job that is no longer ours ends too


def end(connection: Connection, job_id: int, state: str, **values: Any) -> None:
    """End a running job as ``done``, ``failed`` or ``cancelled``."""
    connection.execute(
        update(job)
        .where(job.c.id == job_id, job.c.state == "running")
        .values(state=state, ended_at=func.clock_timestamp(), **values)
    )


_GIVE_BACK = text("""
UPDATE job
SET state = CASE WHEN cancel_asked THEN 'cancelled'
                 WHEN attempts < :most THEN 'queued' ELSE 'failed' END,
    ended_at = CASE WHEN cancel_asked OR attempts >= :most THEN clock_timestamp() END,
    error = CASE WHEN NOT cancel_asked AND attempts >= :most THEN CAST(:error AS jsonb) END
WHERE state = 'running' AND heard_at < clock_timestamp() - make_interval(secs => :silent_s)
RETURNING id
""")


def give_back(connection: Connection, silent_s: float, error: str) -> list[int]:
    """Let jobs wait again whose worker has been silent; after three attempts they have failed.

    ``error`` is the reason as JSON. Answers the numbers of these jobs.
    """
    given = {"most": MAX_ATTEMPTS, "silent_s": silent_s, "error": error}
    return list(connection.scalars(_GIVE_BACK, given))


def forget_files(connection: Connection, days: float) -> list[int]:
    """Forget the files of jobs that ended before so many days; answers the numbers of the jobs."""
    old = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, days * 86_400)
    statement = (
        update(job)
        .where(job.c.file_name.is_not(None), job.c.ended_at < old)
        .values(file_name=None)
        .returning(job.c.id)
    )
    return list(connection.scalars(statement))
