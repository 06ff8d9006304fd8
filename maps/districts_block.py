"""The districts of a page: borders, names, tree and figures."""

from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from maps.html import Json, shown
from maps.shapes import Shapes, drawable, label_points, shape_block, thin_pixels
from maps.words import LEVEL, Pair

_AREAS: Final = ("district_m2", "green_m2", "sum_m2", "overlap_m2", "refused_m2")
_ORDER: Final = tuple(LEVEL)


class Districts(NamedTuple):
    """Districts made ready to be drawn."""

    frame: GeoDataFrame
    lonlat: Shapes
    notes: tuple[Pair, ...]


def prepared(districts: GeoDataFrame) -> Districts:
    """Districts, with a note on those without borders."""
    lonlat = drawable(districts.geometry.to_numpy())
    missing = int(shapely.is_missing(lonlat).sum())
    notes: tuple[Pair, ...] = ()
    if missing:
        notes = (
            (
                f"{missing} 个行政区没有边界，只列在表中",
                f"{missing} districts have no boundary and are only in the list",
            ),
        )
    return Districts(districts.reset_index(drop=True), lonlat, notes)


def block(districts: Districts, zoom: int) -> dict[str, Json]:
    """Districts as the page's script reads them."""
    frame = districts.frame
    pixels = np.full(len(frame), None, dtype=object)
    level = _texts(frame, "level")
    for level_name in set(level):
        of_level = np.flatnonzero(np.array(level, dtype=object) == level_name)
        # Parents lie on their children: only districts of one level are neighbours.
        pixels[of_level] = thin_pixels(districts.lonlat[of_level], zoom, neighbours=True)
    out: dict[str, Json] = {
        "code": list(_texts(frame, "code")),
        "name": [name or code for name, code in zip(*_both(frame), strict=True)],
        "level": list(level),
        "parent": list(_texts(frame, "parent")),
        "shape": shape_block(pixels, zoom),
        **label_points(pixels),
    }
    for name in _AREAS:
        if name in frame.columns:
            out[name] = numbers(frame[name], digits=1)
    if "plot_count" in frame.columns:
        out["plot_count"] = numbers(frame["plot_count"], digits=0)
    if "complete" in frame.columns:
        out["complete"] = [None if pd.isna(value) else bool(value) for value in frame["complete"]]
    return out


def levels(frame: GeoDataFrame) -> list[str]:
    """The levels that occur, the highest first; unknown ones last.

    A level may be of several kinds, as ``area:KFQ``: areas of one kind share no ground.
    """

    def place(name: str) -> tuple[int, str]:
        level = name.partition(":")[0]
        return (_ORDER.index(level) if level in _ORDER else 99, name)

    return sorted(set(_texts(frame, "level")), key=place)


def level_words(level: str) -> Pair:
    """A level in words."""
    return LEVEL.get(level, (level, level))


def numbers(values: "pd.Series[Any]", *, digits: int) -> list[Json]:
    """Finite numbers, rounded; None for what is no number."""
    figures = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return [round(float(figure), digits) if np.isfinite(figure) else None for figure in figures]


def _texts(frame: GeoDataFrame, name: str) -> list[str]:
    if name not in frame.columns:
        return [""] * len(frame)
    return [shown(value) for value in frame[name]]


def _both(frame: GeoDataFrame) -> tuple[list[str], list[str]]:
    return _texts(frame, "name"), _texts(frame, "code")
