"""Green area of each county, overlaps counted once.

Counties are cut into cells of at most 64 vertices; the database stores what each plot covers in
each cell (``service/database/sql/coverage``). Present figures are sums of that; figures of some
plots, or of a past moment, are computed from the same pieces on demand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import BigInteger, Connection, Select, TextClause, func, select, text

By = Literal["kind", "green_class", "stage"]

MATERIALISED_GROUPINGS: tuple[By | None, ...] = (None, "green_class", "stage")
"""Groupings whose figures are stored; those by kind are computed on demand."""


class CoverageRow(NamedTuple):
    """What the plots of a group cover in one district; square metres on the ellipsoid."""

    code: str
    group: str | None
    green_m2: float
    sum_m2: float
    """The plots' own areas added up, or their shares of them."""
    refused_m2: float
    """Ground that layers refuse to every plot that covers it, counted once; not in ``green_m2``."""
    outside_m2: float
    """What of these plots lies in no known district of the level."""
    plot_count: int


@dataclass(frozen=True)
class Choice:
    """Which plots count, and as of when; None sets no condition.

    ``borders_on`` is a day: the figures stand on its borders, not on those of the moment.
    """

    year: int | None = None
    kinds: Sequence[str] | None = None
    programmes: Sequence[str] | None = None
    themes: Sequence[str] | None = None
    work_types: Sequence[str] | None = None
    units: Sequence[str] | None = None
    as_of: datetime | None = None
    borders_on: date | None = None


EVERY = Choice()


@dataclass(frozen=True)
class CoverageResult:
    """Figures, the moment that they are of, and what they leave out.

    ``pending_cells`` cells still have their previous figures; the oldest was marked at
    ``pending_since``. Figures of the same ``stamp`` have the same rows.
    """

    rows: Sequence[CoverageRow]
    moment: datetime
    pending_cells: int = 0
    pending_since: datetime | None = None
    stamp: int | None = None
    wholly_outside_m2: float = 0.0
    """Plots of these counties that lie in no known county at all."""

    @property
    def outside_m2(self) -> float:
        """What of the plots lies in no known district of the level."""
        return self.wholly_outside_m2 + sum(row.outside_m2 for row in self.rows)


# Row 1 carries the totals; each further row is one district.
_ROWS = """
SELECT code, grp, green_m2, sum_m2, refused_m2, outside_m2, plot_count,
       pending_cells, pending_since,
       CASE WHEN code IS NULL THEN {moment} END, CASE WHEN code IS NULL THEN {stamp} END
FROM {figures}
"""
_LIVE_COVERAGE = "live_coverage(CAST(:codes AS text[]), CAST(:level AS text), :grouping, :few)"
_MOMENT = "statement_timestamp()"
_STAMP = text(f"SELECT coverage_stamp(:level, :grouping), {_MOMENT}")
_LIVE = text(_ROWS.format(moment=_MOMENT, stamp="NULL", figures=_LIVE_COVERAGE))
# Read in one statement, so that stamp and figures share a snapshot.
_STAMPED = text(
    _ROWS.format(moment=_MOMENT, stamp="coverage_stamp(:level, :grouping)", figures=_LIVE_COVERAGE)
)
_CHOSEN = text(
    _ROWS.format(
        moment=f"coalesce(CAST(:as_of AS timestamptz), {_MOMENT})",
        stamp="NULL",
        figures="""
    coverage_figures(CAST(:codes AS text[]), :grouping, CAST(:as_of AS timestamptz), :few,
        CAST(:year AS integer), CAST(:kinds AS text[]), CAST(:programmes AS text[]),
        CAST(:themes AS text[]), CAST(:work_types AS text[]), CAST(:units AS text[]),
        CAST(:borders_on AS date))""",
    )
)


def coverage_figures(
    connection: Connection,
    codes: Sequence[str] | None,
    by: By | None = None,
    choice: Choice = EVERY,
    *,
    level: str | None = None,
    exact_cells: int,
) -> CoverageResult:
    """Figures of each district, in one snapshot; districts without plots are left out.

    Districts outside the scope of the transaction are left out, too. ``codes`` None: all of the
    level. Up to ``exact_cells`` marked cells are computed in the read; when more are marked, they
    are reported as pending.
    """
    if choice != EVERY or by not in MATERIALISED_GROUPINGS:
        return _figures(
            connection, _CHOSEN, _question(codes, by, exact_cells) | _choice_params(choice)
        )
    params = _question(codes, by, exact_cells) | {"level": level}
    if level is None:
        return _figures(connection, _LIVE, params)
    question = (level, by, None if codes is None else tuple(codes))
    stamp, moment = connection.execute(_STAMP, {"level": level, "grouping": by or "all"}).one()
    cached = _cache.get(question)
    if cached is not None and stamp is not None and cached.stamp == stamp:
        return replace(cached, moment=moment)
    figures = _figures(connection, _STAMPED, params)
    if figures.stamp is not None:
        if len(_cache) >= CACHE_SIZE:
            _cache.clear()
        _cache[question] = figures
    return figures


CACHE_SIZE: Final = 64
_cache: dict[tuple[str, By | None, tuple[str, ...] | None], CoverageResult] = {}
"""The last figures of each question, reused while the stamp is the same; the scope is part of the
stamp."""


def _question(codes: Sequence[str] | None, by: By | None, exact_cells: int) -> dict[str, Any]:
    return {
        "codes": None if codes is None else list(codes),
        "grouping": by or "all",
        "few": exact_cells,
    }


def _figures(
    connection: Connection, statement: TextClause, params: dict[str, Any]
) -> CoverageResult:
    totals, *rows = connection.execute(statement, params).all()
    *_, outside_m2, _count, cells, since, moment, stamp = totals
    return CoverageResult(
        [
            # Two sums of the same numbers may differ in the last digit.
            CoverageRow(
                code, group or None, green, max(total, green + refused), refused, outside, count
            )
            for code, group, green, total, refused, outside, count, *_ in rows
        ],
        moment,
        cells,
        since,
        stamp,
        outside_m2,
    )


def _choice_params(choice: Choice) -> dict[str, Any]:
    lists = ("kinds", "programmes", "themes", "work_types", "units")
    values = {name: getattr(choice, name) for name in lists}
    return {
        "as_of": choice.as_of,
        "borders_on": choice.borders_on,
        "year": choice.year,
        **{name: None if those is None else list(those) for name, those in values.items()},
    }


def plots_behind(codes: Sequence[str], choice: Choice, *, exact_cells: int) -> Select[Any]:
    """Ids of the plots that the figures of districts count, neighbours' plots included."""
    params = _choice_params(choice)
    behind = (
        text("""
            SELECT plot_id FROM coverage_plots(CAST(:codes AS text[]),
                CAST(:as_of AS timestamptz), :few, CAST(:year AS integer),
                CAST(:kinds AS text[]), CAST(:programmes AS text[]), CAST(:themes AS text[]),
                CAST(:work_types AS text[]), CAST(:units AS text[]), CAST(:borders_on AS date))
        """)
        .bindparams(codes=list(codes), few=exact_cells, **params)
        .columns(plot_id=BigInteger)
        .subquery("behind")
    )
    return select(behind.c.plot_id)


def count_plots_behind(
    connection: Connection, codes: Sequence[str], choice: Choice, *, exact_cells: int
) -> int:
    """How many they are."""
    behind = plots_behind(codes, choice, exact_cells=exact_cells).subquery()
    return connection.scalar(select(func.count()).select_from(behind)) or 0
