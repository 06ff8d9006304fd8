"""The maps of a notebook: a frame in, a map under the cell, no server."""

from typing import Final

import geopandas as gpd
from geopandas import GeoDataFrame

from gis.crs import CGCS2000
from gis.messages import Message
from maps import afforestation_map, coverage_map
from maps.caption import Caption
from maps.composition import compose, prepare
from maps.errors import MapError
from maps.page import Page, assemble
from maps.plots_block import PlotOptions
from maps.words import PROPERTIES, Labels, Property

_AREA: Final = "area_m2"
_KNOWN: Final = {prop.id: prop for prop in PROPERTIES}


def explore(
    frame: GeoDataFrame,
    *,
    plots: GeoDataFrame | None = None,
    districts: GeoDataFrame | None = None,
    caption: Caption | None = None,
    labels: Labels | None = None,
) -> Page:
    """The map that fits a frame: what a notebook shows when the answer is a cell's last line.

    Parameters
    ----------
    frame
        With a column ``coverage``: the map of coverage. With ``stage``: the map of afforestation,
        reviews included. Anything else: its polygons, with every column in their sheets. Any
        reference system; a frame that names none is taken as degrees.
    plots
        To be drawn above a map of coverage.
    districts
        To be drawn under plots.
    caption, labels
        As in the maps themselves.

    Raises
    ------
    MapError
        ``no_geometry``: the frame has no geometry column. ``not_degrees``: it names no reference
        system and its coordinates are not degrees.

    Examples
    --------
    >>> from shapely import box
    >>> stands = GeoDataFrame({"stand": ["A1"]}, geometry=[box(125.3, 43.8, 125.4, 43.9)])
    >>> type(explore(stands)).__name__
    'Page'
    """
    shown = _degrees(frame)
    around = caption or Caption(title="落图 Luotu", source="笔记本 notebook")
    nothing = gpd.GeoDataFrame({"code": []}, geometry=[], crs=CGCS2000)
    if "coverage" in shown.columns:
        above = nothing if plots is None else _degrees(plots)
        return coverage_map.build(shown, above, caption=around, labels=labels)
    under = nothing if districts is None else _degrees(districts)
    if "stage" in shown.columns:
        return afforestation_map.build(
            under, shown, caption=around, labels=labels, show_review=True
        )
    return _anything(under, shown, around, labels or {})


def _anything(
    districts: GeoDataFrame, frame: GeoDataFrame, caption: Caption, labels: Labels
) -> Page:
    names = [str(name) for name in frame.columns if name != frame.geometry.name]
    renamed = frame.rename(columns=dict(zip(frame.columns, map(str, frame.columns), strict=True)))
    if _AREA not in names:
        names.append(_AREA)
    options = PlotOptions(
        properties=tuple(_KNOWN.get(name, Property(name, (name, name))) for name in names),
        colour_by=(),
        filters=(),
        cap=100_000,
        letters=9_000_000,
    )
    scene = prepare(districts, renamed, options)
    data = compose(scene, caption=caption, options=options, labels=labels)
    return assemble(data, title=caption.headline, bounds=scene.bounds, zoom=scene.zoom)


def _degrees(frame: GeoDataFrame) -> GeoDataFrame:
    if frame.active_geometry_name is None:
        raise MapError(
            "no_geometry",
            Message(
                "表里没有几何列，请用 set_geometry 指定。",
                "The frame has no geometry column: name it by set_geometry.",
            ),
        )
    return frame if frame.crs is None else frame.to_crs(CGCS2000)
