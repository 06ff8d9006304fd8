"""Zones as a whole: gaps, overlaps, parents, people, and the forest that they hold."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from gis.polygons import from_geojson
from service.accounts.db.accounts import Account, account_id
from service.plots.db.insert import NewPlot, insert_plots
from tests.service.conftest import CITY, EAST, WEST, Database, SignIn, ring
from tests.service.patrol.zones.test_zones import grid, inspector_of_a_grid, made, zone

ALL = "overlap,outside_parent,ranger_twice,no_ranger"


@pytest.fixture
def inspector(sign_in: SignIn) -> httpx.Client:
    """Of the western county, with a town zone T1 of 0.04° and a grid G1 of 0.01° in it."""
    return inspector_of_a_grid(sign_in)


def checks(client: httpx.Client, **params: str) -> dict[str, Any]:
    """The answer."""
    answer = client.get("/api/zones/checks", params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def codes(client: httpx.Client, **params: str) -> list[tuple[str, list[str]]]:
    """What is wrong with which zones."""
    return [(row["code"], row["zones"]) for row in checks(client, **params)["rows"]]


def plant(
    database: Database, *plots: tuple[str, dict[str, Any], str], county: str = WEST, **said: Any
) -> None:
    """Plots of a kind, a shape and a review, past HTTP."""
    with database.service.begin() as connection:
        number = account_id(connection, "inspector-0")
        assert number is not None
        account = Account(number, "inspector-0", "admin", (), None)
        new = [
            NewPlot(
                geometry=from_geojson(shape),
                district=county,
                attributes={"stage": "planted", "kind": kind, "year": 2026, **said},
                review=review,
            )
            for kind, shape, review in plots
        ]
        insert_plots(connection, account, new)


# What is wrong with G1, G2 (half upon G1) and G3 (half outside T1), measured by PostGIS.
POSTGIS = text("""
WITH z AS (SELECT z.code, v.geom FROM zone z JOIN zone_version v ON v.zone_id = z.id),
     town AS (SELECT geom FROM z WHERE code = 'T1'),
     grids AS (SELECT ST_Union(geom) AS geom FROM z WHERE code LIKE 'G%')
SELECT (SELECT ST_Area(ST_Intersection(a.geom, b.geom)::geography) FROM z a, z b
        WHERE a.code = 'G1' AND b.code = 'G2') AS overlap,
       (SELECT ST_Area(ST_Difference(z.geom, town.geom)::geography) FROM z, town
        WHERE code = 'G3') AS outside_parent,
       (SELECT ST_Area(ST_Difference(town.geom, grids.geom)::geography) FROM town, grids) AS gap
""")


def test_gaps_overlaps_and_ground_outside_are_those_of_postgis(
    inspector: httpx.Client, database: Database
) -> None:
    made(inspector, grid("G2", 125.025), acknowledge=ALL)
    made(inspector, grid("G3", 125.045), acknowledge=ALL)
    rows = checks(inspector)["rows"]
    assert [(row["code"], row["zones"]) for row in rows] == [
        ("overlap", ["G1", "G2"]),
        ("outside_parent", ["G3", "T1"]),
        ("gap", ["T1"]),
    ]
    with database.owner.connect() as connection:
        measured = connection.execute(POSTGIS).mappings().one()
    for row in rows:
        assert row["area_m2"] == pytest.approx(measured[row["code"]], rel=1e-6)
    west, south = rows[0]["at"]
    assert (125.025 < west < 125.03, 43.02 < south < 43.03) == (True, True)


FOREST = text("""
WITH f AS (SELECT ST_Union(geom) AS geom FROM plot_version
           WHERE slot = 'approved' AND kind = 'RGZL' AND district = :county),
     z AS (SELECT z.level, ST_Union(v.geom) AS geom
           FROM zone z JOIN zone_version v ON v.zone_id = z.id GROUP BY z.level)
SELECT z.level, ST_Area(z.geom::geography) AS zones_m2, ST_Area(f.geom::geography) AS forest_m2,
       ST_Area(ST_Intersection(z.geom, f.geom)::geography) AS held_m2
