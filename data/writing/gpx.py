"""Writing GPX: one track a patrol, every fix with its time in UTC and nine decimals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from data.writing.atomic import in_place
from data.writing.export_report import ExportRefused, ExportReport
from data.writing.projecting import projected
from data.writing.tables import Table
from data.writing.xml_text import xml_text
from gis.messages import Message

__all__ = ["write_gpx"]

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="Luotu" xmlns="http://www.topografix.com/GPX/1/1">\n'
)
_LINEAL: Final = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)


def write_gpx(tracks: Table, path: Path) -> ExportReport:
    """Write tracks as GPX 1.1.

    Parameters
    ----------
    tracks
        Lines in CGCS2000 longitude and latitude; `times` where there are any, one a vertex.
        `source` becomes the name of a track, else `zone`. No name of a person is written.

    Returns
    -------
    ExportReport
        Which says how many tracks have no times.

    Raises
    ------
    ExportRefused
        ``no_line`` with the row, ``no_geometry``, ``cannot_write``.
    """
    ground = projected(tracks.drawn.drawn)
    kinds = shapely.get_type_id(ground.geometries)
    for row, kind in enumerate(kinds, 1):
        if kind not in _LINEAL:
            raise ExportRefused(
                Message(
                    f"第 {row} 行不是线，GPX 只能存轨迹；请改用 .gpkg 或 .geojson。",
                    f"Row {row} is no line, and GPX holds tracks; write a .gpkg or .geojson.",
                ),
                code="no_line",
            )
    times = tracks.column("times").tolist()
    names = [a or b for a, b in zip(*(_texts(tracks, n) for n in ("source", "zone")), strict=True)]
    with (
        in_place(path) as (_folder, target),
        target.open("w", encoding="utf-8", newline="\n") as file,
    ):
        file.write(_HEAD)
        for shape, moments, name in zip(ground.geometries, times, names, strict=True):
            file.writelines(_track(shape, moments, name))
        file.write("</gpx>\n")
    bare = sum(not _fitting(shape, m) for shape, m in zip(ground.geometries, times, strict=True))
    notes = (
        (
            Message(
                f"{bare} 条轨迹没有时刻。",
                f"{bare} tracks have no times.",
            ),
        )
        if bare
        else ()
    )
    return ExportReport(path, "gpx", tracks.rows, "CRS84 (CGCS2000)", encoding="UTF-8", notes=notes)


def _texts(tracks: Table, name: str) -> list[str]:
    return ["" if value is None else str(value) for value in tracks.column(name).tolist()]


def _fitting(shape: BaseGeometry, moments: Any) -> bool:
    """Whether there is a time for each vertex."""
    return isinstance(moments, Sequence) and len(moments) == shapely.get_num_coordinates(shape)


def _track(shape: BaseGeometry, moments: Any, name: str) -> Iterator[str]:
    times = iter(moments if _fitting(shape, moments) else ())
    shown = xml_text(name)
    yield f"<trk><name>{shown}</name>"
    for part in shapely.get_parts(shape):
        yield "<trkseg>\n"
        for lon, lat in shapely.get_coordinates(part).tolist():
            yield f'<trkpt lat="{lat:.9f}" lon="{lon:.9f}">{_time(next(times, None))}</trkpt>\n'
        yield "</trkseg>"
    yield "</trk>\n"


def _time(moment: object) -> str:
    if not isinstance(moment, datetime):
        return ""
    written = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return f"<time>{written}</time>"
