"""The workspace's types are those of the routes."""

from tests.workspace.types import TYPES, types_now


def test_the_types_of_the_workspace_are_those_of_the_openapi_document() -> None:
    assert TYPES.read_text("utf-8") == types_now(), "stale: run `make types`"
