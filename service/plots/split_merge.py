"""Split a plot into several and merge several into one: no ground is lost or counted twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from shapely import LineString
from sqlalchemy import Connection

from gis.errors import GeometryError
from gis.measure import area_m2
from gis.messages import Message
from gis.topology import merge, split
from service.accounts.db.accounts import Account
from service.errors import Problem, not_found
from service.plots.conflicts import refuse_stale, refuse_submitted
from service.plots.create import validate_new_version
from service.plots.db import edit as editing
from service.plots.db.edit import LockedPlot
from service.plots.db.ground_lock import lock_ground
from service.plots.db.insert import NewPlot, insert_plots
from service.plots.db.plan_links import PlanLinks, plan_links
from service.plots.db.plots import ATTRIBUTES
from service.plots.edit import Edit, geometry_of, lock_current, write_version
from service.plots.places import forget_place
from service.settings import Settings

# Attributes that must be equal in plots that are merged.
ALIKE = ("stage", "kind", "year", "district")


def split_plot(edit: Edit, line: LineString) -> list[int]:
    """Cut a plot along a line (degrees of CGCS2000); returns its id and those of the new plots.

    The largest piece keeps the id, the others are drafts with the same attributes. The declared
    area was that of the whole plot, so no piece keeps it; a piece names only the plans that it
    meets.

    Raises
    ------
    Problem
        422 ``not_split``; those of :func:`lock_current` and :func:`validate_new_version`.
    NumberTaken, GroundBusy
        A number is another plot's, or somebody else is writing the same ground.
    """
    locked = lock_current(edit)
    pieces = _pieces(locked, line)
    attributes = {name: locked.newest[name] for name in ATTRIBUTES} | {"declared_m2": None}
    attributes = forget_place(
        edit.connection, locked.newest, geometry_of(locked.newest), attributes
    )
    plans = _plans_of_pieces(edit, pieces, attributes["plan_ids"])
    # Lock the ground of all pieces at once: locked one by one, two splits could deadlock.
    lock_ground(edit.connection, pieces)
    write_version(edit, locked, pieces[0], attributes | {"plan_ids": plans[0]})
    new = [
        validate_new_version(
            edit.connection,
            edit.account,
            piece,
            {**attributes, "plot_no": None, "plan_ids": plan_ids},
            edit.settings,
            besides=[edit.plot_id],
            acknowledged=edit.acknowledged,
        )
        for piece, plan_ids in zip(pieces[1:], plans[1:], strict=True)
    ]
    return [edit.plot_id, *insert_plots(edit.connection, edit.account, new)]


def _plans_of_pieces(edit: Edit, pieces: Sequence[Any], plan_ids: Sequence[int]) -> list[list[int]]:
    """The plans that each piece still carries out; the first also keeps those that are gone."""
    links = plan_links(
        edit.connection, edit.account, [PlanLinks(piece, plan_ids) for piece in pieces]
    )
    met = {(link.row, link.plan_id) for link in links if link.meets}
    standing = {link.plan_id for link in links if link.planned}
    return [
        [
            plan_id
            for plan_id in plan_ids
            if (n, plan_id) in met or (n == 0 and plan_id not in standing)
        ]
        for n in range(len(pieces))
    ]


def _pieces(locked: LockedPlot, line: LineString) -> list[Any]:
    try:
        pieces = split(geometry_of(locked.newest), line)
    except GeometryError as error:
        raise _uncut(error.message) from None
    if len(pieces) < 2:
        raise _uncut(
            Message(
                "这条线没有把图斑切开",
                "the line does not cut the plot",
            )
        )
    return sorted(pieces, key=area_m2, reverse=True)


def _uncut(message: Message) -> Problem:
    return Problem(
        422,
        "not_split",
        Message(
            f"{message.zh.removesuffix('。')}。请画一条两端都在图斑外的线",
            f"{message.en.removesuffix('.')}: draw a line whose ends lie outside the plot",
        ),
        errors=[{"field": "line", "code": "not_split"}],
    )


def merge_plots(
    connection: Connection,
    account: Account,
    settings: Settings,
    seen: Mapping[int, int | None],
    acknowledged: Sequence[str],
) -> int:
    """Merge plots into the first of ``seen``, which keeps its attributes; returns its id.

    Another plot that is only a draft is deleted. An approved one gets a working version with the
    stage ``cancelled``, so that it is approved together with the merged plot.

    Parameters
    ----------
    seen
        Ids of the plots, each with the version that the sender saw; None for any version.

    Raises
    ------
    Problem
        404; 412 ``stale``; 409 ``submitted``; 422 ``unlike`` or the code of the geometry error;
        those of :func:`validate_new_version`.
    NumberTaken, GroundBusy
        A number is another plot's, or somebody else is writing the same ground.
    """
    first = next(iter(seen))
    locked_plots = {
        plot_id: _lock(connection, account, plot_id, seen[plot_id]) for plot_id in sorted(seen)
    }
    _refuse_unlike(locked_plots, first)
    others = [plot_id for plot_id in seen if plot_id != first]
    try:
        geometry = merge([geometry_of(locked_plots[plot_id].newest) for plot_id in seen])
    except GeometryError as error:
        raise Problem(422, error.code, error.message, errors=[{"field": "ids"}]) from None
    attributes = {name: locked_plots[first].newest[name] for name in ATTRIBUTES} | {
        "declared_m2": None
    }
    new = validate_new_version(
        connection,
        account,
        geometry,
        attributes,
        settings,
        plot_id=first,
        besides=others,
        acknowledged=acknowledged,
    )
    editing.write_working(
        connection, account, locked_plots[first], new, f"合并 merged with {others}"
    )
    for plot_id in others:
        _take_out(connection, account, locked_plots[plot_id], first)
    return first


def _lock(
    connection: Connection, account: Account, plot_id: int, version: int | None
) -> LockedPlot:
    locked = editing.lock_plot(connection, account, plot_id)
    if locked is None:
        raise not_found(f"图斑 {plot_id}")
    if version is not None:
        refuse_stale(connection, account, locked, [version])
    refuse_submitted(locked)
    return locked


def _refuse_unlike(locked_plots: Mapping[int, LockedPlot], first: int) -> None:
    reference = locked_plots[first].newest
    unlike = sorted(
        {
            name
            for locked in locked_plots.values()
            for name in ALIKE
            if locked.newest[name] != reference[name]
        }
    )
    if unlike:
        raise Problem(
            422,
            "unlike",
            Message(
                f"这些图斑的 {'、'.join(unlike)} 不同，不能合并",
                f"plots that differ in {', '.join(unlike)} cannot be merged: make them alike first",
            ),
            errors=[{"field": f"properties.{name}", "code": "unlike"} for name in unlike],
        )


def _take_out(connection: Connection, account: Account, locked: LockedPlot, into: int) -> None:
    reason = f"并入图斑 {into} merged into plot {into}"
    if not locked.has_approved:
        editing.delete_working(connection, account, locked, reason)
        return
    attributes = {name: locked.newest[name] for name in ATTRIBUTES} | {"stage": "cancelled"}
    cancelled = NewPlot(geometry_of(locked.newest), locked.newest["district"], attributes)
    editing.write_working(connection, account, locked, cancelled, reason)
