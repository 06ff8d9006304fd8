"""Claims: a plot says that it replants or renews ground that another one holds, or disputes it.

A claim ties the plot to the holder. It moves no credit: the ground counts once in all years
together, for its holder, and in full in a figure of the plot's own year.
"""

from typing import Literal

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.errors import Problem, not_found
from service.ledger.db import claims
from service.plots.credited import holder_in_words
from service.plots.db import plots
from service.plots.db.credit import Credit, TooManyHolders, credit_on
from service.plots.db.edit import lock_plot

__all__ = ["ClaimedAs", "claim_ground", "withdraw_or_settle"]

ClaimedAs = Literal["replant", "renewal", "dispute"]


def claim_ground(
    connection: Connection,
    account: Account,
    plot_id: int,
    holder_id: int,
    claimed_as: ClaimedAs,
    why: str | None,
) -> int:
    """Store a claim of a plot upon the holder of ground under it; returns the claim's id.

    Another claim upon the same holder that stands is ended by it. The same claim again is the one
    that stands already.

    Raises
    ------
    Problem
        404: no such plot in scope. 422 ``own_ground``, ``why_missing``. 409 ``no_credit`` when the
        other plot holds nothing under this one, naming who does; ``other_county``;
        ``carries_out_plan`` when the holder names this planned plot as its plan.
    """
    if holder_id == plot_id:
        raise _refused(
            422,
            "own_ground",
            Message(
                "这是图斑自己的地块，无需认领",
                "that is the plot itself: name the plot that holds the ground",
            ),
        )
    if claimed_as == "dispute" and not (why or "").strip():
        raise _refused(
            422,
            "why_missing",
            Message("提出异议须写明理由", "a dispute says why: write the reason"),
            field="why",
        )
    locked = lock_plot(connection, account, plot_id)
    if locked is None:
        raise not_found("此图斑")
    claimant = locked.newest
    ground = shapely.from_wkb(claimant["wkb"])
    held = _held(connection, ground)
    area_m2 = sum(row.area_m2 for row in held if row.plot_id == holder_id)
    holder = plots.read_plot(connection, account, holder_id, "approved")
    if holder is not None and holder["district"] != claimant["district"]:
        raise _refused(
            409,
            "other_county",
            Message(
                f"图斑 {holder['plot_no']} 属于 {holder['district']}，本图斑属于 "
                f"{claimant['district']}，只能认领本县的地块；邻县的重叠请与邻县协商",
                f"plot {holder['plot_no']} belongs to {holder['district']}, this one to "
                f"{claimant['district']}: claim ground of your own county only, and settle the "
                "overlap with the neighbour",
            ),
        )
    if area_m2 == 0:
        raise _nothing_held(connection, held, holder_id, plot_id)
    if claimed_as != "dispute" and claimant["stage"] == "planned":
        _refuse_own_plan(connection, plot_id, holder_id)
    standing = claims.standing_claim(connection, plot_id, holder_id)
    if standing is not None:
        if (standing["claimed_as"], standing["why"]) == (claimed_as, why):
            return int(standing["id"])
        claims.end_claim(
            connection, account, standing["id"], _instead(standing["claimed_as"], claimed_as)
        )
    values = {
        "plot_id": plot_id,
        "holder_id": holder_id,
        "district": claimant["district"],
        "claimed_as": claimed_as,
        "why": why,
        "area_m2": area_m2,
    }
    number = claims.add_claim(connection, account, values)
    note(connection, account, "claim", {"claim": number, **values})
    return number


def withdraw_or_settle(
    connection: Connection, account: Account, claim_id: int, because: str
) -> None:
    """End a claim: its maker withdraws it, or an inspector settles it, never the maker's own.

    Raises
    ------
    Problem
        404; 409 ``claim_ended``, ``not_your_claim``.
    """
    claim = claims.lock_claim(connection, account, claim_id)
    if claim is None:
        raise not_found("此认领")
    if claim["ended_at"] is not None:
        raise _refused(
            409,
            "claim_ended",
            Message("这项认领已经结束", "the claim has ended already: look at the list again"),
        )
    if claim["made_by"] != account.id and not account.holds("inspector"):
        raise _refused(
            409,
            "not_your_claim",
            Message(
                "只有提出人可以撤回，核查员可以裁定",
                "its maker withdraws a claim, an inspector settles it",
            ),
        )
    claims.end_claim(connection, account, claim_id, because)
    note(connection, account, "claim_ended", {"claim": claim_id, "because": because})


_LABELS = {"replant": "补植", "renewal": "更新", "dispute": "异议"}


def _instead(before: str, after: str) -> str:
    """Why a claim ended in whose place another one stands, in both languages."""
    return f"{_LABELS[before]} → {_LABELS[after]} {before} → {after}"


def _held(connection: Connection, ground: BaseGeometry) -> list[Credit]:
    try:
        return credit_on(connection, ground)
    except TooManyHolders:
        raise _refused(
            422,
            "too_many_neighbours",
            Message(
                "图斑下已计入的图斑过多，请先拆分",
                "too many plots count under this one: split it first",
            ),
        ) from None


def _nothing_held(
    connection: Connection, held: list[Credit], holder_id: int, plot_id: int
) -> Problem:
    holders = [row for row in held if row.plot_id not in (None, plot_id)]
    beyond = [row for row in held if row.plot_id is None]
    if beyond and not holders:
        name = holder_in_words(connection, beyond[0])
        words = Message(
            f"此处由{name.zh}计入，它不在您的范围内，不能认领；重叠请与该县协商",
            f"this ground counts for {name.en} beyond your scope: it cannot be claimed, settle "
            "the overlap with that county",
        )
    elif not holders:
        words = Message(
            "这块地没有其他图斑计入，无需认领",
            "no other plot holds this ground: there is nothing to claim",
        )
    else:
        first = holders[0]
        words = Message(
            f"编号 {holder_id} 的图斑在此处没有计入的地块，此处由 {first.year} 年图斑 "
            f"{first.plot_no}（编号 {first.plot_id}）计入，请认领它的地块",
            f"plot number {holder_id} holds nothing here; plot {first.plot_no} of {first.year} "
            f"(number {first.plot_id}) does: claim its ground",
        )
    return _refused(409, "no_credit", words)


def _refuse_own_plan(connection: Connection, plan_id: int, holder_id: int) -> None:
    if claims.carriers_of(connection, plan_id, [holder_id]):
        raise _refused(
            409,
            "carries_out_plan",
            Message(
                f"编号 {holder_id} 的图斑正是落实本计划的图斑，无需登记补植、更新；"
                "如有异议可提出异议",
                f"plot number {holder_id} carries out this plan: there is nothing to replant or "
                "renew; dispute it if it is wrong",
            ),
        )


def _refused(status: int, code: str, message: Message, field: str = "of") -> Problem:
    return Problem(status, code, message, errors=[{"field": field, "code": code}])
