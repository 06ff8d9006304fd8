"""Placemarks of a KML file: all folders at once, columns called as the file calls them.

GDAL's driver makes a layer of each folder and turns Chinese names of columns into underscores.
Runs only in the restricted `data.reading.sandbox_worker`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np
import shapely
from numpy.typing import NDArray

from data.errors import FileRefused
from data.reading.damage import EXPORT_AGAIN
from data.reading.damaged_shapes import damaged_shape
from data.reading.layer_names import no_such_layer, too_many_features
from data.reading.limits import Limits, refuse_sparse
from data.reading.rings import closed_rings
from data.reading.sandbox_result import Column, RawLayer
from data.reading.xml_files import plain_xml, tag_of, xml_events
from data.text_cleaning import Unprintable, few
from gis.messages import Message

__all__ = ["placemark_texts", "read_kml"]

_CRS: Final = "OGC:CRS84"
_CONTAINERS: Final = frozenset(["Document", "Folder"])
_OWN_TEXTS: Final = ("name", "description", "Snippet", "address", "phoneNumber")
_MIN_RING: Final = 4
FOLDER: Final = "folder"
"""The column of the path of folders, ``鹿乡镇/一社``."""


@dataclass
class _Found:
    """What was found so far."""

    shapes: list[bytes | None] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    paths: list[tuple[str, ...]] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    """Placemarks, from 1, with a ring that did not end where it begins."""
    vertices: int = 0


def read_kml(
    path: Path, layer: str | None, limits: Limits, folder: Path, forced: str | None = None
) -> RawLayer:
    """One row for each Placemark, with the path of its folders in the column ``folder``.

    Parameters
    ----------
    path, limits
        The file, and how much of it is read.
    layer
        A folder by its name or its path, with all folders in it; None for all.
    folder
        Where a file of our own may be written.
    forced
        ``--encoding``.

    Raises
    ------
    FileRefused
        Those of `data.reading.xml_files.plain_xml`, ``geometry_damaged``, ``no_such_layer``,
        ``several_layers``, ``too_many_features``, ``too_many_vertices``.
    """
    plain = plain_xml(path, folder, forced)
    found = _Found()
    title = path.stem
    above: list[str] = []
    names: list[str] = []
    folders: list[bool] = []
    links = 0
    for event, element in xml_events(plain.path):
        tag = tag_of(element)
        if event == "start":
            above.append(tag)
            if tag in _CONTAINERS:
                names.append("")
                folders.append(tag == "Folder")
            continue
        above.pop()
        if tag == "name" and above and above[-1] in _CONTAINERS:
            names[-1] = (element.text or "").strip()
            title = names[-1] if len(names) == 1 and names[-1] else title
        elif tag in _CONTAINERS:
            element.clear()
            names.pop()
            folders.pop()
        elif tag == "Placemark":
            inside = [name or "-" for name, is_one in zip(names, folders, strict=True) if is_one]
            _take(element, tuple(inside), found, limits)
            element.clear()
        elif tag == "NetworkLink":
            links += 1
    if not found.shapes:
        what = Message(
            "没有任何 Placemark（其中的链接不会访问）",
            "it holds no Placemark, and links in it are never followed",
        )
        raise FileRefused("no_layer", what, EXPORT_AGAIN)
    told = [*plain.notes, *_links(links)]
    return _layer(found, title, layer, (plain.encoding, told))


def _links(count: int) -> Iterator[Message]:
    if count:
        yield Message(
            f"{count} 个网络链接（NetworkLink）不会访问，其内容未读取；需要时请导出后一起提交",
            f"{count} network links were not followed, and what they lead to was not read: export "
            "it where it is wanted",
        )


def _take(placemark: ET.Element, path: tuple[str, ...], found: _Found, limits: Limits) -> None:
    row = len(found.shapes) + 1
    if row > limits.features:
        raise too_many_features(row, limits)
    try:
        shape = _shape(placemark)
    except (ValueError, shapely.errors.ShapelyError) as error:
        raise damaged_shape(error, row) from error
    if shape is not None and _has_open_ring(placemark):
        found.closed.append(row)
    found.vertices += 0 if shape is None else int(shapely.get_num_coordinates(shape))
    if found.vertices > limits.vertices:
        most = limits.vertices
        what = Message(f"顶点超过 {most} 个", f"it has more than {most} vertices")
        raise FileRefused("too_many_vertices", what, Message("请分批提交", "send it in parts"))
    found.shapes.append(None if shape is None else bytes(shapely.to_wkb(shape)))
    found.rows.append(dict(_distinct(placemark_texts(placemark))))
    found.paths.append(path)


def _layer(
    found: _Found, title: str, wanted: str | None, read: tuple[str, list[Message]]
) -> RawLayer:
    encoding, notes = read
    chosen = [
        n for n, path in enumerate(found.paths) if wanted is None or _is_in(path, wanted, title)
    ]
    paths = {found.paths[n] for n in chosen}
    folders = sorted({"/".join(path) for path in found.paths if path})
    if wanted is not None and not chosen:
        raise no_such_layer(wanted, [title, *folders])
    unprintable = Unprintable()
    rows = [found.rows[n] for n in chosen]
    keys = dict.fromkeys(key for row in rows for key in row)
    refuse_sparse(len(keys), len(rows), sum(map(len, rows)))
    columns = [
        Column(
            str(unprintable.cleaned(key, row=0, column="")),
            "text",
            [unprintable.cleaned(row.get(key), row=n, column=key) for n, row in enumerate(rows, 1)],
        )
        for key in keys
    ]
    if any(paths):
        values: list[object] = ["/".join(found.paths[n]) or None for n in chosen]
        name = FOLDER if FOLDER not in keys else f"{FOLDER}_"
        columns.append(Column(name, "text", values))
    if len(folders) > 1 and wanted is None:
        shown = few(folders, 10)
        notes = [
            *notes,
            Message(
                f"已合并读取 {len(folders)} 个文件夹（路径在 {FOLDER} 列）：{shown}；"
                "可用 --layer 选一个",
                f"{len(folders)} folders were read together, their paths in the column {FOLDER}: "
                f"{shown}; choose one by --layer",
            ),
        ]
    shapes = [found.shapes[n] for n in chosen]
    there = set(found.closed)
    closed = [row for row, n in enumerate(chosen, 1) if n + 1 in there]
    if closed:
        notes = [*notes, closed_rings(closed)]
    return RawLayer(title, _CRS, shapes, columns, encoding, [*notes, *unprintable.notes()])


def _is_in(path: tuple[str, ...], wanted: str, title: str) -> bool:
    """Whether a path lies in a folder that is called so, by its name or its path."""
    whole = "/".join(path)
    return wanted in (title, *path) or whole == wanted or whole.startswith(f"{wanted}/")


def _distinct(texts: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Texts under names that differ: nothing overwrites another."""
    seen: dict[str, str] = {}
    for key, text in texts:
        name, number = key, 2
        while name in seen and seen[name] != text:
            name, number = f"{key}_{number}", number + 1
        if name not in seen:
            seen[name] = text
            yield name, text


