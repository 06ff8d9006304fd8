"""A worker: takes jobs out of the queue one after another, and gives back what dead ones left."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import structlog
from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from service.database.engine import make_engine
from service.jobs import files
from service.jobs.attempt import Attempt, worker_died
from service.jobs.db import queue, working
from service.jobs.kinds import Kind
from service.settings import Settings

log = structlog.get_logger()

LOOK_S = 0.5
SILENT_S = 20.0  # a worker is heard from every five
TIDY_S = 10.0


def work(owner_url: URL, service_url: URL, settings: Settings, kinds: Mapping[str, Kind]) -> None:
    """Work until a signal comes; a job that runs then is given back and done again."""
    queue.make_schema(owner_url)
    owner = make_engine(owner_url, session_name="luotu-worker")
    engine = make_engine(service_url, session_name="luotu-worker")
    try:
        asyncio.run(_work(owner_url, owner, Attempt(owner, engine, settings, kinds), settings))
    finally:
        owner.dispose()
        engine.dispose()


async def _work(owner_url: URL, owner: Engine, attempt: Attempt, settings: Settings) -> None:
    app = queue.make_app(owner_url)

    @app.task(name=queue.TASK)
    def perform(job_id: int) -> None:
        attempt.run(job_id)

    async with app.open_async():
        looking = asyncio.create_task(_look(app, owner, settings))
        try:
            await app.run_worker_async(
                concurrency=1,
                delete_jobs="always",
                fetch_job_polling_interval=LOOK_S,
                listen_notify=True,
                update_heartbeat_interval=5,
                stalled_worker_timeout=SILENT_S,
                shutdown_graceful_timeout=1,
            )
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking


async def _look(app: queue.App, owner: Engine, settings: Settings) -> None:
    """Fill the queue from the table, and tidy up now and then; outlives every error."""
    tidied = 0.0
    while True:
        clock = asyncio.get_running_loop().time()
        try:
            if clock - tidied >= TIDY_S:
                await queue.release(app)
                await asyncio.to_thread(tidy, owner, settings)
                tidied = clock
            for job_id in await asyncio.to_thread(_waiting, owner):
                await queue.enqueue(app, job_id)
        except (SQLAlchemyError, *queue.QUEUE_ERRORS):
            log.warning("jobs_not_looked_at", exc_info=True)
        await asyncio.sleep(LOOK_S)


def _waiting(owner: Engine) -> list[int]:
    with owner.connect() as connection:
        return working.waiting_jobs(connection)


def tidy(owner: Engine, settings: Settings) -> None:
    """Give back the jobs of dead workers, and remove files that are kept no longer."""
    with owner.begin() as connection:
        lost = working.give_back(connection, SILENT_S, worker_died())
        old = working.forget_files(connection, settings.job_days)
    for job_id in lost:
        log.warning("job_given_back", job=job_id)
    for job_id in old:
        files.remove(settings, job_id)
