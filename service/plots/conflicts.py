"""Refusals of a change: somebody else changed the plot first, or it is under review."""

from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.plots.db import history
from service.plots.db.edit import LockedPlot
from service.plots.diff import Difference, compare
from service.web.etags import Versions
from service.web.optimistic_lock import stale
from service.web.timestamps import in_words


def refuse_submitted(locked: LockedPlot) -> None:
    """Refuse changes while a plot is under review.

    Raises
    ------
    Problem
        409 ``submitted``.
    """
    if locked.newest["review"] == "submitted":
        raise Problem(
            409,
            "submitted",
            Message(
                "图斑已提交审核，退回之前不能改动，请与审核员联系",
                "the plot waits for its review and cannot be changed until an inspector returns it",
            ),
        )


def refuse_stale(
    connection: Connection, account: Account, locked: LockedPlot, seen: Versions
) -> None:
    """Refuse a change that was made upon another version than the newest.

    Raises
    ------
    Problem
        412 ``stale``: who changed what and when, with the ETag of the newest version.
    """
    newest = locked.newest
    if newest["version"] in seen:
        return
    seen_version = history.version_record(connection, account, locked.plot_id, max(seen, default=0))
    changes = None if seen_version is None else compare(seen_version, newest)
    fields = f"（{'、'.join(changes.fields())}）" if changes else ""
    fields_en = f" ({', '.join(changes.fields())})" if changes else ""
    author, when = newest["changed_by"] or "SQL", in_words(newest["changed_at"])
    raise stale(
        newest["version"],
        Message(
            f"图斑已由 {author} 于 {when} 改为第 {newest['version']} 版{fields}，您的修改未保存："
            "请重新 GET 后再改",
            f"{author} changed the plot at {when}{fields_en}, it is at version "
            f"{newest['version']}: GET it again and redo your change",
        ),
        errors=_changes(changes),
    )


def _changes(changes: Difference | None) -> list[dict[str, Any]]:
    if changes is None:
        return []
    errors: list[dict[str, Any]] = [
        {"field": f"properties.{field}", "code": "changed", "before": old, "after": new}
        for field, old, new in changes.attributes
    ]
    if changes.geometry_changed:
        change = {"code": "changed", "area_change_m2": changes.area_change_m2}
        errors.append({"field": "geometry", **change})
    return errors


def not_own_draft(locked: LockedPlot) -> Problem:
    """403 for a deletion that only the author of the draft, or GIS staff, may ask for."""
    if locked.has_working:
        return Problem(
            403,
            "not_your_draft",
            Message(
                "这是他人的草稿，只能由起草人删除，或由 GIS 人员（gis、admin）说明原因后删除",
                "another planner's draft: ask them, or GIS staff, to delete it",
            ),
        )
    return Problem(
        403,
        "approved_plot",
        Message(
            "图斑已审核通过，只有 GIS 人员（gis、admin）可说明原因后删除",
            "the plot is approved: only GIS staff may delete it, with a reason",
        ),
    )


def reason_required() -> Problem:
    """422 for a deletion that needs a reason."""
    return Problem(
        422,
        "reason_missing",
        Message(
            "删除已审核的或他人的图斑须说明原因：?reason=…",
            "say why an approved plot, or another's draft, is deleted: ?reason=…",
        ),
        errors=[{"field": "reason", "in": "query"}],
    )
