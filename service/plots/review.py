"""The steps of a review: submit, withdraw, approve, return."""

from collections.abc import Sequence

from sqlalchemy import Connection

from data.codes import code_list
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.districts.db.districts import tree
from service.errors import Problem, not_found, wrong_state
from service.plots.comments import Pin, pinned
from service.plots.db import comments, plots
from service.plots.db import review as review_queries
from service.plots.db.edit import release_numbers
from service.plots.db.passes import add_pass, passed_levels
from service.plots.db.review import WorkingVersion
from service.plots.levels import LEVEL_NAMES, levels_of, own_level


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
        name = code_list("review").label
        raise wrong_state(Message("图斑", "the plot"), working.review, reviews, name)
    return working


def submittable(connection: Connection, account: Account, plot_id: int) -> WorkingVersion:
    """The working version, locked, if it may be submitted: what a trial of many asks, too.

    Raises
    ------
    Problem
        404, 409 ``nothing_to_review``, ``wrong_state`` or ``return_unread``.
    """
    working = _lock_working(connection, account, plot_id, "draft", "returned")
    if unread := comments.unread_pins(connection, plot_id):
        raise Problem(
            409,
            "return_unread",
            Message(
                f"退回时在图上标了 {unread} 处，还没有人看过：请先打开图斑看批注，再提交",
                f"{unread} spots were pinned when it was returned and nobody looked at them: "
                "open the plot and read its comments, then submit it",
            ),
        )
    return working


def submit(connection: Connection, account: Account, plot_id: int) -> None:
    """Submit the working version for review. Raises `Problem` as :func:`submittable`."""
    working = submittable(connection, account, plot_id)
    review_queries.submit(connection, account, working)
    note(connection, account, "submit", {"plot": plot_id})


def withdrawable(connection: Connection, account: Account, plot_id: int) -> WorkingVersion:
    """The submitted version, locked, if the account may take it back.

    Raises
    ------
    Problem
        404, 409 ``nothing_to_review``, ``wrong_state`` or ``already_opened``, 403
        ``not_your_submission``.
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
    if not account.holds("gis"):
        reader = comments.opened_by_reviewer(connection, plot_id, working.version, account.id)
        if reader is not None:
            raise Problem(
                409,
                "already_opened",
                Message(
                    f"审核员 {reader} 已打开此图斑，不能再撤回，请联系其退回",
                    f"the inspector {reader} has opened the plot: ask them to return it",
                ),
            )
    return working


def withdraw(connection: Connection, account: Account, plot_id: int) -> None:
    """Take a submitted version back: its submitter until an inspector opens it, GIS staff later.

    Raises `Problem` as :func:`withdrawable`.
    """
    working = withdrawable(connection, account, plot_id)
    review_queries.withdraw(connection, account, working)
    note(connection, account, "withdraw", {"plot": plot_id})


def approvable(
    connection: Connection, account: Account, plot_id: int, *, four_eyes: bool
) -> WorkingVersion:
    """The submitted version, locked, if the account may approve it, whatever its level.

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
    return working


def approve(
    connection: Connection,
    account: Account,
    plot_id: int,
    *,
    four_eyes: bool,
    levels: Sequence[str] = (),
) -> None:
    """Make the submitted version the approved one, or let it pass the account's level.

    With ``four_eyes`` nobody approves what they submitted. With more than one of ``levels`` the
    plot stays submitted until the last.

    Raises
    ------
    Problem
        404, 409 ``nothing_to_review``, ``wrong_state`` or ``other_level``, 403 ``four_eyes``.
    """
    working = approvable(connection, account, plot_id, four_eyes=four_eyes)
    if len(levels) > 1 and _passed(connection, account, working, levels):
        return
    review_queries.approve(connection, account, working)
    release_numbers(connection, plot_id)  # of drafts in between
    note(connection, account, "approve", {"plot": plot_id})


def _passed(
    connection: Connection, account: Account, working: WorkingVersion, levels: Sequence[str]
) -> bool:
    """Let a version pass a level that is not the last; False where this one is the last."""
    districts = tree(connection)
    here = levels_of(districts, levels, working.district)
    passed = passed_levels(connection, working.plot_id, working.version)
    left = [level for level in here if level not in passed]
    own = own_level(districts, account, here, working.district)
    if left and own != left[0]:
        wanted = LEVEL_NAMES[left[0]]
        mine = LEVEL_NAMES[own] if own else Message("无", "none")
        raise Problem(
            409,
            "other_level",
            Message(
                f"此图斑正等{wanted.zh}审核，您的审核级别是{mine.zh}",
                f"the plot waits for the {wanted.en} level, yours is {mine.en}: it comes to you "
                "when the level before has approved it",
            ),
        )
    if len(left) < 2:
        return False
    add_pass(connection, account, working.plot_id, working.version, left[0])
    note(connection, account, "pass", {"plot": working.plot_id, "level": left[0]})
    return True


def returnable(connection: Connection, account: Account, plot_id: int) -> WorkingVersion:
    """The submitted version, locked, if it may be returned.

    Raises
    ------
    Problem
        404, 409 ``nothing_to_review`` or ``wrong_state``.
    """
    return _lock_working(connection, account, plot_id, "submitted")


def return_to_planner(
    connection: Connection,
    account: Account,
    plot_id: int,
    reason: str,
    pins: Sequence[Pin] = (),
) -> None:
    """Return the submitted version to its planner with a reason, and with pins on the map.

    Raises
    ------
    Problem
        404, 409 ``nothing_to_review`` or ``wrong_state``, 422 ``too_many_comments``.
    """
    working = returnable(connection, account, plot_id)
    version = review_queries.return_to_planner(connection, account, working, reason)
    pinned(connection, account, plot_id, version, pins)
    note(connection, account, "return", {"plot": plot_id, "reason": reason})
