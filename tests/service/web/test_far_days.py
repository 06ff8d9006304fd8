"""A day that is mistyped by centuries is refused wherever something holds from or until a day."""

from typing import Any

import pytest

from tests.service.conftest import SignIn, ring

SHAPE = ring(125.05, 43.05)
ZONE = {"code": "Z", "name": "一", "level": "village"}
AREA = {"name": "片", "kind": "KFQ"}


def drawn(**properties: Any) -> dict[str, Any]:
    """A GeoJSON Feature."""
    return {"type": "Feature", "geometry": SHAPE, "properties": properties}


@pytest.mark.parametrize("name", ["valid_from", "valid_to"])
@pytest.mark.parametrize("kind", ["unit", "post", "area", "zone"])
def test_a_day_of_another_age_is_refused_by_its_field(
    sign_in: SignIn, kind: str, name: str
) -> None:
    admin = sign_in("admin")
    assert admin.put("/api/units/U", json={"name": "林业局"}).status_code == 201
    far = {name: "0026-01-01" if name == "valid_from" else "2926-01-01"}
    method, address, body = {
        "unit": ("put", "/api/units/V", {"name": "园林局", **far}),
        "post": ("post", "/api/posts", {"unit": "U", "function": "联络员", **far}),
        "area": ("put", "/api/areas/A", drawn(**AREA, **far)),
        "zone": ("post", "/api/zones", drawn(**ZONE, **far)),
    }[kind]
    answer = admin.request(method, address, json=body)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"].rpartition(".")[2] == name
    assert "1949" in error["message"]
