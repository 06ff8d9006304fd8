"""The area of a plot as each office computes it, side by side, and why the figures differ."""

from typing import NamedTuple

import shapely

from gis.messages import Message
from gis.official_area import Explanation, explain

__all__ = ["PlotAreas", "plot_areas"]

# Areas on paper are rounded to a hundredth of a mu.
ROUNDING_M2 = 3.4


class PlotAreas(NamedTuple):
    """Areas of one plot in square metres; ``declared_m2`` is None when nothing is declared."""

    geodesic_m2: float
    """Edges are geodesics: the figure of this product."""
    official_m2: float
    """国土调查办发〔2008〕32号."""
    plane_m2: float
    """On the plane of the 3° Gauss-Krüger zone."""
    zone: int
    """Number of that zone."""
    declared_m2: float | None
    message: Message
    """Why they differ."""


def plot_areas(geometry: shapely.MultiPolygon, declared_m2: float | None) -> PlotAreas:
    """Measure a plot by each method.

    Parameters
    ----------
    geometry
        Valid, in degrees of CGCS2000.
    declared_m2
        What the builder says, or None.

    Raises
    ------
    GeometryError
        Those of `gis.official_area.explain`: empty, or outside the zones of China.

    Examples
    --------
    >>> plot = shapely.MultiPolygon([shapely.box(125.32, 43.88, 125.34, 43.90)])
    >>> areas = plot_areas(plot, explain(plot).plane_m2)
    >>> areas.zone, areas.message.en.rpartition(": ")[2]
    (42, 'that is the area on the plane, where it was measured.')
    """
    explanation = explain(geometry)
    declared = None if declared_m2 is None else _about_declared(declared_m2, explanation)
    message = explanation.message
    if declared is not None:
        message = Message(f"{message.zh}{declared.zh}", f"{message.en} {declared.en}")
    return PlotAreas(
        explanation.geodesic_m2,
        explanation.official_m2,
        explanation.plane_m2,
        explanation.zone.number,
        declared_m2,
        message,
    )


def _about_declared(declared_m2: float, areas: Explanation) -> Message:
    off = declared_m2 - areas.geodesic_m2
    plane_off = declared_m2 - areas.plane_m2
    if abs(off) <= min(ROUNDING_M2, abs(plane_off)):
        return Message(
            f"申报 {declared_m2:.2f} m²，即椭球面积。",
            f"Declared are {declared_m2:.2f} m²: that is the area on the ellipsoid.",
        )
    if abs(plane_off) <= ROUNDING_M2:
        return Message(
            f"申报 {declared_m2:.2f} m²，即平面面积，是在投影平面上量算的。",
            f"Declared are {declared_m2:.2f} m²: that is the area on the plane, where it was "
            "measured.",
        )
    share = off / areas.geodesic_m2
    return Message(
        f"申报 {declared_m2:.2f} m²，与椭球面积相差 {off:+.2f} m²（{share:+.2%}），"
        "投影不能解释，请核对图形与申报数。",
        f"Declared are {declared_m2:.2f} m², {off:+.2f} m² ({share:+.2%}) off the ellipsoid, which "
        "no projection explains: look at the shape and at the figure.",
    )
