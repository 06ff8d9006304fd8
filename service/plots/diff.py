"""What changed from one version of a plot to the next, for people to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import Connection

from service.accounts.db.accounts import Account
from service.plots.db import history
from service.plots.db.plots import ATTRIBUTES

# What a difference speaks of: what people write, and what follows from it.
COMPARED = (*ATTRIBUTES, "district", "review", "return_reason")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """Changed attributes as (field, before, after); what the shape did, area in m²."""

    attributes: Sequence[tuple[str, Any, Any]]
    geometry_changed: bool
    area_change_m2: float

    def __bool__(self) -> bool:
        return bool(self.attributes) or self.geometry_changed

    def fields(self) -> list[str]:
        """Names of what changed."""
        return [one[0] for one in self.attributes] + ["geometry"] * self.geometry_changed

    def as_json(self) -> dict[str, Any]:
        """As the API answers it."""
        return {
            "attributes": [
                {"field": field, "before": before, "after": after}
                for field, before, after in self.attributes
            ],
            "geometry_changed": self.geometry_changed,
            "area_change_m2": self.area_change_m2,
        }


def compare(before: Row, after: Row) -> Difference:
    """From one record to another; both have their geometry as WKB.

    A ring that merely starts at another of its vertices is the same shape.
    """
    changed = [
        (name, before[name], after[name]) for name in COMPARED if before[name] != after[name]
    ]
    return Difference(
        changed,
        not same_shape(bytes(before["wkb"]), bytes(after["wkb"])),
        after["area_m2"] - before["area_m2"],
    )


def same_shape(one: bytes, other: bytes) -> bool:
    """Whether two WKB geometries have the same rings, wherever these start."""
    if one == other:
        return True
    return bool(shapely.from_wkb(one).normalize() == shapely.from_wkb(other).normalize())


def versions_with_differences(
    connection: Connection, who: Account, plot_id: int, *, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """Entries of a plot's history, newest first, each with what it changed."""
    entries = history.list_versions(connection, who, plot_id, before=before, limit=limit)
    pairs = {one["id"]: one["before"] for one in entries if one["operation"] != "delete"}
    wanted = {number for pair in pairs.items() for number in pair if number is not None}
    records = history.entries_by_id(connection, sorted(wanted))
    return [
        {**one, "difference": _told(records, one["id"], pairs.get(one["id"]))} for one in entries
    ]


def _told(records: Mapping[int, Row], this: int, before: int | None) -> dict[str, Any] | None:
    if before is None:
        return None
    return compare(records[before], records[this]).as_json()
