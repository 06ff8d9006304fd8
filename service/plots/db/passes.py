"""Levels that a submitted version has passed."""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    false,
    func,
    insert,
    not_,
    or_,
    select,
    true,
)

from service.accounts.db.accounts import Account
from service.database.metadata import plot_version
from service.database.review_tables import plot_pass
from service.districts.db.districts import tree
from service.plots.levels import turns

__all__ = ["add_pass", "next_is_mine", "passed_levels"]

c = plot_pass.c
v = plot_version.c


def passed_levels(connection: Connection, plot_id: int, version: int) -> dict[str, int | None]:
    """The levels that a version has passed, each with the account that approved it there."""
    statement = select(c.level, c.passed_by).where(c.plot_id == plot_id, c.plot_version == version)
    return {row.level: row.passed_by for row in connection.execute(statement)}


def add_pass(
    connection: Connection, account: Account, plot_id: int, version: int, level: str
) -> None:
    """Note that a version has passed a level. The plot is locked."""
    values = {
        "plot_id": plot_id,
        "plot_version": version,
        "level": level,
        "passed_by": account.id,
    }
    connection.execute(insert(plot_pass).values(values))


def next_is_mine(
    connection: Connection, account: Account, levels: Sequence[str]
) -> ColumnElement[bool]:
    """The condition that a submitted version has come to the account's own level."""
    if len(levels) < 2:
        return true()
    found = turns(tree(connection), account, levels)
    passed = (
        select(func.count())
        .select_from(plot_pass)
        .where(c.plot_id == v.plot_id, c.plot_version == v.version)
        .scalar_subquery()
    )
    # Most counties have the same turn: the others are named, these are the rest.
    common = max(found, key=lambda turn: len(found[turn]), default=0)
    others = {turn: counties for turn, counties in found.items() if turn != common}
    rest = false() if common is None else passed == common
    named = [county for counties in others.values() for county in counties]
    conditions = [
        and_(v.district.in_(counties), false() if turn is None else passed == turn)
        for turn, counties in others.items()
    ]
    return or_(and_(not_(v.district.in_(named)), rest), *conditions) if named else rest
