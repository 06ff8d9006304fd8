"""A register of small wetlands, and squares to put into it."""

from typing import Any

import httpx
import pytest

from tests.service.conftest import SignIn, ring

WETLAND: dict[str, Any] = {
    "code": "small_wetland",
    "label_zh": "小微湿地",
    "geometry": "polygon",
    "fields": [
        {"name": "owner", "type": "text", "label_zh": "管护人", "needed_from": "built"},
        {"name": "depth_m", "type": "number", "min": 0, "max": 9, "label_zh": "水深"},
    ],
    "states": [
        {"code": "found", "label_zh": "发现", "next": ["built"]},
        {"code": "built", "label_zh": "建成", "next": [], "done": True, "counts": True},
    ],
}
AT = "/api/registers/small_wetland"


def wetland(west: float = 125.04, **properties: Any) -> dict[str, Any]:
    """A square wetland as it is sent."""
    return {
        "type": "Feature",
        "geometry": ring(west, 43.04, 0.001, 0.001),
        "properties": {"name": "一号湿地", **properties},
    }


@pytest.fixture
def admin(sign_in: SignIn) -> httpx.Client:
    """An administrator who defined the register."""
    client = sign_in("admin", name="chief")
    answer = client.post("/api/registers", json=WETLAND)
    assert answer.status_code == 201, answer.text
    return client


def match(answer: httpx.Response) -> dict[str, str]:
    """The header that names the version of an answer."""
    return {"If-Match": answer.headers["ETag"]}
