"""Tracks of a KML file: ``gx:Track`` with its times, which GDAL leaves out, and plain lines.

Runs only in the restricted `data.reading.sandbox_worker`; entities were refused before.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from data.reading.gpx import Walk, found_walks, too_many_fixes
from data.reading.layers import refuse_entities, xml_elements
from data.reading.limits import Limits
from data.reading.sandbox_result import RawLayer

__all__ = ["read_kml_tracks"]


def read_kml_tracks(path: Path, layer: str | None, limits: Limits) -> RawLayer:
    """One row for each Placemark; parts of a MultiTrack or MultiGeometry follow each other.

    Raises
    ------
    FileRefused
        ``xml_entities``, ``file_damaged``, ``no_such_layer``, ``too_many_vertices``.
    """
    refuse_entities(path)
    walks = []
    count = 0
    for element in xml_elements(path):
        if _tag(element) == "Placemark":
            walks.append(_walk(element))
            count += len(walks[-1].places)
            if count > limits.vertices:
                raise too_many_fixes(limits)
            element.clear()
    return found_walks("tracks", layer, walks)


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _walk(placemark: ET.Element) -> Walk:
    walk = Walk(dict(_texts(placemark)), [], [])
    for part in placemark.iter():
        if _tag(part) == "Track":
            fixes = list(_track(part))
        elif _tag(part) in ("LineString", "Point"):
            fixes = [(place, None) for place in _places(part)]
        else:
            continue
        walk.places.extend(place for place, _time in fixes)
        walk.times.extend(time for _place, time in fixes)
    return walk


def _track(track: ET.Element) -> Iterator[tuple[tuple[float, float], str | None]]:
    """Fixes of a track: the n-th ``when`` is the time of the n-th ``coord``."""
    whens = [(part.text or "").strip() or None for part in track if _tag(part) == "when"]
    coords = [_numbers((part.text or "").split()) for part in track if _tag(part) == "coord"]
    for at, place in enumerate(coords):
        yield place, whens[at] if at < len(whens) else None


def _places(part: ET.Element) -> Iterator[tuple[float, float]]:
    for child in part:
        if _tag(child) == "coordinates":
            for triple in (child.text or "").split():
                yield _numbers(triple.split(","))


def _numbers(written: list[str]) -> tuple[float, float]:
    try:
        return float(written[0]), float(written[1])
    except (ValueError, IndexError):
        return float("nan"), float("nan")


def _texts(placemark: ET.Element) -> Iterator[tuple[str, str]]:
    for part in placemark.iter():
        tag, text = _tag(part), (part.text or "").strip()
        if tag in ("name", "description", "begin", "end") and text:
            yield tag, text
        elif tag == "SimpleData" and part.get("name") and text:
            yield str(part.get("name")), text
        elif tag == "Data" and part.get("name"):
            for value in part:
                if _tag(value) == "value" and (value.text or "").strip():
                    yield str(part.get("name")), str(value.text).strip()
