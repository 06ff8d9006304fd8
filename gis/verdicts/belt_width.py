"""Whether a belt of green along a road is wider than farmland allows."""

from __future__ import annotations

from math import sqrt

from shapely.geometry.base import BaseGeometry

from gis.measure import area_m2, length_m
from gis.messages import Message
from gis.polygons import polygon_parts
from gis.verdicts.problems import Problem

__all__ = ["belt_width"]

# A part that is less long than this many times its width is a place and no belt.
_BELT_LENGTHS = 5.0
_PART_MIN_M2 = 1.0


def belt_width(
    geometry: BaseGeometry, kind: Message, *, belt_m: float, belt_minor_m: float | None = None
) -> Problem | None:
    """What is told of a belt that is wider than the rule of its kind for farmland.

    Parameters
    ----------
    geometry
        A valid polygon or multipolygon in degrees.
    kind
        What the kind is called.
    belt_m, belt_minor_m
        The widest belt on farmland, metres on each side of a road; the latter along county and
        township roads, where another holds for these.

    Returns
    -------
    Problem or None
        ``belt_width`` of the widest part, an info: whether the ground is farmland is not known
        here. None when no part is a belt, or none is too wide.

    Notes
    -----
    The width is that of the rectangle of the same area and outline.

    Examples
    --------
    >>> from shapely import box
    >>> road = Message("街路绿化", "street planting")
    >>> belt_width(box(126, 43, 126.0001, 43.01), road, belt_m=5.0).code
    'belt_width'
    >>> belt_width(box(126, 43, 126.00005, 43.01), road, belt_m=5.0) is None
    True
    """
    allowed = belt_m if belt_minor_m is None else min(belt_m, belt_minor_m)
    widest: tuple[float, BaseGeometry] | None = None
    for part in getattr(polygon_parts(geometry), "geoms", [geometry]):
        width = _width_m(part)
        if width is not None and width > allowed and (widest is None or width > widest[0]):
            widest = width, part
    if widest is None:
        return None
    width, part = widest
    point = part.representative_point()
    minor_zh = "" if belt_minor_m is None else f"（县乡道路 {belt_minor_m:g} 米）"
    minor_en = "" if belt_minor_m is None else f" ({belt_minor_m:g} m along minor roads)"
    return Problem(
        "belt_width",
        "info",
        Message(
            f"{kind.zh}占用耕地时每侧宽度不得超过 {belt_m:g} 米{minor_zh}，此处约 {width:.1f} 米；"
            "如在耕地上请收窄。",
            f"On farmland {kind.en} is {belt_m:g} m wide at most on each side{minor_en}; here it "
            f"is about {width:.1f} m: make it narrower where the ground is farmland.",
        ),
        at=(point.x, point.y),
    )


def _width_m(part: BaseGeometry) -> float | None:
    """Width of a belt, metres; None for what is none."""
    area, half = area_m2(part), length_m(part) / 2
    if area < _PART_MIN_M2 or half * half / 4 < area:
        return None  # rounder than a square
    root = sqrt(half * half / 4 - area)
    width, length = half / 2 - root, half / 2 + root
    return width if length >= _BELT_LENGTHS * width else None
