"""Changes of stored plots, one at a time.

Every change first locks the row of ``plot``; what it reads after that stays true until it commits.
A 图斑号 is registered before a version bears it, so two plots never have the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.metadata import plot, plot_history, plot_number, plot_version
from service.plots.db.credit import move_claims
from service.plots.db.insert import EMPTY, NewPlot
from service.plots.db.numbers import next_numbers
from service.plots.db.plots import ATTRIBUTES, as_records, in_scope, next_version
from service.plots.number_taken import NumberTaken

v = plot_version


@dataclass(frozen=True)
class LockedPlot:
    """A locked plot: its newest version with geometry as WKB, and which versions exist."""

    plot_id: int
    newest: Mapping[str, Any]
    has_approved: bool
    has_working: bool


def lock_plot(connection: Connection, account: Account, plot_id: int) -> LockedPlot | None:
    """Lock a plot until the transaction ends; None when there is none in scope."""
    theirs = select(v.c.plot_id).where(v.c.plot_id == plot_id, in_scope(account)).exists()
    lock = select(plot.c.id).where(plot.c.id == plot_id, theirs).with_for_update(key_share=True)
    if connection.scalar(lock) is None:
        return None
    # Read with the lock held: whoever held it before may have changed every version.
    rows = {
        row["slot"]: dict(row)
        for row in connection.execute(
            as_records(v).add_columns(v.c.slot).where(v.c.plot_id == plot_id, in_scope(account))
        ).mappings()
    }
    newest = rows.get("working") or rows.get("approved")
    if newest is None:
        return None
    return LockedPlot(plot_id, newest, "approved" in rows, "working" in rows)


def write_working(
    connection: Connection,
    account: Account,
    locked: LockedPlot,
    new: NewPlot,
    reason: str | None = None,
) -> int:
    """Change the working version, or begin one beside the approved version; its number.

    Raises
    ------
    NumberTaken
        ``new`` brings a new 图斑号 that another plot has.
    """
    set_change_author(connection, account, reason)
    number = _number(connection, locked, new)
    values = _values(account, new, number) | {"version": next_version(connection, locked.plot_id)}
    if locked.has_working:
        connection.execute(
            update(v).where(v.c.plot_id == locked.plot_id, v.c.slot == "working").values(values)
        )
    else:
        insert_working(connection, locked.plot_id, values)
    release_numbers(connection, locked.plot_id)
    if new.district != locked.newest["district"]:
        move_claims(connection, [locked.plot_id])
    return int(values["version"])


def insert_working(connection: Connection, plot_id: int, values: Mapping[str, Any]) -> None:
    """Store a new working version as a draft."""
    connection.execute(
        insert(v).values({**values, "plot_id": plot_id, "slot": "working", "review": "draft"})
    )


def _values(account: Account, new: NewPlot, number: str) -> dict[str, Any]:
    given = {name: new.attributes.get(name) for name in ATTRIBUTES}
    filled = {name: EMPTY.get(name) if value is None else value for name, value in given.items()}
    return filled | {
        "plot_no": number,
        "district": new.district,
        "geom": func.ST_GeomFromWKB(shapely.to_wkb(new.geometry), CGCS2000),
        "changed_by": account.id,
        "changed_at": func.now(),
    }


def _number(connection: Connection, locked: LockedPlot, new: NewPlot) -> str:
    """The 图斑号 that the changed plot has, registered for it.

    In another county or year the plot keeps its number where that is free, else it gets the next
    free one. A number that the change brings is taken as it is, or refused.
    """
    before = locked.newest
    plot_no = new.attributes.get("plot_no") or before["plot_no"]
    if register_number(connection, locked.plot_id, new, plot_no):
        return str(plot_no)
    if plot_no != before["plot_no"]:
        raise NumberTaken(new.district, new.attributes["year"], plot_no)
    return assign_number(connection, locked.plot_id, new)


def register_number(connection: Connection, plot_id: int, new: NewPlot, plot_no: str) -> bool:
    """Register a 图斑号 for the plot; False when another plot has it."""
    key = {"district": new.district, "year": new.attributes["year"], "plot_no": plot_no}
    connection.execute(
        postgresql.insert(plot_number).values(**key, plot_id=plot_id).on_conflict_do_nothing()
    )
    # The insert waited for any transaction that was registering the number, so this is final.
    owner = select(plot_number.c.plot_id).filter_by(**key)
    return connection.scalar(owner) == plot_id


def assign_number(connection: Connection, plot_id: int, new: NewPlot) -> str:
    """Register the next free 图斑号 of the county and year for the plot."""
    while True:
        number = next(next_numbers(connection, new.district, new.attributes["year"], 1))
        if register_number(connection, plot_id, new, number):
            return number


_RELEASE = text("""
DELETE FROM plot_number n
WHERE n.plot_id = :plot_id AND NOT EXISTS (
    SELECT 1 FROM plot_version v
    WHERE v.plot_id = n.plot_id AND v.district = n.district AND v.year = n.year
      AND v.plot_no = n.plot_no)
  AND NOT EXISTS (
    SELECT 1 FROM plot_history h
    WHERE h.plot_id = n.plot_id AND h.slot = 'approved' AND h.district = n.district
      AND h.year = n.year AND h.plot_no = n.plot_no)
