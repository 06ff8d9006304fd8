"""Where trees are planned and where they stand: plots by stage, year, programme and kind."""

from dataclasses import replace
from typing import Final

from geopandas import GeoDataFrame

from maps.caption import Caption
from maps.composition import compose, prepare
from maps.page import Page, assemble
from maps.plots_block import PlotOptions
from maps.words import PROPERTIES, Labels

__all__ = ["Caption", "build"]

_REVIEW: Final = "review"
_BY: Final = ("year", "programme", "kind")

COLUMNS: Final = tuple(prop.id for prop in PROPERTIES)
"""Properties of plots that the map shows."""


def build(
    districts: GeoDataFrame,
    plots: GeoDataFrame,
    *,
    caption: Caption,
    labels: Labels | None = None,
    show_review: bool = False,
) -> Page:
    """Draw afforestation.

    Parameters
    ----------
    districts
        Borders to find one's way by: ``code``, ``geometry`` and where known ``name level parent
        parent_name``; lon and lat in degrees of CGCS2000. May be empty.
    plots
        lon and lat in degrees; needs ``geometry``, and has whatever properties of the contract
        are known: ``stage kind year programme …``. ``area_m2`` is measured on the ellipsoid where
        the column is missing. May be empty.
    caption
        What stands around the map.
    labels
        Words for codes: property → code → (Chinese, English).
    show_review
        True only for readers who may see plots under review: the page then says beside its title
        how many there are. Otherwise plots that are not ``approved`` and the review state itself
        do not enter the file at all.

    Raises
    ------
    MapError
        ``not_degrees``, ``parts_missing``.

    Notes
    -----
    Planned and done are sums of the areas of approved plots, overlaps included, and the page says
    so; those that are not approved stand in columns of their own. Ground that is counted once is
    what ``gis.coverage`` gives.

    Examples
    --------
    >>> from shapely import box
    >>> plot = GeoDataFrame({"stage": ["planned"], "kind": ["人工造林"], "year": [2025]},
    ...                     geometry=[box(125.30, 43.80, 125.31, 43.81)], crs="OGC:CRS84")
    >>> page = build(plot.iloc[:0], plot, caption=Caption(title="造林落地上图", source="示例"))
    >>> "unsafe" in page.csp
    False
    """
    options = _options(show_review=show_review)
    seen, unreviewed = plots, 0
    if _REVIEW in plots.columns:
        approved = _approved(plots)
        unreviewed = len(plots) - len(approved) if show_review else 0
        seen = plots if show_review else approved
    if unreviewed:
        mark = (f"含未审核图斑 {unreviewed} 块", f"holds {unreviewed} plots that are not approved")
        caption = replace(caption, marks=(*caption.marks, mark))
    scene = prepare(districts, seen, options)
    data = compose(scene, caption=caption, options=options, labels=labels or {}, beside=True)
    return assemble(data, title=caption.headline, bounds=scene.bounds, zoom=scene.zoom)


def _approved(plots: GeoDataFrame) -> GeoDataFrame:
    return plots[(plots[_REVIEW] == "approved").to_numpy(dtype=bool, na_value=False)]


def _options(*, show_review: bool) -> PlotOptions:
    review = (_REVIEW,) if show_review else ()
    return PlotOptions(
        properties=tuple(prop for prop in PROPERTIES if prop.id != _REVIEW or show_review),
        colour_by=("stage", *_BY, *review),
        filters=(*_BY, *review),
        # In squares the stages must stay apart too: planned beside done hangs on them.
        apart=("stage", *_BY, *review),
        cap=100_000,
        letters=9_000_000,
        texts=3_000_000,
    )
