"""Plans that rows of a file name by 图斑号: plots that are there, or rows of the same file."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from sqlalchemy import Connection

from gis.messages import Message
from gis.stored_shapes import StoredShapes
from gis.verdicts import Problem as Verdict
from service.accounts.db.accounts import Account
from service.plots.db.plan_links import PlanLinks, plan_links
from service.plots.db.plan_numbers import PlanName, plots_named
from service.plots.validate import Reported

__all__ = ["RowPlans", "name_plans"]

Row = Mapping[str, Any]


@dataclass(frozen=True)
class RowPlans:
    """What the plan numbers of a file lead to."""

    in_file: dict[int, list[int]] = field(default_factory=dict)
    """Rows (from 0) that each row names as its plans, where no plot has the number yet."""
    faults: list[tuple[int, Reported]] = field(default_factory=list)


def name_plans(
    connection: Connection,
    account: Account,
    rows: Sequence[dict[str, Any]],
    shapes: StoredShapes,
    counties: Sequence[str | None],
) -> RowPlans:
    """Put ids of plans into ``plan_ids`` of the rows that name them in ``plans``.

    A name is ``2025/00012``, task year and number, of the county of the row. Without the year it is
    the only plot of that number there, or the only one of them that is planned and that it meets.

    Parameters
    ----------
    rows
        Attributes of each row; those of the interface.
    shapes
        Valid polygons in degrees; anything where a row has no county.
    counties
        Of each row; None passes it over.
    """
    naming = {
        n: [PlanName.read(county, word) for word in row["plans"]]
        for n, (row, county) in enumerate(zip(rows, counties, strict=True))
        if county is not None and row.get("plans")
    }
    named = plots_named(connection, {name for names in naming.values() for name in names})
    planned = _planned_rows(rows, counties)
    outcome = RowPlans()
    for n, names in naming.items():
        ids = list(rows[n].get("plan_ids") or [])
        for name in names:
            there = _of_plots(connection, account, shapes[[n]][0], named.get(name, []))
            if there:
                ids += there if len(there) == 1 else []
                if len(there) > 1:
                    outcome.faults.append((n, _several(name)))
                continue
            same = [
                row for row in planned.get(name.plot_no, []) if _fits(rows, counties, row, name)
            ]
            met = [row for row in same if row != n and _meet(*shapes[[row, n]])]
            if len(met) == 1:
                outcome.in_file.setdefault(n, []).extend(met)
            else:
                outcome.faults.append((n, _several(name) if met else _no_plan(name, same)))
        rows[n]["plan_ids"] = list(dict.fromkeys(ids))
    return outcome


def _planned_rows(
    rows: Sequence[Row], counties: Sequence[str | None]
) -> Mapping[str, Sequence[int]]:
    planned: dict[str, list[int]] = defaultdict(list)
    for n, row in enumerate(rows):
        if row.get("stage") == "planned" and row.get("plot_no") and counties[n] is not None:
            planned[str(row["plot_no"])].append(n)
    return planned


def _fits(rows: Sequence[Row], counties: Sequence[str | None], row: int, name: PlanName) -> bool:
    return counties[row] == name.district and name.year in (None, rows[row].get("year"))


def _meet(plan: shapely.Geometry, plot: shapely.Geometry) -> bool:
    return bool(shapely.intersects(plan, plot) and shapely.relate_pattern(plan, plot, "T********"))


def _of_plots(
    connection: Connection, account: Account, shape: shapely.Geometry, ids: Sequence[int]
) -> list[int]:
    """The plots that a name may mean: of several those that are planned and met, if there are."""
    if len(ids) < 2:
        return list(ids)
    links = plan_links(connection, account, [PlanLinks(shape, ids)])
    return [link.plan_id for link in links if link.planned and link.meets] or list(ids)


def _no_plan(name: PlanName, same: Sequence[int]) -> Reported:
    if same:
        words = Message(
            f"与本文件第 {same[0] + 1} 行的计划图斑 {name} 没有重叠的地块，请核对图形或去掉。",
            f"shares no ground with the planned plot {name} of row {same[0] + 1}: look at the "
            "shapes, or take it out.",
        )
        return Reported(Verdict("far_from_plan", "block", words), field="plans")
    words = Message(
        f"{name.district} 没有计划图斑 {name}，本文件中也没有；请核对图斑号（写作 年度/图斑号），"
        "或从计划图斑中去掉。",
        f"there is no planned plot {name} in {name.district}, nor in this file: look at the "
        "number (written as YEAR/NUMBER), or take it out.",
    )
    return Reported(Verdict("unknown_plan", "block", words), field="plans")


def _several(name: PlanName) -> Reported:
    words = Message(
        f"{name.district} 有几个图斑号为 {name} 的图斑，请写成 年度/图斑号，如 "
        f"2025/{name.plot_no}。",
        f"several plots of {name.district} bear the number {name}: write it as YEAR/NUMBER, such "
        f"as 2025/{name.plot_no}.",
    )
    return Reported(Verdict("unknown_plan", "block", words), field="plans")
