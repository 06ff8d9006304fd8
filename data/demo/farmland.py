"""Invented 永久基本农田 of the demo: a few blocks of fields in each county, off its plots."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import CGCS2000
from gis.grid import on_grid

__all__ = ["FARMLAND", "FARMLAND_EN", "FARMLAND_FROM", "FARMLAND_ZH", "demo_farmland"]

FARMLAND: Final = "JBNT"
FARMLAND_ZH: Final = "永久基本农田（虚构示例）"
FARMLAND_EN: Final = "Permanent basic farmland (invented)"
FARMLAND_FROM: Final = date(2021, 1, 1)
SEED: Final = 20260819
BLOCKS: Final = 6
"""Of each county; less where its plots leave no room."""
_SIDE_DEG: Final = 0.008
_TRIES: Final = 60
_GAP_DEG: Final = 0.0005


def demo_farmland(
    counties: gpd.GeoDataFrame, plots: gpd.GeoDataFrame, *, seed: int = SEED
) -> gpd.GeoDataFrame:
    """Blocks of fields that touch no plot of the demo.

    Parameters
    ----------
    counties
        As `data.demo.demo.demo_districts` gives them.
    plots
        Of the demo: the fields lie beside them, so that they are met while one draws.
    seed
        Of everything that is invented.

    Returns
    -------
    GeoDataFrame
        code, name, class (地类 0101 or 0103), geometry in degrees of CGCS2000. Names say 虚构示例.

    Examples
    --------
    >>> from data.demo.demo import demo_plots, generated_county
    >>> county = generated_county()
    >>> fields = demo_farmland(county, demo_plots(county, count=50))
    >>> len(fields) > 0, fields["name"].str.contains("虚构示例").all().item()
    (True, True)
    """
    rng = np.random.default_rng(seed)
    shapes = np.asarray(plots.geometry.array, dtype=object)
    tree = shapely.STRtree(shapes)
    rows: list[dict[str, Any]] = []
    for county in counties.itertuples():
        taken: list[BaseGeometry] = []
        own = shapes[tree.query(county.geometry, predicate="intersects")]
        centres = np.asarray(shapely.centroid(own), dtype=object)
        west, south, east, north = county.geometry.bounds
        for _try in range(_TRIES):
            if len(taken) == BLOCKS:
                break
            if len(own):
                near = centres[rng.integers(len(own))]
                x, y = near.x + rng.uniform(-0.02, 0.02), near.y + rng.uniform(-0.02, 0.02)
            else:
                x, y = rng.uniform(west, east), rng.uniform(south, north)
            block = _block(rng, x, y)
            room = block.buffer(_GAP_DEG)
            if (
                not county.geometry.contains(room)
                or tree.query(room, predicate="intersects").size
                or any(room.intersects(other) for other in taken)
            ):
                continue
            taken.append(block)
            rows.append(
                {
                    "code": f"{county.code}{len(taken):03d}",
                    "name": f"{county.name}第 {len(taken)} 片基本农田（虚构示例）",
                    "class": ("0101", "0103")[int(rng.integers(2))],
                    "geometry": block,
                }
            )
    return gpd.GeoDataFrame(
        rows, columns=["code", "name", "class", "geometry"], geometry="geometry", crs=CGCS2000
    )


def _block(rng: np.random.Generator, x: float, y: float) -> BaseGeometry:
    """A block of fields: a crooked rectangle around a position."""
    wide, tall = rng.uniform(0.4, 1.0, 2) * _SIDE_DEG / 2
    corners = np.array([(-wide, -tall), (wide, -tall), (wide, tall), (-wide, tall)])
    corners += rng.uniform(-0.1, 0.1, corners.shape) * _SIDE_DEG
    angle = rng.uniform(0, np.pi / 4)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    polygon = shapely.Polygon(corners @ turn.T + (x, y))
    snapped: BaseGeometry = on_grid(np.array([polygon], dtype=object))[0]
    return snapped
