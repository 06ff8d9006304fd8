"""Targets and reported figures as they were at a moment, read from their log of changes."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

__all__ = ["reported_at", "targets_at"]

_AT = text("""
SELECT DISTINCT ON (row_id) after FROM task_change
WHERE what = :what AND target = ANY(CAST(:targets AS bigint[])) AND at <= :moment
ORDER BY row_id, id DESC
""")
_AMOUNTS = ("lower", "upper", "value")


def _rows(
    connection: Connection, what: str, targets: Collection[int], moment: datetime
) -> list[dict[str, Any]]:
    params = {"what": what, "targets": list(targets), "moment": moment}
    rows = [dict(row) for row in connection.scalars(_AT, params) if row is not None]
    for row in rows:
        for name in _AMOUNTS:
            if row.get(name) is not None:
                row[name] = Decimal(str(row[name]))
    return rows


def targets_at(
    connection: Connection, targets: Collection[int], moment: datetime
) -> dict[int, dict[str, Any]]:
    """Rows of targets as they were at a moment, by id; targets that are younger are left out."""
    return {row["id"]: row for row in _rows(connection, "target", targets, moment)}


def reported_at(
    connection: Connection, targets: Collection[int], moment: datetime, day: str
) -> dict[int, dict[str, Any]]:
    """For each target the figure that counted at a moment: of the approved ones the latest.

    ``day`` is the day of the moment; of several figures of one day the one written last counts.
    """
    newest: dict[int, dict[str, Any]] = {}
    for row in _rows(connection, "reported", targets, moment):
        if row["review"] != "approved" or row["on_day"] > day:
            continue
        best = newest.get(row["target"])
        if best is None or (row["on_day"], row["id"]) > (best["on_day"], best["id"]):
            newest[row["target"]] = row
    return newest
