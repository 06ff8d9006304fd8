"""Invented plots for the demo; the same seed gives the same plots."""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import GeometryType, MultiPolygon

from data.demo.attributes import describe
from data.demo.places import apart, boxes_around, quotas, scatter
from data.demo.recipes import SIZES, recipe_of
from data.demo.shapes import Outlines, draw_outlines, lay_down
from gis.crs import CGCS2000
from gis.grid import on_grid
from gis.measure import areas_m2
from gis.messages import InvalidValueError, Message
from gis.polygons import polygon_parts

__all__ = ["demo_plots"]

PLANNED_FOR = 0.05  # share of planned plots that a planted one carries out
CARRIED_BY_TWO = 0.005  # planned plots that two planted ones carry out, in two years
OVERLAPPING = 0.03  # plots pushed onto a neighbour: about 5 % of the green then share ground
SPARE = (
    1.5  # plots drawn per plot wanted: some are dropped, on other plots or outside the districts
)
ROUNDS = 4
FULL = 0.3  # of the ground: beyond it plots find no room beside each other
HALVED_M2 = 10_000.0


class Sites(NamedTuple):
    """Where and how large: one row a plot."""

    county: NDArray[np.intp]
    centre: NDArray[np.float64]
    kind: NDArray[np.object_]
    area_m2: NDArray[np.float64]

    def take(self, rows: NDArray[np.intp]) -> "Sites":
        """Some of the rows."""
        return Sites(self.county[rows], self.centre[rows], self.kind[rows], self.area_m2[rows])

    def frame(self) -> pd.DataFrame:
        """County (as a number) and kind, one row a plot."""
        return pd.DataFrame({"county": self.county, "kind": self.kind})


def demo_plots(
    districts: gpd.GeoDataFrame, *, count: int = 20_000, seed: int = 20_261_122
) -> gpd.GeoDataFrame:
    """Invent plots on districts.

    Parameters
    ----------
    districts
        Columns `code`, `name`, `geometry`, as `demo_districts` gives them.
    count
        How many plots; 0 gives an empty frame.
    seed
        The same seed gives the same plots.

    Returns
    -------
    GeoDataFrame
        In CGCS2000 longitude and latitude: the plot properties of the interface, `district` (the
        county with the largest part), `area_m2` (ellipsoidal), `review` with `reason` for the
        returned ones, and `plan_of`: for planted plots the rows (index labels) of the planned
        plots that they carry out, which always stand above them. Geometries are valid
        MultiPolygons on the 1e-9° grid.

    Examples
    --------
    >>> from data.demo.demo import demo_districts
    >>> plots = demo_plots(demo_districts(), count=40)
    >>> len(plots), bool(plots.name.str.startswith("虚构示例").all())
    (40, True)
    """
    rng = np.random.default_rng(seed)
    twins, pairs = round(count * PLANNED_FOR), round(count * CARRIED_BY_TWO)
    sites, outlines, shapes = _laid_out(districts, count - twins - 2 * pairs, pairs, rng)
    carried = slice(pairs, pairs + twins)
    halves = _halved(shapes[:pairs], rng)
    around = lay_down(
        outlines.take(np.arange(pairs, pairs + twins)),
        sites.centre[carried],
        scale=rng.uniform(0.92, 1.15, twins),
    )
    fits = _inside(districts.geometry.to_numpy(), sites.county[carried], around)
    around = np.where(fits, around, shapes[carried])
    planned = pairs + twins
    order = np.r_[0:planned, 0:planned, 0:pairs, planned : len(shapes)]
    frame = sites.take(order).frame()
    drawn = [shapes[:pairs], around, halves[0], shapes[carried], halves[1], shapes[planned:]]
    frame["geometry"] = _as_multi(on_grid(np.concatenate(drawn)))
    frame["plan"] = _plans(len(frame), pairs, twins)
    frame["district"] = _home(districts, frame["geometry"].to_numpy(), frame.pop("county"))
    frame["area_m2"] = areas_m2(frame["geometry"].to_numpy(), checked=True)
    described = describe(frame, dict(zip(districts.code, districts.name, strict=True)), rng)
    return gpd.GeoDataFrame(described, geometry="geometry", crs=CGCS2000)


def _plans(n: int, pairs: int, twins: int) -> NDArray[np.intp]:
    """Row of the plan that each row carries out; -1 for none, -2 for the plans themselves."""
    planned = pairs + twins
    plan = np.full(n, -1, dtype=np.intp)
    plan[:planned] = -2
    plan[planned : 2 * planned] = np.arange(planned)
    plan[2 * planned : 2 * planned + pairs] = np.arange(pairs)
    return plan


def _laid_out(
    districts: gpd.GeoDataFrame, n: int, pairs: int, rng: Generator
) -> tuple[Sites, Outlines, NDArray[np.object_]]:
    """`n` plots inside the districts; the first `pairs` are large enough to be halved."""
    counties = districts.geometry.to_numpy()
    ground_m2 = areas_m2(counties)
    wanted = quotas(ground_m2, n)
    spare = SPARE
    for _ in range(ROUNDS):
        sites = _sites(districts, quotas(ground_m2, int(n * spare) + 32), rng)
        if n * sites.area_m2.mean() > FULL * ground_m2.sum():
            break
        outlines = draw_outlines(sites.area_m2, _column(sites.kind, "elongation"), rng)
        free = np.flatnonzero(apart(boxes_around(sites.centre, outlines.reach_m)))
        sites, outlines = _pushed_together(sites.take(free), rng), outlines.take(free)
        shapes = lay_down(outlines, sites.centre)
        rows = _chosen(sites.county, _inside(counties, sites.county, shapes), wanted, n)
        if len(rows) == n:
            rows = _large_first(rows, sites.area_m2, pairs)
            return sites.take(rows), outlines.take(rows), shapes[rows]
        spare *= 1.7
    raise InvalidValueError(
        Message(
            f"这些行政区放不下 {n} 个示例图斑，请减少 count。",
            f"These districts have no room for {n} invented plots; lower count.",
        )
    )


