"""Why a plot cannot be changed just now: somebody was first, or it waits for its review."""

from typing import Any

from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.errors import Problem
from service.plots.db import history
from service.plots.db.edit import LockedPlot
from service.plots.diff import Difference, compare
from service.web.etags import Versions
from service.web.optimistic_lock import stale
from service.web.timestamps import in_words


def refuse_submitted(held: LockedPlot) -> None:
    """409 while the plot lies with the inspectors."""
    if held.newest["review"] == "submitted":
        raise Problem(
            409,
            "submitted",
            "图斑已提交审核，退回之前不能改动，请与审核员联系；the plot waits for its review and "
            "cannot be changed until an inspector returns it",
        )


def refuse_stale(connection: Connection, who: Account, held: LockedPlot, seen: Versions) -> None:
    """412 with who changed what and when, unless the newest version is the one that they saw."""
    now = held.newest
    if now["version"] in seen:
        return
    before = history.version_record(connection, who, held.plot_id, max(seen, default=0))
    what = None if before is None else compare(before, now)
    fields = f"（{'、'.join(what.fields())}）" if what else ""
    author, when = now["changed_by"] or "SQL", in_words(now["changed_at"])
    raise stale(
        now["version"],
        f"图斑已由 {author} 于 {when} 改为第 {now['version']} 版{fields}，您的修改未保存："
        f"请重新 GET 后再改；{author} changed the plot at {when}, it is at version "
        f"{now['version']}: GET it again and redo your change",
        errors=_changes(what),
    )


def _changes(what: Difference | None) -> list[dict[str, Any]]:
    if what is None:
        return []
    told: list[dict[str, Any]] = [
        {"field": f"properties.{field}", "code": "changed", "before": old, "after": new}
        for field, old, new in what.attributes
    ]
    if what.geometry_changed:
        change = {"code": "changed", "area_change_m2": what.area_change_m2}
        told.append({"field": "geometry", **change})
    return told


def not_own_draft(held: LockedPlot) -> Problem:
    """403 for taking away what only its author or GIS staff may."""
    if held.has_working:
        return Problem(
            403,
            "not_your_draft",
            "这是他人的草稿，只能由起草人删除，或由 GIS 人员（gis、admin）说明原因后删除；"
            "another planner's draft: ask them, or GIS staff, to delete it",
        )
    return Problem(
        403,
        "approved_plot",
        "图斑已审核通过，只有 GIS 人员（gis、admin）可说明原因后删除；"
        "the plot is approved: only GIS staff may delete it, with a reason",
    )


def reason_required() -> Problem:
    """422 for a deletion that needs a reason."""
    return Problem(
        422,
        "reason_missing",
        "删除已审核的或他人的图斑须说明原因：?reason=…；"
        "say why an approved plot, or another's draft, is deleted: ?reason=…",
        errors=[{"field": "reason", "in": "query"}],
    )
