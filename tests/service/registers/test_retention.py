"""Personal values of done records are deleted after the time that their register keeps them."""

from datetime import timedelta

import httpx
import pytest

from service.run.retention_worker import forget_records
from service.web.timestamps import today
from tests.service.conftest import Database
from tests.service.registers.conftest import AT, WETLAND, wetland

KEPT_DAYS = 30


@pytest.mark.parametrize(
    ("state", "days", "left"),
    [
        pytest.param("built", KEPT_DAYS + 1, {"depth_m": 1}, id="past it"),
        pytest.param("built", KEPT_DAYS, {"depth_m": 1, "owner": "张三"}, id="the last day"),
        pytest.param("found", 99, {"depth_m": 1, "owner": "张三"}, id="not done"),
    ],
)
def test_personal_values_go_when_their_time_is_over(
    admin: httpx.Client, database: Database, state: str, days: int, left: dict[str, object]
) -> None:
    more = {"personal": ["owner"], "retention_days": KEPT_DAYS}
    definition = {name: value for name, value in WETLAND.items() if name != "code"} | more
    assert admin.put(f"{AT}/definition", json=definition).status_code == 200
    values = {"owner": "张三", "depth_m": 1}
    on_day = str(today() - timedelta(days=days))
    made = admin.post(AT, json=wetland(values=values, state=state, on_day=on_day))
    assert made.status_code == 201, made.text
    assert forget_records(database.service) == (values != left)
    address = made.headers["Location"]
    assert admin.get(address).json()["properties"]["values"] == left
    assert "张三" not in admin.get(f"{address}/versions").text
