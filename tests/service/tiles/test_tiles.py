"""``/tiles``: what lies where in both grids, for whom, and what a tile says about itself."""

import gzip
import math
from typing import Any

import httpx
import morecantile
import pytest
import shapely

from service.tiles.tiles import GRIDS, GridName
from tests.service.conftest import EAST, WEST, SignIn, ring
from tests.service.mvt import EXTENT, layers
from tests.service.plots.made import approved, drawn

BOTH: list[GridName] = ["WebMercatorQuad", "CGCS2000Quad"]
LON, LAT = 125.05, 43.05


def address(
    z: int, *, grid: GridName = "WebMercatorQuad", layer: str = "plots", at: Any = (LON, LAT)
) -> str:
    """The tile of a layer in which a position lies."""
    tile = GRIDS[grid].tile(at[0], at[1], z)
    return f"/tiles/{layer}/{grid}/{z}/{tile.y}/{tile.x}"


def in_tile(grid: GridName, z: int, lon: float, lat: float) -> tuple[float, float]:
    """Where a position lies in the tile of its south-western neighbourhood, in units."""
    there: morecantile.Tile = GRIDS[grid].tile(LON, LAT, z)
    if grid == "CGCS2000Quad":
        side = 180 / 2**z
        return (
            EXTENT * ((lon + 180) / side - there.x),
            EXTENT * ((90 - lat) / side - there.y),
        )
    north = math.asinh(math.tan(math.radians(lat))) / math.pi
    return (
        EXTENT * ((lon + 180) / 360 * 2**z - there.x),
        EXTENT * ((1 - north) / 2 * 2**z - there.y),
    )


def test_a_plot_bears_what_people_ask_of_it(sign_in: SignIn) -> None:
    planner = sign_in("planner", WEST)
    plot = drawn(planner, stage="planned", year=2025)
    [row] = layers(planner.get(address(14)).content)["plots"].to_dict("records")
    properties = plot["properties"]
    assert row["id"] == plot["id"]
    assert row["green_class"] == "forest"
    for name in ("stage", "kind", "year", "review", "district", "plot_no", "version"):
        assert row[name] == properties[name], name
    assert row["area_m2"] == pytest.approx(properties["area_m2"])


@pytest.mark.parametrize("grid", BOTH)
@pytest.mark.parametrize("z", [11, 12, 14, 17])
def test_a_corner_lands_within_a_unit_of_its_place(sign_in: SignIn, grid: GridName, z: int) -> None:
    planner = sign_in("planner", WEST)
    corner = LON + 0.0003, LAT + 0.0003
    drawn(planner, geometry=ring(*corner, 0.0006, 0.0006))
    [shape] = layers(planner.get(address(z, grid=grid)).content)["plots"].geometry
    x, y = in_tile(grid, z, *corner)
    assert shapely.get_coordinates(shape)[:, 0].min() == pytest.approx(max(x, 0), abs=1)
    assert shapely.get_coordinates(shape)[:, 1].max() == pytest.approx(min(y, EXTENT), abs=1)


@pytest.mark.parametrize("grid", BOTH)
@pytest.mark.parametrize("z", [0, 3, 7, 9])
def test_far_out_plots_are_counted_in_squares(sign_in: SignIn, grid: GridName, z: int) -> None:
    planner = sign_in("planner", WEST)
    areas = [
        drawn(planner, geometry=ring(LON + step, LAT), stage=stage)["properties"]["area_m2"]
        for step, stage in ((0.0, "planned"), (0.0025, "planted"), (0.005, "planted"))
    ]
    squares = layers(planner.get(address(z, grid=grid)).content)["plot_squares"]
    assert squares["count"].sum() == 3
    assert squares["area_m2"].sum() == pytest.approx(sum(areas))
    assert (squares["planned"].sum(), squares["planted"].sum()) == (1, 2)


@pytest.mark.parametrize("grid", BOTH)
def test_a_square_lies_over_the_plots_that_it_counts(sign_in: SignIn, grid: GridName) -> None:
    planner = sign_in("planner", WEST)
    drawn(planner)
    [square] = layers(planner.get(address(9, grid=grid)).content)["plot_squares"].geometry
    assert square.covers(shapely.Point(in_tile(grid, 9, LON + 0.001, LAT + 0.001)))


def test_nothing_there_is_204(sign_in: SignIn) -> None:
    planner = sign_in("planner", WEST)
    for z in (5, 14):
        answer = planner.get(address(z))
        assert (answer.status_code, answer.content) == (204, b"")


