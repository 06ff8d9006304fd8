"""What rows of a file share with each other and with the plots that are there."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from gis.errors import GeometryError
from gis.messages import Message
from gis.shared_area import refuse_costly_cut
from gis.stored_shapes import Rows, StoredShapes
from gis.verdicts import LIMITS, overlaps_among
from gis.verdicts import Problem as Verdict
from gis.verdicts.ground import common_grounds
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.plots.credited import Ground, credited_grounds
from service.plots.db.neighbours import Neighbour, TooManyNeighbours
from service.plots.db.plots import GREEN_STAGES
from service.plots.db.row_neighbours import neighbours_of_rows
from service.plots.validate import Reported, credited_alike, neighbour_labels, too_many_neighbours
from service.settings import Settings

__all__ = ["overlaps_in_file", "overlaps_with_plots"]

Shapes = NDArray[np.object_]
Row = tuple[int, Reported]


def overlaps_in_file(
    shapes: StoredShapes, stages: Sequence[Any], compared: NDArray[np.bool_]
) -> Iterator[Row]:
    """Verdicts on rows (from 0) that share ground and would be credited alike.

    Parameters
    ----------
    shapes
        Valid polygons in degrees, of the rows that are compared.
    stages
        Of each row.
    compared
        Whether each row is.

    Raises
    ------
    GeometryError
        ``too_many_pairs``.
    """
    green = np.array([stage in GREEN_STAGES for stage in stages], dtype=np.bool_)
    cancelled = np.array([stage == "cancelled" for stage in stages], dtype=np.bool_)
    names = _RowNames(len(shapes))
    for group in (green, ~green & ~cancelled):
        some = _Some(shapes, np.flatnonzero(group & compared), len(shapes))
        for pair in overlaps_among(some, names=names):
            yield pair.left, Reported(pair.problem)
            yield pair.right, Reported(pair.mirrored)


class _Some:
    """Shapes of which only some rows count; the others have none."""

    def __init__(self, shapes: StoredShapes, rows: NDArray[np.intp], count: int) -> None:
        self._shapes = shapes
        self.bounds = np.full((count, 4), np.nan)
        self.bounds[rows] = shapes.bounds[rows]
        self.vertices: NDArray[np.integer] = np.zeros(count, dtype=np.int64)
        self.vertices[rows] = shapes.vertices[rows]

    def __len__(self) -> int:
        return len(self.bounds)

    def __getitem__(self, rows: Rows) -> Shapes:
        return self._shapes[rows]


class _RowNames(Sequence[Message]):
    """What rows are called: made when asked for, since few of them share ground."""

    def __init__(self, rows: int) -> None:
        self._rows = range(1, rows + 1)

    @overload
    def __getitem__(self, at: int) -> Message: ...
    @overload
    def __getitem__(self, at: slice) -> list[Message]: ...
    def __getitem__(self, at: int | slice) -> Message | list[Message]:
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        row = self._rows[at]
        return Message(f"本文件第 {row} 行", f"row {row} of this file")

    def __len__(self) -> int:
        return len(self._rows)


def overlaps_with_plots(
    connection: Connection,
    account: Account,
    shapes: Shapes,
    attributes: Sequence[Mapping[str, Any]],
    replaced: Sequence[Collection[int]],
    settings: Settings,
) -> Iterator[Row]:
    """Verdicts on rows (from 0) that share ground with plots: overlaps, and credited ground.

    Parameters
    ----------
    shapes
        Valid polygons in degrees.
    attributes
        Of each row: its stage and its plans.
    replaced
        Of each row the ids of plots that are no neighbours of it.
    """
    found = neighbours_of_rows(connection, account, list(shapes), max_own=settings.neighbour_limit)
    near: dict[int, list[Neighbour]] = {}
    kept: dict[int, list[Neighbour]] = {}
    for row, around in enumerate(found):
        if isinstance(around, TooManyNeighbours):
            yield row, _refused(too_many_neighbours(settings.neighbour_limit))
        elif isinstance(around, GeometryError):
            yield row, _refused(around)
        elif around:
            near[row] = around
            others = [plot for plot in around if plot.plot_id not in replaced[row]]
            kept[row] = credited_alike(others, attributes[row])
    overlapping = set()
    for row, verdict in _shared(connection, shapes, kept):
        if verdict.verdict.code in ("overlap", "same_ground"):
            overlapping.add(row)
        yield row, verdict
    green = [row for row in sorted(overlapping) if attributes[row].get("stage") in GREEN_STAGES]
    grounds = [Ground(shapes[row], replaced[row], near[row]) for row in green]
    for row, held in zip(green, credited_grounds(connection, grounds), strict=True):
        if isinstance(held, Exception):
            yield row, _refused(held)
            continue
        for credit, of_holder in held:
            yield (
                row,
                Reported(of_holder, credit.plot_id, None if credit.plot_id else credit.district),
            )


def _shared(
    connection: Connection, shapes: Shapes, competing: Mapping[int, Sequence[Neighbour]]
) -> Iterator[Row]:
    """Verdicts on rows and the plots that compete with them; neighbours that touch are none."""
    rows: list[int] = []
    plots: list[Neighbour] = []
    for row, others in competing.items():
        try:
            refuse_costly_cut(shapes[row], [plot.geometry for plot in others])
        except GeometryError as error:
            yield row, _refused(error)
            continue
        rows += [row] * len(others)
        plots += others
    if not plots:
        return
    drawn, others_drawn = shapes[rows], np.array([plot.geometry for plot in plots], dtype=object)
    meet = np.flatnonzero(shapely.relate_pattern(others_drawn, drawn, "T********"))
    labels = neighbour_labels(connection, [plots[n] for n in meet.tolist()])
    grounds = common_grounds(drawn[meet], others_drawn[meet], LIMITS)
    for n, label, ground in zip(meet.tolist(), labels, grounds, strict=True):
        if ground is not None:
            verdict = ground.as_problem(label.name, key=label.key)
            yield rows[n], Reported(verdict, label.plot_id, label.county)


def _refused(error: Problem | GeometryError) -> Reported:
    """A row that cannot be compared."""
    return Reported(Verdict(error.code, "block", error.message))