def _sites(districts: gpd.GeoDataFrame, shares: NDArray[np.intp], rng: Generator) -> Sites:
    county = np.repeat(np.arange(len(shares)), shares)
    spots = [
        scatter(shape, share, rng)
        for shape, share in zip(districts.geometry, shares.tolist(), strict=True)
    ]
    kinds = [
        _kinds(code, name, share, rng)
        for code, name, share in zip(districts.code, districts.name, shares.tolist(), strict=True)
    ]
    kind = np.concatenate(kinds)
    area_ha = _column(kind, "median_ha") * np.exp(
        _column(kind, "spread") * rng.normal(0, 1, len(kind))
    )
    area_ha = np.clip(area_ha, _column(kind, "min_ha"), _column(kind, "max_ha"))
    return Sites(county, np.concatenate(spots), kind, area_ha * 10_000)


def _kinds(code: str, name: str, n: int, rng: Generator) -> NDArray[np.object_]:
    recipe = recipe_of(code)
    town = 0.45 if name.endswith("区") else 0.15
    shares = {kind: share * (1 - town) for kind, share in recipe.forest.items()}
    shares |= {kind: share * town for kind, share in recipe.urban.items()}
    weight = np.array(list(shares.values()))
    return rng.choice(np.array(list(shares), dtype=object), n, p=weight / weight.sum())


def _column(kind: NDArray[np.object_], name: str) -> NDArray[np.float64]:
    return np.array([getattr(SIZES[code], name) for code in kind], dtype=np.float64)


def _pushed_together(sites: Sites, rng: Generator) -> Sites:
    """Some plots moved onto another of their county, so that they share ground with it."""
    lots = rng.permutation(len(sites.county))
    lots = lots[np.argsort(sites.county[lots], kind="stable")]
    pairs = np.column_stack([lots[:-1:2], lots[1::2]])
    pairs = pairs[sites.county[pairs[:, 0]] == sites.county[pairs[:, 1]]]
    n = min(round(len(lots) * OVERLAPPING), len(pairs))
    moved, hosts = rng.permutation(pairs)[:n].T
    radius = np.sqrt(sites.area_m2 / np.pi)
    turn = rng.uniform(0, 2 * np.pi, n)
    step = (radius[moved] + radius[hosts]) * 0.66 / 110_900
    lat = sites.centre[hosts, 1]
    centre = sites.centre.copy()
    centre[moved, 0] = sites.centre[hosts, 0] + step * np.cos(turn) / np.cos(np.radians(lat))
    centre[moved, 1] = lat + step * np.sin(turn)
    return sites._replace(centre=centre)


def _inside(
    counties: NDArray[np.object_], county: NDArray[np.intp], shapes: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Whether each shape lies in the districts: in its own, or over a border between two."""
    shapely.prepare(counties)
    inside = shapely.covers(counties[county], shapes)
    everything = shapely.union_all(counties)
    shapely.prepare(everything)
    inside[~inside] = shapely.covers(everything, shapes[~inside])
    return np.asarray(inside)


def _chosen(
    county: NDArray[np.intp], usable: NDArray[np.bool_], wanted: NDArray[np.intp], n: int
) -> NDArray[np.intp]:
    """As many of each county as it should have, then whatever is left over, `n` at most."""
    rows = np.flatnonzero(usable)
    place = pd.Series(county[rows]).groupby(county[rows]).cumcount().to_numpy()
    first = place < wanted[county[rows]]
    return np.concatenate([rows[first], rows[~first]])[:n]


def _large_first(
    rows: NDArray[np.intp], area_m2: NDArray[np.float64], pairs: int
) -> NDArray[np.intp]:
    large = rows[area_m2[rows] > HALVED_M2][:pairs]
    return np.concatenate([large, np.setdiff1d(rows, large)])


def _halved(
    shapes: NDArray[np.object_], rng: Generator
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Each shape cut in two by a meridian near its middle."""
    west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
    cut = west + (east - west) * rng.uniform(0.4, 0.6, len(shapes))
    left = shapely.intersection(shapes, shapely.box(west, south, cut, north))
    right = shapely.intersection(shapes, shapely.box(cut, south, east, north))
    return left, right


def _as_multi(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    # A cut may leave a lone part, or a point where an outline touches it.
    for row in np.flatnonzero(shapely.get_type_id(shapes) != GeometryType.MULTIPOLYGON):
        shapes[row] = MultiPolygon(list(shapely.get_parts(polygon_parts(shapes[row]))))
    return shapes


def _home(
    districts: gpd.GeoDataFrame, shapes: NDArray[np.object_], county: pd.Series
) -> NDArray[np.object_]:
    """Code of the county that has the largest part of each shape."""
    counties = districts.geometry.to_numpy()
    home = county.to_numpy().copy()
    crossing = np.flatnonzero(~shapely.covers(counties[home], shapes))
    shape, other = shapely.STRtree(counties).query(shapes[crossing])
    parts = pd.DataFrame({"shape": shape, "county": other})
    parts["area"] = shapely.area(shapely.intersection(shapes[crossing[shape]], counties[other]))
    largest = parts.loc[parts.groupby("shape")["area"].idxmax()]
    home[crossing[largest["shape"]]] = largest["county"]
    codes = districts.code.tolist()
    return np.array([codes[row] for row in home], dtype=object)
