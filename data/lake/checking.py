"""Looks through the plots of a lake: each by itself, and those that share ground."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from data.lake.counting import GREEN_STAGES
from data.lake.manifest import Lake, Part, checksum
from data.lake.planning import Slice, row_groups
from data.lake.reading import (
    box_shapes,
    boxes_of,
    numbers_of,
    read_groups,
    shapes_of,
    words_of,
)
from gis.messages import Message
from gis.threads import alone
from gis.verdicts import Problem, check_many, overlaps_among
from gis.verdicts.problems import problem

CHECK_PLOTS: Final = 10_000
NOWHERE: Final = problem(
    "outside_districts",
    Message("图斑不在任何已知区县内。", "The plot lies in no known county."),
)
_COLUMNS: Final = ("id", "plot_no", "district", "stage", "in_no_county", "bbox", "geometry")


class CheckTask(NamedTuple):
    """Plots that a task answers for, and those of others near them."""

    root: str
    own: tuple[Slice, ...]
    beside: tuple[Slice, ...]
    rows: int


class Found(NamedTuple):
    """What is wrong with one plot; of a pair that shares ground, with the lower number."""

    county: str
    plot: int
    plot_no: str
    problem: Problem
    other: int | None = None
    """The other plot of a pair."""


class Checked(NamedTuple):
    """How many plots a task looked at, and what it found."""

    plots: int
    found: list[Found]


def check_tasks(lake: Lake, *, plots: int = CHECK_PLOTS) -> list[CheckTask]:
    """The work for all plots of a lake, about so many a task."""
    groups = row_groups(lake)
    boxes = np.array([group.box for group in groups]).reshape(-1, 4)
    tree = shapely.STRtree(box_shapes(boxes))
    tasks: list[tuple[list[int], int]] = []
    waiting: list[int] = []
    rows = 0
    for row, group in enumerate(groups):
        if waiting and rows + group.rows > plots:
            tasks.append((waiting, rows))
            waiting, rows = [], 0
        waiting, rows = [*waiting, row], rows + group.rows
    if waiting:
        tasks.append((waiting, rows))
    made = []
    for own, number in tasks:
        near = np.setdiff1d(tree.query(box_shapes(boxes[own]))[1], own).tolist()
        mine, theirs = (
            _slices([(groups[row].path, groups[row].number) for row in some])
            for some in (own, near)
        )
        made.append(CheckTask(str(lake.root), mine, theirs, number))
    return made


def _slices(groups: list[tuple[str, int]]) -> tuple[Slice, ...]:
    files: dict[str, list[int]] = {}
    for path, number in groups:
        files.setdefault(path, []).append(number)
    return tuple(Slice(path, tuple(sorted(numbers))) for path, numbers in files.items())


def check_plots(task: CheckTask) -> Checked:
    """What is wrong with the plots of a task.

    Each by itself, as at every other door; and pairs of plots that count as green and share ground:
    told once, by the task of the plot with the lower number.

    Raises
    ------
    FileRefused
        ``lake_damaged``.
    GeometryError
        ``too_many_pairs``: thousands of plots lie on each other.
    """
    with alone():
        own = _read(task, task.own)
        found = [*_by_themselves(own), *_nowhere(own)]
        found += _overlaps(own, _read(task, task.beside, near=own))
    return Checked(len(own.number), sorted(found, key=lambda one: (one.county, one.plot)))


class _Plots(NamedTuple):
    number: NDArray[np.int64]
    plot_no: NDArray[np.object_]
    county: NDArray[np.object_]
    green: NDArray[np.bool_]
    nowhere: NDArray[np.bool_]
    box: NDArray[np.object_]
    shape: NDArray[np.object_]

    def at(self, rows: NDArray[np.int64]) -> _Plots:
        columns: Any = [column[rows] for column in self]
        return _Plots(*columns)

    @classmethod
    def together(cls, parts: Sequence[Sequence[NDArray[Any]]]) -> _Plots:
        columns: Any = [np.concatenate(column) for column in zip(*parts, strict=True)]
        return cls(*columns) if parts else cls(*(np.array([], dtype=kind) for kind in "qOO??OO"))


def _read(task: CheckTask, slices: tuple[Slice, ...], near: _Plots | None = None) -> _Plots:
    """Plots of row groups; with ``near`` only green ones whose boxes meet those of these."""
    parts = []
    tree = None if near is None else shapely.STRtree(near.box)
    for one in slices:
        table = read_groups(Path(task.root) / one.path, _COLUMNS, one.groups)
        box = box_shapes(boxes_of(table))
        green = np.isin(words_of(table, "stage"), GREEN_STAGES)
        some = np.arange(len(table))
        if tree is not None:
            some = np.flatnonzero(green)
            some = some[np.unique(tree.query(box[some])[0])]
        columns: list[NDArray[Any]] = [
            numbers_of(table, "id"),
            words_of(table, "plot_no"),
            words_of(table, "district"),
            green,
            numbers_of(table, "in_no_county").astype(np.bool_),
            box,
        ]
        wkb = words_of(table, "geometry")[some]
        parts.append([*(column[some] for column in columns), shapes_of(wkb)])
    return _Plots.together(parts)


def _by_themselves(own: _Plots) -> Iterator[Found]:
    for row, what in check_many(own.shape):
        yield _found(own, row, what)


def _nowhere(own: _Plots) -> Iterator[Found]:
    for row in np.flatnonzero(own.nowhere).tolist():
        yield _found(own, row, NOWHERE)


def _overlaps(own: _Plots, beside: _Plots) -> Iterator[Found]:
    some = np.flatnonzero(own.green & shapely.is_valid(own.shape))
    both = _Plots.together([own.at(some), beside])
    order = np.argsort(both.number)
    every = both.at(order)
    ours = order < len(some)
    for pair in overlaps_among(every.shape, names=[str(word) for word in every.plot_no]):
        if ours[pair.left]:
            yield _found(every, pair.left, pair.problem, int(every.number[pair.right]))


def _found(plots: _Plots, row: int, problem: Problem, other: int | None = None) -> Found:
    return Found(
        str(plots.county[row]), int(plots.number[row]), str(plots.plot_no[row]), problem, other
    )


def damaged_files(lake: Lake) -> Iterator[Part]:
    """Files that are not as they were written, by their checksums."""
    for part in lake.manifest.parts():
        if checksum(lake.file(part)) != part.sha256:
            yield part