def test_a_tile_that_did_not_change_is_304_and_one_that_did_is_sent(sign_in: SignIn) -> None:
    planner = sign_in("planner", WEST)
    drawn(planner)
    for z in (9, 14):
        tag = planner.get(address(z)).headers["etag"]
        again = planner.get(address(z), headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        drawn(planner)
        assert planner.get(address(z), headers={"If-None-Match": tag}).status_code == 200


def test_a_tile_is_kept_by_nobody_but_who_asked(sign_in: SignIn) -> None:
    answer = sign_in("planner", WEST).get(address(14))
    assert answer.headers["cache-control"] == "private, no-cache"
    assert {"Authorization", "Cookie", "Accept-Encoding"} <= set(
        answer.headers["vary"].replace(" ", "").split(",")
    )


def raw(client: httpx.Client, path: str, packing: str) -> tuple[str | None, bytes]:
    """The body as it was sent."""
    with client.stream("GET", path, headers={"Accept-Encoding": packing}) as answer:
        return answer.headers.get("content-encoding"), b"".join(answer.iter_raw())


def test_a_tile_is_packed_for_who_can_unpack_it(sign_in: SignIn) -> None:
    planner = sign_in("planner", WEST)
    for step in range(8):
        drawn(planner, geometry=ring(LON + 0.003 * step, LAT, 0.002, 0.002))
    plain, packed = (raw(planner, address(12), packing) for packing in ("identity", "gzip"))
    assert (plain[0], packed[0]) == (None, "gzip")
    assert gzip.decompress(packed[1]) == plain[1]


def test_without_signing_in_there_is_no_tile(sign_in: SignIn) -> None:
    client = sign_in("viewer", WEST)
    del client.headers["Authorization"]
    assert client.get(address(14)).status_code == 401


@pytest.mark.parametrize("z", [7, 14])
def test_a_viewer_sees_approved_plots_only(sign_in: SignIn, z: int) -> None:
    approved(sign_in)
    drawn(sign_in("planner", WEST), geometry=ring(LON + 0.003, LAT))
    seen = {
        role: sum(
            len(frame) if name == "plots" else frame["count"].sum()
            for name, frame in layers(sign_in(role, WEST).get(address(z)).content).items()
            if name != "tile"
        )
        for role in ("viewer", "planner")
    }
    assert seen == {"viewer": 1, "planner": 2}


@pytest.mark.parametrize("z", [7, 14])
def test_the_neighbours_plots_are_not_in_the_tile(sign_in: SignIn, z: int) -> None:
    drawn(sign_in("planner", WEST), geometry=ring(125.0975, LAT))
    place = address(z, at=(125.0985, LAT))
    assert sign_in("planner", WEST).get(place).status_code == 200
    assert sign_in("planner", EAST).get(place).status_code == 204


@pytest.mark.parametrize("z", [7, 14])
@pytest.mark.parametrize(
    "words",
    [
        "stage=planted",
        "stage=planted&stage=existing",
        "year=2024",
        "kind=SLFY",
        "kind=%E4%BA%BA%E5%B7%A5%E9%80%A0%E6%9E%97",
        "review=draft",
        "programme=JL-LCS",
        f"district={WEST}",
        "version=approved",
        "stage=planted&year=2025&review=draft",
        "theme=DYL",
        "work_type=XJ&year=2025",
        "unit=LYJ",
    ],
)
def test_a_filter_means_what_it_means_in_the_list_of_plots(
    sign_in: SignIn, z: int, words: str
) -> None:
    sign_in("admin").put("/api/units/LYJ", json={"name": "林业局"})
    approved(sign_in)
    planner = sign_in("planner", WEST)
    words_of_plot = {"programme": "JL-LCS", "theme": "DYL", "unit": "LYJ"}
    drawn(planner, stage="planned", year=2024, geometry=ring(LON, LAT), **words_of_plot)
    drawn(planner, year=2025, kind="SLFY", work_type="XJ", geometry=ring(LON, LAT))
    listed = {feature["id"] for feature in planner.get(f"/api/plots?{words}").json()["features"]}
    of_tile = layers(planner.get(f"{address(z)}?{words}").content)
    if z == 14:
        assert set(of_tile["plots"]["id"]) == listed
    else:
        assert of_tile["plot_squares"]["count"].sum() == len(listed)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tiles/plots/WebMercatorQuad/3/8/0", 404),
        ("/tiles/plots/WebMercatorQuad/0/0/1", 404),
        ("/tiles/plots/CGCS2000Quad/0/1/0", 404),
        ("/tiles/plots/CGCS2000Quad/0/0/2", 404),
        ("/tiles/plots/WebMercatorQuad/23/0/0", 422),
        ("/tiles/plots/WebMercatorQuad/-1/0/0", 422),
        ("/tiles/plots/WebMercatorQuad/0/0/99999999999999999999", 422),
        ("/tiles/plots/WebMercatorQuad/1.5/0/0", 422),
        ("/tiles/plots/EuropeanETRS89_LAEAQuad/0/0/0", 422),
        ("/tiles/plots/WebMercatorQuad/0/0/0?bbox=1,2,3,4", 422),
        ("/tiles/plots/WebMercatorQuad/0/0/0?stage=%27%3B--", 422),
        ("/tiles/plots/WebMercatorQuad/0/0/0?kind=%00", 422),
        ("/tiles/plots/WebMercatorQuad/0/0/0?programme=nothing", 422),
        ("/tiles/plots/WebMercatorQuad/0/0/0?unit=nothing", 422),
        ("/tiles/plots/WebMercatorQuad/0/0/0?district=999999", 422),
        ("/tiles/roads/WebMercatorQuad/0/0/0", 404),
    ],
)
def test_what_is_no_tile_is_refused_in_words(sign_in: SignIn, path: str, status: int) -> None:
    answer = sign_in("planner", WEST).get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize("grid", BOTH)
