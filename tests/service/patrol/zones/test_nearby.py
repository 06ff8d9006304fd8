"""Zones near a shape, as PostGIS tells them, whatever the number of vertices."""

import shapely
from sqlalchemy import event

from gis.polygons import as_multipolygon
from service.patrol.zones.db.nearby import zones_near
from service.web.timestamps import today
from tests.service.conftest import WEST, Database, SignIn, ring
from tests.service.patrol.zones.test_zones import made, zone


def test_a_long_outline_has_the_zones_that_one_of_few_vertices_has(
    database: Database, sign_in: SignIn
) -> None:
    inspector = sign_in("inspector", WEST)
    for n, west in enumerate((125.01, 125.03, 125.06)):
        made(inspector, zone(f"G{n}", ring(west, 43.03, 0.005), chief=f"{n} 号"))
    # An angle round G1, which lies in its box; G0 lies on it, G2 beyond.
    angle = shapely.box(125.0, 43.0, 125.05, 43.05) - shapely.box(125.02, 43.01, 125.05, 43.05)
    few = as_multipolygon(angle)
    many = shapely.segmentize(few, 1e-4)
    sent: list[int] = []
    with database.service.connect() as connection:
        event.listen(
            connection,
            "before_execute",
            lambda *given: sent.append(len(given[3].get("shape", b""))),
        )
        for shape in (few, many):
            day, named = today(), ["G2"]
            near = zones_near(connection, shape, day, day, named=named)
            assert [row.code for row in near] == ["G0", "G2"]
    assert shapely.get_num_coordinates(many) > 1_000
    assert max(sent) < 1_000
