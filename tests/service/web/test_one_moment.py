"""Two who change what hangs together at one moment: one of them is told why."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import httpx
import pytest
from sqlalchemy import text

from tests.service.conftest import WEST, Database, SignIn, feature, ring
from tests.service.plots.test_two_editors import at_once
from tests.waiting import until

POINT = {"type": "Point", "coordinates": [125.05, 43.05]}
PLAN = {"code": "P", "label": "计划", "first": "2026-01-01", "after": "2027-01-01"}
TARGET = {
    "indicator": "reported.greening",
    "district": WEST,
    "lower": 5,
    "measured_in": "万亩",
}
REGISTER = {
    "code": "well",
    "label_zh": "水井",
    "states": [{"code": "found", "label_zh": "发现", "done": True}],
}


def drawn(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """A GeoJSON Feature."""
    return {"type": "Feature", "geometry": geometry, "properties": properties}


ZONE = drawn(ring(125.04, 43.04, 0.02, 0.02), code="Z", name="一", level="town")
PLACES: dict[str, Any] = {
    "unit": ("put", "/api/units/U", {"name": "林业局"}),
    "zone": ("post", "/api/zones", ZONE),
    "plan": ("post", "/api/plans", PLAN),
    "kind": ("put", "/api/codes/kind/K", {"label_zh": "某类", "green_class": "forest"}),
    "register": ("post", "/api/registers", REGISTER),
}


class Beside(NamedTuple):
    """What is deleted, and what comes to refer to it: how, where, by which body."""

    gone: str
    method: str
    address: str
    body: dict[str, Any]


BESIDE = [
    Beside(
        "zone",
        "post",
        "/api/zones",
        drawn(ring(125.05, 43.05), code="V", name="二", level="village", parent="Z"),
    ),
    Beside("zone", "post", "/api/findings", drawn(POINT, kind="QT")),
    Beside("zone", "post", "/api/posts", {"zone": "Z", "function": "护林员"}),
    Beside("unit", "post", "/api/posts", {"unit": "U", "function": "联络员"}),
    Beside("unit", "post", "/api/plots", feature(unit="U")),
    Beside(
        "unit", "put", "/api/areas/A", drawn(ring(125.05, 43.05), name="片", kind="KFQ", unit="U")
    ),
    Beside("unit", "post", "/api/registers/fire_station", drawn(POINT, name="站", unit="U")),
    Beside("plan", "post", "/api/plans/P/targets", TARGET),
    Beside("kind", "post", "/api/plots", feature(kind="K")),
    Beside("register", "post", "/api/registers/well", drawn(POINT, name="井")),
]


@contextmanager
def deleting(database: Database, what: str) -> Iterator[Any]:
    """A row that is deleted and not committed yet; what is given commits."""
    code = {"unit": "U", "zone": "Z", "plan": "P", "kind": "K", "register": "well"}[what]
    with database.owner.connect() as connection, connection.begin() as transaction:
        connection.execute(text(f"DELETE FROM {what} WHERE code = :code"), {"code": code})
        yield transaction.commit


def waits(database: Database) -> bool:
    """Whether somebody waits for a row."""
    return bool(database.scalar("SELECT count(*) FROM pg_locks WHERE NOT granted"))


@pytest.mark.parametrize("beside", BESIDE, ids=lambda b: f"{b.gone} {b.address}")
def test_what_comes_to_refer_to_something_that_is_being_deleted_is_told_so(
    sign_in: SignIn, database: Database, beside: Beside
) -> None:
    admin = sign_in("admin")
    method, address, body = PLACES[beside.gone]
    assert admin.request(method, address, json=body).status_code == 201
    with deleting(database, beside.gone) as commit, ThreadPoolExecutor(1) as threads:
        late = threads.submit(admin.request, beside.method, beside.address, json=beside.body)
        until(lambda: late.done() or waits(database))
        commit()
        answer: httpx.Response = late.result()
    assert answer.status_code in (404, 409, 422), answer.text
    if answer.status_code == 409:
        assert answer.json()["code"] == "conflict"
        assert "read it again" in answer.json()["detail"]


def test_of_equal_registers_at_one_moment_one_is_made(sign_in: SignIn) -> None:
    admins = [sign_in("admin") for _ in range(3)]
    answers = at_once(*(partial(one.post, "/api/registers", json=REGISTER) for one in admins))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


def test_of_equal_posts_at_one_moment_one_is_made(sign_in: SignIn) -> None:
    admins = [sign_in("admin") for _ in range(3)]
    admins[0].put("/api/units/U", json={"name": "林业局"})
    post = {"unit": "U", "function": "联络员", "person": "示例甲"}
    answers = at_once(*(partial(one.post, "/api/posts", json=post) for one in admins))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


def test_of_two_changes_of_a_post_at_one_moment_one_is_stale(sign_in: SignIn) -> None:
    admins = [sign_in("admin") for _ in range(2)]
    admins[0].put("/api/units/U", json={"name": "林业局"})
    post = {"unit": "U", "function": "联络员"}
    address = admins[0].post("/api/posts", json=post).headers["Location"]
    for version in range(1, 6):
        upon = {"If-Match": f'"{version}"'}
        calls = [
            partial(one.put, address, json={**post, "person": f"{version}-{n}"}, headers=upon)
            for n, one in enumerate(admins)
        ]
        assert sorted(answer.status_code for answer in at_once(*calls)) == [200, 412]


EXPORT = {"format": "geojsonl"}


def upload(client: httpx.Client) -> httpx.Response:
    """Send a file of one plot."""
    content = json.dumps({"type": "FeatureCollection", "features": [feature()]}).encode()
    return client.post("/api/imports", files={"file": ("plots.geojson", content)})


def comment(client: httpx.Client) -> httpx.Response:
    """Say something of the first plot."""
    return client.post("/api/plots/1/comments", json={"text": "再看"})


def paper(client: httpx.Client) -> httpx.Response:
    """Put a paper to the first plot."""
    return client.post("/api/plots/1/files", files={"file": ("a.pdf", b"%PDF-1.7 x")})


LIMITS: dict[str, tuple[Callable[[httpx.Client], httpx.Response], int]] = {
    "service.jobs.asking.MAX_OPEN": (lambda one: one.post("/api/exports", json=EXPORT), 409),
    "service.imports.conversation.MAX_OPEN": (upload, 409),
    "service.plots.comments.MAX_COMMENTS": (comment, 422),
    "service.files.files.MAX_FILES": (paper, 422),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_holds_for_what_comes_at_one_moment(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(limit, 3)
    admin = sign_in("admin")
    assert admin.post("/api/plots", json=feature()).json()["id"] == 1
    ask, refused = LIMITS[limit]
    answers = at_once(*[partial(ask, admin)] * 8)
    taken = [answer for answer in answers if not answer.is_error]
    assert len(taken) == 3, [answer.text for answer in answers]
    assert {answer.status_code for answer in answers if answer.is_error} == {refused}
