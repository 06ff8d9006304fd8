"""Checks a lake: its files, its plots by themselves, and the ground that they share."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from data.lake.checking import CHECK_PLOTS, Found, check_plots, check_tasks
from data.lake.manifest import Lake
from service.lake.cluster import each, require_same
from service.lake.write import Bar, no_bar


@dataclass
class LakeReport:
    """What was found in a lake; areas in m²."""

    plots: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    """How many there are of each code."""
    overlap_m2: float = 0.0
    """What pairs of plots share, added up; ground that three share counts three times."""
    worst: list[Found] = field(default_factory=list)
    """The largest overlaps, the largest first."""

    def add(self, found: Found, most: int) -> None:
        """One more; ``most`` overlaps are kept."""
        self.problems[found.problem.code] += 1
        if found.other is None:
            return
        self.overlap_m2 += found.problem.area_m2 or 0.0
        self.worst.append(found)
        if len(self.worst) > 2 * most:
            self.settle(most)

    def settle(self, most: int) -> None:
        """Keep the largest overlaps."""
        self.worst.sort(key=lambda one: -(one.problem.area_m2 or 0.0))
        del self.worst[most:]


def check_lake(
    lake: Lake,
    client: Any,
    *,
    told: Callable[[Found], None] = lambda _found: None,
    bar: Bar = no_bar,
    plots: int = CHECK_PLOTS,
    most: int = 20,
) -> LakeReport:
    """Every plot of a lake as the checks of a file see it, and all pairs that share ground.

    Parameters
    ----------
    lake, client, bar, plots
        As for `service.lake.coverage.lake_coverage`.
    told
        Hears of each problem as it is found: there may be more of them than fit into memory.
    most
        How many of the largest overlaps the report has.

    Raises
    ------
    Problem, FileRefused
        As `service.lake.coverage.lake_coverage`.
    GeometryError
        ``too_many_pairs``: thousands of plots lie on each other.
    """
    require_same(client, lake)
    tasks = check_tasks(lake, plots=plots)
    report = LakeReport()
    with bar(sum(task.rows for task in tasks)) as advance:
        for place, checked in each(client, check_plots, tasks):
            report.plots += checked.plots
            for found in checked.found:
                told(found)
                report.add(found, most)
            advance(tasks[place].rows)
    report.settle(most)
    return report
