"""Changes of plots that are there: one at a time, whoever waits.

Every change first locks the plot itself; what it reads after that stays true until it commits.
A 图斑号 is registered before it is borne, so two plots never bear one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql

from gis.crs import CGCS2000
from service.accounts.db.accounts import Account
from service.accounts.db.change_author import sign
from service.database.metadata import plot, plot_history, plot_number, plot_version
from service.plots.db.insert import NewPlot, NumberTaken, next_numbers
from service.plots.db.plots import ATTRIBUTES, as_records, in_scope, next_version

v = plot_version
EMPTY: Mapping[str, Any] = {"species": [], "evidence": [], "extra": {}, "plan_ids": []}


@dataclass(frozen=True)
class LockedPlot:
    """A locked plot: its newest version with geometry as WKB, and which versions there are."""

    plot_id: int
    newest: Mapping[str, Any]
    has_approved: bool
    has_working: bool


def lock_plot(connection: Connection, who: Account, plot_id: int) -> LockedPlot | None:
    """The plot, locked until the transaction ends; None when there is none of theirs."""
    theirs = select(v.c.plot_id).where(v.c.plot_id == plot_id, in_scope(who)).exists()
    locked = select(plot.c.id).where(plot.c.id == plot_id, theirs).with_for_update(key_share=True)
    if connection.scalar(locked) is None:
        return None
    # Asked again with the lock held: whoever held it before may have changed everything.
    rows = {
        row["slot"]: dict(row)
        for row in connection.execute(
            as_records(v).add_columns(v.c.slot).where(v.c.plot_id == plot_id, in_scope(who))
        ).mappings()
    }
    newest = rows.get("working") or rows.get("approved")
    if newest is None:
        return None
    return LockedPlot(plot_id, newest, "approved" in rows, "working" in rows)


def write_working(
    connection: Connection, who: Account, held: LockedPlot, new: NewPlot, reason: str | None = None
) -> None:
    """Change the working version, or begin one above the approved.

    Raises
    ------
    NumberTaken
        ``new`` brings another number than the plot had, and it is another plot's.
    """
    sign(connection, who, reason)
    number = _number(connection, held, new)
    values = _values(who, new, number) | {"version": next_version(connection, held.plot_id)}
    if held.has_working:
        connection.execute(
            update(v).where(v.c.plot_id == held.plot_id, v.c.slot == "working").values(values)
        )
    else:
        insert_working(connection, held.plot_id, values)
    release_numbers(connection, held.plot_id)


def insert_working(connection: Connection, plot_id: int, values: Mapping[str, Any]) -> None:
    """A new working version, a draft."""
    connection.execute(
        insert(v).values({**values, "plot_id": plot_id, "slot": "working", "review": "draft"})
    )


def _values(who: Account, new: NewPlot, number: str) -> dict[str, Any]:
    given = {name: new.attributes.get(name) for name in ATTRIBUTES}
    filled = {name: EMPTY.get(name) if one is None else one for name, one in given.items()}
    return filled | {
        "plot_no": number,
        "district": new.district,
        "geom": func.ST_GeomFromWKB(shapely.to_wkb(new.geometry), CGCS2000),
        "changed_by": who.id,
        "changed_at": func.now(),
    }


def _number(connection: Connection, held: LockedPlot, new: NewPlot) -> str:
    """The number that the changed plot bears, registered for it.

    A number goes along to another county or year where it is free there; else the plot is given
    one. Another number than before is taken at its word.
    """
    before = held.newest
    wanted = new.attributes.get("plot_no") or before["plot_no"]
    if register_number(connection, held.plot_id, new, wanted):
        return str(wanted)
    if wanted != before["plot_no"]:
        raise NumberTaken(new.district, new.attributes["year"], wanted)
    return assign_number(connection, held.plot_id, new)


def register_number(connection: Connection, plot_id: int, new: NewPlot, plot_no: str) -> bool:
    """Register a number for the plot; False when it is another's."""
    key = {"district": new.district, "year": new.attributes["year"], "plot_no": plot_no}
    connection.execute(
        postgresql.insert(plot_number).values(**key, plot_id=plot_id).on_conflict_do_nothing()
    )
    # Whoever else was registering it has committed by now, for the insert waited.
    mine = select(plot_number.c.plot_id).filter_by(**key)
    return connection.scalar(mine) == plot_id


def assign_number(connection: Connection, plot_id: int, new: NewPlot) -> str:
    """The next number of the county and year that is free."""
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
    """Free the numbers that no version of the plot bears any more.

    What an approved version ever bore stays the plot's for ever: papers quote it, and whoever looks
    it up must not find another plot.
    """
    connection.execute(_RELEASE, {"plot_id": plot_id})


def delete_working(
    connection: Connection, who: Account, held: LockedPlot, reason: str | None = None
) -> None:
    """Take the working version away; its number too unless an approved one bears or bore it."""
    sign(connection, who, reason)
    connection.execute(delete(v).where(v.c.plot_id == held.plot_id, v.c.slot == "working"))
    release_numbers(connection, held.plot_id)


def delete_approved(
    connection: Connection, who: Account, held: LockedPlot, reason: str | None = None
) -> None:
    """Take the approved version away; its number stays the plot's, for papers quote it."""
    sign(connection, who, reason)
    connection.execute(delete(v).where(v.c.plot_id == held.plot_id, v.c.slot == "approved"))


_REVIVE = text("""
INSERT INTO plot (id, last_version, demo, created_by) VALUES (:plot_id, :version, :demo, :who)
ON CONFLICT (id) DO NOTHING
""")


def lock_deleted(connection: Connection, who: Account, plot_id: int) -> bool:
    """Lock a plot of which only the history is left; False when there is none of theirs.

    Where somebody deleted the plot itself by SQL, it is there again afterwards.
    """
    h = plot_history
    past = connection.execute(
        select(func.max(h.c.version), func.bool_and(h.c.demo)).where(
            h.c.plot_id == plot_id, in_scope(who, h.c.district)
        )
    ).one()
    if past[0] is None:
        return False
    connection.execute(
        _REVIVE, {"plot_id": plot_id, "version": past[0], "demo": past[1], "who": who.id}
    )
    connection.execute(
        select(plot.c.id).where(plot.c.id == plot_id).with_for_update(key_share=True)
    )
    stands = select(func.count()).select_from(v).where(v.c.plot_id == plot_id)
    return connection.scalar(stands) == 0


def restore_deleted(
    connection: Connection, who: Account, plot_id: int, new: NewPlot, *, new_number: bool
) -> None:
    """A deleted plot as a draft again.

    Raises
    ------
    NumberTaken
        Its number is another plot's by now, and ``new_number`` does not allow for another.
    """
    number = new.attributes["plot_no"]
    if not register_number(connection, plot_id, new, number):
        if not new_number:
            raise NumberTaken(new.district, new.attributes["year"], number)
        number = assign_number(connection, plot_id, new)
    values = _values(who, new, number) | {"version": next_version(connection, plot_id)}
    insert_working(connection, plot_id, values)
    release_numbers(connection, plot_id)
