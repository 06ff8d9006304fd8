"""The steps of a review: submit, withdraw, approve, return."""

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.errors import Problem, not_found
from service.plots.db import plots
from service.plots.db import review as review_queries
from service.plots.db.edit import release_numbers
from service.plots.db.review import WorkingVersion


def _lock_working(
    connection: Connection, account: Account, plot_id: int, *reviews: str
) -> WorkingVersion:
    working = review_queries.lock_working(connection, account, plot_id)
    if working is None:
        if plots.read_plot(connection, account, plot_id) is None:
            raise not_found("此图斑")
        raise Problem(
            409,
            "nothing_to_review",
            Message(
                "图斑已审核通过，没有待处理的修改",
                "the plot is approved and nothing is being changed",
            ),
        )
    if working.review not in reviews:
        raise Problem(
            409,
            "wrong_state",
            Message(
                f"图斑现为 {working.review}，此操作需要 {' / '.join(reviews)}",
                f"the plot is {working.review}, this step needs {' or '.join(reviews)}",
            ),
        )
    return working


def submit(connection: Connection, account: Account, plot_id: int) -> None:
    """Submit the working version for review.

    Raises
    ------
    Problem
        404, 409 ``nothing_to_review`` or ``wrong_state``.
    """
    review_queries.submit(
        connection, account, _lock_working(connection, account, plot_id, "draft", "returned")
    )
    note(connection, account, "submit", {"plot": plot_id})


def withdraw(connection: Connection, account: Account, plot_id: int) -> None:
    """Take a submitted version back, as its submitter or GIS staff.

    Raises
    ------
    Problem
        404, 409 ``nothing_to_review`` or ``wrong_state``, 403 ``not_your_submission``.
    """
    working = _lock_working(connection, account, plot_id, "submitted")
    if working.submitted_by != account.id and not account.holds("gis"):
        raise Problem(
            403,
            "not_your_submission",
            Message(
                "只有提交人或 GIS 人员可以撤回提交",
                "only who submitted it, or GIS staff, may take it back",
            ),
        )
    review_queries.withdraw(connection, account, working)
    note(connection, account, "withdraw", {"plot": plot_id})


def approve(connection: Connection, account: Account, plot_id: int, *, four_eyes: bool) -> None:
    """Make the submitted version the approved one.

    With ``four_eyes`` nobody approves what they submitted.

    Raises
    ------
    Problem
        404, 409 ``nothing_to_review`` or ``wrong_state``, 403 ``four_eyes``.
    """
    working = _lock_working(connection, account, plot_id, "submitted")
    if four_eyes and working.submitted_by == account.id:
        raise Problem(
            403,
            "four_eyes",
            Message(
                "提交人不能审核自己的图斑，请另一位审核员处理",
                "who submitted a plot does not approve it: ask another inspector",
            ),
        )
    review_queries.approve(connection, account, working)
    release_numbers(connection, plot_id)  # of drafts in between
    note(connection, account, "approve", {"plot": plot_id})


def return_to_planner(connection: Connection, account: Account, plot_id: int, reason: str) -> None:
    """Return the submitted version to its planner with a reason.

    Raises
    ------
    Problem
        404, 409 ``nothing_to_review`` or ``wrong_state``.
    """
    review_queries.return_to_planner(
        connection, account, _lock_working(connection, account, plot_id, "submitted"), reason
    )
    note(connection, account, "return", {"plot": plot_id, "reason": reason})
