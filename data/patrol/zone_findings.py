"""Whether a set of zones covers its ground once: gaps, overlaps, parents, and who is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from data.codes import code_list
from data.districts.findings import Finding
from data.errors import Position, printable_message
from gis.measure import area_m2
from gis.messages import Message
from gis.polygons import polygon_parts
from gis.shared_area import refuse_costly_border
from gis.tessellation import report
from gis.unions import outside_union

__all__ = ["Finding", "zone_findings"]

MIN_M2: Final = 1.0
"""Smaller places are the noise of digitising, m²."""
_RANGERS: Final = "grid"


def zone_findings(
    zones: geopandas.GeoDataFrame, *, min_m2: float = MIN_M2, names: bool = True
) -> list[Finding]:
    """What is wrong with a set of zones as a whole.

    Parameters
    ----------
    zones
        ``code level parent ranger geometry``, as `data.patrol.zones.read_zones` gives them or as
        they are stored: all that hold on one day; with a column ``chief``, chiefs are looked
        for too. Of rows without geometry only codes and names are checked.
    min_m2
        Smaller overlaps, gaps and places outside are left out, m².
    names
        False keeps names of people out of the messages.

    Returns
    -------
    list[Finding]
        ``overlap`` (zones of one level share ground), ``gap`` (ground of the parent that none of
        its zones of a level covers), ``outside_parent``, ``unknown_parent``, ``parent_level``
        (a parent that is no level above), ``no_chief``, ``no_ranger``, ``two_grids`` (one ranger,
        several grids). None of them blocks by itself: zones are drawn step by step.

    Raises
    ------
    GeometryError
        ``too_many_pairs``, ``too_many_edges``: comparing the zones would take minutes.

    Examples
    --------
    >>> from shapely import box
    >>> zones = geopandas.GeoDataFrame({
    ...     "code": ["镇", "镇-1"], "level": ["town", "grid"], "parent": [None, "镇"],
    ...     "ranger": [None, "甲"]}, geometry=[box(125, 43, 125.02, 43.01),
    ...     box(125, 43, 125.01, 43.01)], crs=4490)
    >>> [(place.kind, place.codes, round(place.area_m2)) for place in zone_findings(zones)]
    [('gap', ('镇',), 905788)]
    """
    frame = _with_none(zones)
    place = {code: row for row, code in enumerate(frame["code"]) if code is not None}
    shapes = np.asarray(frame.geometry.array, dtype=object)
    return [
        *_parents(frame, place),
        *_overlaps(frame, min_m2),
        *_outside(frame, shapes, place, min_m2),
        *_gaps(frame, shapes, place, min_m2),
        *_chiefs(frame),
        *_rangers(frame, names=names),
    ]


def _with_none(zones: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    # pandas writes an absent text as NaN, which is not even equal to itself.
    words = {
        name: zones[name].astype(object).where(zones[name].notna(), None)
        for name in ("code", "level", "parent", "ranger", "chief")
        if name in zones
    }
    return zones.assign(**words).reset_index(drop=True)


def _rank(level: object) -> int:
    levels = [code.code for code in code_list("zone_level")]
    return levels.index(str(level)) if level in levels else -1


def _parents(frame: geopandas.GeoDataFrame, place: dict[str, int]) -> Iterator[Finding]:
    for code, level, parent in zip(frame["code"], frame["level"], frame["parent"], strict=True):
        if parent is None or code is None:
            continue
        if parent not in place:
            message = Message(
                f"{code} 的上级责任区 {parent} 不存在，请先导入或改正。",
                f"{parent}, the parent of {code}, is not there; import it first or mend it.",
            )
            yield Finding("unknown_parent", (code,), printable_message(message))
        elif level and _rank(frame["level"][place[parent]]) >= _rank(level):
            message = Message(
                f"{code} 的上级 {parent} 级别不比它高，请改正。",
                f"{parent} is no level above {code}; mend it.",
            )
            yield Finding("parent_level", (code, parent), printable_message(message))


def _overlaps(frame: geopandas.GeoDataFrame, min_m2: float) -> Iterator[Finding]:
    drawn = frame[frame.geometry.notna() & frame["level"].notna()]
    for _level, siblings in drawn.groupby("level", sort=False):
        for place in report(siblings, min_m2=min_m2):
            if place.kind == "overlap":
                yield _overlap(place.codes, place.area_m2, place.at)


def _overlap(codes: tuple[str, ...], shared_m2: float, at: Position) -> Finding:
    message = Message(
        f"{'、'.join(codes)} 重叠 {shared_m2:.0f} m²，在 {_position_text(at)}。",
        f"{', '.join(codes)} overlap by {shared_m2:.0f} m² at {_position_text(at)}.",
    )
    return Finding("overlap", codes, printable_message(message), area_m2=shared_m2, at=at)


def _outside(
    frame: geopandas.GeoDataFrame,
    shapes: NDArray[np.object_],
    place: dict[str, int],
    min_m2: float,
) -> Iterator[Finding]:
    for row, (code, parent) in enumerate(zip(frame["code"], frame["parent"], strict=True)):
        above = shapes[place[parent]] if parent in place else None
        if shapes[row] is None or above is None:
            continue
        refuse_costly_border(shapes[row], [above])
        largest = _measured(shapely.difference(shapes[row], above), min_m2)
        if largest:
            size_m2, at = largest
            message = Message(
                f"{code} 有 {size_m2:.0f} m² 在上级 {parent} 之外，在 {_position_text(at)}。",
                f"{size_m2:.0f} m² of {code} lie outside {parent}, at {_position_text(at)}.",
            )
            codes = (code, parent)
            yield Finding(
                "outside_parent", codes, printable_message(message), area_m2=size_m2, at=at
            )


def _gaps(
    frame: geopandas.GeoDataFrame,
    shapes: NDArray[np.object_],
    place: dict[str, int],
    min_m2: float,
) -> Iterator[Finding]:
    """Ground of a parent that none of its zones of one level covers."""
    drawn = frame[frame.geometry.notna() & frame["parent"].isin(list(place))]
    for (parent, _level), children in drawn.groupby(["parent", "level"], sort=False):
        above = shapes[place[str(parent)]]
        if above is None:
            continue
        refuse_costly_border(above, list(children.geometry))
        rest = outside_union(above, np.asarray(children.geometry.array, dtype=object))
        largest = _measured(rest, min_m2)
        if largest:
            size_m2, at = largest
            where = _position_text(at)
            message = Message(
                f"{parent} 有 {size_m2:.0f} m² 不属于任何下级责任区，如 {where}。",
                f"{size_m2:.0f} m² of {parent} belong to none of its zones, as at {where}.",
            )
            yield Finding("gap", (str(parent),), printable_message(message), area_m2=size_m2, at=at)


def _measured(shape: BaseGeometry, min_m2: float) -> tuple[float, Position] | None:
    """Area and a point of the largest part; None for what is only noise."""
    parts = shapely.get_parts(polygon_parts(shape))
    if not len(parts):
        return None
    whole_m2 = float(sum(area_m2(part) for part in parts))
    if whole_m2 < min_m2:
        return None
    inside = shapely.point_on_surface(parts[int(np.argmax(shapely.area(parts)))])
    return whole_m2, (inside.x, inside.y)


def _chiefs(frame: geopandas.GeoDataFrame) -> Iterator[Finding]:
    if "chief" not in frame:
        return
    led = {level.code for level in code_list("zone_level") if level.more["holder"] == "chief"}
    for code in frame.loc[frame["level"].isin(led) & frame["chief"].isna(), "code"]:
        message = Message(
            f"责任区 {code} 没有林长。",
            f"Zone {code} has no chief.",
        )
        yield Finding("no_chief", (code,), printable_message(message))


def _rangers(frame: geopandas.GeoDataFrame, *, names: bool) -> Iterator[Finding]:
    grids = frame[frame["level"] == _RANGERS]
    for code in grids.loc[grids["ranger"].isna(), "code"]:
        message = Message(
            f"网格 {code} 没有护林员。",
            f"Grid {code} has no ranger.",
        )
        yield Finding("no_ranger", (code,), printable_message(message))
    for ranger, of_one in grids[grids["ranger"].notna()].groupby("ranger", sort=False):
        codes = tuple(sorted(map(str, of_one["code"])))
        if len(codes) > 1:
            shown = codes[:6]
            zh, en = (
                (f"护林员 {ranger} ", f"Ranger {ranger}") if names else ("同一护林员", "A ranger")
            )
            message = Message(
                f"{zh}负责 {len(codes)} 个网格：{'、'.join(shown)}；应一人一格。",
                f"{en} has {len(codes)} grids: {', '.join(shown)}; one each is meant.",
            )
            yield Finding("two_grids", codes, printable_message(message))


def _position_text(at: Position) -> str:
    return f"({at[0]:.6f}, {at[1]:.6f})"