def placemark_texts(placemark: ET.Element) -> Iterator[tuple[str, str]]:
    """Names and values of a Placemark: its own elements first, then its extended data."""
    is_label = _is_label(placemark)
    for part in placemark:
        tag = tag_of(part)
        if tag == "name" and is_label:
            continue
        if tag in _OWN_TEXTS:
            yield from _said(tag.lower() if tag == "Snippet" else tag, part)
        elif tag in ("TimeStamp", "TimeSpan"):
            for time in part:
                yield from _said(tag_of(time), time)
    for part in placemark.iter():
        tag, name = tag_of(part), (part.get("name") or "").strip()
        if tag == "SimpleData" and name:
            yield from _said(name, part)
        elif tag == "Data" and name:
            for value in part:
                yield from _said(name, value) if tag_of(value) == "value" else ()


def _is_label(placemark: ET.Element) -> bool:
    """Whether the name only repeats another value, and the data say that the row has no name.

    So our own files label a plot without a name by its number.
    """
    data = {
        part.get("name"): "".join(text for value in part for text in value.itertext()).strip()
        for part in placemark.iter()
        if tag_of(part) == "Data"
    }
    own = next((part.text for part in placemark if tag_of(part) == "name"), None)
    return data.get("name") == "" and (own or "").strip() in data.values()


