"""Pictures of progress for documents: a map and a chart, drawn without a browser or a network."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from geopandas import GeoDataFrame

from gis.messages import Language, Message
from maps.palette import NOTHING, progress_classes
from maps.print_map import chinese_font, drawable, patch

__all__ = ["Bar", "chart_png", "map_png"]

_DPI: Final = 150
_WIDTH_INCHES: Final = 6.5
_COLOURS: Final = (
    (Message("上报", "reported"), "#e69f00"),
    (Message("上图", "mapped"), "#56b4e9"),
    (Message("核实", "accepted"), "#0072b2"),
)
_NO_DATA: Final = Message("无数据", "no data")


class Bar(NamedTuple):
    """Rates of one holder: reported, mapped and accepted over its target; None without one."""

    name: str
    rates: tuple[float | None, float | None, float | None]


def chart_png(bars: Sequence[Bar], language: Language = "zh") -> bytes:
    """Bars of the three rates; a line stands at the whole. Rates are never cut off.

    Raises
    ------
    maps.errors.MapError
        ``no_font``: the machine has no Chinese font.
    """
    # It takes a second to import, and few need it.
    from matplotlib.figure import Figure  # noqa: PLC0415

    font = chinese_font()
    figure = Figure(figsize=(_WIDTH_INCHES, max(1.6, 0.42 * len(bars) + 0.8)), dpi=_DPI)
    axes = figure.add_axes((0.3, 0.16, 0.66, 0.74))
    for place, (label, colour) in enumerate(_COLOURS):
        heights = [100 * (bar.rates[place] or 0.0) for bar in bars]
        where = np.arange(len(bars)) + 0.26 * (place - 1)
        axes.barh(where, heights, height=0.24, color=colour, label=label.text(language))
    axes.axvline(100, color="#444444", linewidth=0.8)
    names = [drawable(bar.name, font) for bar in bars]
    axes.set_yticks(range(len(bars)), names, fontproperties=font, fontsize=7)
    axes.invert_yaxis()
    axes.tick_params(axis="x", labelsize=7)
    axes.set_xlabel("%", fontsize=7)
    # Above the bars, for each may be as long as the chart is wide.
    axes.legend(
        prop=font, fontsize=7, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False
    )
    return _png(figure)


def map_png(
    districts: GeoDataFrame, rates: Sequence[float | None], language: Language = "zh"
) -> bytes:
    """Districts by rate in the classes of the other maps; without a figure they are grey.

    Raises
    ------
    maps.errors.MapError
        ``no_font``: the machine has no Chinese font.
    """
    from matplotlib.collections import PatchCollection  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    font = chinese_font()
    values = np.array([np.nan if rate is None else rate for rate in rates], dtype=float)
    classes = progress_classes(values)
    figure = Figure(figsize=(_WIDTH_INCHES, 4.6), dpi=_DPI)
    axes = figure.add_axes((0.02, 0.02, 0.96, 0.96))
    axes.axis("off")
    boxes, words = [], []
    for place in (-1, *range(len(classes.bands))):
        shapes = districts.geometry.to_numpy()[np.asarray(classes.place) == place]
        shapes = shapes[~shapely.is_missing(shapes)]
        if not len(shapes):
            continue
        colour = NOTHING if place < 0 else classes.bands[place].colour
        patches = [patch(part) for part in shapely.get_parts(shapes)]
        face: dict[str, Any] = {"facecolor": colour, "edgecolor": "#555555", "linewidth": 0.3}
        axes.add_collection(PatchCollection(patches, **face))
        boxes.append(Patch(facecolor=colour, edgecolor="#555555"))
        if place < 0:
            words.append(_NO_DATA.text(language))
        else:
            words.append(getattr(classes.bands[place], language))
    _, south, _, north = districts.total_bounds
    axes.set_aspect(1 / math.cos(math.radians((south + north) / 2)))
    axes.autoscale_view()
    if boxes:
        axes.legend(boxes, words, prop=font, fontsize=7, loc="lower left")
    return _png(figure)


def _png(figure: Any) -> bytes:
    picture = io.BytesIO()
    # No program and no date: the same data gives the same bytes.
    figure.savefig(picture, format="png", bbox_inches="tight", metadata={"Software": None})
    return picture.getvalue()
