"""`Idempotency-Key`: a request that is sent again is answered again, and nothing is done twice."""

import itertools
import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from service.accounts.db import accounts, administration
from service.app import MODULES
from service.run.retention_worker import forget
from service.web.idempotency import OnceRoute
from tests.service.conftest import EAST, WEST, Database, SignIn, feature, ring
from tests.service.plots.made import approved, drawn
from tests.service.plots.test_edit import match, said, submitted
from tests.service.plots.test_two_editors import at_once

KEY = "Idempotency-Key"
# They look, or sign in: to do them twice does nothing twice.
ONLY_LOOK = {"/api/plots/check", "/api/plots/mend", "/api/session"}


def under(key: str | None = None, **headers: str) -> dict[str, str]:
    """Headers with a key, a new one unless it is given."""
    return {KEY: key or str(uuid.uuid4()), **headers}


def same_in_both(answer: httpx.Response) -> tuple[Any, ...]:
    """What of an answer must come again."""
    names = ("location", "etag", "content-type", "cache-control")
    return (
        answer.status_code,
        answer.content,
        *(answer.headers.get(name) for name in names),
    )


def test_every_route_that_creates_or_acts_takes_a_key() -> None:
    routes = [route for module in MODULES for route in module.router.routes]
    posts = [
        route for route in routes if isinstance(route, APIRoute) and "POST" in (route.methods or ())
    ]
    bare = {post.path_format for post in posts if not isinstance(post, OnceRoute)}
    assert bare == ONLY_LOOK
    assert len(posts) > 12


def test_the_document_tells_of_the_key(sign_in: SignIn) -> None:
    paths = sign_in("viewer").get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            names = [parameter["name"] for parameter in operation.get("parameters", ())]
            expected = method == "post" and path not in ONLY_LOOK
            assert (names.count(KEY) == 1) == expected, f"{method} {path}"


