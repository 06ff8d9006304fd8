"""Cuts the work over a lake into tasks that a worker of bounded memory can do by itself.

A task is some small counties, or some cells of a large one, with the row groups of plots that may
lie there, whoever they belong to, and the cells beside it that these plots may reach. All of it is
read from the manifest; of large counties the boxes of their cells are read, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from data.lake.manifest import CountyParts, Lake, Part, Rule
from data.lake.reading import box_shapes, boxes_of, read_groups

Floats = NDArray[np.float64]

TASK_PLOTS: Final = 50_000
"""Plots of a task: some seconds of work, and a quarter of a gigabyte."""
_PLOT_BYTES: Final = 4_000
"""Of the shape of a plot that counts as one; larger ones count as several."""


class Slice(NamedTuple):
    """Row groups of a file."""

    path: str
    groups: tuple[int, ...]


class RowGroup(NamedTuple):
    """Plots that are read together: of which file, and where they lie, in degrees."""

    path: str
    number: int
    rows: int
    box: tuple[float, ...]


class CellSlice(NamedTuple):
    """Cells of a county that a task answers for, by their places in its file; refused ground."""

    path: str
    first: int
    after: int
    refused: str | None


class Task(NamedTuple):
    """What a worker is told; paths are below ``root``."""

    root: str
    cells: tuple[CellSlice, ...]
    beside: tuple[str, ...]
    """Files of the other counties' cells that plots of the task may reach."""
    plots: tuple[Slice, ...]
    rules: tuple[Rule, ...]
    rows: int
    """About how many plots it is, for a progress bar: they add up to those of the counties."""


def tasks_of(
    lake: Lake, counties: Collection[str] | None = None, *, plots: int = TASK_PLOTS
) -> list[Task]:
    """The work for some counties, or all that have cells, the largest task first.

    Parameters
    ----------
    lake
        A whole lake.
    counties
        Codes; None is all.
    plots
        About how many of a county's own plots a task has at most.
    """
    planner = _Planner(lake)
    waiting: list[tuple[str, int]] = []
    tasks: list[Task] = []
    for code, county in lake.manifest.counties.items():
        if county.cells is None or (counties is not None and code not in counties):
            continue
        weight = _weight(county.plots)
        if weight > plots:
            tasks += planner.parts(county, -(-weight // plots))
            continue
        if waiting and sum(some for _, some in waiting) + weight > plots:
            tasks.append(planner.whole([one for one, _ in waiting]))
            waiting = []
        waiting.append((code, weight))
    if waiting:
        tasks.append(planner.whole([one for one, _ in waiting]))
    return sorted(tasks, key=lambda task: -task.rows)


def row_groups(lake: Lake) -> list[RowGroup]:
    """All row groups of plots, county by county along Hilbert's curve."""
    return [
        RowGroup(county.plots.path, number, group.rows, _box(group))
        for county in lake.manifest.counties.values()
        if county.plots is not None
        for number, group in enumerate(county.plots.groups)
    ]


def _weight(part: Part | None) -> int:
    if part is None:
        return 0
    return max(part.rows, sum(group.bytes for group in part.groups) // _PLOT_BYTES)


class _Planner:
    """Where the row groups of all plots lie, and the cells of all counties."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        counties = lake.manifest.counties
        self._groups = row_groups(lake)
        self._boxes = np.array([group.box for group in self._groups]).reshape(-1, 4)
        self._tree = shapely.STRtree(box_shapes(self._boxes))
        self._cells = [county.cells for county in counties.values() if county.cells is not None]
        self._cell_tree = shapely.STRtree(box_shapes(np.array([*map(_extent, self._cells)])))

    def whole(self, codes: Sequence[str]) -> Task:
        """A task of whole counties."""
        some = [self._lake.manifest.counties[code] for code in codes]
        cells = [
            CellSlice(county.cells.path, 0, county.cells.rows, _path(county.refused))
            for county in some
            if county.cells is not None
        ]
        boxes = np.array([_extent(county.cells) for county in some if county.cells is not None])
        return self._task(cells, boxes, sum(county.plots.rows for county in some if county.plots))

    def parts(self, county: CountyParts, number: int) -> Iterator[Task]:
        """About so many tasks of one county, each of cells that follow each other."""
        assert county.cells is not None  # noqa: S101
        assert county.plots is not None  # noqa: S101
        path = county.cells.path
        boxes = boxes_of(read_groups(self._lake.root / path, ["bbox"]))
        # The plots of a row group are taken to lie evenly in the cells that its box meets.
        own = [(_box(group), group.rows) for group in county.plots.groups]
        group, cell = shapely.STRtree(box_shapes(boxes)).query(
            box_shapes(np.array([box for box, _ in own]))
        )
        rows = np.array([rows for _, rows in own])
        share = rows[group] / np.bincount(group, minlength=len(own))[group]
        until = np.cumsum(np.bincount(cell, share, minlength=len(boxes)))
        cuts = np.searchsorted(until, until[-1] * np.arange(1, number) / number)
        edges = np.unique([0, *cuts, len(boxes)])
        told = np.diff(np.round(county.plots.rows * edges / len(boxes)).astype(int))
        for first, after, plots in zip(edges[:-1], edges[1:], told, strict=True):
            some = CellSlice(path, int(first), int(after), _path(county.refused))
            yield self._task([some], boxes[first:after], int(plots))

    def _task(self, cells: Sequence[CellSlice], boxes: Floats, rows: int) -> Task:
        near = np.unique(self._tree.query(box_shapes(boxes))[1])
        files: dict[str, list[int]] = {}
        for row in near.tolist():
            group = self._groups[row]
            files.setdefault(group.path, []).append(group.number)
        mine = {one.path for one in cells}
        reached = np.unique(self._cell_tree.query(box_shapes(self._boxes[near]))[1])
        beside = [self._cells[row].path for row in reached.tolist()]
        return Task(
            str(self._lake.root),
            tuple(cells),
            tuple(path for path in beside if path not in mine),
            tuple(Slice(path, tuple(sorted(groups))) for path, groups in files.items()),
            self._lake.manifest.rules,
            rows,
        )


def _box(group: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(group[2:])


def _extent(part: Part) -> Floats:
    boxes = np.array([_box(group) for group in part.groups])
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def _path(part: Part | None) -> str | None:
    return None if part is None else part.path
