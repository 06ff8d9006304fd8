"""Imports that wait to be read or committed, and the work on the next of them.

Jobs will take the place of this thread: a `Work` is what a job is told.
"""

from typing import Any

from sqlalchemy import Engine

from data.scratch import TemporaryDiskFull
from gis.messages import Message
from service.errors import Problem
from service.imports.committing import commit
from service.imports.db import imports
from service.imports.staging import stage
from service.imports.working import Work
from service.settings import Settings
from service.web.kept_refusals import kept, refusal
from service.web.work_queue import WorkQueue

__all__ = ["ImportQueue", "give_up_unfinished"]

_CUT_OFF = Message(
    "服务在读取文件时重新启动，未写入任何内容；请重新读取",
    "the service was started again while the file was read, and nothing was written: have it read "
    "again",
)
_NOT_COMMITTED = Message(
    "服务在提交时重新启动，未写入任何内容；请再次提交",
    "the service was started again during the commit, and nothing was written: commit it again",
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
        except TemporaryDiskFull as full:
            self._fail(engine, work, kept(full.message, "temporary_disk_full"))
        except Problem as problem:
            self._fail(engine, work, refusal(problem))
        except Exception:
            self._fail(engine, work, kept(_FAILED, "failed"))
            raise
        finally:
            work.end(engine)
        return True

    def _fail(self, engine: Engine, work: Work, error: dict[str, Any]) -> None:
        with engine.begin() as connection:
            imports.end_unfinished(connection, error, error, only=work.import_id)


def give_up_unfinished(engine: Engine) -> int:
    """Tell of imports that were cut off when the service ended; answers how many there were."""
    with engine.begin() as connection:
        return imports.end_unfinished(
            connection, kept(_CUT_OFF, "restarted"), kept(_NOT_COMMITTED, "restarted")
        )
