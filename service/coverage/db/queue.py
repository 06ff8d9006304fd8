"""The queue of marked cells, which keeps coverage current.

Writers mark the cells that they touch, in the transaction of the write. Draining
computes marked cells and adds them up; a read computes those that are still marked by itself.
"""

from datetime import datetime

from sqlalchemy import Engine, text

_DRAIN = text("SELECT drain_coverage(:most)")
_WAITING = text("SELECT cells, since FROM coverage_waiting()")


def drain(engine: Engine, *, max_cells: int) -> int:
    """Compute up to so many marked cells of one district; answers how many, 0 when none is free.

    Any number of processes may drain at once. A district that another process drains is skipped.
    """
    with engine.begin() as connection:
        done: int = connection.scalar(_DRAIN, {"most": max_cells}) or 0
        return done


def waiting(engine: Engine) -> tuple[int, datetime | None]:
    """How many cells are marked, and since when."""
    with engine.connect() as connection:
        row = connection.execute(_WAITING).one()
        return row.cells, row.since
