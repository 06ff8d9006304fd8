"""Green area of each county, its ground counted once.

Counties are cut into cells of at most 64 vertices; what the plots have in each cell is kept by the
database (migrations 0008 to 0010). Figures of this moment are sums of that; figures of some plots,
or of a moment that has passed, are made of the same pieces when they are asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import BigInteger, Connection, Select, func, select, text

By = Literal["kind", "green_class", "stage"]

KEPT: tuple[By | None, ...] = (None, "green_class", "stage")
"""Groups whose figures are kept; those of kinds are made when asked for."""


class CoverageRow(NamedTuple):
    """What the plots of a group cover in one district; square metres on the ellipsoid."""

    code: str
    group: str | None
    green_m2: float
    sum_m2: float
    plot_count: int


@dataclass(frozen=True)
class Choice:
    """Which plots count, and when; None leaves a question open."""

    year: int | None = None
    kinds: Sequence[str] | None = None
    programmes: Sequence[str] | None = None
    as_of: datetime | None = None


EVERY = Choice()


@dataclass(frozen=True)
class Figures:
    """Figures, the moment that they are of, and what they leave out.

    ``pending_cells`` cells are left as they were when they were counted last; the oldest of them
    was touched at ``pending_since``.
    """

    rows: list[CoverageRow]
    moment: datetime
    pending_cells: int = 0
    pending_since: datetime | None = None


# Of the first row the columns tell of the whole, of the others of a district each.
_LIVE = text("""
SELECT code, grp, green_m2, sum_m2, plot_count, pending_cells, pending_since,
       CASE WHEN code IS NULL THEN statement_timestamp() END
FROM live_coverage(CAST(:codes AS text[]), CAST(:level AS text), :grouping, :few)
""")
_CHOSEN = text("""
SELECT code, grp, green_m2, sum_m2, plot_count, pending_cells, pending_since,
       CASE WHEN code IS NULL
            THEN coalesce(CAST(:as_of AS timestamptz), statement_timestamp()) END
FROM coverage_figures(CAST(:codes AS text[]), :grouping, CAST(:as_of AS timestamptz), :few,
    CAST(:year AS integer), CAST(:kinds AS text[]), CAST(:programmes AS text[]))
""")


def coverage_figures(
    connection: Connection,
    codes: Sequence[str] | None,
    by: By | None = None,
    choice: Choice = EVERY,
    *,
    level: str | None = None,
    exact_cells: int,
) -> Figures:
    """What each district has, in one snapshot; districts without plots are left out.

    Districts outside the scope of the transaction are left out, too. ``codes`` None asks for all
    of a level. Cells that writers have marked are computed in the read when they are at most
    ``exact_cells``; else they are told.
    """
    live = choice == EVERY and by in KEPT
    told, *rows = connection.execute(
        _LIVE if live else _CHOSEN,
        {
            "codes": None if codes is None else list(codes),
            "grouping": by or "all",
            "few": exact_cells,
            **({"level": level} if live else _asked(choice)),
        },
    )
    *_, cells, since, moment = told
    return Figures(
        [
            # Two sums of the same numbers may differ in the last digit.
            CoverageRow(code, group or None, green, total if total > green else green, count)
            for code, group, green, total, count, _cells, _since, _moment in rows
        ],
        moment,
        cells,
        since,
    )


def _asked(choice: Choice) -> dict[str, Any]:
    return {
        "as_of": choice.as_of,
        "year": choice.year,
        "kinds": None if choice.kinds is None else list(choice.kinds),
        "programmes": None if choice.programmes is None else list(choice.programmes),
    }


def plots_behind(codes: Sequence[str], choice: Choice, *, exact_cells: int) -> Select[Any]:
    """Numbers of the plots that make the figures of districts, a neighbour's plots among them."""
    asked = _asked(choice)
    found = (
        text("""
            SELECT plot_id FROM coverage_plots(CAST(:codes AS text[]),
                CAST(:as_of AS timestamptz), :few, CAST(:year AS integer),
                CAST(:kinds AS text[]), CAST(:programmes AS text[]))
        """)
        .bindparams(codes=list(codes), few=exact_cells, **asked)
        .columns(plot_id=BigInteger)
        .subquery("behind")
    )
    return select(found.c.plot_id)


def count_plots_behind(
    connection: Connection, codes: Sequence[str], choice: Choice, *, exact_cells: int
) -> int:
    """How many they are."""
    behind = plots_behind(codes, choice, exact_cells=exact_cells).subquery()
    return connection.scalar(select(func.count()).select_from(behind)) or 0
