"""What moved between two moments: each plot with its own share, and together the difference."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import shapely

from data.indicators import Indicator, PlotMeasure
from data.quantities import UnitOfMeasure
from service.plots.db.plots import PlotFilter, list_records
from service.progress.book import PlanBook, Reader
from service.progress.db.plots import numbered
from service.progress.measured import Holder, MapFigure, Shares

__all__ = ["Move", "Moves", "moves_between", "moves_of", "share_moves"]

What = Literal[
    "entered",
    "left",
    "grew",
    "shrank",
    "border",
    "layer",
    "shared",
    "others",
    "records",
    "reported",
    "revision",
]
MAX_MOVES: Final = 1_000


class Move(NamedTuple):
    """One reason for a difference; ``change`` is in the unit of the target, ``m2`` of ground."""

    figure: Literal["mapped", "reported", "target"]
    what: What
    change: float
    plot_id: int | None = None
    plot_no: str | None = None
    at: list[float] | None = None
    plots: int | None = None
    m2: float | None = None


@dataclass(frozen=True)
class Moves:
    """The figures of both moments, and the moves, whose changes add up to their differences."""

    target_id: int
    indicator: str
    code: str
    name: str
    measured_in: str
    since: datetime
    until: datetime
    before: Mapping[str, float | None]
    after: Mapping[str, float | None]
    rows: list[Move]


def share_moves(
    before: Shares, after: Shares, totals: tuple[float, float]
) -> list[tuple[What, int | None, float]]:
    """Changes of each plot and of the ground that plots share; they add up to the difference.

    ``totals`` are the figures of both moments. A plot whose version is the same and whose share is
    not was moved by a border, or by a layer.
    """
    plots = np.union1d(before.plots, after.plots)
    sides = [_aligned(plots, side) for side in (before, after)]
    moves: list[tuple[What, int | None, float]] = []
    (version_0, amount_0, refused_0), (version_1, amount_1, refused_1) = sides
    same = (version_0 == version_1) & (version_0 >= 0)
    net_0, net_1 = amount_0 - refused_0, amount_1 - refused_1
    for place in np.flatnonzero((amount_0 != amount_1) | (refused_0 != refused_1)):
        plot = int(plots[place])
        if same[place]:
            for what, change in (
                ("border", amount_1[place] - amount_0[place]),
                ("layer", refused_0[place] - refused_1[place]),
            ):
                if change:
                    moves.append((what, plot, float(change)))  # type: ignore[arg-type]
            continue
        change = float(net_1[place] - net_0[place])
        if amount_0[place] == 0:
            moves.append(("entered", plot, change))
        elif amount_1[place] == 0:
            moves.append(("left", plot, change))
        else:
            moves.append(("grew" if change >= 0 else "shrank", plot, change))
    shared = (totals[1] - float(net_1.sum())) - (totals[0] - float(net_0.sum()))
    if abs(shared) > _NOISE_M2 or (not moves and shared):
        moves.append(("shared", None, shared))
    elif shared and moves:
        first = moves[0]
        moves[0] = (first[0], first[1], first[2] + shared)
    return moves


# Sums of the same numbers in another order differ by this much: no ground.
_NOISE_M2: Final = 1e-6


def _aligned(plots: Any, side: Shares) -> tuple[Any, Any, Any]:
    versions = np.full(len(plots), -1, dtype=np.int64)
    amounts, refused = np.zeros(len(plots)), np.zeros(len(plots))
    places = np.searchsorted(plots, side.plots)
    versions[places], amounts[places], refused[places] = side.versions, side.amounts, side.refused
    return versions, amounts, refused


def moves_of(
    reader: Reader,
    plan: Mapping[str, Any],
    target: Mapping[str, Any],
    since: datetime,
    until: datetime,
) -> Moves:
    """What moved of a target between two moments, largest first.

    More than a thousand changes of plots are told one by one only for the largest; the others are
    one row.
    """
    books = (PlanBook(reader, plan, since), PlanBook(reader, plan, until))
    counties = books[1].holder(target).counties or None
    for book in books:
        book.measured = replace(book.measured, counties=counties)
    return moves_between(books, target)


def moves_between(
    books: tuple[PlanBook, PlanBook],
    target: Mapping[str, Any],
    *,
    max_told: int = MAX_MOVES,
) -> Moves:
    """As `moves_of`, between two books that are read already: for many targets of a plan."""
    reader, words = books[1].reader, books[1].reader.words
    since, until = books[0].moment, books[1].moment
    assert since is not None
    assert until is not None
    indicator = words.indicators[target["indicator"]]
    holder = books[1].holder(target)
    figures = [_figures(book, indicator, holder, target) for book in books]
    unit: UnitOfMeasure = words.units[target["measured_in"]]
    shares = [book.measured.shares_of(indicator.measure, holder) for book in books]
    mapped = (figures[0][0].mapped or 0.0, figures[1][0].mapped or 0.0)
    changes = share_moves(shares[0], shares[1], mapped)
    factor = float(unit.factor)
    is_area = indicator.dimension == "area"
    if not isinstance(indicator.measure, PlotMeasure):
        changes = [("records", None, mapped[1] - mapped[0])] if mapped[0] != mapped[1] else []
    rows = _told(reader, changes, factor, is_area=is_area, max_told=max_told)
    before, after = (_amounts(figure, factor) for figure in figures)
    for name, what in (("reported", "reported"), ("target", "revision")):
        if before[name] != after[name]:
            change = (after[name] or 0.0) - (before[name] or 0.0)
            rows.append(Move(name, what, change))  # type: ignore[arg-type]
    return Moves(
        target["id"],
        indicator.code,
        target["district"] or target["area"] or target["unit"],
        target["name"],
        unit.label,
        since,
        until,
        before,
        after,
        rows,
    )


def _figures(
    book: PlanBook, indicator: Indicator, holder: Holder, target: Mapping[str, Any]
) -> tuple[MapFigure, float | None, float | None]:
    """Mapped, reported and asked for, the last two in the unit of the target now."""
    unit = book.reader.words.units[target["measured_in"]]
    reported = book.reported.get(target["id"])
    then = next((row for row in book.targets if row["id"] == target["id"]), None)
    asked = None
    if then is not None and then["lower"] is not None:
        asked = float(
            unit.from_base(book.reader.words.units[then["measured_in"]].to_base(then["lower"]))
        )
    return (
        book.measured.figure(indicator.measure, holder),
        None if reported is None else float(unit.from_base(reported.value)),
        asked,
    )


def _amounts(
    figure: tuple[MapFigure, float | None, float | None], factor: float
) -> dict[str, float | None]:
    drawn, reported, asked = figure
    mapped = None if drawn.mapped is None else drawn.mapped / factor
    return {"mapped": mapped, "reported": reported, "target": asked}


def _told(
    reader: Reader,
    changes: list[tuple[What, int | None, float]],
    factor: float,
    *,
    is_area: bool,
    max_told: int,
) -> list[Move]:
    changes = sorted(changes, key=lambda move: (-abs(move[2]), move[1] or 0))
    told, others = changes[:max_told], changes[max_told:]
    ids = [plot for _, plot, _ in told if plot is not None]
    known = _plots(reader, ids)
    rows = []
    for what, plot, change in told:
        number, place = known.get(plot or 0, (None, None))
        m2 = change if is_area else None
        rows.append(Move("mapped", what, change / factor, plot, number, place, None, m2))
    if others:
        rest = sum(change for *_, change in others)
        m2 = rest if is_area else None
        rows.append(Move("mapped", "others", rest / factor, plots=len(others), m2=m2))
    return rows


def _plots(reader: Reader, ids: list[int]) -> dict[int, tuple[str, list[float]]]:
    """Number and place of the plots that the account sees and that are still there."""
    rows = list_records(
        reader.connection,
        reader.account,
        PlotFilter(version="working", among=numbered(ids)),
        limit=None,
        columns=("plot_no",),
    )
    places = shapely.point_on_surface(shapely.from_wkb([row["wkb"] for row in rows]))
    return {
        row["plot_id"]: (row["plot_no"], [round(point.x, 9), round(point.y, 9)])
        for row, point in zip(rows, places, strict=True)
    }
