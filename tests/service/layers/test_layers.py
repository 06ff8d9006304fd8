"""`/api/layers`: layers are written by GIS staff in a closed language, and read by everybody."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from service.accounts.db.accounts import Account
from service.layers.api.layer_schemas import LayerBody
from service.layers.edit import put_layer
from tests.service.conftest import WEST, Database, SignIn
from tests.waiting import until

BODY: dict[str, Any] = {
    "label_zh": "永久基本农田",
    "role": "block",
    "rule": {"tolerance_m2": 10},
}


@pytest.fixture
def gis(sign_in: SignIn) -> httpx.Client:
    """Somebody who may write layers."""
    return sign_in("gis")


def test_a_layer_is_made_and_read_back_by_everybody(gis: httpx.Client, sign_in: SignIn) -> None:
    written = gis.put("/api/layers/JBNT", json=BODY)
    assert written.status_code == 201
    assert written.headers["Location"] == "/api/layers/JBNT"
    read = sign_in("viewer", WEST).get("/api/layers/JBNT").json()
    assert (read["label_zh"], read["role"]) == ("永久基本农田", "block")
    assert read["rule"]["tolerance_m2"] == 10


def test_without_an_english_label_it_bears_the_chinese_one(gis: httpx.Client) -> None:
    assert gis.put("/api/layers/JBNT", json=BODY).json()["label_en"] == "永久基本农田"


def test_layers_are_listed_with_those_that_refuse_first(gis: httpx.Client) -> None:
    gis.put("/api/layers/AAA", json={"label_zh": "三调", "role": "info"})
    gis.put("/api/layers/JBNT", json=BODY)
    assert [row["code"] for row in gis.get("/api/layers").json()["rows"]] == ["JBNT", "AAA"]


@pytest.mark.parametrize("role", ["viewer", "planner", "inspector"])
def test_other_roles_cannot_write_layers(sign_in: SignIn, role: str) -> None:
    assert sign_in(role).put("/api/layers/JBNT", json=BODY).status_code == 403


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"tolerance": 10}, "rule.tolerance"),
        ({"tolerance_m2": -1}, "rule.tolerance_m2"),
        ({"stages": ["gone"]}, "rule.stages.0"),
        ({"classes": []}, "rule.classes"),
        ({"kinds": ["no such kind"]}, "rule.kinds"),
    ],
)
def test_a_rule_of_another_language_is_refused_with_its_field(
    gis: httpx.Client, rule: dict[str, Any], field: str
) -> None:
    answer = gis.put("/api/layers/JBNT", json=BODY | {"rule": rule})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert gis.get("/api/layers").json()["rows"] == []


def test_kinds_of_a_rule_are_given_as_code_or_label(gis: httpx.Client) -> None:
    body = BODY | {"rule": {"kinds": ["人工造林", "FSYL"]}}
    assert gis.put("/api/layers/JBNT", json=body).json()["rule"]["kinds"] == ["RGZL", "FSYL"]


def test_a_change_upon_an_old_version_is_refused(gis: httpx.Client) -> None:
    first = gis.put("/api/layers/JBNT", json=BODY).headers["ETag"]
    gis.put("/api/layers/JBNT", json=BODY | {"role": "warn"})
    late = gis.put("/api/layers/JBNT", json=BODY, headers={"If-Match": first})
    assert late.status_code == 412


def test_a_change_needs_no_version(gis: httpx.Client) -> None:
    gis.put("/api/layers/JBNT", json=BODY)
    assert gis.put("/api/layers/JBNT", json=BODY | {"role": "warn"}).json()["role"] == "warn"


def test_what_changes_nothing_is_not_written(gis: httpx.Client) -> None:
    gis.put("/api/layers/JBNT", json=BODY)
    assert gis.put("/api/layers/JBNT", json=BODY).json()["version"] == 1


def test_a_layer_that_is_not_there_is_not_found(gis: httpx.Client) -> None:
    assert gis.get("/api/layers/JBNT").status_code == 404
    assert gis.get("/api/layers/JBNT/versions").status_code == 404


def test_a_code_of_another_form_is_refused(gis: httpx.Client) -> None:
    assert gis.put("/api/layers/jbnt.1", json=BODY).status_code == 422


def test_an_unknown_kind_of_a_rule_has_a_code_of_its_own(gis: httpx.Client) -> None:
    answer = gis.put("/api/layers/JBNT", json=BODY | {"rule": {"kinds": ["no such kind"]}})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_kind")


def test_of_two_that_make_a_layer_at_one_moment_the_second_changes_it(
    gis: httpx.Client, database: Database
) -> None:
    with ThreadPoolExecutor(1) as threads:
        with database.service.begin() as first:
            number = first.scalar(text("SELECT min(id) FROM account"))
            account = Account(number, "first", "admin", (), None)
            assert put_layer(first, account, "JBNT", LayerBody.model_validate(BODY))[1]
            second = threads.submit(gis.put, "/api/layers/JBNT", json=BODY | {"role": "warn"})
            until(lambda: database.scalar("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        answer = second.result()
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