def plot_drawn(_sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    return "planner", "/api/plots", {"json": feature()}


def plot_split(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    plot = drawn(sign_in("planner"))
    line = {"type": "LineString", "coordinates": [[125.051, 43.0], [125.051, 43.1]]}
    address = f"/api/plots/{plot['id']}/split"
    return "planner", address, {"json": {"line": line}, "headers": match(1)}


def plots_merged(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    planner = sign_in("planner")
    ids = [drawn(planner)["id"], drawn(planner, geometry=ring(125.052, 43.05))["id"]]
    return "planner", "/api/plots/merge", {"json": {"ids": ids}}


def plot_restored(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    planner = sign_in("planner")
    plot = drawn(planner)
    planner.delete(f"/api/plots/{plot['id']}", headers=match(1))
    return "gis", f"/api/plots/{plot['id']}/restore", {"json": {"version": 1}}


def plot_submitted(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    return "planner", f"/api/plots/{drawn(sign_in('planner'))['id']}/submit", {}


def plot_approved(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    planner = sign_in("planner")
    plot = submitted(planner, drawn(planner))
    return "inspector", f"/api/plots/{plot['id']}/approve", {}


def plot_returned(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    planner = sign_in("planner")
    plot = submitted(planner, drawn(planner))
    return "inspector", f"/api/plots/{plot['id']}/return", {"json": {"reason": "再看"}}


def plot_commented(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    plot = drawn(sign_in("planner"))
    return "planner", f"/api/plots/{plot['id']}/comments", {"json": {"text": "再看"}}


def sample_drawn(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    approved(sign_in)
    body = {"district": WEST, "year": 2026, "count": 1}
    return "inspector", "/api/samples", {"json": body}


def plot_accepted(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    plot = approved(sign_in)
    return "inspector", f"/api/plots/{plot['id']}/accept", {"json": {"date": "2026-05-20"}}


def zone_written(_sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    given = {"code": "V1", "name": "一", "level": "village"}
    zone = {"type": "Feature", "geometry": ring(125.05, 43.05), "properties": given}
    return "inspector", "/api/zones", {"json": zone, "params": {"acknowledge": "no_parent"}}


TRACK = {"type": "LineString", "coordinates": [[125.05, 43.05], [125.052, 43.05]]}


def track_stored(_sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    track = {"type": "Feature", "geometry": TRACK, "properties": {}}
    return "inspector", "/api/patrols", {"json": track}


GPX = b"""<?xml version="1.0"?><gpx version="1.1" creator="t"
xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
<trkpt lat="43.05" lon="125.05"><time>2026-05-01T01:00:00Z</time></trkpt>
<trkpt lat="43.05" lon="125.052"><time>2026-05-01T01:05:00Z</time></trkpt>
</trkseg></trk></gpx>"""


def file_stored(_sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    # httpx draws the boundary of a form by lot, so the bytes of the two requests differ.
    return "inspector", "/api/patrols/files", {"files": {"file": ("walk.gpx", GPX)}}


PLACE = {"type": "Point", "coordinates": [125.05, 43.05]}


def finding_reported(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    _, _, zone = zone_written(sign_in)
    assert sign_in("inspector").post("/api/zones", **zone).status_code == 201
    finding = {"type": "Feature", "geometry": PLACE, "properties": {"kind": "QT"}}
    return "inspector", "/api/findings", {"json": finding}


def step_taken(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    _, _, request = finding_reported(sign_in)
    number = sign_in("inspector").post("/api/findings", **request).json()["id"]
    step = {"json": {"state": "notice"}, "headers": match(1)}
    return "inspector", f"/api/findings/{number}/steps", step


PLAN = {"code": "P-1", "label": "计划", "first": "2026-01-01", "after": "2027-01-01"}


def plan_made(_sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    return "gis", "/api/plans", {"json": PLAN}


def target_set(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    sign_in("gis").post("/api/plans", json=PLAN).raise_for_status()
    target = {"indicator": "reported.greening", "district": WEST, "lower": 5, "measured_in": "万亩"}
    return "gis", "/api/plans/P-1/targets", {"json": target}


def bulletin_issued(sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    role, address, request = target_set(sign_in)
    gis = sign_in(role)
    number = gis.post(address, **request).json()["id"]
    gis.post(f"/api/targets/{number}/issue").raise_for_status()
    return "gis", "/api/bulletins", {"json": {"plan": "P-1"}}


def record_written(_sign_in: SignIn) -> tuple[str, str, dict[str, Any]]:
    line = {"type": "LineString", "coordinates": [[125.05, 43.05], [125.06, 43.05]]}
    street = {"type": "Feature", "geometry": line, "properties": {"name": "一号路"}}
    return "planner", "/api/registers/street", {"json": street}


ACTS = [
    plan_made,
    target_set,
    bulletin_issued,
    record_written,
    plot_drawn,
    plot_split,
    plots_merged,
    plot_restored,
    plot_submitted,
    plot_approved,
    plot_returned,
    plot_commented,
    sample_drawn,
    plot_accepted,
    zone_written,
    track_stored,
    file_stored,
    finding_reported,
    step_taken,
]
# Rows that any of them writes.
WRITTEN = """
    SELECT (SELECT count(*) FROM plot_history) + (SELECT count(*) FROM acceptance)
         + (SELECT count(*) FROM zone_version) + (SELECT count(*) FROM patrol)
         + (SELECT count(*) FROM record_step) + (SELECT count(*) FROM record)
         + (SELECT count(*) FROM audit) + (SELECT count(*) FROM plot_comment)
         + (SELECT count(*) FROM task_change) + (SELECT count(*) FROM bulletin)
         + (SELECT count(*) FROM record_history)
"""


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_the_first_answer_comes_again_and_nothing_is_done_twice(
    sign_in: SignIn, database: Database, act: Callable[[SignIn], tuple[str, str, dict[str, Any]]]
) -> None:
    role, address, request = act(sign_in)
    client = sign_in(role, name="doer")
    headers = {**request.pop("headers", {}), **under()}
    first = client.post(address, headers=headers, **request)
    assert first.status_code in (200, 201), first.text
    written = database.scalar(WRITTEN)
    again = client.post(address, headers=headers, **request)
    assert same_in_both(again) == same_in_both(first)
    assert database.scalar(WRITTEN) == written


def test_an_answer_under_a_key_bears_the_headers_of_one_without(sign_in: SignIn) -> None:
    client = sign_in("gis")
    bare = client.post("/api/plans", json=PLAN)
    keyed = client.post("/api/plans", json={**PLAN, "code": "P-2"}, headers=under())
    assert bare.headers["ETag"] == keyed.headers["ETag"]
    assert keyed.headers["Location"] == bare.headers["Location"].replace("P-1", "P-2")


def test_a_key_in_quotes_is_the_same_key(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    first = planner.post("/api/plots", json=feature(), headers=under("k-1"))
    again = planner.post("/api/plots", json=feature(), headers=under('"k-1"'))
    assert same_in_both(again) == same_in_both(first)


def test_another_request_needs_another_key(sign_in: SignIn, database: Database) -> None:
    planner = sign_in("planner")
    plot = planner.post("/api/plots", json=feature(), headers=under("k")).json()
    line = {"line": {"type": "LineString", "coordinates": [[125.051, 43.0], [125.051, 43.1]]}}
    others = [
        planner.post("/api/plots", json=feature(name="乙"), headers=under("k")),
        planner.post("/api/plots?acknowledge=same_ground", json=feature(), headers=under("k")),
        planner.post(f"/api/plots/{plot['id']}/submit", headers=under("k")),
        planner.post(f"/api/plots/{plot['id']}/split", json=line, headers=under("k") | match(1)),
    ]
    assert [said(answer) for answer in others] == [(422, "idempotency_key_reused")] * 4
    assert others[0].json()["errors"][0]["field"] == KEY
    assert database.scalar("SELECT count(*) FROM plot_history") == 1


def test_two_accounts_may_use_one_key(sign_in: SignIn) -> None:
    first, other = sign_in("planner"), sign_in("planner")
    mine = first.post("/api/plots", json=feature(), headers=under("k"))
    theirs = other.post("/api/plots", json=feature(ring(125.01, 43.01)), headers=under("k"))
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]


def test_what_was_refused_is_tried_again_under_its_key(sign_in: SignIn, database: Database) -> None:
    planner = sign_in("planner")
    drawn(planner)
    headers = under()
    assert said(planner.post("/api/plots", json=feature(), headers=headers)) == (409, "warnings")
    assert database.scalar("SELECT count(*) FROM idempotency_key") == 0
    seen = {"acknowledge": "same_ground"}
    first = planner.post("/api/plots", json=feature(), params=seen, headers=headers)
    again = planner.post("/api/plots", json=feature(), params=seen, headers=headers)
    assert first.status_code == 201
    assert same_in_both(again) == same_in_both(first)


def test_thirty_pairs_at_one_moment_do_their_work_once(sign_in: SignIn, database: Database) -> None:
    planner = sign_in("planner")
    statuses: Counter[int] = Counter()
    for n, m in itertools.product(range(6), range(5)):
        post = partial(
            planner.post,
            "/api/plots",
            json=feature(ring(125.01 + n / 100, 43.01 + m / 100)),
            # Both would be stored if it were not for the key.
            params={"acknowledge": "same_ground"},
            headers=under(),
        )
        pair = at_once(post, post)
        statuses += Counter(answer.status_code for answer in pair)
        done = [answer for answer in pair if answer.status_code == 201]
        for answer in pair:
            if answer.status_code != 201:
                assert said(answer) == (409, "idempotency_key_in_use")
                assert answer.headers["retry-after"] == "1"
        assert done
        assert {same_in_both(answer) for answer in (*done, post())} == {same_in_both(done[0])}
    assert database.scalar("SELECT count(*) FROM plot") == 30
    assert sum(statuses.values()) == 60


def test_eight_at_one_moment_do_their_work_once(sign_in: SignIn, database: Database) -> None:
    planner = sign_in("planner")
    post = partial(planner.post, "/api/plots", json=feature(), headers=under())
    answers = at_once(*[post] * 8)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert database.scalar("SELECT count(*) FROM plot") == 1


def test_who_may_no_longer_do_it_is_not_shown_the_answer(
    sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner", WEST, name="wang")
    headers = under()
    assert planner.post("/api/plots", json=feature(), headers=headers).status_code == 201
    with database.service.begin() as connection:
        number = accounts.account_id(connection, "wang")
        assert number is not None
        administration.set_scope(connection, number, [EAST])
    moved = planner.post("/api/plots", json=feature(), headers=headers)
    assert said(moved) == (422, "outside_district")
    with database.service.begin() as connection:
        administration.set_scope(connection, number, [WEST])
        administration.set_role(connection, number, "viewer")
    assert said(planner.post("/api/plots", json=feature(), headers=headers)) == (
        403,
        "role_missing",
    )


def test_answers_are_forgotten_after_a_day(sign_in: SignIn, database: Database) -> None:
    planner = sign_in("planner", WEST)
    planner.post("/api/plots", json=feature(), headers=under("old"))
    with database.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE idempotency_key SET created_at = created_at - interval '25 hours'"
        )
    again = planner.post("/api/plots", json=feature(), headers=under("old"))
    assert said(again) == (409, "warnings")
    # Whoever keeps an answer next deletes it, though it is another's of another county.
    other = sign_in("planner", EAST)
    done = other.post("/api/plots", json=feature(ring(125.15, 43.05)), headers=under("new"))
    assert done.status_code == 201
    assert database.scalar("SELECT string_agg(key, ',') FROM idempotency_key") == "new"


def test_old_answers_go_though_nobody_uses_a_key_again(sign_in: SignIn, database: Database) -> None:
    sign_in("planner", WEST).post("/api/plots", json=feature(), headers=under())
    forget(database.service, 1_095)
    assert database.scalar("SELECT count(*) FROM idempotency_key") == 1
    with database.owner.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE idempotency_key SET created_at = created_at - interval '25 hours'"
        )
    forget(database.service, 1_095)
    assert database.scalar("SELECT count(*) FROM idempotency_key") == 0


@pytest.mark.parametrize(
    "key", ["", "k" * 256, "schlüssel".encode("latin-1"), "a\tb", b"\x80"], ids=repr
)
def test_a_bad_key_is_refused_in_words(
    sign_in: SignIn, database: Database, key: str | bytes
) -> None:
    raw = key if isinstance(key, bytes) else key.encode()
    answer = sign_in("planner").post("/api/plots", json=feature(), headers=[(KEY.encode(), raw)])
    assert said(answer) == (422, "bad_idempotency_key")
    assert database.scalar("SELECT count(*) FROM plot") == 0


def test_a_key_given_twice_is_refused(sign_in: SignIn) -> None:
    headers = [(KEY, "one"), (KEY, "two")]
    answer = sign_in("planner").post("/api/plots", json=feature(), headers=headers)
    assert said(answer) == (422, "bad_idempotency_key")


def test_kept_answers_of_other_ground_cannot_be_read(sign_in: SignIn, database: Database) -> None:
    sign_in("planner", WEST).post("/api/plots", json=feature(), headers=under())
    token = database.account("east", "planner", EAST)
    for secret, rows in ((token, 0), (database.account("west", "viewer", WEST), 1)):
        engine = database.service
        with engine.connect() as connection:
            accounts.account_by_secret(connection, secret, ["token"])
            count = connection.exec_driver_sql("SELECT count(*) FROM idempotency_key").scalar()
            assert count == rows
