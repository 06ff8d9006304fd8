"""Differences between two versions of a plot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.plots.db import history
from service.plots.db.plots import ATTRIBUTES

# Columns that are compared: what people write, and what the service derives from it.
COMPARED = (*ATTRIBUTES, "district", "review", "return_reason")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """Changed attributes as (field, before, after), and the change of the shape; area in m²."""

    attributes: Sequence[tuple[str, Any, Any]]
    geometry_changed: bool
    area_change_m2: float

    def __bool__(self) -> bool:
        return bool(self.attributes) or self.geometry_changed

    def fields(self) -> list[str]:
        """Names of the changed properties, and ``geometry``."""
        return [attribute[0] for attribute in self.attributes] + [
            "geometry"
        ] * self.geometry_changed

    def as_json(self) -> dict[str, Any]:
        """The difference as the API answers it."""
        return {
            "attributes": [
                {"field": field, "before": before, "after": after}
                for field, before, after in self.attributes
            ],
            "geometry_changed": self.geometry_changed,
            "area_change_m2": self.area_change_m2,
        }


def compare(before: Row, after: Row) -> Difference:
    """The difference between two records that have their geometry as WKB.

    Two rings that only start at different vertices are the same shape.
    """
    changed = [
        (name, before[name], after[name]) for name in COMPARED if before[name] != after[name]
    ]
    return Difference(
        changed,
        not same_shape(bytes(before["wkb"]), bytes(after["wkb"])),
        after["area_m2"] - before["area_m2"],
    )


def same_shape(wkb: bytes, other_wkb: bytes) -> bool:
    """Whether two WKB geometries have the same rings, wherever these start."""
    if wkb == other_wkb:
        return True
    return bool(shapely.from_wkb(wkb).normalize() == shapely.from_wkb(other_wkb).normalize())


def versions_with_differences(
    connection: Connection, account: Account, plot_id: int, *, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Entries of a plot's history, newest first, each with its difference to the entry before.

    Empty when there is no such plot in scope. ``before`` is the id of the entry that the page
    begins after; None for the newest.
    """
    entries = history.list_versions(connection, account, plot_id, before=before, limit=limit)
    pairs = {entry["id"]: entry["before"] for entry in entries if entry["operation"] != "delete"}
    entry_ids = {entry_id for pair in pairs.items() for entry_id in pair if entry_id is not None}
    records = history.entries_by_id(connection, sorted(entry_ids))
    return [
        {**entry, "difference": _difference_json(records, entry["id"], pairs.get(entry["id"]))}
        for entry in entries
    ]


def _difference_json(
    records: Mapping[int, Row], this: int, before: int | None
) -> dict[str, Any] | None:
    if before is None:
        return None
    return compare(records[before], records[this]).as_json()
