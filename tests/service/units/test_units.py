"""Units: who carries work out, what names them, and what an account of theirs sees."""

from typing import Any

import pytest

from service.tiles.tiles import GRIDS
from tests.service.conftest import CITY, EAST, WEST, Database, SignIn, feature, ring
from tests.service.mvt import layers
from tests.service.plots.made import approved, drawn

BUREAU = {"name": "市林业局", "kind": "bureau"}


def test_a_unit_is_made_changed_and_listed(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    assert admin.put("/api/units/LYJ", json=BUREAU).status_code == 201
    answer = admin.put("/api/units/LYJ", json={**BUREAU, "name": "林业和园林局"})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    rows = sign_in("viewer").get("/api/units").json()["rows"]
    assert [(row["code"], row["name"]) for row in rows] == [("LYJ", "林业和园林局")]


@pytest.mark.parametrize("role", ["viewer", "planner", "inspector", "gis"])
def test_only_an_administrator_keeps_units(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    assert client.put("/api/units/LYJ", json=BUREAU).status_code == 403
    assert client.delete("/api/units/LYJ").status_code == 403


UNITS = {
    "PROVINCE": {"name": "省局"},
    "WEST": {"name": "西县局", "district": WEST, "parent": "PROVINCE"},
    "TEAM": {"name": "西县造林队", "parent": "WEST"},
    "EAST": {"name": "东县局", "district": EAST, "parent": "PROVINCE"},
    "HELP": {"name": "东县帮扶队", "district": EAST, "parent": "WEST"},
}


@pytest.mark.parametrize(
    ("districts", "units", "theirs"),
    [
        pytest.param([WEST], [], {"WEST", "TEAM"}, id="a county"),
        pytest.param([CITY], [], {"WEST", "TEAM", "EAST", "HELP"}, id="a city"),
        pytest.param([], ["WEST"], {"WEST", "TEAM", "HELP"}, id="a unit"),
        pytest.param([], [], set(UNITS), id="everything"),
    ],
)
def test_an_administrator_of_a_part_keeps_the_units_of_that_part(
    sign_in: SignIn,
    database: Database,
    server: Any,
    districts: list[str],
    units: list[str],
    theirs: set[str],
) -> None:
    whole = sign_in("admin")
    for code, unit in UNITS.items():
        assert whole.put(f"/api/units/{code}", json=unit).status_code == 201
    posts = {
        code: whole.post("/api/posts", json={"unit": code, "function": "联络员"}) for code in UNITS
    }
    token = database.account("partial", "admin", *districts, units=units)
    with server.client(token) as admin:
        for code, unit in UNITS.items():
            post = {"unit": code, "function": "改"}
            at = posts[code].headers["Location"]
            renamed = {**unit, "name": f"{unit['name']}改"}
            answers = {
                "renamed": admin.put(f"/api/units/{code}", json=renamed),
                "members": admin.put(f"/api/units/{code}/members", json={"members": []}),
                "post": admin.put(at, json=post),
                "deleted": admin.delete(f"/api/units/{code}"),
                "ended": admin.delete(at),
            }
            refused = {what: answer.status_code == 403 for what, answer in answers.items()}
            assert refused == dict.fromkeys(answers, code not in theirs), code
            new = admin.post("/api/posts", json={"unit": code, "function": "新"})
            assert new.status_code == (201 if code in theirs else 422)
    names = {row["code"]: row["name"] for row in whole.get("/api/units").json()["rows"]}
    assert {code for code, name in names.items() if name.endswith("改")} == theirs


def test_an_administrator_of_a_part_makes_no_unit_elsewhere(sign_in: SignIn) -> None:
    admin = sign_in("admin", WEST)
    for sent in ({}, {"district": EAST}, {"district": CITY}):
        answer = admin.put("/api/units/N", json={**BUREAU, **sent})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_your_unit")
    assert admin.put("/api/units/N", json={**BUREAU, "district": WEST}).status_code == 201
    # Nor is one of theirs given away.
    answer = admin.put("/api/units/N", json={**BUREAU, "district": EAST})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_unit")


def test_a_unit_is_not_its_own_parent(sign_in: SignIn) -> None:
    answer = sign_in("admin").put("/api/units/LYJ", json={**BUREAU, "parent": "LYJ"})
    assert (answer.status_code, answer.json()["code"]) == (422, "own_parent")


def test_a_unit_is_not_its_own_parent_through_others(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put("/api/units/A", json=BUREAU)
    admin.put("/api/units/B", json={**BUREAU, "parent": "A"})
    admin.put("/api/units/C", json={**BUREAU, "parent": "B"})
    answer = admin.put("/api/units/A", json={**BUREAU, "parent": "C"})
    assert (answer.status_code, answer.json()["code"]) == (422, "own_parent")
    assert "A → C → B → A" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param({"parent": "NONE"}, "unknown_unit", id="parent"),
        pytest.param({"district": "999999"}, "unknown_district", id="district"),
        pytest.param(
            {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "out_of_range", id="days"
        ),
    ],
)
def test_a_wrong_unit_is_refused(sign_in: SignIn, sent: dict[str, Any], code: str) -> None:
    answer = sign_in("admin").put("/api/units/LYJ", json={**BUREAU, **sent})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_code_that_differs_in_capital_letters_only_is_refused(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    assert admin.put("/api/units/LYJ", json=BUREAU).status_code in (200, 201)
    answer = admin.put("/api/units/lyj", json=BUREAU)
    assert (answer.status_code, answer.json()["code"]) == (422, "unit_exists")
    assert "LYJ" in answer.json()["detail"]
    assert admin.put("/api/units/LYJ", json={**BUREAU, "name": "改名"}).status_code == 200


def test_a_plot_names_its_unit_by_code_or_name_and_is_found_by_it(sign_in: SignIn) -> None:
    sign_in("admin").put("/api/units/LYJ", json=BUREAU)
    planner = sign_in("planner")
    plot = drawn(planner, unit="市林业局")
    drawn(planner)
    assert plot["properties"]["unit"] == "LYJ"
    assert planner.get("/api/plots", params={"unit": "LYJ"}).json()["numberMatched"] == 1


def test_a_plot_names_no_unknown_unit(sign_in: SignIn) -> None:
    answer = sign_in("planner").post("/api/plots", json=feature(unit="LYJ"))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_unit")


def test_a_plot_names_no_unit_that_ended(sign_in: SignIn) -> None:
    sign_in("admin").put("/api/units/LYJ", json={**BUREAU, "valid_to": "2020-12-31"})
    answer = sign_in("planner").post("/api/plots", json=feature(unit="LYJ"))
    assert (answer.status_code, answer.json()["code"]) == (422, "ended_unit")


def test_a_unit_that_a_plot_names_is_not_deleted(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put("/api/units/LYJ", json=BUREAU)
    drawn(sign_in("planner"), unit="LYJ")
    answer = admin.delete("/api/units/LYJ")
    assert (answer.status_code, answer.json()["code"]) == (409, "unit_in_use")
    assert answer.json()["errors"][0]["plots"] == 1


def test_a_unit_that_a_record_names_is_not_deleted(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put("/api/units/LYJ", json=BUREAU)
    place = {"type": "Point", "coordinates": [125.05, 43.05]}
    station = {"type": "Feature", "geometry": place, "properties": {"name": "站", "unit": "LYJ"}}
    assert admin.post("/api/registers/fire_station", json=station).status_code == 201
    answer = admin.delete("/api/units/LYJ")
    assert (answer.status_code, answer.json()["code"]) == (409, "unit_in_use")
    assert answer.json()["errors"][0]["records"] == 1


def test_a_unit_that_nothing_names_is_deleted(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put("/api/units/LYJ", json=BUREAU)
    assert admin.delete("/api/units/LYJ").status_code == 204
    assert admin.get("/api/units").json()["rows"] == []


def test_an_account_of_a_unit_is_told_its_units(
    sign_in: SignIn, database: Database, service: Any
) -> None:
    sign_in("admin").put("/api/units/LYJ", json=BUREAU)
    secret = database.account("li", "planner", units=["LYJ"])
    with service.client(secret) as client:
        me = client.get("/api/me").json()
    assert (me["districts"], me["units"]) == ([], ["LYJ"])


def test_the_figures_of_an_account_of_a_unit_are_those_of_its_plots(
    sign_in: SignIn, database: Database, service: Any
) -> None:
    sign_in("admin").put("/api/units/LYJ", json=BUREAU)
    own = approved(sign_in, unit="LYJ")
    approved(sign_in, geometry=ring(125.06, 43.06))
    secret = database.account("li", "viewer", units=["LYJ"])
    with service.client(secret) as client:
        for query in ("", "?unit=LYJ", "?by=stage"):
            (row,) = client.get(f"/api/coverage{query}").json()["rows"]
            assert (row["code"], row["plot_count"]) == (WEST, 1)
            assert row["green_m2"] == pytest.approx(own["properties"]["area_m2"], rel=1e-6)
        (city,) = client.get("/api/coverage?level=city").json()["rows"]
        assert (city["code"], city["plot_count"]) == (CITY, 1)
        behind = client.get(f"/api/coverage/{WEST}/plots").json()
        assert (behind["numberMatched"], behind["numberElsewhere"]) == (1, 0)


def test_an_account_of_a_unit_gets_no_figure_of_another(
    sign_in: SignIn, database: Database, service: Any
) -> None:
    admin = sign_in("admin")
    admin.put("/api/units/LYJ", json=BUREAU)
    admin.put("/api/units/JTJ", json={"name": "交通局"})
    approved(sign_in, unit="JTJ")
    secret = database.account("li", "viewer", units=["LYJ"])
    with service.client(secret) as client:
        for query in ("", "?unit=JTJ", "?unit=JTJ&unit=LYJ"):
            assert client.get(f"/api/coverage{query}").json()["rows"] == []
        assert client.get(f"/api/coverage/{WEST}/plots?unit=JTJ").status_code == 404
        assert client.get("/api/plots", params={"district": EAST}).status_code == 422


def test_an_account_of_a_county_sees_its_unit_beyond_the_county(
    sign_in: SignIn, database: Database, service: Any
) -> None:
    sign_in("admin").put("/api/units/LYJ", json=BUREAU)
    approved(sign_in, unit="LYJ")
    secret = database.account("li", "viewer", EAST, units=["LYJ"])
    with service.client(secret) as client:
        whole = {
            row["code"]: row["plot_count"] for row in client.get("/api/coverage").json()["rows"]
        }
        assert whole == {EAST: 0}
        (row,) = client.get("/api/coverage?unit=LYJ").json()["rows"]
        assert (row["code"], row["plot_count"]) == (WEST, 1)


@pytest.mark.parametrize("z", [5, 14])
def test_tiles_of_an_account_of_a_unit_have_its_plots_in_every_district(
    sign_in: SignIn, database: Database, service: Any, z: int
) -> None:
    sign_in("admin").put("/api/units/LYJ", json=BUREAU)
    planner = sign_in("planner")
    own = drawn(planner, unit="LYJ")
    drawn(planner, geometry=own["geometry"])
    (lon, lat), *_ = own["geometry"]["coordinates"][0][0]
    tile = GRIDS["WebMercatorQuad"].tile(lon, lat, z)
    secret = database.account("li", "planner", units=["LYJ"])
    with service.client(secret) as client:
        for _ in range(2):  # the second is served by the fast route
            answer = client.get(f"/tiles/plots/WebMercatorQuad/{z}/{tile.y}/{tile.x}")
            of_tile = layers(answer.content)
            if z == 14:
                assert set(of_tile["plots"]["id"]) == {own["id"]}
            else:
                assert of_tile["plot_squares"]["count"].sum() == 1