def test_every_corner_of_the_world_is_a_tile(sign_in: SignIn, grid: GridName) -> None:
    planner = sign_in("planner", WEST)
    for z in (0, 1, 12, 22):
        matrix = GRIDS[grid].matrix(z)
        for row in {0, matrix.matrixHeight - 1}:
            for col in {0, matrix.matrixWidth - 1}:
                answer = planner.get(f"/tiles/plots/{grid}/{z}/{row}/{col}")
                assert answer.status_code == 204, answer.text


@pytest.mark.parametrize("grid", BOTH)
def test_districts_are_those_of_the_scope_and_above(sign_in: SignIn, grid: GridName) -> None:
    seen = layers(sign_in("viewer", WEST).get(address(9, grid=grid, layer="districts")).content)[
        "districts"
    ]
    assert set(zip(seen["code"], seen["name"], seen["level"], strict=True)) == {
        ("220000", "吉林省", "province"),
        ("220100", "长春市", "city"),
        (WEST, "西县", "county"),
    }


def test_districts_of_a_level_are_asked_for_by_its_name(sign_in: SignIn) -> None:
    place = address(2, layer="districts")
    levels = [
        layers(sign_in("viewer", WEST).get(f"{place}{query}").content)["districts"][
            "level"
        ].tolist()
        for query in ("", "?level=county")
    ]
    assert levels == [["province"], ["county"]]


@pytest.mark.parametrize("grid", BOTH)
def test_a_tile_of_coverage_says_what_the_coverage_says(sign_in: SignIn, grid: GridName) -> None:
    approved(sign_in)
    viewer = sign_in("viewer")
    rows_by_code = {row["code"]: row for row in viewer.get("/api/coverage").json()["rows"]}
    shown = layers(viewer.get(address(8, grid=grid, layer="coverage")).content)["coverage"]
    assert WEST in set(shown["code"])
    for row in shown.to_dict("records"):
        for name in ("code", "name", "level", "coverage", "green_m2", "district_m2", "plot_count"):
            assert row[name] == rows_by_code[row["code"]][name], name
    seen = {row["code"]: row["coverage"] for row in shown.to_dict("records")}
    assert seen[WEST] > 0 == seen[EAST]


@pytest.mark.parametrize("layer", ["districts", "coverage"])
@pytest.mark.parametrize("grid", BOTH)
def test_each_layer_knows_304_204_and_gzip(sign_in: SignIn, layer: str, grid: GridName) -> None:
    viewer = sign_in("viewer")
    there = address(9, grid=grid, layer=layer)
    tag = viewer.get(there).headers["etag"]
    again = viewer.get(there, headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    nowhere = viewer.get(address(9, grid=grid, layer=layer, at=(-60.0, -30.0)))
    assert (nowhere.status_code, nowhere.content) == (204, b"")
    plain, packed = (raw(viewer, there, packing) for packing in ("identity", "gzip"))
    assert (plain[0], packed[0]) == (None, "gzip")
    assert gzip.decompress(packed[1]) == plain[1]
