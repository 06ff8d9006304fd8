"""Writing KML: a placemark a row, its properties as ``ExtendedData``, nine decimals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from data.writing.cells import cell
from data.writing.export_report import ExportReport
from data.writing.rows import BatchWriter, Place, Rows
from data.writing.xml_text import xml_text
from gis.messages import Message

__all__ = ["KMLWriter"]

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document id="luotu">\n'
)
# Whoever reads the file back is told that the label is none.
_NO_NAME: Final = '<Data name="name"><value></value></Data>'
_LABELS: Final = ("name", "plot_no", "id")


class KMLWriter(BatchWriter):
    """A KML 2.2; what names a row for people (name, number, id) is the placemark's name too."""

    def __init__(self, place: Place) -> None:
        self._target = place.target
        self._layer = place.layer
        self._begun = False

    def write(self, rows: Rows) -> None:
        """Append placemarks."""
        with self._target.open("a", encoding="utf-8", newline="\n") as file:
            if not self._begun:
                file.write(f"{_HEAD}<name>{xml_text(self._layer)}</name>\n")
                self._begun = True
            file.writelines(_placemarks(rows))

    def notes(self) -> tuple[Message, ...]:
        """Nothing to tell."""
        return ()

    def finish(self, report: ExportReport) -> None:
        """Close the document."""
        del report
        with self._target.open("a", encoding="utf-8", newline="\n") as file:
            file.write("</Document>\n</kml>\n")


def _placemarks(rows: Rows) -> Iterator[str]:
    texts = {name: column.map(_text).tolist() for name, column in rows.columns.items()}
    for row, shape in enumerate(shapely.orient_polygons(rows.drawn.drawn)):
        labels = (texts[name][row] for name in _LABELS if name in texts)
        label = next(filter(None, labels), None)
        yield "<Placemark>"
        if label:
            yield f"<name>{label}</name>"
        yield "<ExtendedData>"
        for name, values in texts.items():
            if values[row] is None and name == "name" and label:
                yield _NO_NAME
            elif values[row] is not None:
                yield f'<Data name="{xml_text(name)}"><value>{values[row]}</value></Data>'
        yield f"</ExtendedData>{_geometry(shape)}</Placemark>\n"


def _text(value: object) -> str | None:
    text = cell(value)
    return None if text is None else xml_text(str(text))


def _geometry(shape: BaseGeometry) -> str:
    parts = "".join(_part(part) for part in shapely.get_parts(shape))
    return f"<MultiGeometry>{parts}</MultiGeometry>"


def _part(part: BaseGeometry) -> str:
    if isinstance(part, Polygon):
        holes = "".join(
            f"<innerBoundaryIs>{_ring(ring)}</innerBoundaryIs>" for ring in part.interiors
        )
        return (
            f"<Polygon><outerBoundaryIs>{_ring(part.exterior)}</outerBoundaryIs>{holes}</Polygon>"
        )
    return f"<{part.geom_type}>{_coordinates(part)}</{part.geom_type}>"


def _ring(ring: BaseGeometry) -> str:
    return f"<LinearRing>{_coordinates(ring)}</LinearRing>"


def _coordinates(line: BaseGeometry) -> str:
    pairs = np.round(shapely.get_coordinates(line), 9).tolist()
    return f"<coordinates>{' '.join(f'{lon!r},{lat!r}' for lon, lat in pairs)}</coordinates>"
