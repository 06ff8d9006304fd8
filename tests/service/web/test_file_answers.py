"""The OpenAPI document says of every file what a reader gets."""

import httpx

from tests.service.conftest import Server


def test_no_answer_of_json_is_told_as_bytes(server: Server) -> None:
    paths = httpx.get(f"{server.url}/openapi.json").json()["paths"]
    told = {
        (operation["operationId"], kind): said.get("schema", {}).get("format")
        for path in paths.values()
        for operation in path.values()
        for kind, said in operation["responses"].get("200", {}).get("content", {}).items()
    }
    assert told["reportImport", "application/geo+json"] is None
    assert told["fetchJobFile", "application/zip"] == "binary"
    assert [
        name for name, form in told.items() if name[1].endswith("json") and form == "binary"
    ] == []
