"""Definitions of registers: who writes them, what is refused, and what a migrate leaves alone."""

import copy
from typing import Any

import httpx
import pytest

from service.registers.definition import check_definition
from service.registers.definitions import load_registers, shipped_registers
from tests.service.conftest import CITY, Database, SignIn
from tests.service.registers.conftest import AT, WETLAND, match, wetland


def changed(**parts: Any) -> dict[str, Any]:
    """The register of wetlands with other parts."""
    return copy.deepcopy(WETLAND) | parts


def test_a_register_is_defined_read_and_changed(admin: httpx.Client, sign_in: SignIn) -> None:
    answer = sign_in("viewer").get(f"{AT}/definition")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert answer.json()["states"][1]["counts"] is True
    assert (answer.json()["shipped"], answer.json()["local"]) == (False, True)
    answer = admin.put(f"{AT}/definition", json=changed(label_zh="小型湿地"))
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    stale = admin.put(f"{AT}/definition", json=changed(), headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    again = admin.post("/api/registers", json=WETLAND)
    assert (again.status_code, again.json()["code"]) == (409, "register_exists")


@pytest.mark.parametrize("role", ["viewer", "planner", "inspector", "gis"])
def test_only_administrators_define_registers(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    assert client.post("/api/registers", json=WETLAND).status_code == 403
    assert client.put("/api/registers/street/definition", json=WETLAND).status_code == 403
    assert client.delete("/api/registers/street").status_code == 403


def test_an_administrator_of_a_part_defines_no_register_of_all(
    admin: httpx.Client, sign_in: SignIn
) -> None:
    part = sign_in("admin", CITY)
    for answer in (
        part.post("/api/registers", json=changed(code="marsh")),
        part.put(f"{AT}/definition", json=changed(label_zh="小型湿地")),
        part.delete(AT),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "whole_tree_needed")
    assert admin.get(f"{AT}/definition").headers["ETag"] == '"1"'


FOUND = {"code": "found", "label_zh": "发现", "next": ["built"]}
BUILT = {"code": "built", "label_zh": "建成", "done": True}
FIELD = {"name": "owner", "label_zh": "管护人"}


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        pytest.param({"states": [FOUND]}, "states.0.next", id="next state missing"),
        pytest.param(
            {"states": [FOUND, BUILT, {"code": "lost", "label_zh": "失"}]},
            "states.2.code",
            id="state out of reach",
        ),
        pytest.param({"states": [{**FOUND, "next": []}]}, "states", id="no state is done"),
        pytest.param({"states": [FOUND, BUILT, BUILT]}, "states", id="state twice"),
        pytest.param({"fields": [FIELD, FIELD]}, "fields", id="field twice"),
        pytest.param({"fields": [{**FIELD, "name": "name"}]}, "fields.0.name", id="taken name"),
        pytest.param({"fields": [{**FIELD, "type": "code"}]}, "fields.0.list", id="no list"),
        pytest.param(
            {"fields": [{**FIELD, "type": "code", "list": "moods"}]}, "fields.0.list", id="list"
        ),
        pytest.param({"fields": [{**FIELD, "min": 1}]}, "fields.0.type", id="bound of a text"),
        pytest.param(
            {"fields": [{**FIELD, "type": "number", "measured_in": "ell"}]},
            "fields.0.measured_in",
            id="unit of measure",
        ),
        pytest.param(
            {"fields": [{**FIELD, "needed_from": "never"}]}, "fields.0.needed_from", id="state"
        ),
        pytest.param({"personal": ["phone"]}, "personal.0", id="personal"),
        pytest.param({"personal": ["owner"], "public": ["owner"]}, "public.0", id="public"),
        pytest.param({"retention_days": 30}, "retention_days", id="retention"),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused_at_its_field(
    sign_in: SignIn, parts: dict[str, Any], field: str
) -> None:
    base = changed(fields=[FIELD], states=[FOUND, BUILT])
    answer = sign_in("admin").post("/api/registers", json=base | parts)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_definition")
    assert field in [error["field"] for error in answer.json()["errors"]]


def test_what_records_have_cannot_be_taken_out(admin: httpx.Client) -> None:
    admin.post(AT, json=wetland(values={"depth_m": 1.5}))
    for parts in (
        {"fields": WETLAND["fields"][:1]},
        {"states": [{**BUILT}]},
        {"geometry": "point"},
    ):
        answer = admin.put(f"{AT}/definition", json=changed(**parts))
        assert answer.json()["code"] in ("register_in_use", "bad_definition"), parts
    assert admin.delete(AT).json()["code"] == "register_in_use"
    (record,) = admin.get(AT).json()["features"]
    made = admin.get(f"{AT}/{record['id']}")
    assert admin.delete(f"{AT}/{record['id']}", headers=match(made)).status_code == 204
    assert admin.delete(AT, headers={"If-Match": '"9"'}).json()["code"] == "stale"
    assert admin.delete(AT).status_code == 204
    assert admin.get(f"{AT}/definition").status_code == 404


def test_a_register_that_came_with_the_product_cannot_be_deleted(sign_in: SignIn) -> None:
    answer = sign_in("admin").delete("/api/registers/street")
    assert (answer.status_code, answer.json()["code"]) == (409, "shipped_register")


def test_shipped_registers_hold_together_and_are_there(sign_in: SignIn) -> None:
    shipped = {register.code: register for register in shipped_registers()}
    for register in shipped.values():
        check_definition(register.definition())
    rows = {row["code"]: row for row in sign_in("viewer").get("/api/registers").json()["rows"]}
    assert shipped.keys() <= rows.keys()
    assert (rows["street"]["shipped"], rows["street"]["local"]) == (True, False)


def test_a_migrate_leaves_what_a_bureau_changed_and_puts_the_rest_back(empty: Database) -> None:
    def labels() -> dict[str, str]:
        with empty.owner.connect() as connection:
            rows = connection.exec_driver_sql("SELECT code, label_zh FROM register")
            return {row[0]: row[1] for row in rows}

    with empty.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE register SET label_zh = '街巷', local = true WHERE code = 'street'"
        )
        connection.exec_driver_sql("UPDATE register SET label_zh = 'x' WHERE code = 'park'")
        connection.exec_driver_sql("UPDATE register_state SET days = 3 WHERE register = 'park'")
        load_registers(connection)
    assert (labels()["street"], labels()["park"]) == ("街巷", "公园")
    assert empty.scalar("SELECT count(*) FROM register_state WHERE days = 3") == 0


def test_changes_of_a_definition_are_logged_part_by_part(
    admin: httpx.Client, database: Database
) -> None:
    states = [{**WETLAND["states"][0], "days": 9}, WETLAND["states"][1]]
    admin.put(f"{AT}/definition", json=changed(states=states))
    with database.owner.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT what, operation, actor FROM office_change WHERE code = 'small_wetland' "
            "AND operation = 'UPDATE' ORDER BY id"
        ).all()
    assert [tuple(row) for row in rows] == [
        ("register", "UPDATE", "chief"),
        ("register_state", "UPDATE", "chief"),
    ]