""")


def release_numbers(connection: Connection, plot_id: int) -> None:
    """Free the 图斑号 that no version of the plot has any more.

    The number of a version that was ever approved stays the plot's: printed papers quote it, and
    must not lead to another plot.
    """
    connection.execute(_RELEASE, {"plot_id": plot_id})


def delete_working(
    connection: Connection, account: Account, locked: LockedPlot, reason: str | None = None
) -> None:
    """Delete the working version, and its 图斑号 unless an approved version has or had it."""
    set_change_author(connection, account, reason)
    connection.execute(delete(v).where(v.c.plot_id == locked.plot_id, v.c.slot == "working"))
    release_numbers(connection, locked.plot_id)
    move_claims(connection, [locked.plot_id])


def delete_approved(
    connection: Connection, account: Account, locked: LockedPlot, reason: str | None = None
) -> None:
    """Delete the approved version; its 图斑号 stays the plot's, since printed papers quote it."""
    set_change_author(connection, account, reason)
    connection.execute(delete(v).where(v.c.plot_id == locked.plot_id, v.c.slot == "approved"))


_REVIVE = text("""
INSERT INTO plot (id, last_version, demo, created_by)
VALUES (:plot_id, :version, :demo, :created_by)
ON CONFLICT (id) DO NOTHING
""")


def lock_deleted(connection: Connection, account: Account, plot_id: int) -> bool:
    """Lock a plot of which only the history is left; False when there is none in scope.

    Where the row of ``plot`` itself was deleted by SQL, it is inserted again.
    """
    h = plot_history
    past = connection.execute(
        select(func.max(h.c.version), func.bool_and(h.c.demo)).where(
            h.c.plot_id == plot_id, in_scope(account, h.c.district)
        )
    ).one()
    if past[0] is None:
        return False
    connection.execute(
        _REVIVE, {"plot_id": plot_id, "version": past[0], "demo": past[1], "created_by": account.id}
    )
    connection.execute(
        select(plot.c.id).where(plot.c.id == plot_id).with_for_update(key_share=True)
    )
    versions = select(func.count()).select_from(v).where(v.c.plot_id == plot_id)
    return connection.scalar(versions) == 0


def restore_deleted(
    connection: Connection, account: Account, plot_id: int, new: NewPlot, *, new_number: bool
) -> None:
    """Store a version of a deleted plot as a draft.

    Raises
    ------
    NumberTaken
        Another plot has its 图斑号 by now, and ``new_number`` does not allow for a new one.
    """
    number = new.attributes["plot_no"]
    if not register_number(connection, plot_id, new, number):
        if not new_number:
            raise NumberTaken(new.district, new.attributes["year"], number)
        number = assign_number(connection, plot_id, new)
    values = _values(account, new, number) | {"version": next_version(connection, plot_id)}
    insert_working(connection, plot_id, values)
    release_numbers(connection, plot_id)
    move_claims(connection, [plot_id])
