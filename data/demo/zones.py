"""Invented patrol zones of the demo: town zones with a chief, divided among rangers."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import MultiPoint, MultiPolygon
from shapely.geometry.base import BaseGeometry

from data.patrol.zones import PROPERTIES
from gis.crs import CGCS2000
from gis.grid import on_grid
from gis.polygons import as_multipolygon, polygon_parts

__all__ = ["GRIDS", "TOWNS", "demo_zones", "metres_deg"]

TOWNS: Final = 8
GRIDS: Final = 5
"""Of each town: forty rangers in all."""
COUNTIES: Final = ("220112", "360702", "441624", "500112")
SEED: Final = 20260701
_REACH_M: Final = 2_300.0  # a grid has some 3 km², as the 515 grids of Nanchang (4 190 mu)
_CORNERS: Final = 48
_CELL_DEG: Final = 0.05
_FROM: Final = date(2021, 1, 1)  # before any patrol of the demo
_M_PER_DEG: Final = 110_900.0
_LETTERS: Final = "甲乙丙丁戊己庚辛"


def demo_zones(
    counties: gpd.GeoDataFrame,
    plots: gpd.GeoDataFrame | None = None,
    *,
    seed: int = SEED,
    towns: int = TOWNS,
) -> gpd.GeoDataFrame:
    """Eight town zones in a few counties, each shared out whole among five ranger grids.

    Parameters
    ----------
    counties
        As `data.demo.demo.demo_districts` gives them.
    plots
        Of the demo: zones lie where most of them are. Without them, anywhere in the county.
    seed
        Of everything that is invented.
    towns
        How many town zones: of fewer than eight, the first ones.

    Returns
    -------
    GeoDataFrame
        Columns of `data.patrol.zones.read_zones`, towns before grids. Every name says 虚构示例.

    Examples
    --------
    >>> from data.demo.demo import generated_county
    >>> zones = demo_zones(generated_county())
    >>> zones["level"].value_counts().to_dict(), zones["ranger"].nunique()
    ({'grid': 40, 'town': 8}, 40)
    """
    rng = np.random.default_rng(seed)
    chosen = counties[counties["code"].isin(COUNTIES)]
    chosen = (chosen if len(chosen) else counties.iloc[:1]).reset_index(drop=True)
    rows: list[dict[str, Any]] = []
    taken: list[BaseGeometry] = []
    for number in range(towns):
        county = chosen.iloc[number % len(chosen)]
        ground = _town(county, plots, taken, rng)
        taken.append(ground)
        rows += _rows(county, number, _shared(ground, rng))
    ordered = sorted(rows, key=lambda row: row["level"] != "town")
    return gpd.GeoDataFrame(
        pd.DataFrame(ordered, dtype=object)[[*PROPERTIES, "geometry"]],
        geometry="geometry",
        crs=CGCS2000,
    )


def metres_deg(lat: float) -> tuple[float, float]:
    """Degrees of longitude and latitude that one metre takes; near enough to invent by."""
    return 1 / (_M_PER_DEG * float(np.cos(np.radians(lat)))), 1 / _M_PER_DEG


def _town(
    county: Any, plots: gpd.GeoDataFrame | None, taken: list[BaseGeometry], rng: Generator
) -> BaseGeometry:
    """A lobed shape inside the county that meets no earlier one."""
    inner = county.geometry
    shapely.prepare(inner)
    for lon, lat in _places(county, plots, rng):
        shape = _outline(lon, lat, rng)
        apart = all(not shape.intersects(other) for other in taken)
        if apart and shapely.covers(inner, shape):
            return shape
    raise ValueError(f"{county['code']} has no room for a zone of the demo")


def _places(county: Any, plots: gpd.GeoDataFrame | None, rng: Generator) -> NDArray[np.float64]:
    """Where a zone may lie, the squares with most plots first."""
    west, south, east, north = county.geometry.bounds
    anywhere = rng.uniform((west, south), (east, north), (4_000, 2))
    if plots is None:
        return anywhere
    bounds = plots.loc[plots["district"] == county["code"], "geometry"].bounds.to_numpy()
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    cells, counts = np.unique(np.floor(middles / _CELL_DEG), axis=0, return_counts=True)
    fullest = (cells[np.argsort(-counts, kind="stable")] + 0.5) * _CELL_DEG
    return np.vstack([fullest, anywhere])


def _outline(lon: float, lat: float, rng: Generator) -> BaseGeometry:
    turn = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    radius = np.ones(_CORNERS)
    for wave in range(2, 6):
        radius += rng.normal(0, 0.14 / wave) * np.cos(wave * turn + rng.uniform(0, 2 * np.pi))
    radius *= _REACH_M * rng.uniform(0.99, 1.01, _CORNERS)
    east, north = metres_deg(lat)
    ring = np.column_stack(
        [lon + radius * np.cos(turn) * east, lat + radius * np.sin(turn) * north]
    )
    return shapely.Polygon(ring)


def _shared(town: BaseGeometry, rng: Generator) -> list[MultiPolygon]:
    """Grids that fill a town: the cells of a few posts."""
    lon, lat = town.centroid.coords[0]
    east, north = metres_deg(lat)
    turn = (
        rng.uniform(0, 2 * np.pi)
        + 2 * np.pi * (np.arange(GRIDS) + rng.uniform(-0.12, 0.12, 5)) / GRIDS
    )
    reach = _REACH_M * rng.uniform(0.5, 0.62, GRIDS)
    posts = MultiPoint(
        np.column_stack([lon + reach * np.cos(turn) * east, lat + reach * np.sin(turn) * north])
    )
    cells = shapely.get_parts(
        shapely.voronoi_polygons(posts, extend_to=town.envelope.buffer(0.1), ordered=True)
    )
    pieces = on_grid(np.array([polygon_parts(cell.intersection(town)) for cell in cells]))
    return [as_multipolygon(piece) for piece in pieces]


def _rows(county: Any, number: int, grids: list[MultiPolygon]) -> list[dict[str, Any]]:
    code = f"{county['code']}-{number + 1:02d}"
    place = f"{county['name']}{_LETTERS[number]}镇"
    shared = {"district": county["code"], "valid_from": _FROM, "valid_to": None}
    # The town is the union of its grids: nested and without a gap, whatever the grid moved.
    whole = as_multipolygon(on_grid(np.array([shapely.union_all(grids)], dtype=object))[0])
    town = {
        **shared,
        "code": code,
        "name": f"虚构示例 {place}",
        "level": "town",
        "parent": None,
        "chief": f"虚构林长{number + 1:02d}",
        "chief_title": "镇级林长",
        "ranger": None,
        "office": f"虚构示例 {place}林长办",
        "board": f"虚构示例 {place}政府门前",
        "geometry": whole,
    }
    return [town, *(_grid(town, number, place, at, grid) for at, grid in enumerate(grids))]


def _grid(
    town: dict[str, Any], number: int, place: str, at: int, ground: MultiPolygon
) -> dict[str, Any]:
    return {
        **town,
        "code": f"{town['code']}-{at + 1:02d}",
        "name": f"虚构示例 {place}{at + 1}号网格",
        "level": "grid",
        "parent": town["code"],
        "chief": None,
        "chief_title": None,
        "ranger": f"虚构护林员{number * GRIDS + at + 1:02d}",
        "board": f"虚构示例 {place}{at + 1}号网格入口",
        "geometry": ground,
    }
