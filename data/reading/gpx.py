"""Tracks and routes of a GPX file with the time of every fix, which GDAL keeps in another layer.

Runs only in the restricted `data.reading.sandbox_worker`; entities were refused before.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

import numpy as np
import shapely

from data.errors import FileRefused
from data.reading.layers import refuse_entities, xml_elements
from data.reading.limits import Limits, refuse_sparse
from data.reading.sandbox_result import Column, RawLayer
from data.text_cleaning import Unprintable
from gis.messages import Message

__all__ = ["Walk", "found_walks", "read_gpx", "too_many_fixes"]

_FIXES: Final = frozenset(["trkpt", "rtept"])
_WALKS: Final = frozenset(["trk", "rte"])
_CRS: Final = "OGC:CRS84"
_TEXTS: Final = ("name", "desc", "cmt", "src")


class Walk(NamedTuple):
    """A track of an XML file: texts, positions and times as written."""

    texts: dict[str, str]
    places: list[tuple[float, float]]
    times: list[str | None]


def read_gpx(path: Path, layer: str | None, limits: Limits) -> RawLayer:
    """One row for each ``trk`` and ``rte``; segments of a track follow each other.

    Raises
    ------
    FileRefused
        ``xml_entities``, ``file_damaged``, ``no_such_layer``, ``too_many_vertices``.
    """
    refuse_entities(path)
    walks = list(_walks(path, limits))
    return found_walks("tracks", layer, walks)


def _walks(path: Path, limits: Limits) -> Iterator[Walk]:
    """Collect fixes until the end of a track: all since the last end belong to it."""
    walk = Walk({}, [], [])
    count = 0
    for element in xml_elements(path):
        tag = element.tag.rpartition("}")[2]
        if tag in _FIXES:
            count += 1
            if count > limits.vertices:
                raise too_many_fixes(limits)
            walk.places.append((_degrees(element, "lon"), _degrees(element, "lat")))
            walk.times.append(_child(element, "time"))
            element.clear()
        elif tag in _WALKS:
            walk.texts.update({name: text for name in _TEXTS if (text := _child(element, name))})
            element.clear()
            yield walk
            walk = Walk({}, [], [])


def _degrees(element: ET.Element, name: str) -> float:
    try:
        return float(element.get(name, "nan"))
    except ValueError:
        return float("nan")


def _child(element: ET.Element, name: str) -> str | None:
    for child in element:
        if child.tag.rpartition("}")[2] == name:
            return (child.text or "").strip() or None
    return None


def too_many_fixes(limits: Limits) -> FileRefused:
    """The refusal of a file with more fixes than allowed."""
    what = Message(f"定位点超过 {limits.vertices} 个", f"it has more than {limits.vertices} fixes")
    return FileRefused("too_many_vertices", what, Message("请按日期分批提交", "send it day by day"))


def found_walks(name: str, layer: str | None, walks: list[Walk]) -> RawLayer:
    """Walks as one layer, their times in a column ``times``.

    A walk of one fix is a point, one of none has no geometry.
    """
    if layer is not None and layer != name:
        what = Message(f"没有图层 {layer!r}", f"there is no layer {layer!r}")
        raise FileRefused("no_such_layer", what, Message("请去掉 --layer", "leave --layer out"))
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
    return RawLayer(
        name, _CRS, [_wkb(walk) for walk in walks], columns, "UTF-8", unprintable.notes()
    )


def _wkb(walk: Walk) -> bytes | None:
    if not walk.places:
        return None
    places = np.array(walk.places)
    with np.errstate(invalid="ignore"):  # NaN is refused later, with its track
        line = shapely.points(places[0]) if len(places) == 1 else shapely.linestrings(places)
    return bytes(shapely.to_wkb(line))
