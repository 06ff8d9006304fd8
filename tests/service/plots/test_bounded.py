"""What no request may cost: drawings of any size and shape are answered in words, at once."""

import json
import math
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.service.conftest import EAST, WEST, SignIn, feature, ring
from tests.service.plots.made import approved, drawn

Ring = list[list[float]]

# The answer is a matter of two seconds; a busy machine gets ten times as long.
SOON_S = 20.0


def scribble(vertices: int) -> Any:
    """Vertices in no order, within a hundredth of a degree."""
    places = random.Random(vertices)  # noqa: S311 - no secret
    at = [[125.04 + places.random() / 100, 43.04 + places.random() / 100] for _ in range(vertices)]
    return {"type": "Polygon", "coordinates": [[*at, at[0]]]}


def comb(teeth: int, slant: float = 0.0) -> Any:
    at: Ring = []
    for n in range(teeth):
        west = 125.04 + n * 0.01 / teeth
        at += [[west, 43.04], [west + 0.005 / teeth + slant, 43.05]]
    at += [[125.05, 43.03], [125.04, 43.03]]
    return {"type": "Polygon", "coordinates": [[*at, at[0]]]}


def square(west: float, south: float, side: float) -> Ring:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def squares(count: int, *, apart: bool = True) -> list[Ring]:
    across = math.isqrt(count) + 1
    step = 0.01 / across
    return [
        square(125.04 + n % across * step, 43.04 + n // across * step, step / 2)
        if apart
        else square(125.04, 43.04, 0.01)
        for n in range(count)
    ]


def parts(count: int, *, apart: bool = True) -> Any:
    return {
        "type": "MultiPolygon",
        "coordinates": [[polygon] for polygon in squares(count, apart=apart)],
    }


def holes(count: int, *, apart: bool = True) -> Any:
    shell = square(125.03, 43.03, 0.03)
    return {"type": "Polygon", "coordinates": [shell, *squares(count, apart=apart)]}


JSON = {"Content-Type": "application/json"}


def bodies(geometry: Any) -> tuple[bytes, bytes]:
    """A plot, and the wish for its repair; its long outline is written out once for both."""
    outline, properties = json.dumps(geometry), json.dumps(feature()["properties"])
    plot = f'{{"type": "Feature", "geometry": {outline}, "properties": {properties}}}'
    wish = f'{{"type": "Feature", "geometry": {outline}, "way": "repair"}}'
    return plot.encode(), wish.encode()


SHAPES: dict[str, Callable[[], Any]] = {
    "3 000 vertices in no order": lambda: scribble(3_000),
    "10 000 vertices in no order": lambda: scribble(10_000),
    "100 000 vertices in no order": lambda: scribble(99_999),
    "a slanting comb": lambda: comb(20_000, 0.01),
    "one part five thousand times": lambda: parts(5_000, apart=False),
    "one hole a thousand times": lambda: holes(1_000, apart=False),
    "one hole five thousand times": lambda: holes(5_000, apart=False),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_without_end_is_refused_at_once_and_in_words(sign_in: SignIn, name: str) -> None:
    planner = sign_in("planner")
    drawing, repair = bodies(SHAPES[name]())
    begun = time.monotonic()
    checked = planner.post("/api/plots/check", content=drawing, headers=JSON)
    mended = planner.post("/api/plots/mend", content=repair, headers=JSON)
    written = planner.post("/api/plots", content=drawing, headers=JSON)
    assert time.monotonic() - begun < 3 * SOON_S
    assert checked.status_code == 200, checked.text
    assert checked.json()["valid"] is False
    assert 0 < len(checked.json()["problems"]) <= 110
    assert mended.status_code in (200, 422), mended.text
    assert written.status_code == 422
    assert written.json()["detail"]


@pytest.mark.parametrize(
    "make", [lambda: scribble(120_000), lambda: parts(30_000), lambda: comb(60_000)]
)
def test_too_many_vertices_are_refused_before_one_is_read(
    sign_in: SignIn, make: Callable[[], Any]
) -> None:
    planner = sign_in("planner")
    drawing, repair = bodies(make())
    doors = {"/api/plots/check": drawing, "/api/plots/mend": repair, "/api/plots": drawing}
    for address, body in doors.items():
        answer = planner.post(address, content=body, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (422, "too_many_vertices"), address


def test_a_comb_of_many_teeth_tells_of_ten(sign_in: SignIn) -> None:
    answer = sign_in("planner").post("/api/plots/check", json=feature(comb(5_000)))
    codes = [problem["code"] for problem in answer.json()["problems"]]
    assert codes.count("spike") == 10


ODD: dict[str, Any] = {
    "an empty part beside a bow-tie": [
        [],
        [[[125.05, 43.05], [125.06, 43.06], [125.06, 43.05], [125.05, 43.06], [125.05, 43.05]]],
    ],
    "an empty part": [[]],
    "no part": [],
    "an empty ring": [[[]]],
    "a ring of one": [[[[125.05, 43.05]]]],
    "a ring of nulls": [[[None, None, None, None]]],
    "null": None,
    "parts of null": [None],
    "rings of null": [[None]],
    "texts": [[[["125.05", "43.05"]] * 4]],
    "a whole number of 300 digits": [[[[10**300 * 10**99, 43.05]] * 4]],
    "1e308": [[[[1e308, -1e308]] * 4]],
    "heights": [[[[*at, 1.0, 2.0] for at in square(125.05, 43.05, 0.001)]]],
    "five ordinates": [[[[*at, 1.0, 2.0, 3.0] for at in square(125.05, 43.05, 0.001)]]],
    "true": [[[[True, False]] * 4]],
    "one place": [[[[125.05, 43.05]] * 4]],
    "a part that is a line": [
        [square(125.05, 43.05, 0.001)],
        [[[125.06, 43.05], [125.07, 43.05], [125.06, 43.05], [125.06, 43.05]]],
    ],
    "an object": {"a": 1},
    "a number": 7,
}


LISTS = [value for value in ODD.values() if isinstance(value, list) and value]


@pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon", "GeometryCollection", "Nonsense", 5])
def test_no_geometry_is_an_error_of_ours(sign_in: SignIn, kind: Any) -> None:
    planner, inspector = sign_in("planner"), sign_in("inspector")
    plot = drawn(planner)
    at, match = f"/api/plots/{plot['id']}", {"If-Match": f'"{plot["properties"]["version"]}"'}
    zone = {"level": "grid", "code": "Z1", "name": "一"}
    for name, odd in ODD.items():
        shape = {
            "type": kind,
            "coordinates": odd[-1] if kind == "Polygon" and odd in LISTS else odd,
        }
        answers = [
            planner.post("/api/plots/check", json=feature(shape)),
            *(
                planner.post(
                    "/api/plots/mend", json={"type": "Feature", "geometry": shape, "way": way}
                )
                for way in ("repair", "subtract", "clip")
            ),
            planner.put(at, json=feature(shape), headers=match),
            planner.patch(
                at,
                content=json.dumps({"geometry": shape}),
                headers={**match, "Content-Type": "application/merge-patch+json"},
            ),
            planner.post(f"{at}/split", json={"line": shape}, headers=match),
            inspector.post(
                "/api/zones", json={"type": "Feature", "geometry": shape, "properties": zone}
            ),
        ]
        assert all(answer.status_code < 500 for answer in answers), (
            name,
            [(answer.request.url.path, answer.status_code) for answer in answers],
        )


NAMES = ["tracks.gpx", ".", "..", "/", "\\", "a/..", "甲" * 200, "a" * 5_000, "a\x00b", "\ud83c"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_patrols_may_have_any_name(sign_in: SignIn, name: str) -> None:
    walk = (
        '<gpx><trk><trkseg><trkpt lat="43.05" lon="125.05"><time>2026-01-01T00:00:00Z</time>'
        '</trkpt><trkpt lat="43.051" lon="125.05"><time>2026-01-01T00:10:00Z</time></trkpt>'
        "</trkseg></trk></gpx>"
    )
    raw = name.encode("utf-8", "surrogatepass")
    for shown in (raw, name.encode("gbk", "replace")):
        body = (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="'
            + shown
            + b'"\r\n\r\n'
            + walk.encode()
            + b"\r\n--x--\r\n"
        )
        answer = sign_in("inspector").post(
            "/api/patrols/files",
            content=body,
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        assert answer.status_code in (200, 400, 422), answer.text
        assert answer.status_code == 200 or answer.json()["code"] != "internal_error"


WORDS = [
    "/api/plots/check",
    "/api/plots/mend",
    "/api/plots/merge",
    "/api/zones/checks",
    "/api/patrols/files",
]


@pytest.mark.parametrize("address", WORDS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_a_word_is_never_taken_for_a_number(sign_in: SignIn, address: str, method: str) -> None:
    admin = sign_in("admin")
    offered = admin.request("TRACE", address).headers["Allow"].split(", ")
    answer = admin.request(method, address)
    if method in offered:
        assert answer.status_code in (200, 422)
        return
    assert answer.status_code == 405
    assert answer.headers["Allow"].split(", ") == offered


@pytest.mark.parametrize("number", ["nonsense", "-1", "1.5", "9" * 30, "9" * 5_000, "１"])
def test_what_is_no_number_is_no_plot(sign_in: SignIn, number: str) -> None:
    planner = sign_in("planner")
    for address in (
        f"/api/plots/{number}",
        f"/api/zones/{number}",
        f"/api/plots/{number}/versions",
    ):
        assert planner.get(address).status_code == 404, address


def overlaps(client: Any, geometry: Any, **more: Any) -> dict[str, Any]:
    body = {"type": "Feature", "geometry": geometry, "properties": {}, **more}
    answer = client.post("/api/plots/check", json=body)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


def test_nothing_is_learnt_of_a_plot_deep_in_a_foreign_county(sign_in: SignIn) -> None:
    # The east begins at 125.1; the plot lies four kilometres from the west.
    deep = ring(125.15, 43.05)
    westerner = sign_in("planner", WEST)
    before = {way: [overlaps(westerner, deep), mended(westerner, deep, way)] for way in WAYS}
    secret = approved(sign_in, geometry=deep)
    with_number = overlaps(westerner, deep, id=secret["id"])
    planned = overlaps(westerner, deep, properties={"plan_ids": [secret["id"]]})
    after = {way: [overlaps(westerner, deep), mended(westerner, deep, way)] for way in WAYS}
    assert after == before
    assert with_number == planned == before["subtract"][0]


WAYS = ("repair", "subtract", "clip")


def mended(client: Any, geometry: Any, way: str) -> Any:
    body = {"type": "Feature", "geometry": geometry, "way": way}
    return client.post("/api/plots/mend", json=body).json()


def test_a_foreign_draft_at_the_border_is_not_told(sign_in: SignIn) -> None:
    at_border = ring(125.1, 43.05, 0.001)
    drawn(sign_in("planner", EAST), geometry=at_border)
    body = overlaps(sign_in("planner", WEST), ring(125.0995, 43.05, 0.001))
    assert [problem["code"] for problem in body["problems"] if "overlap" in problem["code"]] == []
    assert body["adds_m2"] == body["area_m2"]


def test_of_foreign_ground_only_the_first_200_metres_are_told(sign_in: SignIn) -> None:
    # Eight hundred metres of it lie in the east, two hundred of them are told of.
    wide = {"type": "Polygon", "coordinates": [square(125.1001, 43.05, 0.01)]}
    approved(sign_in, geometry=wide)
    westerner = sign_in("planner", WEST)
    body = overlaps(westerner, {"type": "Polygon", "coordinates": [square(125.095, 43.05, 0.01)]})
    (overlap,) = [problem for problem in body["problems"] if problem["code"] == "overlap"]
    assert overlap["plot_id"] is None
    assert overlap["county"] == EAST
    lon, _lat = overlap["at"]
    assert 125.1 < lon < 125.1026
    strip_m2 = (0.0025 - 0.0001) * 81_300 * 1_110
    assert overlap["area_m2"] == pytest.approx(strip_m2, rel=0.1)
