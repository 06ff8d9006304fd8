"""How far an import is, told while it is being worked on."""

import time
from typing import Final

from sqlalchemy import Engine

from service.imports.db.imports import say_progress
from service.imports.working import Work

__all__ = ["Progressing"]

_TOLD_S: Final = 0.5


class Progressing:
    """Counts rows; tells of them in transactions of its own, twice a second at most."""

    def __init__(self, engine: Engine, work: Work, total: int) -> None:
        self._engine, self._work, self._total = engine, work, total
        self._done, self._told_at = 0, float("-inf")
        self._tell()

    def __call__(self, rows: int) -> None:
        """Count rows that are done."""
        self._done = min(self._total, self._done + rows)
        if time.monotonic() - self._told_at > _TOLD_S:
            self._tell()

    def _tell(self) -> None:
        with self._work.signed_in(self._engine) as (connection, _account):
            say_progress(connection, self._work.import_id, self._done, self._total)
        self._told_at = time.monotonic()
