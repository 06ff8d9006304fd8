"""Imports that wait to be read or committed, and the work on the next of them.

They are begun again when the service, or the database, was killed meanwhile: a file is staged anew,
and a commit is one transaction, of which there is all or nothing.
"""

from typing import Any, Final, cast

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from data.scratch import TemporaryDiskFull
from gis.messages import Message
from service.errors import Problem
from service.imports.committing import commit
from service.imports.db import imports
from service.imports.staging import stage
from service.imports.working import Task, Work, work_for
from service.settings import Settings
from service.web.kept_refusals import kept, refusal
from service.web.work_queue import WorkQueue

__all__ = ["ImportQueue", "take_up"]

MOST_TIMES: Final = 3
"""So often an import is begun again that was cut off: it may be what ends the service."""

_CUT_OFF = Message(
    "服务在读取文件时多次重新启动，未写入任何内容；请重新读取",
    "the service was started again and again while the file was read, and nothing was written: "
    "have it read again",
)
_NOT_COMMITTED = Message(
    "服务在提交时多次重新启动，未写入任何内容；请再次提交",
    "the service was started again and again during the commit, and nothing was written: commit "
    "it again",
)
_FAILED = Message(
    "服务内部出错，未写入任何内容；请重新读取，仍不行请联系管理员",
    "the service failed, and nothing was written: have it read again, and tell an administrator "
    "when that fails too",
)


class ImportQueue(WorkQueue[Work]):
    """Imports that wait: taken one after the other by one thread."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def work(self, engine: Engine, wait_s: float) -> bool:
        """Do the next piece of work; False when none came within ``wait_s`` seconds."""
        work = self.take(wait_s)
        if work is None:
            return False
        try:
            if work.task == "stage" or not commit(engine, self._settings, work):
                stage(engine, self._settings, work)
        except DBAPIError as error:
            if _is_away(error):
                self.put(work)  # nothing was written, or all of it, which the next attempt sees
            else:
                self._fail(engine, work, kept(_FAILED, "failed"))
                work.end(engine)
            raise
        except TemporaryDiskFull as full:
            self._fail(engine, work, kept(full.message, "temporary_disk_full"))
        except Problem as problem:
            self._fail(engine, work, refusal(problem))
        except Exception:
            self._fail(engine, work, kept(_FAILED, "failed"))
            work.end(engine)
            raise
        work.end(engine)
        return True

    def _fail(self, engine: Engine, work: Work, error: dict[str, Any]) -> None:
        with engine.begin() as connection:
            imports.end_unfinished(connection, error, error, only=work.import_id)


def _is_away(error: DBAPIError) -> bool:
    """Whether the database ended, and not a statement of ours."""
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or (
        isinstance(error, OperationalError | InterfaceError)
        and (state is None or state.startswith(("08", "57P")))
    )


def take_up(engine: Engine, queue: ImportQueue) -> int:
    """Let imports wait again that were cut off when the service ended; answers how many there were.

    Those that were cut off again and again are told of instead.
    """
    with engine.begin() as connection:
        found = imports.take_up_unfinished(connection, MOST_TIMES)
        works = [
            work_for(connection, account, number, cast(Task, task))
            for number, task, account in found
            if task is not None
        ]
        for number, task, _account in found:
            if task is None:
                cut_off = kept(_CUT_OFF, "restarted")
                imports.end_unfinished(
                    connection, cut_off, kept(_NOT_COMMITTED, "restarted"), only=number
                )
    for work in works:
        queue.put(work)
    return len(found)
