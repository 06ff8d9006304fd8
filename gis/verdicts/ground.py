"""What is wrong with where a plot lies: its district, other plots, control lines, its figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.errors import Position
from gis.measure import area_m2, areas_m2
from gis.messages import Message
from gis.polygons import polygon_parts
from gis.verdicts.limits import Limits
from gis.verdicts.problems import Problem, Severity, problem
from gis.verdicts.rings import mean_widths_m

__all__ = [
    "ControlLine",
    "Surroundings",
    "common_ground",
    "common_grounds",
    "declared",
    "misplaced",
]

_MIN_SHARED_M2 = 0.01
# Shares in square degrees and on the ellipsoid differ less, for plots of a degree at 50 north.
_DEGREES_OFF = 0.05


class ControlLine(NamedTuple):
    """A layer that plots must keep off: 永久基本农田, 生态保护红线, 城镇开发边界."""

    name: Message
    geometry: BaseGeometry
    """Valid polygons in degrees of CGCS2000."""
    severity: Severity = "block"


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What lies around a plot, in degrees of CGCS2000; what is not given is not checked."""

    district: BaseGeometry | None = None
    """Where the plot must lie."""
    others: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    """Plots already there, without the plot itself; valid polygons."""
    names: Sequence[str | Message] = ()
    """What to call them, one for each: a 图斑号, or words that say which plot it is."""
    keys: Sequence[str] = ()
    """How a problem refers to them in ``other``; nothing given: by their names."""
    control_lines: tuple[ControlLine, ...] = ()


def misplaced(geometry: BaseGeometry, around: Surroundings, limits: Limits) -> Iterator[Problem]:
    """Everything about the place of one valid polygon."""
    if around.district is not None:
        yield from _outside(geometry, around.district, limits)
    for row in shapely.STRtree(around.others).query(geometry, predicate="intersects"):
        shared = common_ground(geometry, around.others[row], limits)
        if shared is not None:
            name = around.names[row] if row < len(around.names) else str(row + 1)
            yield shared.as_problem(name, key=around.keys[row] if row < len(around.keys) else None)
    for line in around.control_lines:
        yield from _on_line(geometry, line)


def _outside(geometry: BaseGeometry, district: BaseGeometry, limits: Limits) -> Iterator[Problem]:
    if shapely.covers(district, geometry):
        return
    beyond = polygon_parts(shapely.difference(geometry, district))
    size, whole = area_m2(beyond), area_m2(geometry)
    share = size / whole if whole else 0.0
    if size <= limits.border_m2:
        return
    refused = size > limits.outside_m2 and share > limits.outside_share
    words = Message(
        f"有 {size:.1f} m²（{share:.1%}）在所属行政区之外，请核对界线或坐标系。",
        f"{size:.1f} m² ({share:.1%}) lie outside its district; look at the border and at the "
        "reference system.",
    )
    code = "outside_district" if refused else "crosses_district"
    yield problem(code, words, at=_inside(beyond), area_m2=size)


class CommonGround(NamedTuple):
    """What two plots share."""

    code: str
    """``same_ground``, ``overlap`` or ``overlap_within_tolerance``."""
    area_m2: float
    width_m: float
    """Mean width: twice the area over the outline."""
    at: Position | None

    def as_problem(self, name: str | Message, *, key: str | None = None) -> Problem:
        """As a problem of one plot, the other called by its 图斑号 or in words.

        ``key`` is what ``other`` refers to it by; None: the name.
        """
        other = name if isinstance(name, Message) else Message(f"图斑 {name} ", f"plot {name}")
        words = Message(
            f"与{other.zh}重叠 {self.area_m2:.2f} m²，平均宽 {self.width_m:.2f} m；"
            "同一块地只计一次。",
            f"Shares {self.area_m2:.2f} m², {self.width_m:.2f} m wide on average, with "
            f"{other.en}; ground counts once.",
        )
        key = key or (name.zh if isinstance(name, Message) else name)
        return problem(self.code, words, at=self.at, area_m2=self.area_m2, other=key)


def common_ground(
    geometry: BaseGeometry, other: BaseGeometry, limits: Limits
) -> CommonGround | None:
    """What two valid plots share; None below 0.01 m², as where they only touch.

    Examples
    --------
    >>> from shapely import box
    >>> left, right = box(126.0, 43.8, 126.01, 43.81), box(126.009, 43.8, 126.02, 43.81)
    >>> shared = common_ground(left, right, Limits())
    >>> shared.code, round(shared.area_m2)
    ('overlap', 89407)
    """
    one, another = np.empty(1, dtype=object), np.empty(1, dtype=object)
    one[0], another[0] = geometry, other
    return common_grounds(one, another, limits)[0]


