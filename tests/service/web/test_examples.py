"""What the document shows as an example is taken by the service as it stands."""

from typing import Any

import pytest

from tests.service.conftest import SignIn

# A patrol and a finding are looked for in a zone, so the zone is written first.
ADDRESSES = ("/api/plots", "/api/zones", "/api/patrols", "/api/findings")


@pytest.fixture
def admin(sign_in: SignIn) -> Any:
    """Somebody who may write all of them."""
    return sign_in("admin")


def shown(document: dict[str, Any], address: str) -> dict[str, Any]:
    """The example of the body that is posted to an address."""
    body = document["paths"][address]["post"]["requestBody"]["content"]
    schema = next(iter(body.values()))["schema"]
    model = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    (example,) = model["examples"]
    examples: dict[str, Any] = example
    return examples


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_example_of_the_document_is_taken(admin: Any, address: str) -> None:
    document = admin.get("/openapi.json").json()
    if address != "/api/zones":
        admin.post("/api/zones", json=shown(document, "/api/zones"))
    answer = admin.post(address, json=shown(document, address))
    assert answer.status_code == 201, answer.text
