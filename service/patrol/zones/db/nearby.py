"""Zones near a shape, those above the scope too: through the definer function `zones_near`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from gis.crs import CGCS2000
from gis.shared_area import MANY_VERTICES, meeting_positions


@dataclass(frozen=True)
class NearbyZone:
    """A version of a zone near a shape; it may lie above the scope."""

    id: int
    code: str
    level: str
    parent: str | None
    district: str
    counties: tuple[str, ...]
    name: str
    geometry: MultiPolygon
    chief: str | None
    ranger: str | None
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


_NEAR = text("""
SELECT id, code, level, parent, district, counties, name, ST_AsBinary(geom) AS wkb, chief, ranger,
       valid_from, valid_to
FROM zones_near(ST_GeomFromWKB(:shape, :srid), :named, :people, :first, :last)
ORDER BY id, valid_from
""")


def zones_near(
    connection: Connection,
    shape: BaseGeometry,
    first: date,
    last: date,
    *,
    named: Sequence[str] = (),
    people: Sequence[str] = (),
) -> list[NearbyZone]:
    """Zones that hold within ``first`` to ``last`` and meet the shape, bear one of the codes, or
    are one of these people's.

    Raises
    ------
    GeometryError
        ``too_many_edges``: see `gis.shared_area.meeting_positions`.
    """
    many = (
        isinstance(shape, Polygon | MultiPolygon)
        and shapely.get_num_coordinates(shape) > MANY_VERTICES
    )
    rows = connection.execute(
        _NEAR,
        {
            # PostGIS reads a long outline anew for each zone, so it is asked for its box alone.
            "shape": shapely.to_wkb(shapely.box(*shape.bounds) if many else shape),
            "srid": CGCS2000,
            "named": list(named),
            "people": list(people),
            "first": first,
            "last": last,
        },
    )
    near = [_near(row) for row in rows]
    if not many:
        return near
    meets = set(meeting_positions(shape, np.array([zone.geometry for zone in near], dtype=object)))
    return [
        zone
        for n, zone in enumerate(near)
        if n in meets or zone.code in named or zone.ranger in people or zone.chief in people
    ]


_BY_ID = text("""
SELECT z.id, z.code, z.level, z.parent, z.district, z.counties, v.name,
       ST_AsBinary(v.geom) AS wkb, v.chief, v.ranger, v.valid_from, v.valid_to
FROM zone z JOIN zone_version v ON v.zone_id = z.id
WHERE z.id = :zone_id
ORDER BY v.valid_from
""")


def zones_by_id(connection: Connection, zone_id: int) -> list[NearbyZone]:
    """All versions of one zone of the scope, the oldest first."""
    return [_near(row) for row in connection.execute(_BY_ID, {"zone_id": zone_id})]


def _near(row: Any) -> NearbyZone:
    return NearbyZone(
        row.id,
        row.code,
        row.level,
        row.parent,
        row.district,
        tuple(row.counties),
        row.name,
        shapely.from_wkb(row.wkb),
        row.chief,
        row.ranger,
        row.valid_from,
        row.valid_to,
    )
