"""Whatever is sent, the answer is a 4xx in words."""

import gzip
import json
from typing import Any

import pytest

from service.errors import InvalidValueError
from service.web.json_body import read
from tests.service.conftest import CITY, PROVINCE, SOUTH, WEST, SignIn, feature, ring
from tests.service.patrol.tracks.test_patrols import stored, track
from tests.service.patrol.zones.test_zones import grid, made, zone

JSON = {"Content-Type": "application/json"}


def body(**properties: Any) -> bytes:
    """A plot as it is sent."""
    return json.dumps(feature(**properties)).encode()


def swapped(old: bytes, new: bytes) -> bytes:
    """A plot with something in it that ``json.dumps`` would not write."""
    assert old in body(name="名")
    return body(name="名").replace(old, new)


NAME = json.dumps("名").encode()
BODIES = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"{", id="half"),
    pytest.param(b"null", id="null"),
    pytest.param(b"[]", id="a list"),
    pytest.param(b"7", id="a number"),
    pytest.param(b"[" * 10_000, id="10 000 brackets"),
    pytest.param(b"[" * 10_000 + b"]" * 10_000, id="10 000 brackets that close"),
    pytest.param(b'{"a":' * 10_000 + b"1" + b"}" * 10_000, id="10 000 objects"),
    pytest.param(b"\xff\xfe", id="no UTF-8"),
    pytest.param(body().decode().encode("utf-16"), id="UTF-16"),
    pytest.param(body().decode().encode("gb18030") + "字".encode("gbk"), id="GBK"),
    pytest.param(swapped(b"2026", b"NaN"), id="NaN"),
    pytest.param(swapped(b"125.05", b"NaN"), id="NaN in a position"),
    pytest.param(swapped(b"125.05", b"Infinity"), id="Infinity in a position"),
    pytest.param(swapped(b"125.05", b"1e999"), id="1e999 in a position"),
    pytest.param(swapped(b"2026", b"1" * 5_000), id="an integer of 5 000 digits"),
    pytest.param(swapped(b"2026", b"9" * 30), id="an integer of 30 digits"),
    pytest.param(swapped(b"2026", b"2026.5"), id="half a year"),
    pytest.param(swapped(b"2026", b'"2026\\u0000"'), id="NUL in a number"),
    pytest.param(swapped(NAME, b'"a\\u0000b"'), id="NUL in a name"),
    pytest.param(swapped(NAME, b'"\\ud800"'), id="a lone surrogate"),
    pytest.param(swapped(NAME, '"林\u202e地斑"'.encode()), id="letters that turn about"),
    pytest.param(swapped(NAME, b'"a\\u2066b"'), id="an isolate in an escape"),
    pytest.param(body(plot_no="00010\u200b"), id="a number with a space of no width"),
    pytest.param(body(plot_no="\ufeff"), id="a number that nobody sees"),
    pytest.param(swapped(NAME, b'"x", "name": "y"'), id="a name twice"),
    pytest.param(body(name="x" * 9_000_000), id="9 MB of a name"),
    pytest.param(body(name=["x"]), id="a list for a name"),
    pytest.param(body(name={"a": "b"}), id="an object for a name"),
    pytest.param(body(stage="felled"), id="an unknown stage"),
    pytest.param(body(kind="nothing"), id="an unknown kind"),
    pytest.param(body(year=True), id="true for a year"),
    pytest.param(body(id=1), id="somebody's id"),
    pytest.param(body(district=SOUTH), id="somebody's district"),
    pytest.param(body(review="approved"), id="a review of one's own"),
    pytest.param(body(created_by=1), id="somebody's name"),
    pytest.param(body(changed_by="root"), id="somebody's change"),
    pytest.param(body(version=9), id="a version of one's own"),
    pytest.param(body(area_m2=1e9), id="an area of one's own"),
    pytest.param(body(plan_ids=[2**63]), id="a plan beyond bigint"),
    pytest.param(body(plan_ids=[-1]), id="a plan below one"),
    pytest.param(body(declared_m2=-1), id="less than nothing"),
    pytest.param(body(species=[{"code": "x", "share": 2}]), id="two shares of one"),
    pytest.param(body(extra={"zaolin": {"\x00": 1}}), id="NUL in a name of a field"),
    pytest.param(body(extra={"../../etc/passwd": {}}), id="a path for a schema"),
    pytest.param(body(planted_on="2026-02-30"), id="30 February"),
    pytest.param(body(planted_on="99999-01-01"), id="the year 99999"),
    pytest.param(swapped(b"Polygon", b"Point"), id="a point"),
    pytest.param(swapped(b"Polygon", b"GeometryCollection"), id="a collection"),
]


@pytest.mark.parametrize("mark", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])
@pytest.mark.parametrize("escaped", [True, False])
def test_marks_that_change_what_is_read_are_told_with_their_place(mark: str, escaped: bool) -> None:
    text = json.dumps({"name": f"林{mark}地斑"}, ensure_ascii=escaped)
    with pytest.raises(InvalidValueError, match=f"character 2 is U\\+{ord(mark):04X}"):
        read(text.encode())


