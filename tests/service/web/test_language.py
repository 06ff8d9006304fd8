"""Messages come in one language, the one that `Accept-Language` prefers; Chinese by default."""

import re
from typing import Any

import httpx
import pytest

from service.web.language import preferred_language
from tests.service.conftest import EAST, WEST, Server, SignIn, feature, ring

CHINESE = re.compile(r"[\u4e00-\u9fff]")
CROSSING = {
    "type": "Polygon",
    "coordinates": [
        [[125.05, 43.05], [125.052, 43.052], [125.052, 43.05], [125.05, 43.052], [125.05, 43.05]]
    ],
}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("en-US,en;q=0.9,zh-CN;q=0.8,zh;q=0.7", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.5, zh;q=0.6", "zh"),
        ("EN-gb ; Q=0.9 , zh;q=0.1", "en"),
        ("en, zh", "en"),
        ("zh, en", "zh"),
        ("*", "zh"),
        ("zh;q=0, *;q=0.1", "en"),
        ("zh;q=0", "en"),
        ("en;q=0, zh;q=0", "zh"),
        ("de, fr;q=0.5", "zh"),
        ("de, en;q=0.1", "en"),
        ("english please, en;q=2, en;q=x", "zh"),
        ("zh-Hant-TW;q=0.2, en;q=0.1", "zh"),
        ("," * 5_000, "zh"),
    ],
)
def test_the_language_that_weighs_most_is_taken(header: str | None, language: str) -> None:
    assert preferred_language(header) == language


def ask(client: httpx.Client, method: str, path: str, language: str, **sent: Any) -> httpx.Response:
    return client.request(method, path, headers={"Accept-Language": language}, **sent)


# Method, address and body of a refusal by each of the doors: a route, a rule of geometry, pydantic,
# a parameter, the reader of JSON, the router, and a missing header.
REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/plots/999999", {}),
    ("POST", "/api/plots", {"json": feature(CROSSING)}),
    ("POST", "/api/plots", {"json": feature(ring(125.05, 43.05), year="soon", nonsense=1)}),
    ("GET", "/api/plots?distric=220102", {}),
    ("GET", "/api/plots?bbox=1,2,3", {}),
    (
        "POST",
        "/api/plots",
        {"content": b'{"a": NaN}', "headers": {"Content-Type": "application/json"}},
    ),
    ("GET", "/api/nowhere", {}),
    ("PUT", "/api/session", {}),
    ("GET", "/api/codes/nonsense", {}),
]


@pytest.mark.parametrize(("method", "path", "sent"), REFUSED)
def test_a_refusal_speaks_one_language(
    sign_in: SignIn, method: str, path: str, sent: dict[str, Any]
) -> None:
    planner = sign_in("planner", WEST, EAST)
    headers = sent.get("headers", {})
    del planner.headers["Accept-Language"]
    answers = {}
    for language in ("", "zh-CN,zh;q=0.9,en;q=0.8", "en-US,en;q=0.9"):
        preferred = {"Accept-Language": language} if language else {}
        request = sent | {"headers": headers | preferred}
        answers[language] = planner.request(method, path, **request)
    for language, answer in answers.items():
        said = [answer.json()["detail"]]
        errors = answer.json().get("errors", [])
        said += [error["message"] for error in errors if "message" in error]
        for words in said:
            assert bool(CHINESE.search(words)) == (not language.startswith("en")), words
        assert answer.headers["Content-Language"] == ("en" if language.startswith("en") else "zh")
        assert answer.headers["Vary"].split(", ").count("Accept-Language") == 1
    assert answers[""].json() == answers["zh-CN,zh;q=0.9,en;q=0.8"].json()
    codes = {answer.json()["code"] for answer in answers.values()}
    assert len(codes) == 1


def test_verdicts_speak_the_language_of_the_request(sign_in: SignIn) -> None:
    planner = sign_in("planner", WEST)
    drawn = {"type": "Feature", "geometry": CROSSING, "properties": {}}
    chinese = ask(planner, "POST", "/api/plots/check", "zh", json=drawn)
    english = ask(planner, "POST", "/api/plots/check", "en", json=drawn)
    (in_chinese,), (in_english,) = chinese.json()["problems"], english.json()["problems"]
    assert CHINESE.search(in_chinese["message"])
    assert not CHINESE.search(in_english["message"])
    assert in_chinese["code"] == in_english["code"] == "self_intersection"
    assert chinese.headers["Content-Language"] == "zh"
    assert english.headers["Content-Language"] == "en"
    assert "Accept-Language" in english.headers["Vary"]


def test_an_answer_without_words_names_no_language(sign_in: SignIn) -> None:
    answer = sign_in("planner", WEST).get("/api/plots")
    assert "Content-Language" not in answer.headers
    assert "Accept-Language" not in answer.headers.get("Vary", "")


def test_a_body_that_is_too_large_is_refused_in_the_language_of_the_request(
    server: Server,
) -> None:
    with server.client() as client:
        answer = client.post("/api/session", content=b" " * 10_000_001)
    assert answer.status_code == 413
    assert answer.headers["Content-Language"] == "en"
    assert not CHINESE.search(answer.json()["detail"])
