"""Many plots in one request: each goes its own way, done or refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.plots.db.plots import PlotFilter, plot_ids
from service.web.problem_json import ErrorTable, to_problem

__all__ = ["MAX_PLOTS", "MAX_SECONDS", "Outcome", "each_alone", "wanted_ids"]

MAX_PLOTS: Final = 10_000
"""Plots that one request may name or select."""

MAX_SECONDS: Final = 60.0
"""For so long a request begins with plots: others wait for it, also when its sender hung up."""


@dataclass(frozen=True)
class Refused:
    """Why nothing was done about a plot."""

    id: int
    problem: Problem


@dataclass(frozen=True)
class Outcome:
    """What became of each plot, in the order in which they were asked for."""

    done: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def wanted_ids(
    connection: Connection,
    account: Account,
    ids: Sequence[int] | None,
    filters: PlotFilter | None,
) -> list[int]:
    """The plots that a request names, or those in scope that its filter selects, by number.

    Raises
    ------
    Problem
        422 ``too_many_plots``.
    """
    found = list(dict.fromkeys(ids or ()))
    if filters is not None:
        found = plot_ids(connection, account, filters, limit=MAX_PLOTS + 1)
    if len(found) > MAX_PLOTS:
        words = Message(
            f"一次最多 {MAX_PLOTS} 个图斑，请缩小范围",
            f"one request may act on {MAX_PLOTS} plots at most: narrow the filter",
        )
        raise Problem(422, "too_many_plots", words)
    # Everybody locks plots in the order of their numbers.
    return sorted(found)


def each_alone(
    connection: Connection,
    ids: Sequence[int],
    act: Callable[[int], None],
    *,
    dry_run: bool,
    errors: ErrorTable,
) -> Outcome:
    """Act on each plot in a savepoint of its own: what one is refused does not touch the others.

    With ``dry_run`` everything is tried and nothing is kept. An error that is none of the sender's
    fails the request whole. Plots that are not reached within `MAX_SECONDS` are refused, the first
    never: ``out_of_time``.
    """
    outcome = Outcome()
    end = monotonic() + MAX_SECONDS
    for place, plot_id in enumerate(ids):
        if place and monotonic() > end:
            outcome.refused.extend(Refused(late, _out_of_time()) for late in ids[place:])
            break
        try:
            with connection.begin_nested() as alone:
                act(plot_id)
                if dry_run:
                    alone.rollback()
        except Exception as error:
            problem = to_problem(error, errors)
            if problem.status >= 500 and problem.code != "ground_busy":
                raise
            outcome.refused.append(Refused(plot_id, problem))
        else:
            outcome.done.append(plot_id)
    return outcome


def _out_of_time() -> Problem:
    words = Message(
        f"{MAX_SECONDS:g} 秒内未轮到此图斑，未作处理：请对其余图斑再操作一次，或缩小范围",
        f"its turn did not come within {MAX_SECONDS:g} s and nothing was done about it: repeat "
        "this for the rest, or narrow the filter",
    )
    return Problem(409, "out_of_time", words)
