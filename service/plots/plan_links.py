"""Which planned plots a plot may name: those of its county that it meets."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection

from gis.messages import Message
from gis.verdicts import Problem as Verdict
from gis.verdicts.problems import problem
from service.accounts.db.accounts import Account
from service.plots.db.plan_links import PlanLink, PlanLinks, plan_links

__all__ = ["PLAN_CODES", "wrong_plan_links"]

PLAN_CODES = frozenset({"not_a_plan", "far_from_plan"})


def wrong_plan_links(
    connection: Connection,
    account: Account,
    rows: Sequence[PlanLinks],
    districts: Sequence[str | None],
    *,
    known_before: Collection[int] = (),
) -> Iterator[tuple[int, PlanLink, Verdict]]:
    """Each named plot that cannot be the plan of its row: the row's position, the plot, and why.

    Ids without a plot in scope are passed over: they are another fault (``unknown_plan``).

    Parameters
    ----------
    rows
        Shapes of plots (degrees of CGCS2000), each with the ids that it names.
    districts
        County of each of them; None where there is none, then no county is compared.
    known_before
        Ids that may be named although they are no plans any more: a plan that was planted since
        stays the plan of the plots that carried it out.
    """
    for link in plan_links(connection, account, rows):
        words = _fault(link, districts[link.row], known_before)
        if words is not None:
            code, message = words
            yield link.row, link, problem(code, message, other=f"plan {link.plan_id}")


def _fault(
    link: PlanLink, district: str | None, known_before: Collection[int]
) -> tuple[str, Message] | None:
    name = Message(
        f"{link.year} 年图斑 {link.plot_no}（编号 {link.plan_id}）",
        f"plot {link.plot_no} of {link.year} (number {link.plan_id})",
    )
    remedy = Message("请从 plan_ids 中去掉", "take it out of plan_ids")
    if not link.planned:
        if link.plan_id in known_before:
            return None
        return "not_a_plan", Message(
            f"{name.zh}不是计划图斑，{remedy.zh}，或改为落实同一地块的计划图斑。",
            f"{name.en} is not a planned plot: {remedy.en}, or name the planned plot of this "
            "ground.",
        )
    if district is not None and link.district != district:
        return "far_from_plan", Message(
            f"计划{name.zh}属于 {link.district}，本图斑属于 {district}，{remedy.zh}。",
            f"the planned {name.en} belongs to {link.district}, this plot to {district}: "
            f"{remedy.en}.",
        )
    if not link.meets:
        return "far_from_plan", Message(
            f"与计划{name.zh}没有重叠的地块，{remedy.zh}，或核对图形位置。",
            f"shares no ground with the planned {name.en}: {remedy.en}, or look at where the "
            "shape lies.",
        )
    return None
