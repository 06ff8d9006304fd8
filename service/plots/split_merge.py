"""One plot into several, several into one; no ground is lost and none is counted twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from shapely import LineString
from sqlalchemy import Connection

from gis.errors import GeometryError
from gis.measure import area_m2
from gis.topology import merge, split
from service.accounts.db.accounts import Account
from service.errors import Problem, not_found
from service.plots.conflicts import refuse_stale, refuse_submitted
from service.plots.create import validate_new_version
from service.plots.db import edit as editing
from service.plots.db.edit import LockedPlot
from service.plots.db.ground_lock import lock_ground
from service.plots.db.insert import NewPlot, insert_plots
from service.plots.db.plots import ATTRIBUTES
from service.plots.edit import Edit, geometry_of, lock_current, write_version
from service.settings import Settings

# What must be alike in plots that become one: else nobody could say what the one is.
ALIKE = ("stage", "kind", "year", "district")


def split_plot(edit: Edit, line: LineString) -> list[int]:
    """Cut a plot along a line; answers its number and those of the new plots.

    The largest piece keeps the number, the others are drafts with the same attributes. Whatever
    was declared was declared of the whole, so the pieces declare nothing.
    """
    held = lock_current(edit)
    pieces = _pieces(held, line)
    attributes = {name: held.newest[name] for name in ATTRIBUTES} | {"declared_m2": None}
    # Of all pieces at once: piece by piece two neighbours who split could wait for each other.
    lock_ground(edit.connection, pieces)
    write_version(edit, held, pieces[0], attributes)
    new = [
        validate_new_version(
            edit.connection,
            edit.who,
            piece,
            {**attributes, "plot_no": None},
            edit.settings,
            besides=[edit.plot_id],
            acknowledged=edit.acknowledged,
        )
        for piece in pieces[1:]
    ]
    return [edit.plot_id, *insert_plots(edit.connection, edit.who, new)]


def _pieces(held: LockedPlot, line: LineString) -> list[Any]:
    try:
        pieces = split(geometry_of(held.newest), line)
    except GeometryError as error:
        raise _uncut(str(error)) from None
    if len(pieces) < 2:
        raise _uncut("这条线没有把图斑切开；the line does not cut the plot")
    return sorted(pieces, key=area_m2, reverse=True)


def _uncut(words: str) -> Problem:
    return Problem(
        422,
        "not_split",
        f"{words}。请画一条两端都在图斑外的线 / draw a line whose ends lie outside the plot",
        errors=[{"field": "line", "code": "not_split"}],
    )


def merge_plots(
    connection: Connection,
    who: Account,
    settings: Settings,
    seen: Mapping[int, int | None],
    acknowledged: Sequence[str],
) -> int:
    """Make one plot of several; answers its number, which is that of the first.

    The first keeps its attributes. Of the others a draft goes; an approved one gets a working
    version that is cancelled, so that the review takes it out together with what takes its place.
    ``seen`` are the versions that they were seen at; None where nobody said.
    """
    first = next(iter(seen))
    helds = {one: _locked(connection, who, one, seen[one]) for one in sorted(seen)}
    _refuse_unlike(helds, first)
    others = [one for one in seen if one != first]
    try:
        geometry = merge([geometry_of(helds[one].newest) for one in seen])
    except GeometryError as error:
        raise Problem(422, error.code, str(error), errors=[{"field": "ids"}]) from None
    attributes = {name: helds[first].newest[name] for name in ATTRIBUTES} | {"declared_m2": None}
    new = validate_new_version(
        connection,
        who,
        geometry,
        attributes,
        settings,
        plot_id=first,
        besides=others,
        acknowledged=acknowledged,
    )
    editing.write_working(connection, who, helds[first], new, f"合并 merged with {others}")
    for one in others:
        _retire(connection, who, helds[one], first)
    return first


def _locked(connection: Connection, who: Account, plot_id: int, version: int | None) -> LockedPlot:
    held = editing.lock_plot(connection, who, plot_id)
    if held is None:
        raise not_found(f"图斑 {plot_id}")
    if version is not None:
        refuse_stale(connection, who, held, [version])
    refuse_submitted(held)
    return held


def _refuse_unlike(helds: Mapping[int, LockedPlot], first: int) -> None:
    kept = helds[first].newest
    unlike = sorted(
        {name for held in helds.values() for name in ALIKE if held.newest[name] != kept[name]}
    )
    if unlike:
        raise Problem(
            422,
            "unlike",
            f"这些图斑的 {'、'.join(unlike)} 不同，不能合并；plots that differ in "
            f"{', '.join(unlike)} cannot be merged: make them alike first",
            errors=[{"field": f"properties.{name}", "code": "unlike"} for name in unlike],
        )


def _retire(connection: Connection, who: Account, held: LockedPlot, into: int) -> None:
    reason = f"并入图斑 {into} merged into plot {into}"
    if not held.has_approved:
        editing.delete_working(connection, who, held, reason)
        return
    attributes = {name: held.newest[name] for name in ATTRIBUTES} | {"stage": "cancelled"}
    cancelled = NewPlot(geometry_of(held.newest), held.newest["district"], attributes)
    editing.write_working(connection, who, held, cancelled, reason)
