"""Plots get the town and village where they lie, unless somebody wrote another one."""

from collections.abc import Iterator
from typing import Any

import geopandas
import pytest
from shapely import box
from sqlalchemy import text

from data.districts.districts import DistrictTree, district_tree
from data.plots.plots import PlotTable
from gis.crs import CGCS2000
from gis.polygons import from_geojson
from service.accounts.db.accounts import Account
from service.districts.db.districts import store_districts
from service.embedded import Endpoint
from service.plots.district_import import import_districts
from service.plots.importing import import_plots
from service.settings import Settings
from tests.service.conftest import EAST, WEST, Database, Server, feature, new_database, ring
from tests.service.plots.test_border_moved import Office

LEFT, RIGHT = f"{WEST}001", f"{WEST}002"


def towns(border: float) -> DistrictTree:
    """Two towns of the western county with the border between them at a meridian."""
    table = {"code": [LEFT, RIGHT], "name": ["左镇", "右镇"]}
    shapes = [box(125.0, 43.0, border, 43.1), box(border, 43.0, 125.1, 43.1)]
    frame = geopandas.GeoDataFrame(table, geometry=shapes, crs=CGCS2000)
    return district_tree(frame, {}, source="towns")


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    database.account("surveyor", "admin")
    with database.service.connect() as connection:
        number = connection.scalar(text("SELECT id FROM account WHERE name = 'surveyor'"))
        yield Office(connection, Account(number, "surveyor", "admin", (), None))
        connection.rollback()


def bring(office: Office, border: float) -> list[str]:
    done = import_districts(office.connection, office.account, towns(border), "towns.shp")
    return [note.zh for note in done.notes]


def place(office: Office, plot_id: int) -> tuple[str | None, str | None]:
    row = office.row(plot_id)
    return row.town, row.village


def test_towns_that_become_known_are_written_into_plots(office: Office) -> None:
    silent, written = office.plot(125.03), office.plot(125.04, town=RIGHT)
    elsewhere = office.plot(125.15, EAST)
    notes = bring(office, 125.05)
    assert "1 个图斑按位置填写了乡镇、村；人工填写的未改动" in notes
    assert [place(office, n)[0] for n in (silent, written, elsewhere)] == [LEFT, RIGHT, None]


def test_a_town_whose_border_moves_takes_along_what_lay_in_it(office: Office) -> None:
    bring(office, 125.05)
    office.connection.execute(
        text("UPDATE district_boundary SET valid_from = '2026-01-01' WHERE source = 'towns'")
    )
    moving = office.plot(125.045, town=LEFT)
    insisted = office.plot(125.047, town=RIGHT)
    staying = office.plot(125.01, town=LEFT)
    bring(office, 125.04)
    assert [place(office, n)[0] for n in (moving, insisted, staying)] == [RIGHT, RIGHT, LEFT]
    reason = office.connection.scalar(
        text("SELECT reason FROM plot_history WHERE plot_id = :id AND valid_to IS NULL"),
        {"id": moving},
    )
    assert "按位置填写" in reason


def test_a_file_of_plots_gets_towns_and_is_told(office: Office) -> None:
    bring(office, 125.05)
    rows: list[dict[str, Any]] = [
        {"stage": "planted", "kind": "RGZL", "year": 2026, "town": town} for town in (None, LEFT)
    ]
    shapes = [from_geojson(ring(125.07, 43.02)), from_geojson(ring(125.07, 43.06))]
    frame = geopandas.GeoDataFrame(rows, geometry=shapes, crs=CGCS2000)
    table = PlotTable.of(frame)
    done = import_plots(office.connection, office.account, table, "a.shp", Settings())
    assert [place(office, n)[0] for n in done.ids] == [RIGHT, LEFT]
    assert "1 行：乡镇、村按位置填写" in [note.zh for note in done.notes]


def test_drawn_and_redrawn_plots_follow_where_they_lie(
    endpoint: Endpoint, with_districts: str, settings: Settings
) -> None:
    with new_database(endpoint, with_districts) as database:
        with database.owner.begin() as connection:
            store_districts(connection, towns(125.05).frame)
        token = database.account("ann", "planner")
        with Server(settings, database) as server, server.client(token) as planner:
            checked = planner.post("/api/plots/check", json=feature(ring(125.03, 43.05))).json()
            (remark,) = checked["problems"]
            assert (remark["code"], "左镇" in remark["message"]) == ("place_filled", True)
            drawn = planner.post("/api/plots", json=feature(ring(125.03, 43.05))).json()
            assert drawn["properties"]["town"] == LEFT
            address = f"/api/plots/{drawn['id']}"
            moved = planner.patch(
                address,
                json={"type": "Feature", "geometry": ring(125.07, 43.05)},
                headers={"If-Match": '"1"'},
            ).json()
            assert moved["properties"]["town"] == RIGHT
            stated = planner.patch(
                address,
                json={"type": "Feature", "properties": {"town": LEFT}},
                headers={"If-Match": '"2"'},
            ).json()
            assert stated["properties"]["town"] == LEFT
            back = planner.patch(
                address,
                json={"type": "Feature", "geometry": ring(125.08, 43.05)},
                headers={"If-Match": '"3"'},
            ).json()
            assert back["properties"]["town"] == LEFT, "a person wrote it"
            file = planner.get("/api/exports/plots?format=csv&schema=plain&version=working").text
            assert ",左镇,," in file, "the name stands beside the code"
