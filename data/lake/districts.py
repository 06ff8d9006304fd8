"""What a lake knows of its districts, and of plots that lie in no county."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from data.lake.counting import GREEN_STAGES, LakeChoice
from data.lake.manifest import Lake
from data.lake.reading import read_groups

__all__ = ["district_rows", "outside_m2"]

_COLUMNS = (
    "code",
    "name",
    "level",
    "parent",
    "area_m2",
    "source",
    "complete",
    "boundary_id",
    "valid_from",
)


def district_rows(lake: Lake) -> list[dict[str, Any]]:
    """Code, name, level, parent and border of every district, without its shape."""
    rows: list[dict[str, Any]] = read_groups(
        lake.file(lake.manifest.districts), _COLUMNS
    ).to_pylist()
    return rows


def outside_m2(lake: Lake, choice: LakeChoice, counties: Collection[str] | None = None) -> float:
    """Own areas of the green plots that lie in no known county, added up, m².

    ``counties`` are those that the plots belong to; None is all.
    """
    found = []
    for code, county in lake.manifest.counties.items():
        mine = counties is None or code in counties
        if county.plots is None or not county.outside_plots or not mine:
            continue
        columns = ["id", "area_m2", "stage", "year", "in_no_county"]
        for row in read_groups(lake.file(county.plots), columns).to_pylist():
            counts = choice.year is None or row["year"] == choice.year
            if row["in_no_county"] and row["stage"] in GREEN_STAGES and counts:
                found.append((row["id"], row["area_m2"]))
    return float(sum(area_m2 for _, area_m2 in sorted(found)))
