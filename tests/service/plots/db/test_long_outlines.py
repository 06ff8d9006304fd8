"""Plots of many vertices: answered with the figures of PostGIS, sooner than it answers."""

import json

import numpy as np
import pytest
import shapely
from sqlalchemy import event, text

from gis.crs import CGCS2000
from service.plots.db import credit
from service.plots.db.shares import county_shares
from tests.service.conftest import EAST, WEST, Database, SignIn, feature, ring
from tests.service.plots.made import approved

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


def fringed(teeth: int) -> shapely.Polygon:
    """A valid square from 125.04 east and 43.04 north with short teeth along its southern edge."""
    west = np.round(125.04 + np.arange(teeth) * 0.04 / teeth, 9)
    down = np.round(west + 0.02 / teeth, 9)
    at = np.stack(
        [
            np.column_stack([west, np.full(teeth, 43.04)]),
            np.column_stack([down, np.full(teeth, 43.03998)]),
        ],
        axis=1,
    ).reshape(-1, 2)
    return shapely.Polygon([*at, (125.08, 43.04), (125.08, 43.08), (125.04, 43.08)])


def test_the_credit_under_a_long_outline_is_that_of_postgis(
    database: Database, sign_in: SignIn
) -> None:
    plots = [approved(sign_in, geometry=ring(west, 43.05))["id"] for west in (125.05, 125.0795)]
    plot = fringed(1_000)
    with database.service.connect() as connection:
        values = {"shapes": shapely.to_wkb(plot, hex=True), "srid": CGCS2000, "max_plots": 9}
        expected = connection.execute(credit._OF_GROUNDS, values).all()
        rows = credit.credit_on(connection, plot)
    assert [row.plot_id for row in rows] == [row.plot_id for row in expected] == plots
    assert [row.area_m2 for row in rows] == pytest.approx(
        [row.area_m2 for row in expected], rel=1e-6
    )


def test_postgis_gets_only_the_shared_part_of_a_long_outline(
    database: Database, sign_in: SignIn
) -> None:
    approved(sign_in, geometry=ring(125.05, 43.05))
    sent: list[int] = []
    with database.service.connect() as connection:
        event.listen(
            connection,
            "before_execute",
            lambda _connection, statement, _many, values, _options: sent.append(
                len(values["shapes"]) // 2 if statement is credit._OF_GROUNDS else 0
            ),
        )
        credit.credit_on(connection, fringed(20_000))
    assert 0 < sum(sent) < 1_000


def test_no_layer_is_compared_with_an_outline_that_meets_it_without_end(
    database: Database, sign_in: SignIn
) -> None:
    with database.owner.begin() as connection:
        connection.execute(text(_STRIPES), {"srid": CGCS2000})
    plot = json.loads(shapely.to_geojson(comb(2_000)))
    planner = sign_in("planner")
    checked = planner.post("/api/plots/check", json=feature(plot))
    codes = [problem["code"] for problem in checked.json()["problems"]]
    assert (checked.status_code, codes.count("too_many_edges")) == (200, 1)
    assert checked.json()["valid"] is False
    written = planner.post("/api/plots", json=feature(plot))
    assert (written.status_code, written.json()["code"]) == (422, "too_many_edges")


_STRIPES = """
WITH made AS (
    INSERT INTO layer (code, label_zh, label_en, role) VALUES ('JBNT', '田', 'field', 'block')
), version AS (
    INSERT INTO layer_version (layer, valid_from, source, hash, features)
    VALUES ('JBNT', '2020-01-01', 'test', '', 100) RETURNING id
)
INSERT INTO layer_feature (version_id, geom)
SELECT version.id, ST_Multi(ST_MakeEnvelope(
    125.04, 43.02 + n * 0.0006, 125.18, 43.0203 + n * 0.0006, :srid))
FROM version CROSS JOIN generate_series(0, 99) n
"""
