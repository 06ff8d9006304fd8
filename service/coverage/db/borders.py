"""Ground that changed its county between two days."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

__all__ = ["MovedGround", "moved_ground"]


class MovedGround(NamedTuple):
    """Ground between two counties, m² on the ellipsoid."""

    from_code: str | None
    """The county that lost it; None: it belonged to none."""
    to_code: str | None
    """The county that has it now; None: it belongs to none."""
    ground_m2: float
    green_m2: float
    """What approved green plots of now cover of it, counted once."""
    plots: int


_MOVED = text("""
SELECT from_code, to_code, ground_m2, green_m2, plots
FROM ground_between_borders(CAST(:since AS date), CAST(:until AS date))
""")


def moved_ground(connection: Connection, since: date, until: date) -> list[MovedGround]:
    """What counties of the scope lost and gained between two days, from 0.01 m² on."""
    rows = connection.execute(_MOVED, {"since": since, "until": until})
    return [MovedGround(*row) for row in rows]
