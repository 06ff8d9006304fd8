"""What people say of a plot, with pins on the map, and who has read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.database.one_at_a_time import one_at_a_time
from service.errors import Problem, not_found
from service.plots.db import comments, plots

__all__ = ["MAX_COMMENTS", "Pin", "comment", "pinned", "read_comments", "resolve_comment"]

MAX_COMMENTS: Final = 1_000
"""Comments that one plot may have."""


@dataclass(frozen=True)
class Pin:
    """A spot that is wrong, (lon, lat) in degrees, and what is said of it."""

    at: tuple[float, float]
    text: str | None = None


def _seen(connection: Connection, account: Account, plot_id: int) -> comments.Row:
    row = plots.read_plot(connection, account, plot_id)
    if row is None:
        raise not_found("此图斑")
    return row


def read_comments(
    connection: Connection, account: Account, plot_id: int, *, after: int, limit: int
) -> tuple[list[comments.Row], int]:
    """Comments of a plot in scope by id, and how many there are.

    Of a version that was submitted or returned it is noted that the account has opened it.

    Raises
    ------
    Problem
        404.
    """
    row = _seen(connection, account, plot_id)
    if row["review"] in ("submitted", "returned"):
        comments.add_reading(connection, account, plot_id, row["version"])
    rows = comments.comment_rows(connection, plot_id, after=after, limit=limit)
    return rows, comments.count_comments(connection, plot_id)


def comment(
    connection: Connection,
    account: Account,
    plot_id: int,
    text: str,
    at: tuple[float, float] | None,
) -> int:
    """Say something of a plot; answers the number of the comment.

    Raises
    ------
    Problem
        404, 422 ``too_many_comments``.
    """
    row = _seen(connection, account, plot_id)
    number = _add(connection, account, plot_id, row["version"], [(text, at)], of_return=False)[0]
    note(connection, account, "comment", {"plot": plot_id, "comment": number})
    return number


def pinned(
    connection: Connection, account: Account, plot_id: int, version: int, pins: Sequence[Pin]
) -> None:
    """Store the pins of a return beside the version that came of it."""
    said = [(pin.text or "", pin.at) for pin in pins]
    _add(connection, account, plot_id, version, said, of_return=True)


def _add(
    connection: Connection,
    account: Account,
    plot_id: int,
    version: int,
    said: Sequence[tuple[str, tuple[float, float] | None]],
    *,
    of_return: bool,
) -> list[int]:
    if not said:
        return []
    one_at_a_time(connection, f"comments of {plot_id}")
    if comments.count_comments(connection, plot_id) + len(said) > MAX_COMMENTS:
        words = Message(
            f"一个图斑最多 {MAX_COMMENTS} 条批注，请在已有批注里说明",
            f"a plot has {MAX_COMMENTS} comments at most: say it where it was said before",
        )
        raise Problem(422, "too_many_comments", words)
    rows = [
        {
            "plot_id": plot_id,
            "plot_version": version,
            "text": text,
            "longitude": None if at is None else at[0],
            "latitude": None if at is None else at[1],
            "of_return": of_return,
        }
        for text, at in said
    ]
    return comments.add_comments(connection, account, rows)


def resolve_comment(
    connection: Connection, account: Account, plot_id: int, comment_id: int
) -> None:
    """Call a comment settled; a second time changes nothing.

    Raises
    ------
    Problem
        404: the plot, or this comment of it.
    """
    _seen(connection, account, plot_id)
    if comments.lock_comment(connection, plot_id, comment_id) is None:
        raise not_found("此批注")
    comments.resolve(connection, account, comment_id)
    note(connection, account, "resolve_comment", {"plot": plot_id, "comment": comment_id})
