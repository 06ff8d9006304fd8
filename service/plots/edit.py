"""Changes of plots that are there: replaced, patched, taken away, brought back.

Every change names the version that it was made upon; whoever comes second is told what the first
did, and overwrites nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import MultiPolygon
from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.accounts.db.change_author import sign
from service.errors import not_found
from service.plots.api.plot_schemas import PlotFeature, PlotPatch, PlotProperties
from service.plots.conflicts import not_own_draft, reason_required, refuse_stale, refuse_submitted
from service.plots.create import validate_new_version
from service.plots.db import edit as editing
from service.plots.db import history
from service.plots.db.edit import LockedPlot
from service.plots.db.insert import NewPlot
from service.plots.db.plots import ATTRIBUTES
from service.plots.diff import compare
from service.settings import Settings
from service.web.body_validation import validate_body
from service.web.etags import Versions, precondition_required
from service.web.merge_patch import merged
from service.web.vertices import drawn


@dataclass(frozen=True)
class Edit:
    """One change of one plot: by whom, upon which versions that they saw, and why."""

    connection: Connection
    who: Account
    settings: Settings
    plot_id: int
    seen: Versions | None
    reason: str | None = None
    acknowledged: Sequence[str] = ()


def replace_plot(edit: Edit, feature: PlotFeature) -> None:
    """Put a whole Feature in the place of the newest version."""
    held = lock_current(edit)
    write_version(
        edit, held, drawn(feature.geometry, edit.settings), feature.properties.model_dump()
    )


def patch_plot(edit: Edit, patch: PlotPatch) -> None:
    """Change what a merge patch (RFC 7396) names, and nothing else."""
    held = lock_current(edit)
    geometry = geometry_of(held.newest)
    if patch.geometry:
        stored = json.loads(shapely.to_geojson(geometry))
        geometry = drawn(merged(stored, patch.geometry), edit.settings)
    before = {name: held.newest[name] for name in ATTRIBUTES}
    properties = validate_body(PlotProperties, merged(before, patch.properties), "properties")
    write_version(edit, held, geometry, properties.model_dump())


def delete_plot(edit: Edit) -> None:
    """Take the newest version away: a draft with what it changed, or else the approved plot.

    Drafts go by who began them; those of others, and approved plots, by GIS staff with a reason.
    """
    held = lock_current(edit)
    own = (
        held.has_working and history.working_author_id(edit.connection, edit.plot_id) == edit.who.id
    )
    if not own and not edit.who.holds("gis"):
        raise not_own_draft(held)
    if not own and not edit.reason:
        raise reason_required()
    drop = editing.delete_working if held.has_working else editing.delete_approved
    drop(edit.connection, edit.who, held, edit.reason)


def restore_plot(edit: Edit, version: int, *, new_number: bool = False) -> None:
    """Make what a plot was its working version again; also of a plot that was deleted."""
    past = history.version_record(edit.connection, edit.who, edit.plot_id, version)
    if past is None:
        raise not_found("此图斑的这一版")
    attributes = {name: past[name] for name in ATTRIBUTES}
    held = editing.lock_plot(edit.connection, edit.who, edit.plot_id)
    if held is None:
        _revive(edit, geometry_of(past), attributes, new_number=new_number)
        return
    if held.has_working and edit.seen is None:
        raise precondition_required()  # somebody's work would be overwritten
    if edit.seen is not None:
        refuse_stale(edit.connection, edit.who, held, edit.seen)
    refuse_submitted(held)
    if new_number:
        attributes["plot_no"] = None
    write_version(edit, held, geometry_of(past), attributes)


def _revive(
    edit: Edit, geometry: MultiPolygon, attributes: Mapping[str, Any], *, new_number: bool
) -> None:
    if not editing.lock_deleted(edit.connection, edit.who, edit.plot_id):
        raise not_found("此图斑")
    new = _checked(edit, geometry, attributes)
    sign(edit.connection, edit.who, edit.reason)
    editing.restore_deleted(edit.connection, edit.who, edit.plot_id, new, new_number=new_number)


def geometry_of(row: Mapping[str, Any]) -> MultiPolygon:
    """The geometry of a stored version."""
    shape = shapely.from_wkb(row["wkb"])
    assert isinstance(shape, MultiPolygon)
    return shape


def lock_current(edit: Edit) -> LockedPlot:
    """The plot, locked, at the version that was seen and not under review."""
    held = editing.lock_plot(edit.connection, edit.who, edit.plot_id)
    if held is None:
        raise not_found("此图斑")
    refuse_stale(edit.connection, edit.who, held, edit.seen or ())
    refuse_submitted(held)
    return held


def write_version(
    edit: Edit, held: LockedPlot, geometry: MultiPolygon, attributes: Mapping[str, Any]
) -> None:
    """Check as every write is checked, then write; what changes nothing makes no version."""
    new = _checked(edit, geometry, attributes)
    after = {
        **held.newest,
        **new.attributes,
        "plot_no": new.attributes["plot_no"] or held.newest["plot_no"],
        "district": new.district,
        "wkb": shapely.to_wkb(new.geometry),
    }
    if compare(held.newest, after):
        editing.write_working(edit.connection, edit.who, held, new, edit.reason)


def _checked(edit: Edit, geometry: MultiPolygon, attributes: Mapping[str, Any]) -> NewPlot:
    return validate_new_version(
        edit.connection,
        edit.who,
        geometry,
        attributes,
        edit.settings,
        plot_id=edit.plot_id,
        acknowledged=edit.acknowledged,
    )
