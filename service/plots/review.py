"""The steps of a review, and who may take them."""

from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.errors import Problem, not_found
from service.plots.db import plots
from service.plots.db.edit import release_numbers
from service.plots.db.plots import WorkingVersion


def _held(connection: Connection, who: Account, plot_id: int, *reviews: str) -> WorkingVersion:
    held = plots.lock_working(connection, who, plot_id)
    if held is None:
        if plots.read_plot(connection, who, plot_id) is None:
            raise not_found("此图斑")
        raise Problem(
            409,
            "nothing_to_review",
            "图斑已审核通过，没有待处理的修改；the plot is approved and nothing is being changed",
        )
    if held.review not in reviews:
        raise Problem(
            409,
            "wrong_state",
            f"图斑现为 {held.review}，此操作需要 {' / '.join(reviews)}；"
            f"the plot is {held.review}, this step needs {' or '.join(reviews)}",
        )
    return held


def submit(connection: Connection, who: Account, plot_id: int) -> None:
    """Hand the working version in."""
    plots.submit(connection, who, _held(connection, who, plot_id, "draft", "returned"))
    note(connection, who, "submit", {"plot": plot_id})


def approve(connection: Connection, who: Account, plot_id: int, *, four_eyes: bool) -> None:
    """Let the working version stand; never by who submitted it, unless the setting says so."""
    held = _held(connection, who, plot_id, "submitted")
    if four_eyes and held.submitted_by == who.id:
        raise Problem(
            403,
            "four_eyes",
            "提交人不能审核自己的图斑，请另一位审核员处理；"
            "who submitted a plot does not approve it: ask another inspector",
        )
    plots.approve(connection, who, held)
    release_numbers(connection, plot_id)  # of drafts in between
    note(connection, who, "approve", {"plot": plot_id})


def return_to_planner(connection: Connection, who: Account, plot_id: int, reason: str) -> None:
    """Return the working version to its planner."""
    plots.give_back(connection, who, _held(connection, who, plot_id, "submitted"), reason)
    note(connection, who, "return", {"plot": plot_id, "reason": reason})
