"""The neighbourhood of a plot."""

from collections.abc import Sequence
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from gis.crs import CGCS2000


class Neighbour(NamedTuple):
    """A version of another plot that shares a point with the plot in question."""

    plot_id: int
    slot: str
    stage: str
    district: str
    geometry: BaseGeometry


_AROUND = text("""
SELECT plot_id, slot, stage, district, ST_AsBinary(geom) AS wkb
FROM ground_around(ST_GeomFromWKB(:wkb, :srid), CAST(:but AS bigint[]))
ORDER BY plot_id, slot
""")


def neighbours(
    connection: Connection, geometry: shapely.Geometry, besides: Sequence[int]
) -> list[Neighbour]:
    """Both versions of all plots that share a point with a shape, ``besides`` these.

    Scopes do not count here: ground must not be counted twice across a border either.
    """
    rows = connection.execute(
        _AROUND, {"wkb": shapely.to_wkb(geometry), "srid": CGCS2000, "but": list(besides)}
    )
    return [
        Neighbour(row.plot_id, row.slot, row.stage, row.district, shapely.from_wkb(row.wkb))
        for row in rows
    ]
