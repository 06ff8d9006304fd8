"""The queue of procrastinate in a schema of its own, which only the owner of the database enters.

What people see of jobs is our table ``job``; the queue says which worker has which of them. It is
filled from that table, so a job that was committed is never lost, whatever dies in between.
"""

from contextlib import suppress
from typing import Final

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued
from psycopg import sql
from sqlalchemy.engine import URL

from service.database.engine import OWN_WAYS
from service.database.libpq import libpq_words

SCHEMA: Final = "procrastinate"
_PATH: Final = f"{OWN_WAYS} -c search_path={SCHEMA}"
TASK: Final = "luotu.job"
App = procrastinate.App
QUEUE_ERRORS: Final = (procrastinate.exceptions.ProcrastinateException, psycopg.Error)
# One worker makes the schema, the others wait.
_LOCK: Final = 7_203_119


def make_schema(owner: URL) -> None:
    """The tables of the queue, made once."""
    with psycopg.connect(libpq_words(owner), options=_PATH) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        there = connection.execute(
            "SELECT to_regclass(%s)", [f"{SCHEMA}.procrastinate_jobs"]
        ).fetchone()
        if there is None or there[0] is None:
            connection.execute(
                sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA))
            )
            connection.execute(procrastinate.schema.SchemaManager.get_schema().encode())


def make_app(owner: URL) -> procrastinate.App:
    """Procrastinate over that schema."""
    connector = procrastinate.PsycopgConnector(
        conninfo=libpq_words(owner), kwargs={"options": _PATH}, min_size=1, max_size=4
    )
    return procrastinate.App(connector=connector)


async def enqueue(app: procrastinate.App, job_id: int) -> None:
    """Put a job into the queue, where it is not there already."""
    name = f"job-{job_id}"
    task = app.configure_task(TASK, lock=name, queueing_lock=name)
    with suppress(AlreadyEnqueued):
        await task.defer_async(job_id=job_id)


async def release(app: procrastinate.App) -> None:
    """Take jobs out of the queue whose worker died: else their lock would stay."""
    manager = app.job_manager
    for stalled in await manager.get_stalled_jobs():
        await manager.finish_job(stalled, status=procrastinate.jobs.Status.FAILED, delete_job=True)
