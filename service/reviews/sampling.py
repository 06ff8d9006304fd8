"""抽查: a seeded sample of approved plots that can be drawn again."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.plots.db.plots import PlotFilter
from service.plots.filters import counties_below
from service.reviews.db.sampling import Draw, draw
from service.web.timestamps import now

__all__ = ["MAX_DRAWN", "MAX_SEED", "Draw", "Sample", "new_seed", "sample"]

MAX_DRAWN: Final = 10_000
"""Plots that one sample may hold."""
MAX_SEED: Final = 2**31 - 1
STAGES: Final = ("planted", "accepted")


def new_seed() -> int:
    """A seed that nobody could know."""
    return secrets.randbelow(MAX_SEED)


@dataclass(frozen=True)
class Sample:
    """What was drawn: ``rows`` of ``plots`` plots with ``whole_m2`` square metres."""

    seed: int
    as_of: datetime
    plots: int
    whole_m2: float
    rows: list[dict[str, Any]]


def sample(
    connection: Connection,
    account: Account,
    district: str,
    year: int,
    wanted: Draw,
    as_of: datetime | None = None,
) -> Sample:
    """Draw approved plots, planted or accepted, of a district's task year.

    Parameters
    ----------
    wanted
        Seed and size; the same seed draws the same plots.
    as_of
        The moment at which they stood; None is now.

    Raises
    ------
    Problem
        422 ``unknown_district``, ``too_many_plots``.
    """
    filters = PlotFilter(
        version="approved",
        counties=counties_below(connection, district, account),
        stages=STAGES,
        year=year,
        as_of=as_of,
    )
    rows = draw(connection, account, filters, wanted, limit=MAX_DRAWN + 1)
    if len(rows) > MAX_DRAWN:
        words = Message(
            f"一次最多抽 {MAX_DRAWN} 个图斑，请减小比例，或按县抽取",
            f"one sample holds {MAX_DRAWN} plots at most: ask for a smaller share, or by county",
        )
        raise Problem(422, "too_many_plots", words)
    plots, whole = (rows[0]["plots"], rows[0]["whole_m2"]) if rows else (0, 0.0)
    return Sample(wanted.seed, as_of or now(), plots, whole, [dict(row) for row in rows])
