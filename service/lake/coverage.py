"""Coverage of a lake: cells counted by workers, added up as the database adds them up."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from data.lake.counting import EVERY, CellCounts, LakeChoice, count_cells
from data.lake.districts import district_rows, outside_m2
from data.lake.manifest import Lake
from data.lake.planning import TASK_PLOTS, tasks_of
from gis.kernels import AVAILABLE
from gis.messages import Message
from service.coverage.db.figures import CoverageResult, CoverageRow
from service.coverage.rollup import CoverageAnswer, counties_behind, rolled_up
from service.districts.db.districts import DistrictNode, DistrictTree
from service.errors import Problem
from service.lake.cluster import each, require_same
from service.lake.write import Bar, no_bar

# As `gis.overlaps` has it: below that loading the kernels costs more than they save.
_WORTH_COMPILED = 50_000


def lake_coverage(  # noqa: PLR0913 - of what, by whom, and how
    lake: Lake,
    client: Any,
    choice: LakeChoice = EVERY,
    *,
    level: str = "county",
    parent: str | None = None,
    bar: Bar = no_bar,
    plots: int = TASK_PLOTS,
) -> CoverageAnswer:
    """What `service.coverage.rollup.coverage` answers for the whole tree, of a lake.

    Parameters
    ----------
    lake, client
        A whole lake, and a client of Dask whose workers see it.
    choice
        Which plots count, and groups.
    level, parent
        ``province``, ``city`` or ``county``; only what lies below this code.
    bar
        Told how many plots there are, and then of those that are counted.
    plots
        About how many a worker has at once.

    Raises
    ------
    Problem
        ``unknown_district``: nothing of that level is below ``parent``; ``workers_differ``; as
        `service.lake.cluster.each`.
    FileRefused
        ``lake_damaged``.
    """
    districts = district_tree(lake)
    counties = counties_behind(districts, level, parent)
    if parent is not None and counties == []:
        raise Problem(
            422,
            "unknown_district",
            Message(
                f"数据湖中 {parent} 以下没有 {level} 级行政区",
                f"the lake has no districts of level {level} below {parent}",
            ),
        )
    require_same(client, lake)
    tasks = tasks_of(lake, counties, plots=plots)
    fast = AVAILABLE and lake.manifest.plots >= _WORTH_COMPILED
    counts = []
    with bar(sum(task.rows for task in tasks)) as advance:
        for place, counted in each(client, partial(count_cells, choice=choice, fast=fast), tasks):
            counts.append(counted)
            advance(tasks[place].rows)
    rows = _added_up(counts, {node.boundary_id: node.code for node in districts.values()})
    figures = CoverageResult(
        rows, lake.manifest.moment, wholly_outside_m2=outside_m2(lake, choice, counties)
    )
    return rolled_up(districts, figures, level=level, parent=parent, by=choice.by)


def district_tree(lake: Lake) -> DistrictTree:
    """The districts of a lake with the borders that held."""
    return DistrictTree({row["code"]: DistrictNode(**row) for row in district_rows(lake)})


def _added_up(counts: Sequence[CellCounts], code_of: dict[int | None, str]) -> list[CoverageRow]:
    """Sums over the cells of each county, in order of their numbers."""
    cells = CellCounts.together(counts)
    cells = cells.at(np.argsort(cells.cell, kind="stable"))
    key = np.array(
        [
            f"{code_of[number]}\t{group}"
            for number, group in zip(cells.boundary.tolist(), cells.group, strict=True)
        ],
        dtype=object,
    )
    names, slot = np.unique(key.astype(str), return_inverse=True)
    sums = [
        np.bincount(slot, column, minlength=len(names)).tolist()
        for column in (cells.green_m2, cells.sum_m2, cells.refused_m2, cells.outside_m2)
    ]
    number = np.bincount(slot, cells.plot_count, minlength=len(names)).astype(np.int64).tolist()
    return [
        # Two sums of the same numbers may differ in the last digit.
        CoverageRow(code, group or None, green, max(total, green + refused), refused, beyond, some)
        for (code, _, group), green, total, refused, beyond, some in zip(
            (str(name).partition("\t") for name in names), *sums, number, strict=True
        )
    ]
