"""Layers are seen before one draws; a drawing across farmland is refused, clipped and saved."""

from collections.abc import Callable
from typing import Any, Literal

import httpx
import pytest
import shapely
from playwright.sync_api import FilePayload, expect

from gis.shift import to_gcj02
from tests.service.conftest import SQUARES, WEST, SignIn, ring
from tests.service.layers.conftest import farmland, file_of, gis, square  # noqa: F401 - fixtures
from tests.service.plots.made import approved
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import Desk, OpenDesk

Farmland = Callable[..., dict[str, Any]]
# Its western half lies on the farmland, which ends at 125.052.
ACROSS = [(125.051, 43.0505), (125.053, 43.0505), (125.053, 43.0515), (125.051, 43.0515)]


@pytest.fixture
def desk(open_desk: OpenDesk, farmland: Farmland) -> Desk:  # noqa: F811
    """A planner's desk where a square of farmland lies."""
    farmland(square(125.05, 43.05, name="一号地"))
    return open_desk("planner", WEST)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("永久基本农田（“一号地”）", "裁掉这一部分", "已保存，图斑号")),
        ("en", ("Farmland (一号地)", "Clip it out", "Saved as plot")),
    ],
    ids=["zh", "en"],
)
def test_a_drawing_across_farmland_is_refused_clipped_and_saved(
    open_desk: OpenDesk,
    farmland: Farmland,  # noqa: F811
    gis: httpx.Client,  # noqa: F811
    language: Literal["zh", "en"],
    words: tuple[str, ...],
) -> None:
    where, clip, saved = words
    farmland(square(125.05, 43.05, name="一号地"))
    desk = open_desk("planner", WEST, language=language)
    desk.tool("d")
    desk.draw(ACROSS)
    problem = desk.page.get_by_text(where)
    expect(problem).to_be_visible()
    desk.page.get_by_role("button", name=clip).click()
    expect(problem).to_be_hidden()
    desk.page.keyboard.press("Control+s")
    expect(desk.page.get_by_text(saved)).to_be_visible()
    (stored,) = gis.get("/api/plots").json()["features"]
    outline = stored["geometry"]["coordinates"][0][0]
    assert min(lon for lon, _lat in outline) == pytest.approx(125.052, abs=1e-6)


@pytest.mark.parametrize(
    ("language", "heading", "why"),
    [("zh", "不计（亩）", "不计入绿化面积"), ("en", "Refused (mu)", "not green")],
)
def test_the_table_of_coverage_tells_refused_ground(
    open_desk: OpenDesk,
    farmland: Farmland,  # noqa: F811
    sign_in: SignIn,
    language: Literal["zh", "en"],
    heading: str,
    why: str,
) -> None:
    farmland(square(125.07, 43.05), valid_from="2026-01-01")
    plot = approved(sign_in, geometry=ring(125.05, 43.05))
    farmland(square(125.051, 43.05), valid_from="2026-03-01")
    page = open_desk("viewer", language=language).page
    page.evaluate("location.hash = 'table=coverage'")
    row = page.get_by_role("row").filter(has=page.get_by_text("西县"))
    expect(page.get_by_role("columnheader", name=heading)).to_be_visible()
    half = plot["properties"]["area_m2"] / 2 / (2000 / 3)
    expect(row.get_by_text(f"{half:.2f}").first).to_be_visible()
    expect(page.get_by_text(why)).to_be_visible()
    # Beside the open panel the way to the plots stays in sight, and lies over no heading.
    room = page.locator(".drawer .rows")
    assert room.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_a_layer_is_listed_with_its_role_and_switched_off(desk: Desk) -> None:
    desk.page.get_by_role("tab", name="图层", exact=True).click()
    box = desk.page.get_by_role("checkbox", name="永久基本农田")
    expect(box).to_be_checked()
    expect(desk.page.get_by_text("禁止造林绿化")).to_be_visible()
    with desk.page.expect_request("**/tiles/layers/JBNT/**"):
        desk.go(125.06, 43.05)
    box.uncheck()
    expect(desk.page.get_by_label("不透明度")).to_be_hidden()


