"""Changes of stored plots: replace, patch, delete, restore.

Every change names the version that it was made upon. When somebody else changed the plot
meanwhile, the answer says what they changed, and nothing is overwritten.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import MultiPolygon
from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
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
from service.plots.places import forget_place
from service.settings import Settings
from service.web.body_validation import validate_body
from service.web.etags import Versions, precondition_required
from service.web.merge_patch import merged
from service.web.vertices import drawn


@dataclass(frozen=True)
class Edit:
    """One change of one plot: by which account, upon which versions that they saw, and why."""

    connection: Connection
    account: Account
    settings: Settings
    plot_id: int
    seen: Versions | None
    reason: str | None = None
    acknowledged: Sequence[str] = ()


def replace_plot(edit: Edit, feature: PlotFeature) -> None:
    """Put a whole Feature in the place of the newest version.

    Raises
    ------
    Problem
        Those of :func:`lock_current` and :func:`validate_new_version`.
    GeometryError, NumberTaken, GroundBusy
        The shape or the number is refused, or somebody else is writing the same ground.
    """
    locked = lock_current(edit)
    write_version(
        edit, locked, drawn(feature.geometry, edit.settings), feature.properties.model_dump()
    )


def patch_plot(edit: Edit, patch: PlotPatch) -> None:
    """Change the members that a merge patch (RFC 7396) names, and nothing else.

    Raises
    ------
    RequestValidationError
        The patched properties do not fit the schema.
    Problem, GeometryError, NumberTaken, GroundBusy
        As for :func:`replace_plot`.
    """
    locked = lock_current(edit)
    geometry = geometry_of(locked.newest)
    if patch.geometry:
        stored = json.loads(shapely.to_geojson(geometry))
        geometry = drawn(merged(stored, patch.geometry), edit.settings)
    _patch(edit, locked, geometry, patch.properties)


def patch_newest(edit: Edit, properties: Mapping[str, Any]) -> None:
    """Change properties by a merge patch upon whatever version is the newest.

    Raises
    ------
    RequestValidationError
        The patched properties do not fit the schema.
    Problem, GeometryError, NumberTaken, GroundBusy
        404, 409 ``submitted``; as for :func:`replace_plot`.
    """
    locked = editing.lock_plot(edit.connection, edit.account, edit.plot_id)
    if locked is None:
        raise not_found("此图斑")
    refuse_submitted(locked)
    _patch(edit, locked, geometry_of(locked.newest), properties)


def _patch(
    edit: Edit, locked: LockedPlot, geometry: MultiPolygon, patch: Mapping[str, Any]
) -> None:
    before = {name: locked.newest[name] for name in ATTRIBUTES}
    properties = validate_body(PlotProperties, merged(before, dict(patch)), "properties")
    write_version(edit, locked, geometry, properties.model_dump())


def delete_plot(edit: Edit) -> None:
    """Delete the newest version: the working version, or else the approved plot.

    The author of a draft may delete it. Drafts of others and approved plots are deleted by GIS
    staff with a reason.

    Raises
    ------
    Problem
        Those of :func:`lock_current`; 403 ``not_your_draft`` or ``approved_plot``; 422
        ``reason_missing``.
    """
    _delete(edit, lock_current(edit))


def delete_newest(edit: Edit) -> None:
    """Delete whatever version is the newest.

    Raises
    ------
    Problem
        404, 409 ``submitted``; 403 and 422 as for :func:`delete_plot`.
    """
    locked = editing.lock_plot(edit.connection, edit.account, edit.plot_id)
    if locked is None:
        raise not_found("此图斑")
    refuse_submitted(locked)
    _delete(edit, locked)


def _delete(edit: Edit, locked: LockedPlot) -> None:
    own = (
        locked.has_working
        and history.working_author_id(edit.connection, edit.plot_id) == edit.account.id
    )
    if not own and not edit.account.holds("gis"):
        raise not_own_draft(locked)
    if not own and not edit.reason:
        raise reason_required()
    drop = editing.delete_working if locked.has_working else editing.delete_approved
    drop(edit.connection, edit.account, locked, edit.reason)


def restore_plot(edit: Edit, version: int, *, new_number: bool = False) -> None:
    """Make an older version the working version again, also of a deleted plot.

    Raises
    ------
    Problem
        404; 428 when a working version would be overwritten and nobody said which one; those of
        :func:`lock_current` and :func:`validate_new_version`.
    NumberTaken, GroundBusy
        Its number is another plot's by now, or somebody else is writing the same ground.
    """
    past = history.version_record(edit.connection, edit.account, edit.plot_id, version)
    if past is None:
        raise not_found("此图斑的这一版")
    attributes = {name: past[name] for name in ATTRIBUTES}
    locked = editing.lock_plot(edit.connection, edit.account, edit.plot_id)
    if locked is None:
        _revive(edit, geometry_of(past), attributes, new_number=new_number)
        return
    if locked.has_working and edit.seen is None:
        raise precondition_required()  # somebody's work would be overwritten
    if edit.seen is not None:
        refuse_stale(edit.connection, edit.account, locked, edit.seen)
    refuse_submitted(locked)
    if new_number:
        attributes["plot_no"] = None
    write_version(edit, locked, geometry_of(past), attributes)


def _revive(
    edit: Edit, geometry: MultiPolygon, attributes: Mapping[str, Any], *, new_number: bool
) -> None:
    if not editing.lock_deleted(edit.connection, edit.account, edit.plot_id):
        raise not_found("此图斑")
    new = _checked(edit, geometry, attributes)
    set_change_author(edit.connection, edit.account, edit.reason)
    editing.restore_deleted(edit.connection, edit.account, edit.plot_id, new, new_number=new_number)


def geometry_of(row: Mapping[str, Any]) -> MultiPolygon:
    """The geometry of a stored version, in degrees of CGCS2000."""
    shape = shapely.from_wkb(row["wkb"])
    assert isinstance(shape, MultiPolygon)
    return shape


def lock_current(edit: Edit) -> LockedPlot:
    """Lock the plot; it must be at a version that the sender saw and not under review.

    Raises
    ------
    Problem
        404, 412 ``stale``, 409 ``submitted``.
    """
    locked = editing.lock_plot(edit.connection, edit.account, edit.plot_id)
    if locked is None:
        raise not_found("此图斑")
    refuse_stale(edit.connection, edit.account, locked, edit.seen or ())
    refuse_submitted(locked)
    return locked


def write_version(
    edit: Edit, locked: LockedPlot, geometry: MultiPolygon, attributes: Mapping[str, Any]
) -> None:
    """Validate a version and store it; a version that changes nothing is not stored.

    Raises
    ------
    Problem, NumberTaken, GroundBusy
        Those of :func:`validate_new_version`; its number is another plot's.
    """
    before = geometry_of(locked.newest)
    if not before.equals_exact(geometry):
        attributes = forget_place(edit.connection, locked.newest, before, attributes)
    new = _checked(edit, geometry, attributes)
    after = {
        **locked.newest,
        **new.attributes,
        "plot_no": new.attributes["plot_no"] or locked.newest["plot_no"],
        "district": new.district,
        "wkb": shapely.to_wkb(new.geometry),
    }
    if compare(locked.newest, after):
        editing.write_working(edit.connection, edit.account, locked, new, edit.reason)


def _checked(edit: Edit, geometry: MultiPolygon, attributes: Mapping[str, Any]) -> NewPlot:
    return validate_new_version(
        edit.connection,
        edit.account,
        geometry,
        attributes,
        edit.settings,
        plot_id=edit.plot_id,
        acknowledged=edit.acknowledged,
    )