FROM f, z ORDER BY z.level DESC
""")


def test_the_forest_that_zones_hold_is_that_of_postgis(
    inspector: httpx.Client, database: Database
) -> None:
    """Two forests share ground, one lies half in G1, one outside; parks and drafts do not count."""
    plant(
        database,
        ("RGZL", ring(125.028, 43.024, 0.004), "approved"),
        ("RGZL", ring(125.029, 43.024, 0.004), "approved"),
        ("RGZL", ring(125.08, 43.08), "approved"),
        ("G1", ring(125.022, 43.022), "approved"),
        ("RGZL", ring(125.022, 43.026), "draft"),
    )
    rows = checks(inspector)["held"]
    assert [(row["district"], row["level"], row["zones"]) for row in rows] == [
        (WEST, "town", 1),
        (WEST, "grid", 1),
    ]
    with database.owner.connect() as connection:
        measured = connection.execute(FOREST, {"county": WEST}).all()
    for row, pg in zip(rows, measured, strict=True):
        assert row["level"] == pg.level
        assert row["zones_m2"] == pytest.approx(pg.zones_m2, rel=1e-6)
        assert row["forest_m2"] == pytest.approx(pg.forest_m2, rel=1e-5)
        assert row["forest_in_zones_m2"] == pytest.approx(pg.held_m2, rel=1e-5)
        assert row["forest_share"] == pytest.approx(pg.held_m2 / pg.forest_m2, rel=1e-5)
        assert row["ground_share"] == pytest.approx(row["zones_m2"] / row["district_m2"])


def test_a_county_without_zones_holds_none_of_its_forest(
    inspector: httpx.Client, database: Database, sign_in: SignIn
) -> None:
    plant(database, ("RGZL", ring(125.15, 43.05), "approved"), county=EAST)
    client = sign_in("viewer", CITY)
    held = {(row["district"], row["level"]): row for row in checks(client)["held"]}
    east = held[EAST, "town"]
    assert (east["zones"], east["zones_m2"], east["forest_share"]) == (0, 0, 0)
    assert held[WEST, "town"]["forest_share"] is None  # no forest is on the map there
    only = checks(client, district=EAST)
    assert (only["rows"], only["held"]) == ([], [])


def test_a_level_is_looked_at_with_the_zones_above_it_as_ground(inspector: httpx.Client) -> None:
    assert codes(inspector, level="grid") == [("gap", ["T1"])]
    assert codes(inspector, level="town") == []


def test_a_zone_above_the_scope_is_neither_missing_nor_told_of(
    inspector: httpx.Client, sign_in: SignIn
) -> None:
    city = zone("C1", ring(125.0, 43.0, 0.2, 0.1), level="city", district=CITY)
    made(sign_in("inspector", CITY), city)
    made(inspector, zone("T2", ring(124.999, 43.06), parent="C1"), acknowledge=ALL)
    assert ("outside_parent", ["T2", "C1"]) in codes(inspector)
    assert not {"unknown_parent", "gap"} & {code for code, _ in codes(inspector, level="town")}


@pytest.mark.parametrize("role", ["viewer", "inspector"])
def test_people_are_missed_by_everybody_and_named_to_inspectors(
    role: str, inspector: httpx.Client, sign_in: SignIn
) -> None:
    made(inspector, grid("G2", 125.03, ranger="G1 护林员"), acknowledge=ALL)
    made(inspector, grid("G3", 125.04, ranger=None), acknowledge=ALL)
    made(inspector, zone("T2", ring(125.06, 43.06), chief=None))
    rows = checks(inspector if role == "inspector" else sign_in(role, WEST))["rows"]
    by_code = {row["code"]: row for row in rows if row["code"] != "gap"}
    assert {code: row["zones"] for code, row in by_code.items()} == {
        "no_chief": ["T2"],
        "no_ranger": ["G3"],
        "two_grids": ["G1", "G2"],
    }
    assert ("G1 护林员" in by_code["two_grids"]["message"]) == (role == "inspector")


def test_checks_are_told_in_the_language_of_the_request(inspector: httpx.Client) -> None:
    made(inspector, zone("T2", ring(125.06, 43.06), chief=None))
    for language, words in (("zh", "没有林长"), ("en", "no chief")):
        answer = inspector.get("/api/zones/checks", headers={"Accept-Language": language})
        (row,) = [row for row in answer.json()["rows"] if row["code"] == "no_chief"]
        assert words in row["message"]
        assert answer.headers["Content-Language"] == language


def test_a_day_is_asked_about_with_its_zones_and_plots(
    inspector: httpx.Client, database: Database
) -> None:
    plant(database, ("RGZL", ring(125.022, 43.022), "approved"))
    made(inspector, grid("G2", 125.025, valid_from="2026-08-01"), acknowledge=ALL)
    assert codes(inspector, as_of="2026-07-31") == [("gap", ["T1"])]
    assert codes(inspector, as_of="2026-08-01")[0] == ("overlap", ["G1", "G2"])
    then, now = checks(inspector, as_of="2026-07-31"), checks(inspector)
    assert (then["as_of"], then["held"][0]["forest_m2"]) == ("2026-07-31", 0)
    assert now["held"][0]["forest_share"] == pytest.approx(1)
