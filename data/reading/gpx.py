"""Tracks and routes of a GPX file with the time of every fix, which GDAL keeps in another layer.

Runs only in the restricted `data.reading.sandbox_worker`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

import numpy as np
import shapely

from data.errors import FileRefused
from data.reading.limits import Limits, refuse_sparse
from data.reading.sandbox_result import Column, RawLayer
from data.reading.xml_files import PlainXml, plain_xml, tag_of, xml_events
from data.text_cleaning import Unprintable
from gis.messages import Message

__all__ = ["Walk", "found_walks", "read_gpx", "too_many_fixes"]

_FIXES: Final = frozenset(["trkpt", "rtept"])
_WALKS: Final = frozenset(["trk", "rte"])
_WAYPOINT: Final = "wpt"
_WAYPOINTS: Final = "waypoints"
_TOLD_FIXES: Final = 5
_CRS: Final = "OGC:CRS84"
_MOST_LON: Final = 180.0
_MOST_LAT: Final = 90.0
_TEXTS: Final = ("name", "desc", "cmt", "src")


class Walk(NamedTuple):
    """A track of an XML file: texts, positions and times as written."""

    texts: dict[str, str]
    places: list[tuple[float, float]]
    times: list[str | None]


def read_gpx(
    path: Path, layer: str | None, limits: Limits, folder: Path, forced: str | None = None
) -> RawLayer:
    """One row for each ``trk`` and ``rte``; segments of a track follow each other.

    Waypoints are a layer of their own, ``waypoints``, read where there is nothing else or it is
    named. A fix without a position is left out, which is told.

    Parameters
    ----------
    path, limits
        The file, and how much of it is read.
    layer
        ``tracks`` or ``waypoints``; None for the first that has anything.
    folder
        Where a file of our own may be written.
    forced
        ``--encoding``.

    Raises
    ------
    FileRefused
        Those of `data.reading.xml_files.plain_xml`, ``no_such_layer``, ``too_many_vertices``.
    """
    plain = plain_xml(path, folder, forced)
    walks, points = _walks(plain.path, limits)
    if layer == _WAYPOINTS or (layer is None and points and not walks):
        return _waypoints(points, plain)
    found = found_walks("tracks", layer, walks, plain.encoding)
    notes = list(plain.notes)
    if points:
        count = len(points)
        notes.append(
            Message(
                f"另有 {count} 个航点未读取，需要时用 --layer {_WAYPOINTS}",
                f"{count} waypoints were not read; --layer {_WAYPOINTS} reads them",
            )
        )
    found.notes[:0] = notes
    return found


def _walks(path: Path, limits: Limits) -> tuple[list[Walk], list[Walk]]:
    """Tracks and waypoints; all fixes since the end of the last track belong to the next one."""
    walks, points = [], []
    walk = Walk({}, [], [])
    count = 0
    for event, element in xml_events(path):
        if event == "start":
            continue
        tag = tag_of(element)
        if tag in _FIXES or tag == _WAYPOINT:
            count += 1
            if count > limits.vertices:
                raise too_many_fixes(limits)
            place, time = (
                (_degrees(element, "lon"), _degrees(element, "lat")),
                _child(element, "time"),
            )
            if tag == _WAYPOINT:
                points.append(Walk(_own_texts(element), [place], [time]))
            else:
                walk.places.append(place)
                walk.times.append(time)
            element.clear()
        elif tag in _WALKS:
            walk.texts.update(_own_texts(element))
            element.clear()
            walks.append(walk)
            walk = Walk({}, [], [])
    return walks, points


def _own_texts(element: ET.Element) -> dict[str, str]:
    return {name: text for name in _TEXTS if (text := _child(element, name))}


def _waypoints(points: list[Walk], plain: PlainXml) -> RawLayer:
    layer = found_walks(_WAYPOINTS, _WAYPOINTS, points, plain.encoding)
    times = next(column for column in layer.columns if column.name == "times")
    times.name, times.kind = "time", "text"
    times.values = [point.times[0] for point in points]
    layer.notes[:0] = plain.notes
    return layer


def _degrees(element: ET.Element, name: str) -> float:
    try:
        return float(element.get(name, "nan"))
    except ValueError:
        return float("nan")


def _child(element: ET.Element, name: str) -> str | None:
    for child in element:
        if tag_of(child) == name:
            return (child.text or "").strip() or None
    return None


def too_many_fixes(limits: Limits) -> FileRefused:
    """The refusal of a file with more fixes than allowed."""
    what = Message(f"定位点超过 {limits.vertices} 个", f"it has more than {limits.vertices} fixes")
    return FileRefused("too_many_vertices", what, Message("请按日期分批提交", "send it day by day"))


def found_walks(
    name: str, layer: str | None, walks: list[Walk], encoding: str = "UTF-8"
) -> RawLayer:
    """Walks as one layer, their times in a column ``times``.

    A walk of one fix is a point, one of none has no geometry. Fixes that lie nowhere are left out.

    Raises
    ------
    FileRefused
        ``no_such_layer``.
    """
    if layer is not None and layer != name:
        what = Message(f"没有图层 {layer!r}", f"there is no layer {layer!r}")
        raise FileRefused("no_such_layer", what, Message("请去掉 --layer", "leave --layer out"))
    notes = []
    for row, walk in enumerate(walks, 1):
        notes += _placed_only(walk, row)
    unprintable = Unprintable()
    keys = dict.fromkeys(key for walk in walks for key in walk.texts)
    refuse_sparse(len(keys), len(walks), sum(len(walk.texts) for walk in walks))
    columns = [
        Column(
            str(unprintable.cleaned(key, row=0, column="")),
            "text",
            [
                unprintable.cleaned(walk.texts.get(key), row=row, column=key)
                for row, walk in enumerate(walks, 1)
            ],
        )
        for key in keys
        if key != "times"
    ]
    times: list[object] = [walk.times if any(walk.times) else None for walk in walks]
    columns.append(Column("times", "any", times))
    shapes = [_wkb(walk) for walk in walks]
    return RawLayer(name, _CRS, shapes, columns, encoding, [*notes, *unprintable.notes()])


def _placed_only(walk: Walk, row: int) -> list[Message]:
    """Leave out fixes without a position on the globe; say which.

    Devices write 0, 0 for a fix that they did not get.
    """
    lost = [
        number
        for number, (lon, lat) in enumerate(walk.places)
        if not (abs(lon) <= _MOST_LON and abs(lat) <= _MOST_LAT)  # NaN is no number up to 180
        or lon == lat == 0
    ]
    if not lost or len(lost) == len(walk.places):
        return []  # a track that lies nowhere is refused as a whole
    for number in reversed(lost):
        del walk.places[number], walk.times[number]
    listed = ", ".join(str(number + 1) for number in lost[:_TOLD_FIXES])
    more = " …" if len(lost) > _TOLD_FIXES else ""
    return [
        Message(
            f"第 {row} 条轨迹有 {len(lost)} 个定位点没有位置，已略去（第 {listed}{more} 个）",
            f"track {row}: {len(lost)} fixes have no position and were left out "
            f"(fixes {listed}{more})",
        )
    ]


def _wkb(walk: Walk) -> bytes | None:
    if not walk.places:
        return None
    places = np.array(walk.places)
    with np.errstate(invalid="ignore"):  # a track that lies nowhere is refused later
        line = shapely.points(places[0]) if len(places) == 1 else shapely.linestrings(places)
    return bytes(shapely.to_wkb(line))
