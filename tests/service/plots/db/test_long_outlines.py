"""Plots of many vertices: answered with the figures of PostGIS, sooner than it answers."""

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from gis.crs import CGCS2000
from service.plots.db.insert import county_shares
from tests.service.conftest import EAST, WEST, Database, SignIn, feature

_POSTGIS = text("""
SELECT b.code, ST_Area(ST_Intersection(b.geom, plot.geom)) / ST_Area(plot.geom) AS share
FROM ST_GeomFromWKB(:wkb, :srid) AS plot(geom)
JOIN district_boundary b ON b.valid_to IS NULL AND ST_Intersects(b.geom, plot.geom)
JOIN district d ON d.code = b.code AND d.level = 'county'
""")


def comb(teeth: int) -> shapely.Polygon:
    """A valid comb across the border of two counties, its teeth eight kilometres long."""
    west = np.round(125.05 + np.arange(teeth) * 0.13 / teeth, 9)
    down = np.round(west + 0.06 / teeth, 9)
    at = np.stack(
        [
            np.column_stack([west, np.full(teeth, 43.02)]),
            np.column_stack([down, np.full(teeth, 43.09)]),
        ],
        axis=1,
    ).reshape(-1, 2)
    return shapely.Polygon([*at, (125.18, 43.02), (125.18, 43.015), (125.05, 43.015)])


def test_the_shares_of_a_long_outline_are_those_of_postgis(database: Database) -> None:
    plot = comb(2_000)
    with database.owner.connect() as connection:
        values = {"wkb": shapely.to_wkb(plot), "srid": CGCS2000}
        expected = {row.code: row.share for row in connection.execute(_POSTGIS, values)}
        (shares,) = county_shares(connection, [plot])
    assert {share.county: share.share for share in shares} == pytest.approx(expected, rel=1e-9)
    assert [share.county for share in shares] == [EAST, WEST]


def test_a_sound_comb_of_90_000_vertices_is_answered_at_every_door(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    geometry = shapely.geometry.mapping(comb(44_900))
    checked = planner.post("/api/plots/check", json=feature(geometry))
    assert checked.status_code == 200, checked.text
    assert checked.json()["valid"] is True
    for way in ("repair", "subtract", "clip"):
        body = {"type": "Feature", "geometry": geometry, "way": way}
        assert planner.post("/api/plots/mend", json=body).status_code == 200, way
    codes = ",".join({problem["code"] for problem in checked.json()["problems"]})
    written = planner.post(f"/api/plots?acknowledge={codes}", json=feature(geometry))
    assert written.status_code == 201, written.text
