"""Units: who carries work out, what names them, and what an account of theirs sees."""

from typing import Any

import pytest

from tests.service.conftest import EAST, Database, SignIn, feature
from tests.service.plots.made import drawn

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


def test_an_account_of_a_unit_sees_no_figure_of_districts(
    sign_in: SignIn, database: Database, service: Any
) -> None:
    sign_in("admin").put("/api/units/LYJ", json=BUREAU)
    drawn(sign_in("planner"), unit="LYJ")
    secret = database.account("li", "planner", units=["LYJ"])
    with service.client(secret) as client:
        assert client.get("/api/coverage").json()["rows"] == []
        assert client.get("/api/plots", params={"district": EAST}).status_code == 422
