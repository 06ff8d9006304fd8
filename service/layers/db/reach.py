"""How much of a version of a layer lies in some counties."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

# Cells of both, since a feature may have a million vertices and a county its own thousands.
_GROUND = text("""
SELECT coalesce((SELECT sum(f.area_m2) FROM layer_feature f WHERE f.version_id = :version), 0)
           AS whole_m2,
       coalesce((
           SELECT sum(ST_Area(ST_Intersection(c.geom, d.geom)::geography))
           FROM layer_cell c
           JOIN district_cell d ON d.geom && c.geom AND ST_Intersects(d.geom, c.geom)
           JOIN district_boundary b ON b.id = d.boundary_id AND b.valid_to IS NULL
           WHERE c.version_id = :version AND b.code = ANY(CAST(:counties AS text[]))
       ), 0) AS inside_m2
""")


class Ground(NamedTuple):
    """Square metres of a version, all of its features and those within some counties."""

    whole_m2: float
    inside_m2: float


def ground_in(connection: Connection, version_id: int, counties: Sequence[str]) -> Ground:
    """What a version has in all and in some counties, as their borders are now; 0 for none."""
    values = {"version": version_id, "counties": list(counties)}
    row = connection.execute(_GROUND, values).one()
    return Ground(float(row.whole_m2), float(row.inside_m2))
