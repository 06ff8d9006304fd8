"""What the rangers of the demo found, in every state from found to closed; all invented."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.random import Generator
from shapely import Point
from shapely.geometry.base import BaseGeometry

from data.codes import code_list
from data.demo.patrols import first_quarter_day
from data.demo.zones import SEED
from data.timestamps import BEIJING
from gis.crs import CGCS2000

__all__ = ["demo_findings"]

_MORNING: Final = time(8, tzinfo=BEIJING)
_COUNT: Final = 64
_WITHIN_DAYS: Final = 20
_COLUMNS: Final = ["zone", "kind", "place", "found_at", "deadline", "state", "note", "photo"]


def demo_findings(
    zones: gpd.GeoDataFrame, *, today: date, seed: int = SEED, count: int = _COUNT
) -> gpd.GeoDataFrame:
    """Findings in the grids of the demo, of the quarter of a day up to the day before, and the
    last quarter.

    Parameters
    ----------
    zones
        As `data.demo.zones.demo_zones` gives them.
    today
        The day after the last one on which something was found.
    seed
        Of everything that is invented.
    count
        How many.

    Returns
    -------
    GeoDataFrame
        ``zone kind place found_at deadline state note photo``; `place` is a Point. All states of
        the list occur, old ones mostly closed; every note says 虚构示例.

    Examples
    --------
    >>> from data.demo.demo import generated_county
    >>> from data.demo.zones import demo_zones
    >>> findings = demo_findings(demo_zones(generated_county()), today=date(2026, 11, 29))
    >>> len(findings), sorted(set(findings["state"]))
    (64, ['closed', 'found', 'notice', 'rectified', 'supervision'])
    """
    rng = np.random.default_rng(seed + 2)
    grids = zones[zones["level"] == "grid"].reset_index(drop=True)
    kinds, states = list(code_list("finding_kind")), finding_states()
    rows: list[list[Any]] = []
    first = first_quarter_day(today)
    begin, days = datetime.combine(first, _MORNING), (today - first).days - 1
    for number, day in enumerate(np.sort(rng.uniform(0, days, count if len(grids) else 0))):
        grid = grids.iloc[int(rng.integers(len(grids)))]
        found_at = begin + timedelta(
            seconds=int(day) * 86_400 + round(rng.uniform(0, 28_800)) // 60 * 60
        )
        kind = kinds[int(rng.integers(len(kinds)))]
        # The first ones show each state; of the others the older ones are mostly settled.
        place = number if number < len(states) else _settled(day / days, len(states), rng)
        rows.append(
            [
                grid["code"],
                kind.code,
                _inside(grid["geometry"], rng),
                found_at,
                (found_at + timedelta(days=_WITHIN_DAYS)).date(),
                states[place],
                f"虚构示例：{kind.label_zh}",
                f"虚构示例_{number + 1:03d}.jpg" if rng.random() < 0.6 else None,
            ]
        )
    frame = pd.DataFrame(rows, columns=_COLUMNS, dtype=object)
    return gpd.GeoDataFrame(frame, geometry="place", crs=CGCS2000)


def finding_states() -> list[str]:
    """The states of the register of findings, in their order."""
    register = files("data").joinpath("registers", "finding.json")
    return [state["code"] for state in json.loads(register.read_text("utf-8"))["states"]]


def _settled(share: float, states: int, rng: Generator) -> int:
    age = 1 - share
    return int(np.clip(rng.normal(states * age, 1.2), 0, states - 1))


def _inside(ground: BaseGeometry, rng: Generator) -> Point:
    west, south, east, north = ground.bounds
    while True:
        at = np.round(rng.uniform((west, south), (east, north)), 6)
        if shapely.contains_xy(ground, *at):
            return Point(at)
