"""Counts the cells of a task: the same cuts, pieces and sums as in the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from data.lake.planning import Task
from data.lake.reading import (
    box_shapes,
    boxes_of,
    numbers_of,
    read_groups,
    shapes_of,
    words_of,
)
from gis.cells import cell_figures, cell_pieces
from gis.kernels import AVAILABLE
from gis.refusal import Refusal
from gis.threads import alone

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]
Words = NDArray[np.object_]
LakeBy = Literal["kind", "green_class", "stage", "year"]

GREEN_STAGES: Final = ("planted", "accepted", "existing")
PLOTS_AT_ONCE: Final = 10_000
"""Of one step of a task, with what is cut of them: a hundred megabytes."""
_BYTES_AT_ONCE: Final = 40_000_000


@dataclass(frozen=True)
class LakeChoice:
    """Which plots count, and by what they are grouped; None sets no condition."""

    by: LakeBy | None = None
    year: int | None = None


EVERY: Final = LakeChoice()


class CellCounts(NamedTuple):
    """Figures of cells and groups; only those that some plot is in. Areas in m²."""

    cell: Indices
    boundary: Indices
    group: Words
    """Empty where nothing is grouped."""
    green_m2: Floats
    sum_m2: Floats
    refused_m2: Floats
    outside_m2: Floats
    plot_count: Indices

    def at(self, rows: Indices) -> CellCounts:
        """Those at some places."""
        columns: Any = [column[rows] for column in self]
        return CellCounts(*columns)

    @classmethod
    def together(cls, parts: Sequence[CellCounts]) -> CellCounts:
        """Those of several tasks, one after the other."""
        columns: Any = [np.concatenate(column) for column in zip(*parts, strict=True)]
        return cls(*columns) if parts else cls(*(np.array([], dtype=kind) for kind in "qqOddddq"))


class _Cells(NamedTuple):
    """Cells of a task and beside it, in order of their numbers."""

    number: Indices
    boundary: Indices
    boxes: Words
    wkb: Words
    wanted: NDArray[np.bool_]


class _Plots(NamedTuple):
    """Green plots near the task, in order of their numbers."""

    number: Indices
    area_m2: Floats
    boxes: Words
    wkb: Words
    weight: Indices
    stage: Words
    kind: Words
    label: Words
    """Group of each; None for those that do not count."""


def count_cells(task: Task, choice: LakeChoice = EVERY, *, fast: bool = False) -> CellCounts:
    """Figures of the cells of a task.

    Parameters
    ----------
    task
        What `data.lake.planning.tasks_of` made of a lake.
    choice
        Which plots count. Others are cut all the same: a plot has the same share of a cell
        whichever are asked for.
    fast
        Use the kernels of the extra ``fast``, where this worker has them.

    Raises
    ------
    FileRefused
        ``lake_damaged``: a file of the lake is missing or cannot be read.
    """
    with alone():
        cells, plots = _cells(task), _plots(task, choice)
        ground = _Ground(task, plots)
        steps = [
            _step(cells, plots, some, ground, fast=fast and AVAILABLE)
            for some in _bundles(cells, plots)
        ]
    return CellCounts.together(steps)


class _Step(NamedTuple):
    """Positions of wanted cells, and of all plots whose boxes meet theirs."""

    cells: Indices
    plots: Indices


def _bundles(cells: _Cells, plots: _Plots) -> Iterator[_Step]:
    """Cells that follow each other, until their plots are many."""
    wanted = np.flatnonzero(cells.wanted)
    cell, plot = shapely.STRtree(plots.boxes).query(cells.boxes[wanted])
    order = np.argsort(cell, kind="stable")
    cell, plot = cell[order], plot[order]
    begins = np.searchsorted(cell, np.arange(len(wanted) + 1))
    first, rows, weight = 0, 0, 0
    for place in range(len(wanted)):
        here = plot[begins[place] : begins[place + 1]]
        more, heavier = len(here), int(plots.weight[here].sum())
        if rows and (rows + more > PLOTS_AT_ONCE or weight + heavier > _BYTES_AT_ONCE):
            yield _Step(wanted[first:place], np.unique(plot[begins[first] : begins[place]]))
            first, rows, weight = place, 0, 0
        rows, weight = rows + more, weight + heavier
    if rows:
        yield _Step(wanted[first:], np.unique(plot[begins[first] :]))


def _step(cells: _Cells, plots: _Plots, some: _Step, ground: _Ground, *, fast: bool) -> CellCounts:
    # All cells that these plots may reach, as their shares are measured with all of their parts.
    near = np.unique(shapely.STRtree(cells.boxes).query(plots.boxes[some.plots])[1])
    wanted = np.isin(near, some.cells)
    pieces = cell_pieces(
        shapes_of(cells.wkb[near]),
        cells.boundary[near],
        shapes_of(plots.wkb[some.plots]),
        plots.area_m2[some.plots],
        wanted=wanted,
        refusal=ground.near(cells.boxes[some.cells], some.plots),
        fast=fast,
    )
    label = plots.label[some.plots]
    counts = np.array([one is not None for one in label], dtype=np.bool_)
    names, place = np.unique(label[counts].astype(str), return_inverse=True)
    group = np.zeros(len(label), dtype=np.int64)
    group[counts] = place + 1
    figures = cell_figures(pieces, group, len(names) + 1)
    told = figures.group > 0
    cell = near[figures.cell[told]]
    return CellCounts(
        cells.number[cell],
        cells.boundary[cell],
        names[figures.group[told] - 1].astype(object),
        figures.green_m2[told],
        figures.sum_m2[told],
        figures.refused_m2[told],
        figures.outside_m2[told],
        figures.plot_count[told],
    )


def _cells(task: Task) -> _Cells:
    root = Path(task.root)
    parts = []
    slices = {one.path: (one.first, one.after) for one in task.cells}
    for path in [*slices, *task.beside]:
        table = read_groups(root / path, ["id", "boundary_id", "bbox", "geometry"])
        place = np.arange(len(table))
        first, after = slices.get(path, (0, 0))
        parts.append(
            (
                numbers_of(table, "id"),
                numbers_of(table, "boundary_id"),
                box_shapes(boxes_of(table)),
                words_of(table, "geometry"),
                (place >= first) & (place < after),
            )
        )
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return _Cells(*(column[order] for column in columns))


_COLUMNS: Final = ("id", "area_m2", "stage", "kind", "bbox", "geometry")


def _plots(task: Task, choice: LakeChoice) -> _Plots:
    root = Path(task.root)
    names = [*_COLUMNS, *(name for name in ("green_class", "year") if name in _named(choice))]
    parts = []
    for one in task.plots:
        table = read_groups(root / one.path, names, one.groups)
        wkb = words_of(table, "geometry")
        stage = words_of(table, "stage")
        some = np.flatnonzero(np.isin(stage, GREEN_STAGES))
        parts.append(
            (
                numbers_of(table, "id")[some],
                numbers_of(table, "area_m2")[some],
                box_shapes(boxes_of(table)[some]),
                wkb[some],
                np.fromiter(map(len, wkb[some]), dtype=np.int64, count=len(some)),
                stage[some],
                words_of(table, "kind")[some],
                _labels(table, choice)[some],
            )
        )
    if not parts:
        return _Plots(*(np.array([], dtype=kind) for kind in "qdOOqOOO"))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return _Plots(*(column[order] for column in columns))


def _named(choice: LakeChoice) -> set[str]:
    return {choice.by or "stage"} | ({"year"} if choice.year is not None else set())


def _labels(table: Any, choice: LakeChoice) -> Words:
    label = np.full(len(table), "", dtype=object)
    if choice.by is not None:
        label = np.array([str(word) for word in words_of(table, choice.by)], dtype=object)
    if choice.year is not None:
        label[numbers_of(table, "year") != choice.year] = None
    return label


class _Ground:
    """Refused ground of the counties of a task, in the order in which the database unites it."""

    def __init__(self, task: Task, plots: _Plots) -> None:
        self._binds = np.zeros((len(plots.number), len(task.rules)), dtype=np.bool_)
        for number, rule in enumerate(task.rules):
            self._binds[:, number] = np.isin(plots.stage, rule.stages)
            if rule.kinds is not None:
                self._binds[:, number] &= np.isin(plots.kind, rule.kinds)
        rows: dict[int, tuple[int, Any, bytes]] = {}
        for path in dict.fromkeys(one.refused for one in task.cells if one.refused):
            table = read_groups(Path(task.root) / path, ["id", "rule", "bbox", "geometry"])
            columns = (
                numbers_of(table, "id").tolist(),
                numbers_of(table, "rule").tolist(),
                box_shapes(boxes_of(table)),
                words_of(table, "geometry"),
            )
            for number, rule_number, box, wkb in zip(*columns, strict=True):
                rows[number] = (rule_number, box, wkb)
        ordered = [rows[number] for number in sorted(rows)]
        self._rule = np.array([rule for rule, _, _ in ordered], dtype=np.int64)
        self._boxes = np.array([box for _, box, _ in ordered], dtype=object)
        self._wkb = np.array([wkb for *_, wkb in ordered], dtype=object)
        self._tree = shapely.STRtree(self._boxes)

    def near(self, boxes: Words, plots: Indices) -> Refusal | None:
        """What lies near these boxes, for these plots; None for nothing."""
        some = np.unique(self._tree.query(boxes)[1])
        if not len(some):
            return None
        return Refusal(shapes_of(self._wkb[some]), self._rule[some], self._binds[plots])