def test_the_legend_names_a_layer_as_long_as_it_is_shown(desk: Desk) -> None:
    legend = desk.page.locator(".legend")
    expect(legend).to_contain_text("永久基本农田")
    desk.page.get_by_role("tab", name="图层", exact=True).click()
    desk.page.get_by_role("checkbox", name="永久基本农田").uncheck()
    expect(legend).not_to_contain_text("永久基本农田")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("图层", "新增图层", "保存", "导入新版本", "导入", "第 2 行：与第 1 个要素重叠")),
        ("en", ("Layers", "Add a layer", "Save", "Import a version", "Import", "Row 2: shares")),
    ],
    ids=["zh", "en"],
)
def test_a_layer_is_made_and_replaced_by_a_file_that_is_right(
    open_desk: OpenDesk, sign_in: SignIn, language: Literal["zh", "en"], words: tuple[str, ...]
) -> None:
    layers, add, save, version, send, fault = words
    viewer, page = sign_in("viewer"), open_desk("gis", language=language).page
    page.get_by_role("tab", name=layers, exact=True).click()
    page.get_by_role("button", name=add).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input").nth(0).fill("STHX")
    dialog.locator("select").select_option("warn")
    dialog.locator("input").nth(1).fill("生态红线")
    dialog.get_by_role("button", name=save).click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name=version).click()
    assert violations(page) == []
    for features in ((square(125.05, 43.05), square(125.051, 43.051)), (square(125.05, 43.05),)):
        content = file_of(*features)
        chosen = FilePayload(name="red.geojson", mimeType="application/geo+json", buffer=content)
        dialog.locator("input[type=file]").set_input_files(chosen)
        dialog.get_by_role("button", name=send).click()
        if len(features) == 2:
            expect(dialog.get_by_role("alert")).to_contain_text(fault)
            assert viewer.get("/api/layers/STHX").json()["features"] is None
    expect(page.get_by_role("checkbox", name="生态红线")).to_be_visible()
    expect(dialog).to_have_count(0)
    assert viewer.get("/api/layers/STHX").json()["features"] == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh",
            ("图层", "导入新版本", "导入", "坐标系、编码或图层不对时", "坐标系（不填则按文件）"),
        ),
        (
            "en",
            (
                "Layers",
                "Import a version",
                "Import",
                "If its coordinates, letters or layer are read wrongly",
                "Reference system (the file's if empty)",
            ),
        ),
    ],
    ids=["zh", "en"],
)
def test_a_file_of_coordinates_of_web_maps_is_taken_when_that_is_said(
    open_desk: OpenDesk,
    sign_in: SignIn,
    farmland: Farmland,  # noqa: F811
    language: Literal["zh", "en"],
    words: tuple[str, ...],
) -> None:
    layers, version, send, more, system = words
    farmland(square(125.05, 43.05), square(125.06, 43.06))
    page = open_desk("gis", name="editor", language=language).page
    page.get_by_role("tab", name=layers, exact=True).click()
    page.get_by_role("button", name=version).click()
    dialog = page.get_by_role("dialog")
    border = shapely.transform(shapely.segmentize(SQUARES[WEST], 0.0005), to_gcj02)
    feature = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(border)}
    chosen = FilePayload(name="web.geojson", mimeType="application/json", buffer=file_of(feature))
    dialog.locator("input[type=file]").set_input_files(chosen)
    dialog.get_by_role("button", name=send).click()
    expect(dialog.get_by_role("alert")).to_contain_text("GCJ-02")
    dialog.get_by_text(more).click()
    assert violations(page) == []
    dialog.get_by_label(system).fill("gcj02")
    dialog.get_by_role("button", name=send).click()
    expect(dialog).to_have_count(0)
    assert sign_in("viewer").get("/api/layers/JBNT").json()["features"] == 1


@pytest.mark.parametrize(("districts", "told"), [((), 0), ((WEST,), 1)])
def test_who_has_a_part_of_the_districts_is_told_which_layers_are_theirs(
    open_desk: OpenDesk,
    farmland: Farmland,  # noqa: F811
    districts: tuple[str, ...],
    told: int,
) -> None:
    farmland(square(125.05, 43.05, name="一号地"))
    page = open_desk("gis", *districts, name="zhao").page
    page.get_by_role("tab", name="图层", exact=True).click()
    expect(page.get_by_text("维护图层")).to_be_visible()
    expect(page.get_by_text("请由上级修改或替换")).to_have_count(told)