def _said(name: str, element: ET.Element) -> Iterator[tuple[str, str]]:
    if text := (element.text or "").strip():
        yield name, text


def _shape(placemark: ET.Element) -> shapely.Geometry | None:
    drawn = [shape for part in placemark for shape in _drawn(part)]
    return drawn[0] if drawn else None


def _drawn(element: ET.Element) -> Iterator[shapely.Geometry]:
    tag = tag_of(element)
    if tag in ("MultiGeometry", "MultiTrack"):
        parts = [shape for part in element for shape in _drawn(part)]
        if parts:
            yield _together(parts)
    elif tag in _SINGLE and (shape := _SINGLE[tag](element)) is not None:
        yield shape


def _track(element: ET.Element) -> shapely.Geometry | None:
    places = [
        [float(number) for number in (part.text or "").split()]
        for part in element
        if tag_of(part) == "coord"
    ]
    return shapely.LineString(places) if len(places) > 1 else None


def _polygon(element: ET.Element) -> shapely.Geometry | None:
    shells = [_ring(ring) for ring in _rings(element, "outerBoundaryIs")]
    holes = [_ring(ring) for ring in _rings(element, "innerBoundaryIs")]
    if len(shells) > 1:
        raise ValueError("a polygon has two outer boundaries")
    return shapely.Polygon(shells[0], holes) if shells else None


_SINGLE: Final[Mapping[str, Callable[[ET.Element], shapely.Geometry | None]]] = {
    "Point": lambda element: shapely.Point(_places(element)[0]),
    "LineString": lambda element: shapely.LineString(_places(element)),
    "LinearRing": lambda element: shapely.LineString(_ring(element)),
    "Track": _track,
    "Polygon": _polygon,
}


def _together(parts: list[shapely.Geometry]) -> shapely.Geometry:
    flat = [single for part in parts for single in shapely.get_parts(part)]
    kinds = {part.geom_type for part in flat}
    if kinds == {"Polygon"}:
        return shapely.MultiPolygon(flat)
    if kinds == {"LineString"}:
        return shapely.MultiLineString(flat)
    return shapely.MultiPoint(flat) if kinds == {"Point"} else shapely.GeometryCollection(flat)


def _rings(polygon: ET.Element, boundary: str) -> Iterator[ET.Element]:
    for part in polygon:
        if tag_of(part) == boundary:
            yield from (ring for ring in part if tag_of(ring) == "LinearRing")


def _ring(element: ET.Element) -> NDArray[np.float64]:
    places = _places(element)
    if (places[0, :2] != places[-1, :2]).any():
        places = np.vstack([places, places[:1]])
    if len(places) < _MIN_RING:
        raise ValueError("a ring needs at least three corners")
    return places


def _has_open_ring(placemark: ET.Element) -> bool:
    """Whether a ring does not end where it begins, which `_ring` closes."""
    for element in placemark.iter():
        if tag_of(element) == "LinearRing":
            places = _places(element)
            if (places[0, :2] != places[-1, :2]).any():
                return True
    return False


def _places(element: ET.Element) -> NDArray[np.float64]:
    """``(n, 2)`` or, where there are heights, ``(n, 3)``."""
    written = "".join(part.text or "" for part in element if tag_of(part) == "coordinates")
    places = list(_positions(written.replace(",", " , ").split()))
    if not places:
        raise ValueError("it has no coordinates")
    numbers = np.array(places)
    return numbers if numbers[:, 2].any() else numbers[:, :2]


def _positions(words: Sequence[str]) -> Iterator[list[float]]:
    """Numbers that commas join are a position; some writers put blanks around the commas."""
    position: list[float] = []
    joined = True
    for word in words:
        if word == ",":
            if joined:
                raise ValueError("a comma without a number")
            joined = True
            continue
        if not joined:
            yield _position(position)
            position = []
        position.append(float(word))
        joined = False
    if position:
        yield _position(position)


def _position(numbers: list[float]) -> list[float]:
    if len(numbers) not in (2, 3):
        raise ValueError(f"a position of {len(numbers)} numbers")
    return [*numbers, 0.0][:3]
