"""Tracks of a KML file: ``gx:Track`` with its times, which GDAL leaves out, and plain lines.

Runs only in the restricted `data.reading.sandbox_worker`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from data.reading.gpx import Walk, found_walks, too_many_fixes
from data.reading.kml import placemark_texts
from data.reading.limits import Limits
from data.reading.sandbox_result import RawLayer
from data.reading.xml_files import plain_xml, tag_of, xml_events

__all__ = ["read_kml_tracks"]


def read_kml_tracks(
    path: Path, layer: str | None, limits: Limits, folder: Path, forced: str | None = None
) -> RawLayer:
    """One row for each Placemark; parts of a MultiTrack or MultiGeometry follow each other.

    Raises
    ------
    FileRefused
        ``xml_entities``, ``file_damaged``, ``no_such_layer``, ``too_many_vertices``.
    """
    plain = plain_xml(path, folder, forced)
    walks = []
    count = 0
    for event, element in xml_events(plain.path):
        if event == "end" and tag_of(element) == "Placemark":
            walks.append(_walk(element))
            count += len(walks[-1].places)
            if count > limits.vertices:
                raise too_many_fixes(limits)
            element.clear()
    tracks = found_walks("tracks", layer, walks, plain.encoding)
    tracks.notes[:0] = plain.notes
    return tracks


def _walk(placemark: ET.Element) -> Walk:
    walk = Walk(dict(placemark_texts(placemark)), [], [])
    for part in placemark.iter():
        if tag_of(part) == "Track":
            fixes = list(_track(part))
        elif tag_of(part) in ("LineString", "Point"):
            fixes = [(place, None) for place in _places(part)]
        else:
            continue
        walk.places.extend(place for place, _time in fixes)
        walk.times.extend(time for _place, time in fixes)
    return walk


def _track(track: ET.Element) -> Iterator[tuple[tuple[float, float], str | None]]:
    """Fixes of a track: the n-th ``when`` is the time of the n-th ``coord``."""
    whens = [(part.text or "").strip() or None for part in track if tag_of(part) == "when"]
    coords = [_numbers((part.text or "").split()) for part in track if tag_of(part) == "coord"]
    for at, place in enumerate(coords):
        yield place, whens[at] if at < len(whens) else None


def _places(part: ET.Element) -> Iterator[tuple[float, float]]:
    for child in part:
        if tag_of(child) == "coordinates":
            for triple in (child.text or "").split():
                yield _numbers(triple.split(","))


def _numbers(written: list[str]) -> tuple[float, float]:
    try:
        return float(written[0]), float(written[1])
    except (ValueError, IndexError):
        return float("nan"), float("nan")
