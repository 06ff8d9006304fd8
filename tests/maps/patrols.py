"""Zones, tracks and findings made up for the map of patrols."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

CRS = "OGC:CRS84"
SOUTH_WEST = (114.90, 25.80)
SIDE = 0.02
STATES = ["met", "overdue", "late", "open", "none", "met"]


def zones() -> GeoDataFrame:
    """A town of six grids, each with its duty."""
    lon, lat = SOUTH_WEST
    squares = [
        shapely.box(lon + i * SIDE, lat + j * SIDE, lon + (i + 1) * SIDE, lat + (j + 1) * SIDE)
        for j in range(2)
        for i in range(3)
    ]
    grids: dict[str, list[Any]] = {
        "code": [f"Z-{i}" for i in range(1, 7)],
        "name": [f"{i}号网格" for i in range(1, 7)],
        "level": ["grid"] * 6,
        "parent": ["Z"] * 6,
        "state": STATES,
        "days_due": [30] * 5 + [None],
        "effective_days": [31, 12, 30, 8, 0, 30],
        "overdue_days": [0, 17, 0, 0, 0, 0],
        "length_km": [120.5, 40.0, 90.0, 30.0, 0.0, 100.0],
        "walked_share": [0.9, 0.2, 0.7, 0.3, 0.0, 0.8],
        "ranger": [f"护林员甲{i}" for i in range(1, 7)],
        "chief": [None] * 6,
        "geometry": squares,
    }
    town = {
        "code": "Z",
        "name": "示例镇",
        "level": "town",
        "parent": None,
        "state": "met",
        "visits_due": 3,
        "visits_done": 3,
        "chief": "林长乙",
        "geometry": shapely.union_all(squares),
    }
    frame = pd.concat([pd.DataFrame([town]), pd.DataFrame(grids)], ignore_index=True)
    return GeoDataFrame(frame, geometry="geometry", crs=CRS)


def tracks(count: int = 24, fixes: int = 60, *, seed: int = 5) -> GeoDataFrame:
    """Tracks of the grids, two days apart from 1 July 2026, every fourth not effective."""
    chance = np.random.default_rng(seed)
    grid = np.arange(count) % 6
    corner = np.column_stack([grid % 3, grid // 3]) * SIDE + SOUTH_WEST
    turn = np.linspace(0, 4 * np.pi, fixes)
    spiral = np.column_stack([np.cos(turn), np.sin(turn)]) * np.linspace(0.15, 0.45, fixes)[:, None]
    lines = []
    for at in corner:
        noise = chance.normal(0, 0.01, (fixes, 2))
        lines.append(shapely.LineString(at + SIDE * (0.5 + spiral + noise)))
    begin = datetime(2026, 7, 1, 0, 30, tzinfo=UTC)  # half past eight in Beijing
    started = [begin + timedelta(days=int(2 * (i % 46))) for i in range(count)]
    effective = [i % 4 != 3 for i in range(count)]
    return GeoDataFrame(
        {
            "zone": [f"Z-{index + 1}" for index in grid],
            "ranger": [f"护林员甲{index + 1}" for index in grid],
            "started_at": started,
            "ended_at": [at + timedelta(minutes=95) for at in started],
            "length_km": np.round(chance.uniform(2, 6, count), 3),
            "effective": effective,
            "apart": [[] if good else ["too_short", "offline"] for good in effective],
        },
        geometry=lines,
        crs=CRS,
    )


def findings() -> GeoDataFrame:
    """One in each state, a month apart; the second past its deadline."""
    states = ["found", "notice", "supervision", "rectified", "closed"]
    lon, lat = SOUTH_WEST
    return GeoDataFrame(
        {
            "zone": [f"Z-{i + 1}" for i in range(5)],
            "kind": ["fire"] * 5,
            "state": states,
            "found_at": [datetime(2026, 7, 2 + 15 * i % 28, tzinfo=UTC) for i in range(5)],
            "deadline": ["2026-08-01"] * 5,
            "overdue": [False, True, False, False, False],
            "note": ["丙某报告"] * 5,
        },
        geometry=[shapely.Point(lon + 0.005 + 0.01 * i, lat + 0.03) for i in range(5)],
        crs=CRS,
    )
