"""What waits for an inspector: what each plot changes, and what speaks against it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import shapely
from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.layers.db.ground import shared_ground
from service.plots.diff import compare
from service.reviews.db import queue
from service.reviews.db.queue import MAX_COMPARED, QueueFilter
from service.web.timestamps import today

__all__ = ["BIG_CHANGE", "FLAGS", "waiting_rows"]

FLAGS: Final = ("overlap", "layer", "big_change", "returned_before", "large")
BIG_CHANGE: Final = 0.1
"""Share of the approved area from which on a change of it is called big."""

# Of the state itself, and not of what the plot says.
_OWN: Final = frozenset({"review", "return_reason"})


def waiting_rows(
    connection: Connection,
    account: Account,
    filters: QueueFilter,
    levels: Sequence[str],
    *,
    after: tuple[datetime, int] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """What waits, the oldest first, each with its change and its flags.

    A ``change`` is against the version that was approved last, None for a new plot. Outlines of
    more than 2 000 vertices, two together, are not compared: they are flagged ``large``, and the
    check of the single plot tells.
    """
    rows = queue.queue_rows(connection, account, filters, levels, after=after, limit=limit)
    approved = {
        row["plot_id"]: row
        for row in queue.approved_records(connection, account, [row["plot_id"] for row in rows])
    }
    masked = _on_layers(connection, rows)
    return [_told(row, approved.get(row["plot_id"]), masked) for row in rows]


def _on_layers(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """Plots that lie on layers which refuse or warn."""
    small = [row for row in rows if row["vertices"] <= MAX_COMPARED]
    if not small:
        return set()
    shared = shared_ground(
        connection,
        [shapely.from_wkb(bytes(row["wkb"])) for row in small],
        [row["stage"] for row in small],
        [row["kind"] for row in small],
        today(),
    )
    return {small[n]["plot_id"] for n, found in shared if found["severity"] in ("block", "warn")}


def _told(
    row: Mapping[str, Any], approved: Mapping[str, Any] | None, masked: set[int]
) -> dict[str, Any]:
    change = None
    grown = 0.0
    if approved is not None:
        change = compare(approved, row).as_json()
        change["attributes"] = [one for one in change["attributes"] if one["field"] not in _OWN]
        change["approved_version"] = approved["version"]
        change["approved_m2"] = approved["area_m2"]
        grown = abs(row["area_m2"] - approved["area_m2"]) / approved["area_m2"]
    met = {
        "overlap": row["overlap"],
        "layer": row["plot_id"] in masked,
        "big_change": grown >= BIG_CHANGE,
        "returned_before": row["returned_before"],
        "large": row["large"],
    }
    return {**row, "change": change, "flags": [name for name in FLAGS if met[name]]}
