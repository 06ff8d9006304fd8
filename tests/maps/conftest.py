"""Districts of the real world, plots made up here, and a browser that is refused every host."""

from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Error,
    Page,
    Route,
)

from maps import afforestation_map
from maps.caption import Caption

PLACES = Path(__file__).parents[3] / "shared" / "real" / "districts"


@pytest.fixture(scope="session")
def counties() -> GeoDataFrame:
    """73 counties of four places with a made-up coverage; a square grid where they are absent."""
    file = PLACES / "places_tianditu_cgcs2000.geojson"
    if not file.exists():
        pytest.skip(f"{file} is not here: real districts are kept beside the project")
    read = gpd.read_file(file)
    municipal = read["province_adcode"].astype(str) == "500000"
    frame = GeoDataFrame(
        {
            "code": read["district_adcode"].astype(str),
            "name": read["district_name"],
            "level": "county",
            "parent": read["city_adcode"].astype(str).where(~municipal, "500000"),
            "parent_name": read["city_name"].where(~municipal, read["province_name"]),
        },
        geometry=read.geometry.to_numpy(),
        crs=read.crs,
    )
    chance = np.random.default_rng(7)
    district_m2 = chance.uniform(5e8, 3e9, len(frame))
    coverage = chance.uniform(0, 0.4, len(frame)) ** 2
    return frame.assign(
        district_m2=district_m2,
        green_m2=coverage * district_m2,
        sum_m2=1.1 * coverage * district_m2,
        overlap_m2=0.1 * coverage * district_m2,
        refused_m2=0.0,
        coverage=coverage,
        plot_count=270,
        complete=True,
    )


def invented_plots(within: GeoDataFrame, count: int, *, seed: int = 3) -> GeoDataFrame:
    """Star-shaped plots of 13 to 40 vertices and a few hectares, some with a hole."""
    chance = np.random.default_rng(seed)
    corners = chance.integers(13, 40, count)
    feature = np.repeat(np.arange(count), corners)
    turn = np.concatenate([np.arange(n) / n * 2 * np.pi for n in corners])
    size = np.exp(chance.normal(-6.6, 0.6, count))
    box = within.bounds.to_numpy()[chance.integers(0, len(within), count)]
    middle = box[:, :2] + (box[:, 2:] - box[:, :2]) * chance.uniform(0.3, 0.7, (count, 2))
    radius = size[feature] * chance.uniform(0.6, 1, len(feature))
    points = middle[feature] + radius[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    polygons = shapely.polygons(shapely.linearrings(points, indices=feature))
    stages = ["planned", "planted", "accepted", "existing", "cancelled"]
    kind = chance.choice(["人工造林", "封山育林", "退化林修复", "公园绿地"], count)
    return GeoDataFrame(
        {
            "name": [f"图斑 {i}" for i in range(count)],
            "plot_no": [f"{i:06d}" for i in range(count)],
            "stage": chance.choice(stages, count, p=[0.3, 0.2, 0.25, 0.2, 0.05]),
            "kind": kind,
            "green_class": np.where(kind == "公园绿地", "urban", "forest"),
            "year": chance.integers(2021, 2026, count),
            "programme": chance.choice(["林草湿生态连通", "两岸青山·千里林带"], count),
            "review": chance.choice(["approved", "submitted"], count, p=[0.9, 0.1]),
            "area_m2": np.pi * (0.8 * size * 1e5) ** 2 * 0.85,
        },
        geometry=polygons,
        crs=within.crs,
    )


@pytest.fixture(scope="session")
def plots(counties: GeoDataFrame) -> GeoDataFrame:
    """20 000 plots in the counties."""
    return invented_plots(counties, 20_000)


@pytest.fixture(scope="session")
def some(counties: GeoDataFrame) -> GeoDataFrame:
    """1 500 plots, for the browser: enough to be clustered."""
    return invented_plots(counties, 1_500)


@pytest.fixture(scope="session")
def crowd(some: GeoDataFrame) -> GeoDataFrame:
    """120 000 approved plots: more than one file holds."""
    many = some.loc[some.index.repeat(80)].reset_index(drop=True)
    return many.assign(review="approved", programme="国土绿化")


@pytest.fixture(scope="session")
def crowded(counties: GeoDataFrame, crowd: GeoDataFrame) -> str:
    """The HTML of their map."""
    around = Caption(title="造林绿化落地上图", source="随机生成", invented=True)
    return afforestation_map.build(counties, crowd, caption=around).html


@pytest.fixture
def square() -> GeoDataFrame:
    """One county that is a square."""
    return GeoDataFrame(
        {"code": ["220102"], "name": ["南关区"], "level": ["county"], "coverage": [0.25]},
        geometry=[shapely.box(125.2, 43.7, 125.4, 43.9)],
        crs="OGC:CRS84",
    )


@pytest.fixture
def few(square: GeoDataFrame) -> GeoDataFrame:
    """Twelve plots in it."""
    return invented_plots(square, 12)


@pytest.fixture
def caption() -> Caption:
    """What the demo says."""
    return Caption(
        title="绿化覆盖率",
        source="天地图行政区划",
        as_of="2025-06-30",
        scope="长春市",
        vintage="天地图 2024",
        invented=True,
    )


@pytest.fixture
def half_characters() -> Iterator[None]:
    """Tables whose texts may end in half a character: those of Arrow are UTF-8 and refuse it."""
    with pd.option_context("mode.string_storage", "python"):
        yield


Open = Callable[[str], Page]


@pytest.fixture
def open_frame(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens HTML from a file; a request to a host, an error or a dialog fails the test."""
    trouble: list[str] = []
    context = browser.new_context(viewport={"width": 1366, "height": 768})

    def refuse(route: Route) -> None:
        if route.request.url.startswith(("file://", "data:")):
            route.continue_()
        else:
            trouble.append(f"asked for {route.request.url}")
            route.abort()

    def said(message: ConsoleMessage) -> None:
        trouble.append(f"{message.type}: {message.text}")

    def failed(error: Error) -> None:
        trouble.append(f"error: {error}")

    def asked(dialog: Dialog) -> None:
        trouble.append("a dialog")
        dialog.dismiss()

    def opened(html: str) -> Page:
        file = tmp_path / "map.html"
        file.write_text(html, encoding="utf-8")
        page = context.new_page()
        page.route("**/*", refuse)
        page.on("console", said)
        page.on("pageerror", failed)
        page.on("dialog", asked)
        page.goto(file.as_uri())
        return page

    yield opened
    context.close()
    assert trouble == []


@pytest.fixture
def open_page(open_frame: Open) -> Open:
    """The same for a map: answers when it stands."""

    def opened(html: str) -> Page:
        page = open_frame(html)
        page.wait_for_selector("#panel section")
        return page

    return opened


def coverage_of(frame: GeoDataFrame, share: float) -> pd.DataFrame:
    """Figures of another date or class: that share of the coverage."""
    return pd.DataFrame({"code": frame["code"], "coverage": share * frame["coverage"]})