def test_scripts_from_right_to_left_are_taken() -> None:
    names = ["ئۈرۈمچى", "林\u200f地", "\u2029", "\u206a"]
    assert read(json.dumps(names, ensure_ascii=False).encode()) == names


@pytest.mark.parametrize("sent", BODIES)
def test_a_body_that_cannot_be_meant_is_refused_in_words(sign_in: SignIn, sent: bytes) -> None:
    answer = sign_in("planner").post("/api/plots", content=sent, headers=JSON)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json()["detail"]) > 20


@pytest.mark.parametrize("way", ["gzip", "deflate", "identity, br", "x" * 5_000])
def test_a_packed_body_is_refused_in_words(sign_in: SignIn, way: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": way, "Accept-Language": "en"}
    answer = sign_in("planner").post("/api/plots", content=gzip.compress(body()), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "packed_body")
    assert answer.headers["accept-encoding"] == "identity"
    assert "send it as it is" in answer.json()["detail"]


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k"}], ids=["", "under a key"])
@pytest.mark.parametrize(
    ("parts", "content_type", "words"),
    [
        (1_500, "multipart/form-data; boundary=x", "Too many fields"),
        (1, "multipart/form-data", "Missing boundary"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused_in_words(
    sign_in: SignIn, parts: int, content_type: str, words: str, key: dict[str, str]
) -> None:
    one = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n'
    headers = {"Content-Type": content_type, "Accept-Language": "en", **key}
    answer = sign_in("planner").post(
        "/api/imports", content=one * parts + b"--x--\r\n", headers=headers
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_form"), answer.text
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json", "a/b/c"],
)
def test_a_body_that_is_not_said_to_be_json_is_refused(sign_in: SignIn, content_type: str) -> None:
    answer = sign_in("planner").post(
        "/api/plots", content=body(), headers={"Content-Type": content_type}
    )
    assert answer.status_code == 422


QUERIES = [
    "limit=0", "limit=-1", "limit=x", "limit=1e9", "limit=99999999999999999999", "limit=%00",
    "bbox=a,b,c,d", "bbox=nan,nan,nan,nan", "bbox=1,2,3", "bbox=inf,0,1,1", "bbox=10,0,5,1",
    "bbox=" + "1," * 1_000, "year=0", "year=99999", "year=2026&year=2025", "kind=%00",
    "kind=%F0%28", "kind=' OR 1=1 --", "stage=felled", "review=%FF", "district=1", "district=%00",
    "district=٢٢٠١٠٢", "cursor=%00", "cursor=LTE=", "cursor=字", "cursor=====", "version=newest",
    "as_of=yesterday",
    "distric=220102", "%00=1", "=", "offset=7", "limit[]=1", "LIMIT=1", "year=२०२६०",
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_that_cannot_be_meant_is_refused_in_words(sign_in: SignIn, query: str) -> None:
    answer = sign_in("planner").get(f"/api/plots?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] is not None


@pytest.mark.parametrize(
    "path",
    [
        "/api/plots/0",
        "/api/plots/-1",
        "/api/plots/1.5",
        "/api/plots/99999999999999999999",
        "/api/plots/%00",
        "/api/plots/%FF",
        "/api/plots/..%2f..%2fetc%2fpasswd",
        "/api/plots/1'--",
        "/api/districts/%00",
        "/api/districts/" + "1" * 8_000,
        "/api/codes/%00",
        "/api/codes/..%2faccounts",
        "/api/codes/%F0%9F%8C%B2",
        "/api/exports/plots?crs=EPSG:0",
        "/api/exports/plots?crs=%00",
        "/api/exports/plots?crs=/etc/passwd",
        "/api/exports/plots?schema=../zaolin",
        "/api/exports/plots?schema=%00",
        "/maps/coverage?district=%00",
        "/maps/coverage?district=999999",
        "/api/coverage?parent=%00",
        "/static/..%2f..%2fsettings.py",
        "/docs/..%2f..%2fpackage.json",
        "/%00",
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_in_words(sign_in: SignIn, path: str) -> None:
    answer = sign_in("planner").get(path)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


_DAYS = ["0001-01-01", "1948-12-31", "1949-01-01", "2024-02-29", "2026-02-29", "2100-12-31"]
_DAYS += ["2101-01-01", "9999-12-31"]
_TIMES = [
    f"{day}T{time}"
    for day in ("0001-01-01", "1900-01-01", "2024-02-29", "9999-12-31")
    for time in ("00:00:00+23:59", "23:59:59.999999-23:59", "24:00:00Z", "23:59:60Z")
]
_CODES = ["00", "22", "2201", WEST, CITY, PROVINCE, f"{WEST}001001001", "82", "999999"]
# The ends of what a value can be, which no generator of random words meets.
ENDS: dict[str, list[str]] = {
    "as_of": _DAYS + _TIMES,
    "since": _DAYS + _TIMES,
    "on": _DAYS,
    "period": [
        f"{year}{part}"
        for year in ("0000", "1948", "1949", "2100", "2101", "9999")
        for part in ("", "-Q1", "-Q4", "-Q5", "-01", "-12", "-13")
    ],
    "bbox": ["-180,-90,180,90", "180,90,-180,-90", "125,43,125,43", "1e308,1e308,1e308,1e308"],
    "district": _CODES,
    "parent": _CODES,
    "year": ["0", "1948", "1949", "2100", "2101", "9223372036854775808", "-1"],
}
PLACE = {"code": WEST, "grid": "WebMercatorQuad", "z": 12, "row": 1504, "col": 3470}
THINGS = (
    "plot",
    "zone",
    "patrol",
    "finding",
    "import",
    "claim",
    "post",
    "job",
    "record",
    "link",
    "file",
    "bulletin",
    "comment",
    "target",
    "reported",
)
PLACE |= {f"{name}_id": 1 for name in THINGS}
PLACE |= {"name": "kind", "register": "street", "plan": "CC-2023", "version": 1, "number": 1}
PLACE["kind"] = "month"
NEEDED = {"since": "2026-01-01", "until": "2026-06-30"}
NEEDED |= {"district": "220102", "period": "2026-Q3", "q": "a", "bbox": "125.1,43.1,125.11,43.11"}


def test_no_end_of_a_day_a_period_or_a_place_makes_an_error_of_ours(sign_in: SignIn) -> None:
    client = sign_in("admin")
    made(client, zone("T0", valid_from="1949-01-01", valid_to="2026-01-01"))
    made(client, zone(valid_from="2026-01-01"))
    made(client, grid("G1", 125.02, valid_from="2026-01-01"))
    stored(client, track())
    client.post("/api/plots", json=feature()).raise_for_status()
    count = 0
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        given = [
            parameter
            for parameter in operations.get("get", {}).get("parameters", [])
            if parameter["in"] == "query"
        ]
        needed = {
            parameter["name"]: NEEDED[parameter["name"]]
            for parameter in given
            if parameter.get("required")
        }
        for name, values in ENDS.items():
            for value in values if name in {parameter["name"] for parameter in given} else ():
                address = path.format_map(PLACE)
                answer = client.get(address, params={**needed, name: value})
                count += 1
                assert answer.status_code < 500, f"{path}?{name}={value}"
    assert count > 500


HEADERS = [
    {"Cookie": "luotu_session=\x01; ;;=;"},
    {"Cookie": "luotu_session=" + "x" * 8_000},
    {"Authorization": "Basic " + "A" * 8_000},
    {"If-None-Match": "*" * 1_000},
    {"Accept": "application/xml"},
    {"Accept-Language": "\xff"},
    {"X-Request-ID": "a" * 5_000},
    {"Range": "bytes=9-1"},
    {"Host": ""},
]


@pytest.mark.parametrize("headers", HEADERS, ids=range(len(HEADERS)))
def test_no_header_makes_an_error_of_ours(sign_in: SignIn, headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    assert sign_in("planner").get("/api/plots", headers=raw).status_code < 500


def test_a_body_is_told_by_its_place_not_by_a_stack(sign_in: SignIn) -> None:
    answer = sign_in("planner").post("/api/plots", content=b'{"type": }', headers=JSON)
    assert "character 9" in answer.json()["detail"]
    assert "Traceback" not in answer.text


def test_text_that_only_looks_like_a_bad_escape_is_kept(sign_in: SignIn) -> None:
    answer = sign_in("planner").post("/api/plots", json=feature(name="a\\u0000b \U0001f332"))
    assert answer.json()["properties"]["name"] == "a\\u0000b \U0001f332"


def test_brackets_in_a_text_are_no_depth(sign_in: SignIn) -> None:
    assert read(json.dumps({"a": "[" * 1_000 + '\\"'}).encode()) == {"a": "[" * 1_000 + '\\"'}


def test_a_plot_on_foreign_ground_is_refused_without_a_word_on_what_is_there(
    sign_in: SignIn,
) -> None:
    sign_in("admin").post("/api/plots", json=feature(ring(114.05, 25.05), name="别处"))
    answer = sign_in("planner", "220102").post("/api/plots", json=feature(ring(114.05, 25.05)))
    assert (answer.status_code, "别处" in answer.text) == (422, False)


@pytest.mark.parametrize(
    ("query", "code"),
    [("distric=220102", "unknown_parameter"), ("year=2026&year=2025", "repeated_parameter")],
)
def test_a_query_says_by_its_code_what_is_wrong_with_it(
    sign_in: SignIn, query: str, code: str
) -> None:
    assert sign_in("planner").get(f"/api/plots?{query}").json()["code"] == code
