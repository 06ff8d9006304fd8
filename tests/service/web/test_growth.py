"""No body, header or parameter of a request costs more time than its length."""

import base64
from collections.abc import Callable
from contextlib import suppress

import pytest
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute

from service.accounts.api.deps import secret_of
from service.duties.rules import WEEK
from service.errors import Problem
from service.plots.api.cursors import plot_after
from service.plots.db.ordering import Order
from service.tiles.tiles import _known_tags
from service.web import json_body, paging, periods, timestamps
from service.web.access_log import _SOUND_ID
from service.web.deps import parse_bbox
from service.web.etags import versions_in
from service.web.idempotency import _KEY
from service.web.language import preferred_language
from service.web.merge_patch import merged
from service.web.query_names import reject_unknown_query_params
from tests.growth import assert_grows_as_its_input

BODIES: dict[str, Callable[[int], bytes]] = {
    "an unclosed string of escaped quotes": lambda n: b'"' + b'\\"' * n,
    "an unclosed string in a list": lambda n: b'["a","' + b'\\"' * n,
    "strings": lambda n: b'["' + b'","' * n + b'"]',
    "backslashes": lambda n: b'"' + b"\\\\" * n + b'"',
    "backslashes before an escaped NUL": lambda n: b'"' + b"\\\\" * n + b'\\u0000"',
    "escapes": lambda n: b'"' + b"\\u4e00" * n + b'"',
    "objects of names": lambda n: b"[" + b",".join([b'{"a":0,"b":0,"c":0}'] * (n // 20)) + b"]",
    "open brackets": lambda n: b"[" * 25 * n,
    "brackets": lambda n: b"[" * n + b"]" * n,
    "digits": lambda n: b"1" * n,
    "numbers of 399 digits": lambda n: b"[" + b",".join([b"1" * 399] * (n // 40)) + b"]",
    "exponents": lambda n: b"[" + b",".join([b"1e308"] * n) + b"]",
    "names": lambda n: b"{" + b",".join(b'"%d":0' % i for i in range(n)) + b"}",
    "one name": lambda n: b"{" + b",".join([b'"a":0'] * n) + b"}",
    "blanks": lambda n: b" " * n + b"x",
    "positions": lambda n: b"[" + b",".join([b"[126.1,43.1]"] * n) + b"]",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_json_body_takes_time_by_its_length(name: str) -> None:
    assert_grows_as_its_input(json_body.read, BODIES[name])


def test_a_body_of_too_many_lists_is_refused_unread() -> None:
    with pytest.raises(ValueError, match="500000 lists and objects"):
        json_body.read(b"[" + b"[]," * json_body.MAX_CONTAINERS + b"[]]")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[" * 65 + b"]" * 65, "64 levels"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "64 levels"),
        (b"[" * 5_000 + b"]" * 5_000, "64 levels"),
        (b'{"a":1,"a":2}', "twice"),
        (b"NaN", "NaN"),
        (b"[-Infinity]", "Infinity"),
        (b'"\\u0000"', "NUL"),
        (b'{"a\\u0000":1}', "NUL"),
        (b'"\\ud800"', "surrogate"),
        (b'{"\\udc00":1}', "surrogate"),
        (b"1" * 401, "400 digits"),
        (b"0." + b"1" * 401, "400 digits"),
        (b"1e309", "1.8e308"),
        (b"[-1e999]", "1.8e308"),
        (b"\xff", "UTF-8"),
        (b'{"a":', "no JSON"),
        (b"{" + b",".join(b'"%d":0' % n for n in range(1_001)) + b"}", "1000 names"),
    ],
)
def test_what_no_database_could_hold_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        json_body.read(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'"\\\\u0000"', "\\u0000"),
        (b'"\\ud83c\\udf32"', "\U0001f332"),
        (b"[" * 64 + b"]" * 64, None),
        (b'"[[{{"', "[[{{"),
        (b'"' + b"1" * 500 + b'"', "1" * 500),
        (b'"1e999"', "1e999"),
        (b"\xef\xbb\xbf1", 1),
    ],
)
def test_what_only_looks_alike_is_taken(body: bytes, value: object) -> None:
    assert json_body.read(body) == value or value is None


def request(query: str = "", **headers: str) -> Request:
    """A request for a route that knows the parameters ``district`` and ``kind``."""
    app = FastAPI()

    @app.get("/")
    def route(district: str = "", kind: str = "") -> None: ...

    of_app = next(route for route in app.routes if isinstance(route, APIRoute))
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/",
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
            "route": of_app,
        }
    )


def unknown(query: str) -> None:
    with pytest.raises(Problem):
        reject_unknown_query_params(request(query))


REPEATED = [
    "1",
    ",",
    " ",
    '"',
    '"1",',
    'W/"',
    ".",
    "-",
    "[",
    "a",
    "%25",
    "=",
    "gzip;q=0,",
    "zh-a,",
    "zh ; q = 0.1 ,",
    "*,",
]

PARSERS: dict[str, Callable[[str], object]] = {
    "bbox": parse_bbox,
    "cursor": paging.number_after,
    "cursor of a sorted list": lambda text: plot_after(text, Order("plot_no")),
    "packed cursor": lambda text: plot_after(
        base64.urlsafe_b64encode(text.encode()).decode(), Order("area_m2")
    ),
    "If-Match": versions_in,
    "If-None-Match of a tile": lambda text: _known_tags(text, "0" * 16),
    "period": periods.parse_period,
    "moment": timestamps.parse_moment,
    "X-Request-ID": _SOUND_ID.fullmatch,
    "Authorization: Bearer": lambda text: secret_of(request(authorization=f"Bearer {text}")),
    "Authorization: Basic": lambda text: secret_of(request(authorization=f"Basic {text}")),
    "cookie": lambda text: secret_of(request(cookie=text)),
    "content type": json_body.is_json,
    "Accept-Language": preferred_language,
    "Idempotency-Key": _KEY.fullmatch,
    "week": WEEK.fullmatch,
    "query name": lambda text: unknown(f"distric{text}x=1"),
    # A name to four letters: as many as a query of that length can have.
    "query names": lambda text: unknown("&".join(f"{text[:1]}{n}=" for n in range(len(text) // 4))),
}


@pytest.mark.parametrize("name", PARSERS)
def test_a_header_or_parameter_takes_time_by_its_length(name: str) -> None:
    def parse(text: str) -> None:
        with suppress(Problem):
            PARSERS[name](text)

    for letters in REPEATED:
        assert_grows_as_its_input(
            parse,
            lambda size, t=letters: t * (size // len(t)),  # type: ignore[misc]
        )


def test_a_merge_patch_takes_time_by_its_length() -> None:
    assert_grows_as_its_input(
        lambda patch: merged({"a": 1}, patch), lambda n: {str(i): {"a": None} for i in range(n)}
    )
