"""How much of each district is green: a choropleth with the plots above it."""

from typing import Final

import pandas as pd
from geopandas import GeoDataFrame

from maps.caption import Caption
from maps.composition import compose, prepare
from maps.page import Page, assemble
from maps.plots_block import PlotOptions
from maps.themes import themes
from maps.words import Labels, properties

__all__ = ["Caption", "build"]

_OPTIONS: Final = PlotOptions(
    properties=properties(
        "name", "plot_no", "stage", "kind", "green_class", "year", "programme", "area_m2"
    ),
    colour_by=("green_class",),
    filters=("kind", "year"),
    # In squares the stages stay apart too: sums never mix planted ground with other ground.
    apart=("stage", "green_class", "kind", "year"),
    cap=40_000,
    letters=3_000_000,
)

COLUMNS: Final = tuple(prop.id for prop in _OPTIONS.properties)
"""Properties of plots that the map shows."""


def build(
    districts: GeoDataFrame,
    plots: GeoDataFrame,
    *,
    caption: Caption,
    by_class: pd.DataFrame | None = None,
    before: pd.DataFrame | None = None,
    labels: Labels | None = None,
) -> Page:
    """Draw coverage.

    Parameters
    ----------
    districts
        One row a district, lon and lat in degrees of CGCS2000: ``code``, ``geometry`` and where
        known ``name level parent parent_name district_m2 green_m2 coverage plot_count sum_m2
        overlap_m2 refused_m2 complete``. Areas in m²; coverage a ratio, NaN or None for "no
        data". Several levels may stand in one frame; the deepest is shown first.
    plots
        lon and lat in degrees; every property is optional. May be empty.
    caption
        What stands around the map.
    by_class
        Figures of the green classes apart, as ``gis.coverage.coverage(…, by="green_class")``
        gives them: ``code green_class green_m2`` and ``district_m2`` or ``coverage``.
    before
        Figures of an earlier date: ``code coverage``. The page then shows the change too.
    labels
        Words for codes: property → code → (Chinese, English).

    Raises
    ------
    MapError
        ``not_degrees``, ``parts_missing``.

    Notes
    -----
    Borders are simplified for the eye, to half a pixel of the deepest zoom, which the page
    states; no figure comes from them.

    Examples
    --------
    >>> from shapely import box
    >>> county = GeoDataFrame({"code": ["220102"], "name": ["南关区"], "coverage": [0.25]},
    ...                       geometry=[box(125.2, 43.7, 125.4, 43.9)], crs="OGC:CRS84")
    >>> page = build(county, county.iloc[:0], caption=Caption(title="绿化覆盖率", source="示例"))
    >>> page.csp.startswith("default-src 'none'")
    True
    """
    scene = prepare(districts, plots, _OPTIONS)
    data = compose(
        scene,
        caption=caption,
        options=_OPTIONS,
        labels=labels or {},
        themes=themes(scene.districts.frame, by_class=by_class, before=before),
    )
    return assemble(data, title=caption.headline, bounds=scene.bounds, zoom=scene.zoom)
