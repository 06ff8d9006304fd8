"""Writing GeoJSON: RFC 7946, longitude and latitude with nine decimals, one feature at a time.

GDAL's own RFC7946 option writes seven decimals, which moves the area of a small plot by 3e-4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from data.columns import Column
from data.writing.cells import json_text
from data.writing.export_report import ExportReport
from data.writing.rows import BatchWriter, Place, Rows
from gis.messages import Message

__all__ = ["GeoJSONSeqWriter", "GeoJSONWriter", "feature_texts"]

DECIMALS: Final = 9
HEAD: Final = '{"type": "FeatureCollection", "features": ['
TAIL: Final = "\n]}\n"


class GeoJSONWriter(BatchWriter):
    """A FeatureCollection with the properties as the interface names them.

    A column `id` becomes the feature's id as well. Outer rings run counter-clockwise (RFC 7946,
    3.1.6). The file says WGS 84, as every GeoJSON does; CGCS2000 agrees with it within centimetres.
    """

    def __init__(self, place: Place) -> None:
        self._target = place.target
        self._begun = False

    def write(self, rows: Rows) -> None:
        """Append features."""
        with self._target.open("a", encoding="utf-8", newline="\n") as file:
            if not self._begun:
                file.write(HEAD)
            for text in feature_texts(rows):
                file.write(",\n" if self._begun else "\n")
                file.write(text)
                self._begun = True

    def notes(self) -> tuple[Message, ...]:
        """Nothing to tell."""
        return ()

    def finish(self, report: ExportReport) -> None:
        """Close the collection."""
        with self._target.open("a", encoding="utf-8", newline="\n") as file:
            file.write(TAIL)
        del report


class GeoJSONSeqWriter(BatchWriter):
    """A feature a line (GeoJSONSeq, RFC 8142 without its separators): read line by line."""

    def __init__(self, place: Place) -> None:
        self._target = place.target

    def write(self, rows: Rows) -> None:
        """Append features."""
        with self._target.open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{text}\n" for text in feature_texts(rows))

    def notes(self) -> tuple[Message, ...]:
        """Nothing to tell."""
        return ()

    def finish(self, report: ExportReport) -> None:
        """Every line is whole already."""


def feature_texts(rows: Rows) -> Iterator[str]:
    """Each row as a Feature, in one line."""
    members = {name: column.map(_Member(name)).tolist() for name, column in rows.columns.items()}
    lines = zip(*members.values(), strict=True) if members else iter([()] * rows.count)
    ids = rows.columns.get("id", Column.absent(rows.count)).map(_named)
    for drawn, row, named in zip(_drawn(rows.drawn.drawn), lines, ids.tolist(), strict=True):
        yield (
            f'{{"type": "Feature", {named}"geometry": {drawn}, "properties": {{{", ".join(row)}}}}}'
        )


class _Member:
    """A property with its name, as JSON has it."""

    def __init__(self, name: str) -> None:
        self._head = f"{json_text(name)}: "

    def __call__(self, value: object) -> str:
        return self._head + json_text(value)


def _named(number: object) -> str:
    return "" if number is None else f'"id": {json_text(number)}, '


def _drawn(geometries: NDArray[np.object_]) -> list[str]:
    # Stored shapes lie on the 1e-9° grid already; others are rounded, never to seven decimals.
    rounded = shapely.transform(geometries, lambda at: np.round(at, DECIMALS))
    ordered = shapely.orient_polygons(rounded)
    return [str(text) for text in np.atleast_1d(shapely.to_geojson(ordered))]
