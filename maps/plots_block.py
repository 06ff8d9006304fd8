"""The plots of a page: shapes with their sheets, or counted squares when they are too many."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gis.measure import areas_m2
from maps import palette
from maps.columns import Column, column, hashable, within
from maps.html import Json
from maps.mercator import to_pixels
from maps.packing import pack
from maps.shapes import Shapes, drawable, nearby_order, shape_block, thin_pixels
from maps.words import Labels, Pair, Property, properties

Note = Pair
# Counted squares: fine enough to look like a map, few enough for a small file.
_SQUARES_ZOOM: Final = range(13, 3, -1)
_SQUARES_MAX: Final = 60_000
_SQUARE_PX: Final = 8
_FIXED_COLOURS: Final = {"stage": palette.STAGE, "green_class": palette.GREEN_CLASS}


class PlotOptions(NamedTuple):
    """What a map wants to know of its plots, and how much room they may take.

    Parameters
    ----------
    cap
        Above that many plots, squares are counted instead.
    letters
        About the most that packed shapes may take; the deepest zoom follows from it.
    apart
        What counted squares keep apart; the filters when it is empty.
    texts
        The most letters of texts that repeat little. Beyond it, such properties are left out,
        the last first, and names are cut; the page says so.
    """

    properties: tuple[Property, ...]
    colour_by: tuple[str, ...]
    filters: tuple[str, ...]
    cap: int
    letters: int
    apart: tuple[str, ...] = ()
    texts: int = 1_500_000


class Plots(NamedTuple):
    """Plots made ready: what can be drawn, in an order that packs well."""

    frame: GeoDataFrame
    lonlat: Shapes
    notes: tuple[Note, ...]


def prepared(plots: GeoDataFrame) -> Plots:
    """Plots that have ground to draw, nearby ones one after another; the others are told.

    Parameters
    ----------
    plots
        lon, lat in degrees. ``area_m2`` is measured on the ellipsoid where it is missing.
    """
    lonlat = drawable(plots.geometry.to_numpy())
    there = ~shapely.is_missing(lonlat)
    order = nearby_order(lonlat)[: int(there.sum())]
    frame, lonlat = plots.iloc[order], lonlat[order]
    notes = _left_out(len(plots) - len(frame))
    if "area_m2" not in frame.columns and len(frame):
        valid = shapely.is_valid(lonlat)
        measured = np.full(len(frame), np.nan)
        measured[valid] = areas_m2(lonlat[valid])
        frame = frame.assign(area_m2=measured)
        notes += _not_measured(int((~valid).sum()))
    return Plots(frame, lonlat, notes)


def shapes_block(
    plots: Plots, zoom: int, options: PlotOptions, labels: Labels
) -> tuple[dict[str, Json], tuple[Note, ...]]:
    """Each plot with its shape and its properties, and what had to be left out of them."""
    columns, notes = within(
        _columns(plots.frame, options.properties, options, labels), options.texts
    )
    pixels = thin_pixels(plots.lonlat, zoom, neighbours=False)
    block: dict[str, Json] = {
        "count": len(plots.frame),
        "shape": shape_block(pixels, zoom),
        **_table(columns, options),
    }
    return block, notes


def squares_block(
    plots: Plots, options: PlotOptions, labels: Labels
) -> tuple[dict[str, Json], tuple[Note, ...]]:
    """Plots counted in squares of the map, apart by what the reader may filter.

    Properties that would make too many squares are left out, the last first, and it is told.
    """
    wanted = [name for name in options.apart or options.filters if name in plots.frame.columns]
    keys = list(wanted)
    places = to_pixels(np.asarray(shapely.points(_centres(plots.lonlat))), 0)
    xy = shapely.get_coordinates(places)
    while True:
        for zoom in _SQUARES_ZOOM:
            squares = _squares(plots.frame, xy, zoom, keys)
            if len(squares) <= _SQUARES_MAX:
                notes = (*_not_apart(wanted[len(keys) :]), _too_many(plots, options))
                return _squares_as_json(squares, zoom, keys, options, labels), notes
        keys.pop()


def _squares(frame: GeoDataFrame, xy: NDArray[Any], zoom: int, keys: list[str]) -> pd.DataFrame:
    place = np.floor(xy * 2.0**zoom / _SQUARE_PX).astype(np.int64)
    table = pd.DataFrame({name: hashable(frame[name]) for name in keys}).assign(
        square_x=place[:, 0],
        square_y=place[:, 1],
        area_m2=pd.to_numeric(frame["area_m2"], errors="coerce").fillna(0.0).to_numpy(),
        plots=1,
    )
    grouped = table.groupby(["square_x", "square_y", *keys], dropna=False, sort=True, observed=True)
    return grouped.agg(area_m2=("area_m2", "sum"), plots=("plots", "sum")).reset_index()


def _squares_as_json(
    squares: pd.DataFrame, zoom: int, keys: list[str], options: PlotOptions, labels: Labels
) -> dict[str, Json]:
    middle = _SQUARE_PX // 2
    return {
        "count": len(squares),
        "zoom": zoom,
        "x": pack(squares["square_x"] * _SQUARE_PX + middle),
        "y": pack(squares["square_y"] * _SQUARE_PX + middle),
        "plots": pack(squares["plots"]),
        **_table(_columns(squares, properties(*keys, "area_m2"), options, labels), options),
    }


def _columns(
    frame: pd.DataFrame, wanted: Sequence[Property], options: PlotOptions, labels: Labels
) -> list[Column]:
    # The page draws planned plots dashed: it always wants the stage as a choice.
    chosen = {*options.colour_by, *options.filters, "stage"}
    made = [
        column(prop, frame[prop.id], labels, choice=prop.id in chosen)
        for prop in wanted
        if prop.id in frame.columns
    ]
    return [column for column in made if column is not None]


def _table(columns: list[Column], options: PlotOptions) -> dict[str, Json]:
    by_id = {str(column["id"]): column for column in columns}
    colour_by = [name for name in options.colour_by if name in by_id]
    return {
        "columns": list(columns),
        "colour_by": list(colour_by),
        "colours": {name: _colours(name, by_id[name]) for name in colour_by},
        "plain": palette.PLOT,
        "filters": [name for name in options.filters if name in by_id],
    }


def _colours(name: str, column: Column) -> list[Json]:
    codes = column["codes"] if isinstance(column["codes"], list) else []
    fixed = _FIXED_COLOURS.get(name)
    if fixed is None:
        return list(palette.colours(len(codes)))
    return [fixed.get(str(code), palette.UNKNOWN) for code in codes]


def _centres(lonlat: Shapes) -> NDArray[np.float64]:
    bounds = shapely.bounds(lonlat)
    return np.asarray((bounds[:, :2] + bounds[:, 2:]) / 2, dtype=float)


def _left_out(count: int) -> tuple[Note, ...]:
    if not count:
        return ()
    return (
        (f"{count} 块图斑没有可画的面，未显示", f"{count} plots have no polygon and are left out"),
    )


def _not_measured(count: int) -> tuple[Note, ...]:
    if not count:
        return ()
    return (
        (
            f"{count} 块图斑边界有误（如自相交），照画但没有面积",
            f"{count} plots have a faulty outline: drawn as they are, without an area",
        ),
    )


def _not_apart(names: Sequence[str]) -> tuple[Note, ...]:
    """What the counted squares cannot be filtered and coloured by."""
    labels = [prop.label for prop in properties(*names)]
    if not labels:
        return ()
    zh, en = "、".join(label[0] for label in labels), ", ".join(label[1] for label in labels)
    return ((f"汇总方格不能按{zh}筛选或着色", f"counted squares are not told apart by {en}"),)


def _too_many(plots: Plots, options: PlotOptions) -> Note:
    total = len(plots.frame)
    return (
        f"图斑共 {total} 块，超过单个文件上限 {options.cap} 块：按方格汇总块数和面积，"
        "要看每一块请按区县另存地图（--district）",
        f"{total} plots are more than the {options.cap} of one file: they are counted in squares. "
        "To see each, make a map for one district (--district)",
    )
