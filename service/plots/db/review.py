"""The steps of a review in the database: each changes the working version of one plot."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.metadata import plot, plot_version
from service.plots.db.plots import in_scope, next_version

v = plot_version


@dataclass(frozen=True)
class WorkingVersion:
    """The columns of a working version that a step of the review needs."""

    plot_id: int
    version: int
    review: str
    submitted_by: int | None
    district: str


def lock_working(connection: Connection, account: Account, plot_id: int) -> WorkingVersion | None:
    """Lock the working version until the transaction ends; None when there is none in scope."""
    # Lock the plot first, as every other change does: locks in the same order cannot deadlock.
    connection.execute(
        select(plot.c.id).where(plot.c.id == plot_id).with_for_update(key_share=True)
    )
    row = connection.execute(
        select(v.c.plot_id, v.c.version, v.c.review, v.c.submitted_by, v.c.district)
        .where(v.c.plot_id == plot_id, v.c.slot == "working", in_scope(account))
        .with_for_update()
    ).one_or_none()
    return None if row is None else WorkingVersion(*row)


def submit(connection: Connection, account: Account, working: WorkingVersion) -> None:
    """``draft`` or ``returned`` becomes ``submitted``."""
    set_change_author(connection, account)
    connection.execute(
        update(v)
        .where(v.c.plot_id == working.plot_id, v.c.slot == "working")
        .values(
            review="submitted",
            return_reason=None,
            submitted_by=account.id,
            version=next_version(connection, working.plot_id),
            changed_by=account.id,
            changed_at=func.now(),
        )
    )


def withdraw(connection: Connection, account: Account, working: WorkingVersion) -> None:
    """``submitted`` becomes ``draft`` again."""
    set_change_author(connection, account)
    connection.execute(
        update(v)
        .where(v.c.plot_id == working.plot_id, v.c.slot == "working")
        .values(
            review="draft",
            submitted_by=None,
            version=next_version(connection, working.plot_id),
            changed_by=account.id,
            changed_at=func.now(),
        )
    )


def approve(connection: Connection, account: Account, working: WorkingVersion) -> None:
    """``submitted`` becomes ``approved``: the working version replaces the approved one."""
    set_change_author(connection, account)
    number = next_version(connection, working.plot_id)
    connection.execute(delete(v).where(v.c.plot_id == working.plot_id, v.c.slot == "approved"))
    connection.execute(
        update(v)
        .where(v.c.plot_id == working.plot_id, v.c.slot == "working")
        .values(
            slot="approved",
            review="approved",
            version=number,
            changed_by=account.id,
            changed_at=func.now(),
        )
    )


def return_to_planner(
    connection: Connection, account: Account, working: WorkingVersion, reason: str
) -> int:
    """``submitted`` becomes ``returned``, with the reason that the planner reads; its version."""
    set_change_author(connection, account, reason)
    number = next_version(connection, working.plot_id)
    connection.execute(
        update(v)
        .where(v.c.plot_id == working.plot_id, v.c.slot == "working")
        .values(
            review="returned",
            return_reason=reason,
            version=number,
            changed_by=account.id,
            changed_at=func.now(),
        )
    )
    return number
