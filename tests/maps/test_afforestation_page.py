"""The map of afforestation in Chromium, from a file, with every host refused."""

import pytest
from geopandas import GeoDataFrame
from playwright.sync_api import expect

from maps.afforestation_map import build
from maps.caption import Caption
from tests.maps.conftest import Open
from tests.maps.reading import HOSTILE


def test_planned_stands_beside_done(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    plots = few.assign(
        review="approved",
        year=2025,
        stage=["planned"] * 4 + ["planted"] * 2 + ["accepted"] * 2 + ["existing"] * 4,
        area_m2=20_000 / 3,
    )
    page = open_page(build(square, plots, caption=caption).html)
    row = page.locator("table.beside tr").nth(1)
    assert row.inner_text().split("\t") == ["2025", "40 亩", "40 亩", "100 %"]
    sums = page.locator(".total .stage").all_inner_texts()
    assert page.locator(".total").inner_text().startswith("12 块")
    assert sums == [
        "计划：4 块，40 亩（2.67 公顷）",
        "已造林：2 块，20 亩（1.33 公顷）",
        "验收合格：2 块，20 亩（1.33 公顷）",
        "现有：4 块，40 亩（2.67 公顷）",
    ]


def test_what_is_not_approved_stands_apart_from_planned_and_done(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    plots = few.assign(
        review=["approved", "draft", "returned"] * 4,
        year=2025,
        stage=["planned"] * 6 + ["planted"] * 6,
        area_m2=20_000 / 3,
    )
    page = open_page(build(square, plots, caption=caption, show_review=True).html)
    row = page.locator("table.beside tr").nth(1)
    assert row.inner_text().split("\t") == ["2025", "20 亩", "20 亩", "100 %", "40 亩", "40 亩"]
    expect(page.locator("#title")).to_contain_text("含未审核图斑 8 块")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#title")).to_contain_text("holds 8 plots that are not approved")


def test_a_cluster_never_adds_planned_to_planted(
    square: GeoDataFrame, crowd: GeoDataFrame, crowded: str, open_page: Open
) -> None:
    page = open_page(crowded)
    expect(page.locator(".total .stage")).to_have_count(crowd["stage"].nunique())
    page.locator(".cluster").first.hover()
    stages = page.locator(".leaflet-tooltip .stage").all_inner_texts()
    names = [line.partition("：")[0] for line in stages]
    assert set(names) <= {"计划", "已造林", "验收合格", "现有", "取消"}
    assert len(names) == len(set(names)) > 1


def test_a_stage_can_be_taken_off_the_map(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    plots = few.assign(review="approved", stage=["planned"] * 5 + ["accepted"] * 7)
    page = open_page(build(square, plots, caption=caption).html)
    page.get_by_role("checkbox", name="计划").uncheck()
    expect(page.locator(".total")).to_contain_text("7 块")


def test_filters_reach_map_and_sums(
    counties: GeoDataFrame, some: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    page = open_page(build(counties, some, caption=caption, show_review=True).html)
    filters = page.locator("#panel .plots")
    filters.get_by_label("任务年度").select_option(label="2023")
    filters.get_by_label("审核").select_option(label="待审核")
    wanted = int(((some["year"] == 2023) & (some["review"] == "submitted")).sum())
    expect(page.locator(".total")).to_contain_text(f"{wanted} 块")
    on_map = sum(int(text) for text in page.locator(".cluster .face").all_inner_texts())
    assert on_map == wanted


def test_squares_can_be_opened_where_single_plots_are_not_in_the_file(
    crowded: str, open_page: Open
) -> None:
    page = open_page(crowded)
    expect(page.locator("#panel")).to_contain_text("超过单个文件上限")
    page.evaluate("""() => {
        const {place} = luotu.page.plots;
        const at = luotu.page.map.unproject([place.x[0], place.y[0]], place.zoom);
        luotu.page.map.setView(at, luotu.page.data.zoom, {animate: false});
    }""")
    page.locator(".cluster").first.dispatch_event("click")
    expect(page.locator(".leaflet-popup .sheet")).to_contain_text("块")


@pytest.mark.usefixtures("half_characters")
def test_every_plot_can_be_pointed_at_and_clicked_whatever_it_is_called(
    square: GeoDataFrame, few: GeoDataFrame, open_page: Open
) -> None:
    texts = (HOSTILE * 2)[:12]
    plots = few.assign(name=texts, kind=texts, note=[[text] for text in texts], stage="planned")
    page = open_page(
        build(square, plots, caption=Caption(title="t", source="s"), show_review=True).html
    )
    for row in range(12):
        page.evaluate(f"""() => {{
            const b = luotu.boundsOf(luotu.page.plots.shapes, [{row}], luotu.page.map);
            luotu.page.map.fitBounds(b, {{animate: false, maxZoom: 15}});
        }}""")
        box = page.locator(".folium-map").bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.locator(".sheet").first).to_be_visible()
    assert page.evaluate("window.ran") is None
    assert page.locator("img").count() == 0
