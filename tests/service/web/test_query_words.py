"""Words of a query are taken in any case, at every door that the OpenAPI document names."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.service.conftest import SignIn

GIVEN = {"period": "2026-q3", "bbox": "125,43,126,44"}
IN_PATH = {"grid": "WebMercatorQuad", "name": "kind"}


def _values(schema: dict[str, Any]) -> Iterator[str]:
    yield from (value for value in schema.get("enum", ()) if isinstance(value, str))
    if isinstance(schema.get("const"), str):
        yield schema["const"]
    for inner in (*schema.get("anyOf", ()), schema.get("items", {})):
        if inner:
            yield from _values(inner)


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def test_every_enumerated_parameter_takes_upper_and_lower_case(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    document = admin.get("/openapi.json").json()
    tried = set()
    for address, methods in document["paths"].items():
        parameters = methods.get("get", {}).get("parameters", [])
        required = {
            one["name"]: GIVEN[one["name"]]
            for one in parameters
            if one["in"] == "query" and one.get("required") and one["name"] in GIVEN
        }
        path = address
        for one in parameters:
            if one["in"] == "path":
                path = path.replace(f"{{{one['name']}}}", IN_PATH.get(one["name"], "1"))
        for one in parameters:
            if one["in"] != "query":
                continue
            for word in _values(_resolved(one["schema"], document)):
                written = admin.get(path, params={**required, one["name"]: word})
                for spelling in (word.lower(), word.upper()):
                    answer = admin.get(path, params={**required, one["name"]: spelling})
                    assert answer.status_code == written.status_code, (path, spelling, answer.text)
                tried.add((address, one["name"]))
    assert {
        ("/api/districts", "level"),
        ("/api/plots", "stage"),
        ("/api/plots", "review"),
        ("/api/plots", "version"),
        ("/api/exports/plots", "format"),
        ("/api/exports/plots", "encoding"),
        ("/api/coverage", "level"),
        ("/api/zones", "level"),
        ("/api/calendar", "format"),
    } <= tried, sorted(tried)


@pytest.mark.parametrize("address", ["/api/findings", "/api/registers/finding"])
def test_states_of_a_register_are_taken_in_any_case(sign_in: SignIn, address: str) -> None:
    admin = sign_in("admin")
    for state in ("closed", "CLOSED", "Closed"):
        answer = admin.get(address, params={"state": state})
        assert answer.status_code == 200, answer.text
    assert admin.get(address, params={"state": "shut"}).json()["code"] == "unknown_state"


def test_periods_are_taken_in_any_case(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    for address in ("/api/patrols", "/api/findings"):
        for period in ("2026-h1", "2026-H1", "2026-q3"):
            answer = admin.get(address, params={"period": period})
            assert answer.status_code == 200, (address, answer.text)


def test_an_unknown_word_is_refused_as_before(sign_in: SignIn) -> None:
    answer = sign_in("admin").get("/api/districts", params={"level": "Shire"})
    assert answer.status_code == 422
    assert "level" in answer.text
