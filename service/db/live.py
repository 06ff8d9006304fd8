"""Coverage as the database keeps it: figures of this moment, and the work that keeps them so.

Writers mark the cells that they touch (migration 0008), in the transaction of the write. Draining
computes marked cells and adds them up; a read computes those that are still marked by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Engine, text

from service.db.coverage import CoverageRow

Grouping = Literal["all", "green_class", "stage"]


@dataclass(frozen=True)
class LiveFigures:
    """Figures and what is not in them yet: so many cells, the oldest touched at ``since``."""

    rows: list[CoverageRow]
    pending_cells: int
    pending_since: datetime | None
    moment: datetime


_LIVE = text("""
SELECT statement_timestamp() AS moment, live.*
FROM live_coverage(CAST(:codes AS text[]), :grouping, :few) live
""")


def live_coverage(
    connection: Connection, codes: Sequence[str] | None, grouping: Grouping, *, few: int
) -> LiveFigures:
    """What each district has at the moment of asking; those without plots are left out.

    Districts outside the scope of the transaction are left out, too. None means every district.
    Marked cells are computed in the read when they are at most ``few``; else they are told.
    """
    told, *rows = connection.execute(
        _LIVE,
        {"codes": None if codes is None else list(codes), "grouping": grouping, "few": few},
    )
    return LiveFigures(
        [
            CoverageRow(
                row.code, row.grp or None, row.green_m2, max(row.sum_m2, row.green_m2),
                row.plot_count,
            )
            for row in rows
        ],
        told.pending_cells,
        told.pending_since,
        told.moment,
    )  # fmt: skip


_DRAIN = text("SELECT drain_coverage(:most)")
_WAITING = text("SELECT cells, since FROM coverage_waiting()")


def drain(engine: Engine, *, most: int) -> int:
    """Compute up to so many marked cells of one district; answers how many, 0 when none is free.

    Any number of processes may drain at once. A district that another drains is passed over.
    """
    with engine.begin() as connection:
        done: int = connection.scalar(_DRAIN, {"most": most}) or 0
        return done


def waiting(engine: Engine) -> tuple[int, datetime | None]:
    """How many cells are marked, and since when."""
    with engine.connect() as connection:
        row = connection.execute(_WAITING).one()
        return row.cells, row.since