def common_grounds(
    geometries: NDArray[np.object_], others: NDArray[np.object_], limits: Limits
) -> list[CommonGround | None]:
    """What each of two valid plots share, as `common_ground`, pair by pair.

    Examples
    --------
    >>> plots = np.array([shapely.box(126.0, 43.8, 126.01, 43.81)] * 2)
    >>> beside, far = shapely.box(126.009, 43.8, 126.02, 43.81), shapely.box(127, 43, 128, 44)
    >>> others = np.array([beside, far])
    >>> [shared and shared.code for shared in common_grounds(plots, others, Limits())]
    ['overlap', None]
    """
    answers: list[CommonGround | None] = [None] * len(geometries)
    cut = np.asarray(shapely.intersection(geometries, others), dtype=object)
    for n in np.flatnonzero(~np.isin(shapely.get_type_id(cut), (3, 6))).tolist():
        cut[n] = polygon_parts(cut[n])
    sizes = areas_m2(cut, checked=True)
    pairs = np.flatnonzero(sizes >= _MIN_SHARED_M2)
    if not len(pairs):
        return answers
    shared, sizes = cut[pairs], sizes[pairs]
    widths = mean_widths_m(shared)
    inside = shapely.point_on_surface(shared)
    tolerated = (sizes <= limits.overlap_m2) | (widths <= limits.overlap_width_m)
    # A look at square degrees first: areas of long outlines on the ellipsoid take long.
    whole = np.maximum(shapely.area(geometries[pairs]), shapely.area(others[pairs]))
    alike = ~tolerated & (shapely.area(shared) >= (limits.same_share - _DEGREES_OFF) * whole)
    for place, n in enumerate(pairs.tolist()):
        code = "overlap_within_tolerance" if tolerated[place] else "overlap"
        if alike[place]:
            largest = max(area_m2(geometries[n]), area_m2(others[n]))
            code = "same_ground" if sizes[place] >= limits.same_share * largest else code
        at = None if inside[place].is_empty else (inside[place].x, inside[place].y)
        answers[n] = CommonGround(code, float(sizes[place]), float(widths[place]), at)
    return answers


def _on_line(geometry: BaseGeometry, line: ControlLine) -> Iterator[Problem]:
    shared = polygon_parts(shapely.intersection(geometry, line.geometry))
    size = area_m2(shared)
    if size < _MIN_SHARED_M2:
        return
    words = Message(
        f"占用{line.name.zh} {size:.2f} m²，请避让。",
        f"{size:.2f} m² lie on {line.name.en}; keep off it.",
    )
    standard = problem(
        "on_control_line", words, at=_inside(shared), area_m2=size, other=line.name.zh
    )
    yield replace(standard, severity=line.severity)


def declared(
    measured_m2: float, declared_m2: float, limits: Limits, step_m2: float = 0.0
) -> Problem | None:
    """The problem of a declared area that differs too much from the measured one, or None.

    Parameters
    ----------
    measured_m2, declared_m2
        Square metres; NaN is not checked.
    limits
        ``declared_share`` of the measured area, ``declared_m2`` at least.
    step_m2
        What the declared figures are rounded to, as 10 000 for whole hectares: half of it is
        no fault.

    Examples
    --------
    >>> declared(5_721.0, 10_000.0, Limits(), step_m2=10_000.0) is None
    True
    >>> declared(23_222.0, 10_000.0, Limits(), step_m2=10_000.0).code
    'declared_area_off'
    """
    allowed = max(limits.declared_share * measured_m2, limits.declared_m2, step_m2 / 2)
    off = declared_m2 - measured_m2
    if not (np.isfinite(off) and abs(off) > allowed):
        return None
    share = off / measured_m2 if measured_m2 else float("inf")
    words = Message(
        f"申报 {declared_m2:.1f} m²，量算 {measured_m2:.1f} m²，相差 {share:+.1%}，"
        "请核对面积和单位。",
        f"{declared_m2:.1f} m² are declared and {measured_m2:.1f} m² measured, {share:+.1%}; "
        "look at the figure and its unit.",
    )
    return problem("declared_area_off", words, area_m2=abs(off))


def _inside(geometry: BaseGeometry) -> Position | None:
    inside = shapely.point_on_surface(geometry)
    return None if inside.is_empty else (inside.x, inside.y)
