"""Whether a plot has the size that its kind allows."""

from __future__ import annotations

from gis.errors import Position
from gis.messages import Message
from gis.verdicts.problems import Problem

__all__ = ["kind_size", "part_size"]


def kind_size(
    area_m2: float,
    kind: Message,
    *,
    min_m2: float | None,
    max_m2: float | None,
    at: Position | None = None,
) -> Problem | None:
    """The warning that a plot is smaller or larger than plots of its kind are.

    Parameters
    ----------
    area_m2
        Of the plot, m² on the ellipsoid.
    kind
        What the kind is called.
    min_m2, max_m2
        The bounds of the kind, both included; None bounds nothing.
    at
        ``(longitude, latitude)`` of a point in the plot, degrees.

    Returns
    -------
    Problem or None
        ``kind_size``; None within the bounds.

    Examples
    --------
    >>> park = Message("口袋公园", "pocket park")
    >>> kind_size(80_000.0, park, min_m2=400.0, max_m2=10_000.0).code
    'kind_size'
    >>> kind_size(10_000.0, park, min_m2=400.0, max_m2=10_000.0) is None
    True
    """
    low, high = min_m2 or 0.0, max_m2 if max_m2 is not None else float("inf")
    if low <= area_m2 <= high:
        return None
    least = f"{low:.0f}" if min_m2 is not None else None
    most = f"{high:.0f}" if max_m2 is not None else None
    range_zh = (
        f"{least}–{most}" if least and most else f"不少于 {least}" if least else f"至多 {most}"
    )
    range_en = (
        f"{least} to {most}" if least and most else f"from {least} up" if least else f"up to {most}"
    )
    return Problem(
        "kind_size",
        "warn",
        Message(
            f"{kind.zh}面积一般为 {range_zh} m²，此图斑 {area_m2:.0f} m²，请核对类型与边界。",
            f"The usual area of {kind.en} is {range_en} m², this plot has {area_m2:.0f} m²; look "
            "at its kind and its border.",
        ),
        at=at,
        area_m2=area_m2,
    )


def part_size(
    area_m2: float, kind: Message, *, max_part_m2: float, at: Position | None = None
) -> Problem | None:
    """The warning that a part of a plot is larger than continuous ground of its kind is.

    Parameters
    ----------
    area_m2
        Of the largest part, m² on the ellipsoid.
    kind
        What the kind is called.
    max_part_m2
        The bound of the kind, included.
    at
        ``(longitude, latitude)`` of a point in the part, degrees.

    Returns
    -------
    Problem or None
        ``kind_size``; None within the bound.

    Examples
    --------
    >>> wayside = Message("四旁植树", "wayside planting")
    >>> part_size(401.0, wayside, max_part_m2=400.0).code
    'kind_size'
    >>> part_size(400.0, wayside, max_part_m2=400.0) is None
    True
    """
    if area_m2 <= max_part_m2:
        return None
    return Problem(
        "kind_size",
        "warn",
        Message(
            f"{kind.zh}的连续面积至多 {max_part_m2:.0f} m²，此图斑有一块 {area_m2:.0f} m²，"
            "请核对类型与边界。",
            f"Continuous ground of {kind.en} is at most {max_part_m2:.0f} m², this plot has a part "
            f"of {area_m2:.0f} m²; look at its kind and its border.",
        ),
        at=at,
        area_m2=area_m2,
    )
