"""What moved between two moments: each plot with its own share, and together the difference."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import shapely

from data.indicators import Indicator, PlotMeasure, RatioMeasure
from data.quantities import UnitOfMeasure
from service.plots.db.plots import PlotFilter, list_records
from service.progress.book import PlanBook, Reader
from service.progress.db.plots import numbered, unmoved_plots
from service.progress.figures import figures_of
from service.progress.measured import Holder, MapFigure
from service.progress.shares import Shares

__all__ = ["Move", "Moves", "moves_between", "moves_of", "rewritten", "share_moves"]

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
    "ratio",
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


def rewritten(before: Shares, after: Shares) -> list[int]:
    """Plots that counted at both moments, in another version and for another amount."""
    plots = np.union1d(before.plots, after.plots)
    (version_0, amount_0, refused_0), (version_1, amount_1, refused_1) = (
        side.aligned(plots) for side in (before, after)
    )
    there = (version_0 >= 0) & (version_1 >= 0) & (version_0 != version_1)
    ids: list[int] = plots[there & ((amount_0 != amount_1) | (refused_0 != refused_1))].tolist()
    return ids


def share_moves(
    before: Shares,
    after: Shares,
    totals: tuple[float, float],
    unmoved: Collection[int] = (),
) -> list[tuple[What, int | None, float]]:
    """Changes of each plot and of the ground that plots share; they add up to the difference.

    ``totals`` are the figures of both moments. Where the version of a plot is the same and its
    amount is not, a border or a layer changed; so it did where the shape is the same (``unmoved``):
    a border that moves gives plots another county, and with it another version.
    """
    plots = np.union1d(before.plots, after.plots)
    (version_0, amount_0, refused_0), (version_1, amount_1, refused_1) = (
        side.aligned(plots) for side in (before, after)
    )
    stands = (version_0 == version_1) | np.isin(plots, list(unmoved))
    same = stands & (version_0 >= 0) & (version_1 >= 0)
    net_0, net_1 = amount_0 - refused_0, amount_1 - refused_1
    change = net_1 - net_0
    moved = ~same & ((amount_0 != amount_1) | (refused_0 != refused_1))
    came, went = moved & (amount_0 == 0), moved & (amount_0 != 0) & (amount_1 == 0)
    stayed = moved & ~came & ~went
    border, layer = amount_1 - amount_0, refused_0 - refused_1
    told: tuple[tuple[What, Any, Any], ...] = (
        ("entered", came, change),
        ("left", went, change),
        ("grew", stayed & (change >= 0), change),
        ("shrank", stayed & (change < 0), change),
        ("border", same & (border != 0), border),
        ("layer", same & (layer != 0), layer),
    )
    moves: list[tuple[What, int | None, float]] = []
    for what, which, by in told:
        moves += [
            (what, plot, m2)
            for plot, m2 in zip(plots[which].tolist(), by[which].tolist(), strict=True)
        ]
    shared = (totals[1] - float(net_1.sum())) - (totals[0] - float(net_0.sum()))
    if abs(shared) > _NOISE_M2:
        moves.append(("shared", None, shared))
    return moves


# What sums of the same numbers differ by when they are added in another order.
_NOISE_M2: Final = 1e-6


def moves_of(
    reader: Reader,
    plan: Mapping[str, Any],
    target: Mapping[str, Any],
    since: datetime,
    until: datetime,
) -> Moves:
    """What moved of a target between two moments, largest first.

    Of more than a thousand changes of plots the largest have a row each, the others one.
    """
    books = (PlanBook(reader, plan, since), PlanBook(reader, plan, until))
    counties = books[1].holder(target).counties
    for book in books if counties else ():
        book.measured = replace(book.measured, counties=counties)
    return moves_between(books, [target])[0]


def moves_between(
    books: tuple[PlanBook, PlanBook],
    targets: Sequence[Mapping[str, Any]],
    *,
    max_told: int = MAX_MOVES,
) -> list[Moves]:
    """As `moves_of`, of many targets of a plan between two books that are read already."""
    found = [_between(books, target, max_told) for target in targets]
    ids = {move.plot_id for moves in found for move in moves.rows if move.plot_id is not None}
    known = _plots(books[1].reader, ids, PlotFilter(version="working"))
    # Those that are no longer there lie where they lay before.
    gone = PlotFilter(version="approved", as_of=books[0].moment)
    known |= _plots(books[1].reader, ids - known.keys(), gone)
    return [replace(moves, rows=[_placed(move, known) for move in moves.rows]) for moves in found]


def _placed(move: Move, known: Mapping[int, tuple[str, list[float]]]) -> Move:
    if move.plot_id is None or move.plot_id not in known:
        return move
    number, at = known[move.plot_id]
    return move._replace(plot_no=number, at=at)


def _between(books: tuple[PlanBook, PlanBook], target: Mapping[str, Any], max_told: int) -> Moves:
    words = books[1].reader.words
    since, until = books[0].moment, books[1].moment
    assert since is not None
    assert until is not None
    indicator = words.indicators[target["indicator"]]
    holder = books[1].holder(target)
    figures = [_figures(book, indicator, holder, target) for book in books]
    unit: UnitOfMeasure = words.units[target["measured_in"]]
    shares = [book.measured.shares_of(indicator.measure, holder) for book in books]
    mapped = (figures[0][0].mapped or 0.0, figures[1][0].mapped or 0.0)
    connection, ids = books[1].reader.connection, rewritten(shares[0], shares[1])
    unmoved = unmoved_plots(connection, ids, since, until)
    changes = share_moves(shares[0], shares[1], mapped, unmoved)
    factor = float(unit.factor)
    is_area = indicator.dimension == "area"
    if not isinstance(indicator.measure, PlotMeasure):
        what: What = "ratio" if isinstance(indicator.measure, RatioMeasure) else "records"
        changes = [(what, None, mapped[1] - mapped[0])] if mapped[0] != mapped[1] else []
    rows = _told(changes, factor, is_area=is_area, max_told=max_told)
    before, after = (_amounts(figure, factor) for figure in figures)
    others: tuple[tuple[Literal["reported", "target"], What], ...] = (
        ("reported", "reported"),
        ("target", "revision"),
    )
    for name, why in others:
        if before[name] != after[name]:
            rows.append(Move(name, why, (after[name] or 0.0) - (before[name] or 0.0)))
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
    then = book.target(target["id"])
    asked = None
    if then is not None and then["lower"] is not None:
        asked = float(
            unit.from_base(book.reader.words.units[then["measured_in"]].to_base(then["lower"]))
        )
    drawn, (reported, *_) = figures_of(book, indicator, holder, [then or target])
    return drawn, None if reported is None else float(unit.from_base(reported)), asked


def _amounts(
    figure: tuple[MapFigure, float | None, float | None], factor: float
) -> dict[str, float | None]:
    drawn, reported, asked = figure
    mapped = None if drawn.mapped is None else drawn.mapped / factor
    return {"mapped": mapped, "reported": reported, "target": asked}


def _told(
    changes: list[tuple[What, int | None, float]],
    factor: float,
    *,
    is_area: bool,
    max_told: int,
) -> list[Move]:
    """The largest one by one, the others together."""
    changes = sorted(changes, key=lambda move: (-abs(move[2]), move[1] or 0))
    told, others = changes[:max_told], changes[max_told:]
    rows = [
        Move("mapped", what, change / factor, plot, m2=change if is_area else None)
        for what, plot, change in told
    ]
    if others:
        rest = sum(change for *_, change in others)
        m2 = rest if is_area else None
        rows.append(Move("mapped", "others", rest / factor, plots=len(others), m2=m2))
    return rows


def _plots(
    reader: Reader, ids: Collection[int], filters: PlotFilter
) -> dict[int, tuple[str, list[float]]]:
    """Number and place of the plots that the account sees, of the versions that are asked for."""
    if not ids:
        return {}
    rows = list_records(
        reader.connection,
        reader.account,
        replace(filters, among=numbered(ids)),
        limit=None,
        columns=("plot_no",),
    )
    places = shapely.point_on_surface(shapely.from_wkb([row["wkb"] for row in rows]))
    return {
        row["plot_id"]: (row["plot_no"], [round(point.x, 9), round(point.y, 9)])
        for row, point in zip(rows, places, strict=True)
    }
