"""Who may keep an answer: every route says it."""

import httpx
import pytest

from tests.service.conftest import Server, SignIn
from tests.service.plots.made import approved
from tests.service.web.test_head import PAGES, address

# Routes whose answers are asked for again by their ETag, or page by page from the same browser.
KEPT_TO_BE_ASKED_AGAIN = {
    "/api/plots",
    "/api/plots/{plot_id}",
    "/api/plots/{plot_id}/versions",
    "/api/plots/{plot_id}/versions/{version}",
    "/api/coverage",
    "/api/coverage/{code}/plots",
    "/api/findings",
    "/api/progress",
    "/api/snapping",
    "/api/zones",
    "/api/areas",
    "/api/registers/{register}",
    "/api/registers/{register}/definition",
    "/maps/afforestation",
    "/maps/coverage",
    "/maps/patrol",
    "/maps/progress",
    "/tiles/areas/{grid}/{z}/{row}/{col}",
    "/tiles/coverage/{grid}/{z}/{row}/{col}",
    "/tiles/districts/{grid}/{z}/{row}/{col}",
    "/tiles/plots/{grid}/{z}/{row}/{col}",
    "/tiles/zones/{grid}/{z}/{row}/{col}",
}


def control(answer: httpx.Response) -> str:
    """The one header that says who may keep it."""
    (said,) = answer.headers.get_list("cache-control")
    return str(said)


def test_every_answer_says_who_may_keep_it(sign_in: SignIn) -> None:
    approved(sign_in)
    client = sign_in("admin")
    paths = client.get("/openapi.json").json()["paths"]
    asked_again = set()
    for path, methods in paths.items():
        for method in methods:
            answer = client.request(method, address(path))
            words = f"{method} {path}: {answer.status_code} {control(answer)}"
            if "no-store" in control(answer):
                assert control(answer) == "private, no-store", words
                continue
            assert (method, answer.status_code // 100) in (("get", 2), ("post", 2)), words
            assert control(answer) == "private, no-cache", words
            varies = ", ".join(answer.headers.get_list("vary"))
            assert varies.endswith("Authorization, Cookie"), words
            assert varies.count("Authorization") == 1, words
            if method == "get":
                asked_again.add(path)
    assert asked_again == KEPT_TO_BE_ASKED_AGAIN


def test_what_nobody_signed_in_for_is_kept_by_nobody(server: Server) -> None:
    with server.client() as client:
        paths = client.get("/openapi.json").json()["paths"]
        for path, methods in paths.items():
            for method in methods:
                answer = client.request(method, address(path))
                assert control(answer) == "private, no-store", f"{method} {path}"


def test_refusals_of_every_layer_are_kept_by_nobody(sign_in: SignIn) -> None:
    client = sign_in("planner")
    answers = [
        client.get("/nothing"),
        client.put("/api/plots"),
        client.post("/api/plots", content=b" " * 10_000_001),
        client.post("/api/plots", content=b"{", headers={"Content-Type": "application/json"}),
        client.post("/api/session", json={"username": "a", "password": "b"}),
        client.get("/static/nothing.js"),
        client.get("/assets/nothing.js"),
    ]
    assert [answer.status_code for answer in answers] == [404, 405, 413, 422, 401, 404, 404]
    assert {control(answer) for answer in answers} == {"private, no-store"}


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/openapi.json"])
def test_our_own_files_are_asked_for_again(server: Server, path: str) -> None:
    with server.client() as client:
        answer = client.get(path)
    assert (answer.status_code, control(answer)) == (200, "public, no-cache")
    assert "etag" in answer.headers or path == "/docs"


def test_files_that_are_named_by_their_content_are_kept_for_ever(server: Server) -> None:
    with server.client() as client:
        page = client.get("/").text
        script = page.split('src="', 1)[1].split('"', 1)[0]
        assert script.startswith("/assets/")
        assert control(client.get(script)) == "public, max-age=31536000, immutable"
