"""A batch is taken out whole, as if it had never come; the history keeps it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.errors import Problem
from service.imports.db import batch
from service.imports.db.imports import move
from service.plots.db.edit import delete_working, lock_plot, write_working
from service.plots.db.history import version_record
from service.plots.db.insert import NewPlot
from service.plots.db.plots import ATTRIBUTES
from service.plots.edit import geometry_of

__all__ = ["undo"]

MAX_TOLD = 100

_WHY = {
    "gone": Message(
        "已删除，或已不在您的管辖范围", "was deleted, or is not in your districts any more"
    ),
    "approved": Message("已审核通过", "was approved"),
    "submitted": Message("已提交审核，请先退回", "waits for its review: have it returned first"),
    "edited": Message("导入后有人改动过", "was changed since the import"),
}


def undo(connection: Connection, account: Account, number: int, file: str, reason: str) -> int:
    """Take out the plots of a live import; plots that it changed get their earlier version back.

    Answers how many plots there were.

    Raises
    ------
    Problem
        409 ``batch_moved_on``: a plot is not as the import left it; ``not_live``.
    """
    if not move(connection, number, ["live"], state="cancelled"):
        raise Problem(
            409,
            "not_live",
            Message("此导入没有可撤销的图斑", "the import has no plots to be taken out"),
        )
    plots = batch.lock_batch(connection, number)
    changed = batch.moved_on(connection, number, MAX_TOLD + 1)
    if changed:
        raise _moved_on(changed)
    batch.delete_new(connection, account, number, reason)
    for row in batch.replaced_plots(connection, number):
        _put_back(connection, account, row.plot_id, row.before, row.had_working, reason)
    batch.mark_undone(connection, number)
    detail = {"file": file, "plots": plots, "import": number, "reason": reason}
    note(connection, account, "undo_import", detail)
    return plots


def _put_back(
    connection: Connection,
    account: Account,
    plot_id: int,
    before: int,
    had_working: bool,
    reason: str,
) -> None:
    locked = lock_plot(connection, account, plot_id)
    if locked is None:  # it lies beyond the scope by now
        raise _moved_on([])
    if not had_working:
        delete_working(connection, account, locked, reason)
        return
    past = version_record(connection, account, plot_id, before)
    assert past is not None
    attributes = {name: past[name] for name in ATTRIBUTES}
    write_working(
        connection,
        account,
        locked,
        NewPlot(geometry_of(past), past["district"], attributes),
        reason,
    )


def _moved_on(changed: Sequence[Any]) -> Problem:
    rows = [
        {
            "plot_id": row.plot_id,
            "code": row.why,
            "message": _WHY[row.why],
        }
        for row in changed[:MAX_TOLD]
    ]
    more = "+" if len(changed) > MAX_TOLD else ""
    return Problem(
        409,
        "batch_moved_on",
        Message(
            f"{len(rows)}{more} 个图斑已不是导入时的样子，未撤销任何图斑；请逐个处理",
            f"{len(rows)}{more} plots are not as the import left them, and nothing was taken out: "
            "deal with them one by one",
        ),
        errors=rows,
    )
