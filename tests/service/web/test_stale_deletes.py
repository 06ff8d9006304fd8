"""What somebody changed meanwhile is not deleted by who names the version that they saw."""

from typing import Any

import pytest

from service.app import create_app
from service.database.engine import sqlalchemy_url
from service.settings import Settings
from tests.service.conftest import SignIn, ring

# Bytes that nobody changes, and what has no version: sessions, tokens, jobs and staged imports.
WITHOUT_VERSION = {
    "/api/session",
    "/api/me/tokens/{number}",
    "/api/plots/{plot_id}/files/{file_id}",
    "/api/registers/{register}/{record_id}/files/{file_id}",
    "/api/reported/{reported_id}/files/{file_id}",
    "/api/imports/{import_id}",
    "/api/jobs/{job_id}",
}
DAYS = {"first": "2026-01-01", "after": "2027-01-01"}
AREA: dict[str, Any] = {
    "type": "Feature",
    "geometry": ring(125.04, 43.05),
    "properties": {"name": "高新区", "kind": "KFQ"},
}


def test_every_delete_of_what_has_a_version_takes_if_match() -> None:
    paths = create_app(Settings(), sqlalchemy_url("postgresql:///none")).openapi()["paths"]
    without = {
        path
        for path, item in paths.items()
        if "delete" in item
        and not any(p["name"].lower() == "if-match" for p in item["delete"].get("parameters", ()))
    }
    assert without == WITHOUT_VERSION


@pytest.mark.parametrize(
    ("address", "first", "second"),
    [
        ("/api/units/LYJ", {"name": "林业局"}, {"name": "林业和草原局"}),
        ("/api/plans/P", {"label": "计划", **DAYS}, {"label": "另一计划", **DAYS}),
        ("/api/areas/GX", AREA, {**AREA, "properties": {**AREA["properties"], "name": "高新"}}),
    ],
)
def test_what_changed_meanwhile_is_not_deleted(
    sign_in: SignIn, address: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    admin = sign_in("admin")
    if "plans" in address:
        made = admin.post("/api/plans", json={"code": "P", **first})
    else:
        made = admin.put(address, json=first)
    assert made.status_code == 201, made.text
    changed = admin.put(address, json=second)
    assert changed.status_code == 200, changed.text
    late = admin.delete(address, headers={"If-Match": made.headers["ETag"]})
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert late.headers["ETag"] == changed.headers["ETag"]
    assert admin.delete(address, headers={"If-Match": late.headers["ETag"]}).status_code == 204


def test_a_post_that_changed_meanwhile_is_not_deleted(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put("/api/units/LYJ", json={"name": "林业局"})
    post = {"unit": "LYJ", "function": "联络员"}
    made = admin.post("/api/posts", json=post)
    address = made.headers["Location"]
    changed = admin.put(address, json={**post, "person": "示例甲"})
    late = admin.delete(address, headers={"If-Match": made.headers["ETag"]})
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert admin.delete(address, headers={"If-Match": changed.headers["ETag"]}).status_code == 204
