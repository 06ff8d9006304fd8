"""Plots that a new district boundary leaves without a county."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

__all__ = ["PlotsLeft", "plots_left"]


class PlotsLeft(NamedTuple):
    """Plots of one county of which more than half lies in no county any more."""

    county: str
    plots: int
    ids: list[int]
    """The first five."""
    at: tuple[float, float]
    """A point of the first, longitude and latitude in degrees."""


# Plots that one county covers are left out before any intersection is computed.
_LEFT = text("""
SELECT district, count(DISTINCT plot_id), (array_agg(DISTINCT plot_id ORDER BY plot_id))[1:5],
       (array_agg(ST_X(ST_PointOnSurface(geom)) ORDER BY plot_id))[1],
       (array_agg(ST_Y(ST_PointOnSurface(geom)) ORDER BY plot_id))[1]
FROM plot_version v
WHERE district = ANY(:counties)
  AND (CAST(:ids AS bigint[]) IS NULL OR plot_id = ANY(CAST(:ids AS bigint[])))
  AND NOT EXISTS (
      SELECT FROM district_boundary b JOIN district d ON d.code = b.code AND d.level = 'county'
      WHERE b.valid_to IS NULL AND b.geom && v.geom AND ST_Covers(b.geom, v.geom))
  AND (SELECT coalesce(sum(ST_Area(ST_Intersection(b.geom, v.geom))), 0)
       FROM district_boundary b JOIN district d ON d.code = b.code AND d.level = 'county'
       WHERE b.valid_to IS NULL AND b.geom && v.geom AND ST_Intersects(b.geom, v.geom)
      ) < ST_Area(v.geom) / 2
GROUP BY district
ORDER BY district
""")


def plots_left(
    connection: Connection, counties: Sequence[str], plot_ids: Sequence[int] | None = None
) -> list[PlotsLeft]:
    """Plots of these counties that lie in no county, by the boundaries that are stored now.

    Both approved and working versions; a county without such plots is not in the answer. With
    ``plot_ids`` only these are looked at.
    """
    values = {"counties": list(counties), "ids": None if plot_ids is None else list(plot_ids)}
    rows = connection.execute(_LEFT, values)
    return [PlotsLeft(code, count, ids, (lon, lat)) for code, count, ids, lon, lat in rows]
