"""One attempt of a job: as its account, with its progress told to the database."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from data.codes import UnknownCodeError
from data.writing.export_report import ExportRefused
from gis.messages import Message
from service.accounts.api.deps import require_role
from service.accounts.db.accounts import (
    Account,
    account_by_secret,
    end_credential,
    give_credential,
)
from service.errors import Problem
from service.jobs import files
from service.jobs.db import working
from service.jobs.kinds import ROLES, Cancelled, Kind, Task
from service.settings import Settings

log = structlog.get_logger()

HEARTBEAT_S = 5.0
LONGEST = timedelta(hours=12)
FAULTS_TOLD = 1_000


class Attempt:
    """Works on jobs: ``owner`` changes the table, ``engine`` is the service's plain role."""

    def __init__(
        self, owner: Engine, engine: Engine, settings: Settings, kinds: Mapping[str, Kind]
    ) -> None:
        self._owner = owner
        self._engine = engine
        self._settings = settings
        self._kinds = kinds

    def run(self, job_id: int) -> None:
        """Do a job and store how it ended; nothing when somebody else has it or cancelled it.

        Whatever goes wrong is stored with the job, so this raises nothing but the errors of a
        database that is away.
        """
        with self._owner.begin() as connection:
            row = working.begin(connection, job_id)
        if row is None:
            return
        try:
            with self._heard(job_id):
                self._work(row)
        except Cancelled:
            self._end(job_id, "cancelled")
        except (Problem, ExportRefused, UnknownCodeError) as refused:
            self._end(job_id, "failed", error=_refusal(refused))
        except Exception:
            log.exception("job_failed", job=job_id, kind=row["kind"])
            self._end(job_id, "failed", error=fault("internal", INTERNAL))

    def _work(self, row: Mapping[str, Any]) -> None:
        job_id = row["id"]
        folder = files.new_folder(self._settings, job_id)
        done = 0

        def count(total: int) -> None:
            self._report(job_id, None, total)

        def advance(rows: int) -> None:
            nonlocal done
            done += rows
            self._report(job_id, done, None)

        with self._signed_in(row["account_id"]) as (connection, account):
            require_role(account, *ROLES[row["kind"]])
            task = Task(connection, account, row["params"], folder, count, advance)
            made = self._kinds[row["kind"]](task)
        self._end(
            job_id,
            "done",
            result=dict(made.result),
            file_name=made.file_name,
            media_type=made.media_type,
        )

    def _report(self, job_id: int, done: int | None, total: int | None) -> None:
        with self._owner.begin() as connection:
            if working.report(connection, job_id, done, total):
                raise Cancelled

    def _end(self, job_id: int, state: str, **values: Any) -> None:
        if state != "done":
            files.remove(self._settings, job_id)
        with self._owner.begin() as connection:
            working.end(connection, job_id, state, **values)

    @contextmanager
    def _heard(self, job_id: int) -> Iterator[None]:
        """Say every few seconds that this worker lives, also between two batches.

        Outlives every error of the database: a job that is not heard from is given to another.
        """
        over = threading.Event()

        def beat() -> None:
            while not over.wait(HEARTBEAT_S):
                try:
                    with self._owner.begin() as connection:
                        working.report(connection, job_id)
                except SQLAlchemyError:
                    log.warning("job_not_heard", job=job_id, exc_info=True)

        thread = threading.Thread(target=beat, name=f"job-{job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    @contextmanager
    def _signed_in(self, account_id: int) -> Iterator[tuple[Connection, Account]]:
        """A transaction that sees what the account may see now: less than then, if it lost rights.

        Raises
        ------
        Problem
            ``account_disabled``.
        """
        with self._owner.begin() as connection:
            secret = give_credential(connection, account_id, "session", LONGEST)
        try:
            with self._engine.begin() as connection:
                account = account_by_secret(connection, secret, ["session"])
                if account is None:
                    raise Problem(
                        403,
                        "account_disabled",
                        Message("账号已停用", "the account has been disabled"),
                    )
                yield connection, account
        finally:
            with self._owner.begin() as connection:
                end_credential(connection, secret)


INTERNAL = Message("内部错误，见日志；请稍后重试", "internal error, see the log; try again later")


def fault(code: str, message: Message) -> dict[str, Any]:
    """An error as a job stores it."""
    return {"code": code, "zh": message.zh, "en": message.en}


def worker_died() -> str:
    """Why a job failed whose workers died again and again, as JSON."""
    message = Message(
        "执行该任务的进程多次中断，已放弃；请缩小范围后重试",
        "the worker of this job died again and again: ask for less, then try again",
    )
    return json.dumps(fault("worker_died", message), ensure_ascii=False)


def _refusal(refused: Problem | ExportRefused | UnknownCodeError) -> dict[str, Any]:
    code = "unknown_schema" if isinstance(refused, UnknownCodeError) else refused.code
    told = fault(code, refused.message)
    if isinstance(refused, ExportRefused) and refused.misfits:
        told["errors"] = [
            {
                "row": misfit.row,
                "id": misfit.id,
                "field": misfit.field,
                "code": misfit.code,
                "zh": misfit.message.zh,
                "en": misfit.message.en,
            }
            for misfit in refused.misfits[:FAULTS_TOLD]
        ]
    return told
