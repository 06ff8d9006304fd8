"""Values of records that are not of the type of their field, and deadlines before the day."""

from typing import Any

import httpx
import pytest

from service.web.timestamps import today
from tests.service.conftest import SignIn
from tests.service.registers.conftest import AT, match, wetland

DEVICE: dict[str, Any] = {
    "code": "device",
    "label_zh": "设备",
    "geometry": "none",
    "fields": [
        {"name": "works", "type": "boolean", "label_zh": "可用"},
        {"name": "bought_in", "type": "month", "label_zh": "购置月份"},
        {"name": "model", "type": "text", "label_zh": "型号"},
    ],
    "states": [{"code": "there", "label_zh": "在用", "next": [], "done": True}],
}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"works": "perhaps"}, "not_a_boolean"),
        ({"bought_in": "soon"}, "not_a_month"),
        ({"model": ["a", "b"]}, "not_a_text"),
    ],
    ids=["boolean", "month", "text"],
)
def test_a_value_of_another_type_is_refused_at_its_field(
    sign_in: SignIn, values: dict[str, Any], code: str
) -> None:
    admin = sign_in("admin")
    assert admin.post("/api/registers", json=DEVICE).status_code == 201
    properties = {"name": "一号", "district": "220102", "values": values}
    record = {"type": "Feature", "geometry": None, "properties": properties}
    answer = admin.post("/api/registers/device", json=record)
    (error,) = answer.json()["errors"]
    field = f"properties.values.{next(iter(values))}"
    assert (answer.status_code, error["code"], error["field"]) == (422, code, field)


def test_a_deadline_before_the_day_of_the_step_is_refused(admin: httpx.Client) -> None:
    made = admin.post(AT, json=wetland())
    step: dict[str, Any] = {"state": "built", "on_day": str(today()), "deadline": "2020-01-01"}
    step["values"] = {"owner": "张三"}
    answer = admin.post(f"{made.headers['Location']}/steps", json=step, headers=match(made))
    assert (answer.status_code, answer.json()["code"]) == (422, "deadline_passed")
