"""Asking for a job: an account has so many under way at once."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.database.one_at_a_time import one_at_a_time
from service.errors import Problem
from service.jobs.db import jobs

__all__ = ["MAX_OPEN", "ask"]

MAX_OPEN: Final = 20
"""Jobs of one account that may wait or run at once; more would keep all others waiting."""


def ask(
    connection: Connection, account: Account, kind: str, params: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Ask for a job and answer its row; a worker finds it once this is committed.

    Raises
    ------
    Problem
        409 ``too_many_jobs``.
    """
    one_at_a_time(connection, f"jobs of {account.id}")
    if jobs.count_open(connection, account) >= MAX_OPEN:
        words = Message(
            f"您有 {MAX_OPEN} 个任务尚未完成，请等待其中一些完成，或取消",
            f"{MAX_OPEN} of your jobs have not ended: wait for some of them, or cancel them",
        )
        raise Problem(409, "too_many_jobs", words)
    row = jobs.read_job(connection, account, jobs.add_job(connection, account, kind, params))
    assert row is not None
    return row
