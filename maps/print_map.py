"""A map of one district on a sheet of paper: PDF, its shapes as vectors and its font embedded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from gis.messages import Message
from maps.errors import MapError

__all__ = ["PrintMap", "chinese_font", "drawable", "patch", "write_pdf"]

A4_INCHES: Final = (11.69, 8.27)  # across; upright for a district that is taller than broad
MOST_NUMBERS: Final = 150  # more plots on a sheet cannot bear their numbers
M_PER_DEGREE: Final = 111_320.0
# Of a stage: its words, face and edge.
STAGES: Final = {
    "planned": ("计划", "#f2d16b", "#8a6d00"),
    "planted": ("已造林", "#8fce7c", "#2c6e1b"),
    "accepted": ("验收合格", "#2f9e44", "#17501f"),
    "existing": ("现有", "#b7d7c2", "#4b7a5b"),
}
_FONT: Final = "CJK"
_LACKING: Final = "〓"


@dataclass(frozen=True)
class PrintMap:
    """What a sheet shows.

    ``plots`` is in CGCS2000 longitude and latitude with the columns ``stage`` and ``plot_no``; the
    numbers are written where there are few. ``notes`` are lines below the map.
    """

    title: str
    district: BaseGeometry
    plots: gpd.GeoDataFrame
    notes: Sequence[str]


def write_pdf(sheet: PrintMap, path: Path) -> None:
    """Write a sheet of A4, across or upright as the district is.

    Raises
    ------
    maps.errors.MapError
        ``no_font``: the machine has no Chinese font.
    """
    # It takes a second to import, and only hand-ins need it.
    from matplotlib import rc_context  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    font = chinese_font()
    with rc_context({"pdf.fonttype": 3, "pdf.compression": 6}):
        figure = Figure(figsize=_paper(sheet.district))
        axes = figure.add_axes((0.08, 0.15, 0.74, 0.75))
        _draw(axes, sheet, font)
        _decorate(axes, sheet, font)
        title = drawable(sheet.title, font)
        figure.text(0.5, 0.94, title, ha="center", fontproperties=font, fontsize=16)
        for line, note in enumerate(sheet.notes):
            said = drawable(note, font)
            figure.text(0.06, 0.075 - 0.022 * line, said, fontproperties=font, fontsize=7)
        # No date of making: the same data gives the same bytes.
        figure.savefig(path, format="pdf", metadata={"Creator": "Luotu", "CreationDate": None})


def chinese_font() -> Any:
    """A Chinese font of this machine for matplotlib. Raises `MapError` ``no_font``."""
    from matplotlib.font_manager import FontProperties, findSystemFonts  # noqa: PLC0415

    fonts = sorted(file for file in findSystemFonts() if _FONT in Path(file).name)
    plain = [file for file in fonts if "SansCJK-Regular" in file] or fonts
    if not plain:
        raise MapError(
            "no_font",
            Message(
                "本机没有中文字体，PDF 会显示为方框：请安装 fonts-noto-cjk",
                "this machine has no Chinese font, a PDF would show boxes: install fonts-noto-cjk",
            ),
        )
    return FontProperties(fname=plain[0])


def drawable(text: str, font: Any) -> str:
    """A text as matplotlib writes it word by word, with 〓 for what the font lacks.

    Emoji and scripts other than the font's would be empty boxes, and what stands between two
    dollar signs would be read as a formula.

    >>> drawable("林场 🌲 $5", chinese_font()).replace(chr(92), "/")
    '林场 〓 /$5'
    """
    from matplotlib.font_manager import get_font  # noqa: PLC0415

    face = get_font(font.get_file())
    known = (c if c == "\n" or face.get_char_index(ord(c)) else _LACKING for c in text)
    return "".join(known).replace("$", r"\$")


def _paper(district: BaseGeometry) -> tuple[float, float]:
    west, south, east, north = district.bounds
    broad = (east - west) * math.cos(math.radians((south + north) / 2))
    return A4_INCHES if broad >= north - south else A4_INCHES[::-1]


def _draw(axes: Any, sheet: PrintMap, font: Any) -> None:
    from matplotlib.collections import PatchCollection  # noqa: PLC0415

    for ring in _outlines(sheet.district):
        axes.plot(*ring.T, color="#222222", linewidth=1.4, linestyle=(0, (8, 2, 1, 2)), zorder=3)
    for stage, (_words, face, edge) in STAGES.items():
        shapes = sheet.plots.geometry[sheet.plots["stage"] == stage].to_numpy()
        patches = [patch(part) for part in shapely.get_parts(shapes)]
        axes.add_collection(
            PatchCollection(patches, facecolor=face, edgecolor=edge, linewidth=0.3, zorder=2)
        )

    if len(sheet.plots) <= MOST_NUMBERS:
        points = shapely.point_on_surface(sheet.plots.geometry.to_numpy())
        for at, number in zip(shapely.get_coordinates(points), sheet.plots["plot_no"], strict=True):
            said = drawable(str(number), font)
            axes.annotate(
                said, at, fontproperties=font, fontsize=4, ha="center", va="center", zorder=4
            )


def _outlines(shape: BaseGeometry) -> list[Any]:
    lines = shapely.get_parts(shapely.boundary(shape))
    return [shapely.get_coordinates(line) for line in lines]


def patch(polygon: Any) -> Any:
    """A polygon with its holes, as matplotlib draws it."""
    from matplotlib.patches import PathPatch  # noqa: PLC0415
    from matplotlib.path import Path as Outline  # noqa: PLC0415

    rings = [polygon.exterior, *polygon.interiors]
    outline = Outline.make_compound_path(
        *(Outline(shapely.get_coordinates(ring), closed=True) for ring in rings)
    )
    return PathPatch(outline)


def _decorate(axes: Any, sheet: PrintMap, font: Any) -> None:
    from matplotlib.patches import Patch  # noqa: PLC0415

    west, south, east, north = sheet.district.bounds
    middle = math.radians((south + north) / 2)
    axes.set_aspect(1 / math.cos(middle))
    axes.margins(0.03)
    axes.ticklabel_format(useOffset=False, style="plain")
    axes.tick_params(labelsize=6, length=2)
    axes.grid(visible=True, linewidth=0.3, linestyle=":", color="#cccccc")
    axes.set_axisbelow(True)
    there = [stage for stage in STAGES if (sheet.plots["stage"] == stage).any()]
    boxes = [Patch(facecolor=STAGES[s][1], edgecolor=STAGES[s][2]) for s in there]
    # Beside the map, where they hide nothing.
    if boxes:
        words = [STAGES[s][0] for s in there]
        axes.legend(boxes, words, prop=font, loc="upper left", bbox_to_anchor=(1.01, 0.86))
    axes.annotate("N", (1.05, 1.0), xycoords="axes fraction", fontsize=10, ha="center", va="top")
    axes.annotate(
        "",
        (1.05, 0.96),
        (1.05, 0.89),
        xycoords="axes fraction",
        arrowprops={"arrowstyle": "-|>", "color": "black"},
    )
    length_m = _round_length((east - west) * M_PER_DEGREE * math.cos(middle) / 4)
    length = length_m / (M_PER_DEGREE * math.cos(middle))
    below = axes.get_xaxis_transform()  # longitudes, and the height of the frame
    ends = [west, west + length]
    axes.plot(ends, [-0.05] * 2, color="black", linewidth=2, transform=below, clip_on=False)
    said = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    axes.text(west + length, -0.05, f" {said}", fontsize=7, va="center", transform=below)


def _round_length(metres: float) -> float:
    """The largest of 1, 2 or 5 times a power of ten that is not longer.

    >>> _round_length(7300), _round_length(430)
    (5000.0, 200.0)
    """
    power = 10.0 ** math.floor(math.log10(max(metres, 1.0)))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= max(metres, 1.0))
