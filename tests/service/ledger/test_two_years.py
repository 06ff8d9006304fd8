"""Two years on one ground and a border that moves, played through: every figure is explained."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely

from data.districts.districts import DistrictTree
from gis.polygons import as_multipolygon
from service.accounts.db.accounts import Account
from service.embedded import Endpoint
from service.plots.db.insert import NewPlot, insert_plots
from service.plots.db.shares import county_shares
from service.plots.district_import import import_districts
from service.run.coverage_worker import settle
from service.settings import Settings
from tests.service.conftest import (
    EAST,
    WEST,
    Database,
    Server,
    SignIn,
    feature,
    new_database,
    ring,
    signing_in,
)
from tests.service.plots.made import approved
from tests.service.plots.test_border_moved import counties_with_border_at

INVENTORY = {"stage": "existing", "kind": "RGZL", "year": 2020}
GROUND = ring(125.085, 43.05)


@pytest.fixture
def database(endpoint: Endpoint, with_districts: str) -> Iterator[Database]:
    """A database of its own, whose borders may move."""
    with new_database(endpoint, with_districts) as database:
        yield database


@pytest.fixture
def sign_in(settings: Settings, database: Database) -> Iterator[SignIn]:
    """Clients of a service over that database."""
    with Server(settings, database) as server, signing_in(server, database) as made:
        yield made


def surveyor(database: Database) -> Account:
    """An administrator at the command line."""
    database.account("surveyor", "admin")
    number = database.scalar("SELECT id FROM account WHERE name = 'surveyor'")
    return Account(int(number), "surveyor", "admin", (), None)


def inventory(database: Database, account: Account) -> None:
    """Approved plots with edges of kilometres, across both borders and beyond the counties."""
    rng = np.random.default_rng(20)
    turns = np.sort(rng.uniform(0, 2 * np.pi, (12, 5)), axis=1)
    places = rng.uniform((125.06, 43.01), (125.2, 43.03), (12, 2))
    shapes = [
        as_multipolygon(
            shapely.set_precision(
                shapely.Polygon(
                    np.c_[x + 0.02 * np.cos(turn), y + 0.015 * np.sin(turn)]
                ).convex_hull,
                1e-9,
            )
        )
        for (x, y), turn in zip(places, turns, strict=True)
    ]
    with database.service.begin() as connection:
        shares = county_shares(connection, shapes)
        insert_plots(
            connection,
            account,
            [
                NewPlot(shape, of_shape[0].county, INVENTORY, review="approved")
                for shape, of_shape in zip(shapes, shares, strict=True)
                if of_shape
            ],
        )


def figures(client: Any, query: str = "") -> dict[str, Any]:
    """The answer of the coverage, rows by code."""
    answer = client.get(f"/api/coverage?level=county{query}").json()
    return {**answer, "rows": {row["code"]: row for row in answer["rows"]}}


def adds_up(client: Any, database: Database) -> dict[str, Any]:
    """The figures; what a person adds up of the plots' own areas is what they say."""
    own_m2 = database.scalar("SELECT sum(area_m2) FROM plot_version WHERE slot = 'approved'")
    answer = figures(client)
    told_m2 = sum(row["sum_m2"] for row in answer["rows"].values()) + answer["outside_m2"]
    assert told_m2 == pytest.approx(own_m2, rel=1e-9)
    return answer


def green(client: Any, query: str = "") -> dict[str, float]:
    """Green area by county."""
    return {code: row["green_m2"] for code, row in figures(client, query)["rows"].items()}


def test_a_second_year_a_deleted_holder_and_a_border_leave_every_figure_explained(
    sign_in: SignIn, database: Database
) -> None:
    account = surveyor(database)
    inventory(database, account)
    holder = approved(sign_in, geometry=GROUND, year=2024, programme="GTLH-SF")
    planner, inspector, gis, viewer = map(sign_in, ("planner", "inspector", "gis", "viewer"))
    assert settle(database.service)

    assert adds_up(viewer, database)["outside_m2"] > 10_000, "some reach beyond both counties"
    first = green(viewer)

    # Next year's plot on the same ground is told who holds it, and claims it as renewal.
    second = feature(GROUND, year=2025, declared_m2=36_000)
    asked = planner.post("/api/plots?acknowledge=same_ground", json=second)
    (told,) = asked.json()["errors"]
    assert (asked.status_code, told["code"]) == (409, "credited_ground")
    assert told["plot_id"] == holder["id"]
    plot = planner.post("/api/plots?acknowledge=same_ground,credited_ground", json=second).json()
    claim = {"of": holder["id"], "as": "renewal"}
    assert planner.post(f"/api/plots/{plot['id']}/claims", json=claim).status_code == 201
    assert planner.post(f"/api/plots/{plot['id']}/submit").status_code == 200
    assert inspector.post(f"/api/plots/{plot['id']}/approve").status_code == 200
    assert green(viewer) == pytest.approx(first, rel=1e-9), "the total does not move"
    own = green(viewer, "&year=2025")[WEST]
    assert own == pytest.approx(plot["properties"]["area_m2"], rel=1e-6), "its own year's does"

    # The holder goes, and credit passes on.
    version = holder["properties"]["version"]
    gone = gis.delete(
        f"/api/plots/{holder['id']}?reason=重复", headers={"If-Match": f'"{version}"'}
    )
    assert gone.status_code == 204
    (row,) = viewer.get("/api/ledger", params={"plot": plot["id"]}).json()["rows"]
    assert (row["holder"]["plot_id"], row["year"], row["also"]) == (plot["id"], 2025, [])
    assert green(viewer) == pytest.approx(first, rel=1e-9)

    # The border moves west: the plot changes its county, and both vintages hold.
    tree = DistrictTree(counties_with_border_at(125.08))
    with database.service.begin() as connection:
        import_districts(connection, account, tree, "界线.geojson", acknowledged=["plots_outside"])
    moved = viewer.get(f"/api/plots/{plot['id']}").json()["properties"]
    assert moved["district"] == EAST
    assert moved["plot_no"] == plot["properties"]["plot_no"]
    (newest, *_) = viewer.get(f"/api/plots/{plot['id']}/versions").json()["versions"]
    assert "界线.geojson" in newest["reason"]
    yesterday = database.scalar("SELECT (beijing_today() - 1)::text")
    assert green(viewer, f"&borders_on={yesterday}") == pytest.approx(first, rel=1e-9)
    after = green(viewer)
    assert sum(after.values()) == pytest.approx(sum(first.values()), rel=1e-6)
    compared = viewer.get(f"/api/coverage/borders?since={yesterday}").json()
    given = sum(
        ground["green_m2"]
        for ground in compared["moved"]
        if (ground["from_code"], ground["to_code"]) == (WEST, EAST)
    )
    # Cut edges of kilometres get a vertex: the ground that moved is known within the bound of that.
    assert first[WEST] - after[WEST] == pytest.approx(given, rel=2e-4)
    adds_up(viewer, database)

    # The four areas, with the reason in both languages.
    for language, word in (("zh", "投影"), ("en", "projection")):
        headers = {"Accept-Language": language}
        areas = viewer.get(f"/api/plots/{plot['id']}/area", headers=headers).json()
        assert areas["declared_m2"] == 36_000
        assert min(areas["geodesic_m2"], areas["official_m2"], areas["plane_m2"]) > 36_000
        assert word in areas["message"]
