"""What every map of ours has in common: ground, plots, zoom, notes, and the words around them."""

from typing import Final, NamedTuple, TypeAlias

import shapely
from geopandas import GeoDataFrame

from maps import districts_block, plots_block
from maps.caption import Caption
from maps.districts_block import Districts, level_words, levels
from maps.html import Json, shown
from maps.mercator import pixel_m
from maps.plots_block import PlotOptions, Plots
from maps.shapes import MOST_MOVED_PX, Shapes, deepest_zoom
from maps.words import Labels

Bounds: TypeAlias = tuple[float, float, float, float]
_DISTRICT_LETTERS: Final = 1_500_000
# Where nothing at all can be drawn, the page shows China.
_CHINA: Final[Bounds] = (73.0, 18.0, 135.0, 54.0)


class Scene(NamedTuple):
    """What is to be drawn, before it is packed: bounds are west, south, east, north in degrees."""

    districts: Districts
    plots: Plots
    zoom: int
    bounds: Bounds


def prepare(districts: GeoDataFrame, plots: GeoDataFrame, options: PlotOptions) -> Scene:
    """Choose what can be drawn, and the deepest zoom that keeps the page small."""
    ground, green = districts_block.prepared(districts), plots_block.prepared(plots)
    zoom = deepest_zoom(ground.lonlat, _DISTRICT_LETTERS)
    if len(green.frame) <= options.cap:
        zoom = min(zoom, deepest_zoom(green.lonlat, options.letters))
    return Scene(ground, green, zoom, bounds_of(ground.lonlat, green.lonlat))


def compose(
    scene: Scene,
    *,
    caption: Caption,
    options: PlotOptions,
    labels: Labels,
    themes: list[Json] | None = None,
    beside: bool = False,
) -> dict[str, Json]:
    """The whole page as data: ``PageData`` of ``maps/pages/src/data.ts``.

    Parameters
    ----------
    themes
        Figures for a choropleth; none: districts are outlines.
    beside
        True: a table of planned beside done.
    """
    block, notes = _plots(scene, options, _with_names(labels, scene.districts.frame))
    shown_levels = levels(scene.districts.frame)
    return {
        "language": caption.language,
        "caption": caption.as_json(),
        "zoom": scene.zoom,
        "bounds": [[scene.bounds[1], scene.bounds[0]], [scene.bounds[3], scene.bounds[2]]],
        "precision_m": precision_m(scene.zoom, scene.bounds),
        "notes": [list(note) for note in (*scene.districts.notes, *scene.plots.notes, *notes)],
        "districts": districts_block.block(scene.districts, scene.zoom),
        "levels": [
            {"id": level, "label": list(labels.get("level", {}).get(level, level_words(level)))}
            for level in shown_levels
        ],
        "level": shown_levels[-1] if shown_levels else "",
        "parents": parents(scene.districts.frame),
        "themes": themes or [],
        "plots": block,
        "beside": beside and block is not None,
    }


def _with_names(labels: Labels, frame: GeoDataFrame) -> Labels:
    """Words for the counties of plots too, where the map has their names."""
    if not {"code", "name"} <= set(frame.columns):
        return labels
    pairs = zip(frame["code"].map(shown), frame["name"].map(shown), strict=True)
    names = {code: (name, name) for code, name in pairs if name}
    return {"district": names, **labels}


def _plots(
    scene: Scene, options: PlotOptions, labels: Labels
) -> tuple[dict[str, Json] | None, list[tuple[str, str]]]:
    count = len(scene.plots.frame)
    if not count:
        return None, [("没有图斑", "There are no plots")]
    if count <= options.cap:
        block, cut = plots_block.shapes_block(scene.plots, scene.zoom, options, labels)
        return block, list(cut)
    block, left_out = plots_block.squares_block(scene.plots, options, labels)
    return block, list(left_out)


def parents(frame: GeoDataFrame) -> dict[str, Json]:
    """Names of what is above, by code."""
    if not {"parent", "parent_name"} <= set(frame.columns):
        return {}
    pairs = frame[["parent", "parent_name"]].drop_duplicates().itertuples(index=False)
    return {shown(code): shown(name) for code, name in pairs if shown(code)}


def bounds_of(*layers: Shapes, elsewhere: Bounds | None = None) -> Bounds:
    """Where the first layer lies that has anything to draw; if none has, ``elsewhere`` or China."""
    for shapes in layers:
        if not shapely.is_missing(shapes).all():
            west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
            return west, south, east, north
    return elsewhere or _CHINA


def precision_m(zoom: int, bounds: Bounds) -> float:
    """Half a pixel at maximum zoom, in metres, at the latitude of the map nearest the equator."""
    nearest_equator = min(abs(bounds[1]), abs(bounds[3]))
    return float(f"{MOST_MOVED_PX * pixel_m(zoom, nearest_equator):.2g}")
