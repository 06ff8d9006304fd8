"""The map of coverage in Chromium, from a file, with every host refused."""

from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from geopandas import GeoDataFrame
from playwright.sync_api import expect

from maps import progress_map
from maps.caption import Caption
from maps.coverage_map import build
from tests.maps.conftest import Open, coverage_of
from tests.maps.hands import fire_on_every_district
from tests.maps.reading import HOSTILE


def test_districts_plots_legend_and_a_popup_are_there(
    counties: GeoDataFrame, some: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    page = open_page(build(counties, some, caption=caption).html)
    assert fire_on_every_district(page) == 73
    expect(page.locator(".leaflet-popup h2")).to_have_count(1)
    expect(page.locator(".legend .key").first).to_be_visible()
    assert page.locator(".cluster").count() > 0
    assert page.evaluate("luotu.page.map.getMaxZoom() === luotu.page.data.zoom")
    expect(page.locator("#foot")).to_contain_text("示意图，未经审图")
    expect(page.locator("#foot")).to_contain_text("虚构示例")
    expect(page.locator("#subtitle")).to_contain_text("2025-06-30")
    expect(page.locator(".leaflet-control-scale-line")).to_be_visible()


def test_a_click_on_a_plot_opens_its_sheet(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    page = open_page(build(square, few, caption=caption).html)
    page.get_by_role("searchbox").fill("000003")
    page.get_by_role("button", name="图斑 3").click()
    page.keyboard.press("Escape")
    page.evaluate("luotu.page.map.closePopup()")
    expect(page.locator(".sheet")).to_have_count(0)  # a popup fades before it leaves the page
    box = page.locator(".folium-map").bounding_box()
    at: Any = page.evaluate("""() => {
        const rows = [...Array(luotu.page.plots.data.count).keys()];
        const row = rows.find((r) => luotu.page.plots.table.named("plot_no", r) === "000003");
        const b = luotu.boundsOf(luotu.page.plots.shapes, [row], luotu.page.map);
        return luotu.page.map.latLngToContainerPoint(b.getCenter());
    }""")
    assert box
    page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])
    expect(page.locator(".tip")).to_contain_text("图斑 3")
    page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
    expect(page.locator(".sheet")).to_contain_text("000003")
    expect(page.locator(".sheet")).to_contain_text("亩")


def test_names_can_be_taken_off_while_plots_are_counted_in_bubbles(
    counties: GeoDataFrame, some: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    page = open_page(build(counties, some, caption=caption).html)
    page.get_by_role("checkbox", name="地名").uncheck()
    expect(page.locator(".place")).to_have_count(0)
    page.evaluate("luotu.page.map.zoomIn(1, {animate: false})")
    expect(page.locator(".cluster").first).to_be_attached()


def test_no_data_is_hatched_and_never_black(
    square: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    unknown = square.assign(coverage=float("nan"))
    page = open_page(build(unknown, square.iloc[:0], caption=caption).html)
    assert page.locator("path.district").get_attribute("fill") == "url(#luotu-hatch)"
    assert page.locator("#luotu-hatch").count() == 1
    expect(page.locator(".legend")).to_contain_text("无数据")


def test_every_word_has_an_english_side(
    square: GeoDataFrame, few: GeoDataFrame, open_page: Open
) -> None:
    own = Caption(title="Coverage", source="Somebody", language="zh")
    labels = {"kind": dict.fromkeys(few["kind"], ("某类", "some kind"))}
    plain = few.assign(programme="P", name="n")
    page = open_page(build(square.assign(name="Nanguan"), plain, caption=own, labels=labels).html)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("path.district").click(position={"x": 5, "y": 5})
    expect(page.locator(".sheet")).to_contain_text("Green coverage")
    text = page.locator("body").inner_text().replace("中文", "")
    assert not [sign for sign in text if "\u4e00" <= sign <= "\u9fff"]


def test_the_figure_can_be_changed_and_the_list_follows(
    counties: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    by_class = coverage_of(counties, 0.5).assign(green_class="forest")
    page = open_page(
        build(
            counties,
            counties.iloc[:0],
            caption=caption,
            by_class=by_class,
            before=coverage_of(counties, 1.1),
        ).html
    )
    assert page.locator(".row .value").first.inner_text().endswith("%")
    page.get_by_label("指标").select_option(label="覆盖率变化")
    assert page.locator(".row .value").first.inner_text().startswith("−")
    expect(page.locator(".legend")).to_contain_text("减少")


def test_a_group_can_be_gone_to(
    counties: GeoDataFrame, some: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    page = open_page(build(counties, some, caption=caption).html)
    page.get_by_label("缩放到").select_option(label="重庆市")
    expect(page.locator(".row")).to_have_count(38)
    expect(page.locator(".place").filter(has_text="巫溪县")).to_be_visible()


@pytest.mark.usefixtures("half_characters")
def test_hostile_names_do_nothing_in_the_page(square: GeoDataFrame, open_page: Open) -> None:
    count = len(HOSTILE)
    rows = gpd.GeoDataFrame(
        {
            "code": [f"22010{i}" for i in range(count)],
            "name": HOSTILE,
            "level": HOSTILE[0],
            "parent": HOSTILE,
            "parent_name": HOSTILE,
            "coverage": [i / count for i in range(count)],
        },
        geometry=square.translate(0, 0).repeat(count).to_numpy(),
        crs=square.crs,
    )
    rows = rows.set_geometry([g.buffer(-i / 200) for i, g in enumerate(rows.geometry)])
    plots = gpd.GeoDataFrame(
        {
            "name": HOSTILE,
            "plot_no": [[text] for text in HOSTILE],
            "stage": HOSTILE,
            "kind": HOSTILE,
            "green_class": HOSTILE,
            "programme": [{text: text} for text in HOSTILE],
        },
        geometry=[square.geometry[0].centroid.buffer(0.002).buffer(0) for _ in HOSTILE],
        crs=square.crs,
    )
    plots = plots.set_geometry(plots.translate(0.0001, 0.0001))
    caption = Caption(title=HOSTILE[3], source=HOSTILE[4], scope=HOSTILE[0], vintage=HOSTILE[8])
    page = open_page(build(rows, plots, caption=caption).html)
    assert fire_on_every_district(page) == count
    for row in range(count):
        page.evaluate(f"luotu.page.showPlots(luotu.page.map.getCenter(), [{row}])")
    page.get_by_role("searchbox").fill("<")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("button", name="English").click()
    assert page.evaluate("window.ran") is None
    assert page.locator("img, svg[onload], iframe").count() == 0
    assert "{{7*7}}" in page.locator("body").inner_text()
    assert "49" not in page.locator("#subtitle").inner_text()


def test_it_can_be_read_on_a_phone(
    counties: GeoDataFrame, some: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    page = open_page(build(counties, some, caption=caption).html)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.wait_for_selector("#panel section")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator(".folium-map").bounding_box()
    panel = page.locator("#panel").bounding_box()
    assert box
    assert panel
    assert box["height"] > 400
    assert box["y"] < panel["y"]


def test_paper_shows_map_legend_and_source_without_controls(
    counties: GeoDataFrame, some: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    page = open_page(build(counties, some, caption=caption).html)
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="打印").click()
    page.wait_for_function("window.printed")
    expect(page.locator(".legend")).to_be_visible()
    expect(page.locator("#foot")).to_be_visible()
    expect(page.locator(".search")).not_to_be_visible()
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1


def test_a_file_past_its_date_says_so(square: GeoDataFrame, open_page: Open) -> None:
    old = Caption(title="旧图", source="某局", expires=date(2020, 1, 1))
    page = open_page(build(square, square.iloc[:0], caption=old).html)
    expect(page.locator("#warning")).to_be_visible()
    expect(page.locator("#foot")).to_contain_text("2020-01-01")
    fresh = Caption(title="新图", source="某局", expires=date(2999, 1, 1))
    page = open_page(build(square, square.iloc[:0], caption=fresh).html)
    expect(page.locator("#warning")).not_to_be_visible()


def test_a_map_without_figures_or_plots_still_opens(open_page: Open) -> None:
    nothing = gpd.GeoDataFrame({"code": []}, geometry=[], crs="OGC:CRS84")
    page = open_page(build(nothing, nothing, caption=Caption(title="空", source="")).html)
    expect(page.locator("#panel")).to_contain_text("没有图斑")


def test_the_same_frame_twice_is_two_whole_pages(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption
) -> None:
    first, second = (build(square, few, caption=caption).html for _ in range(2))
    assert len(first) == len(second)
    assert pd.Series([first.count("<script"), second.count("<script")]).nunique() == 1


def test_a_search_and_a_pile_of_plots_say_how_many_there_are(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    pile = few.loc[few.index[[0] * 25]].assign(name="同名图斑", stage="planted", review="approved")
    page = open_page(build(square, pile.reset_index(drop=True), caption=caption).html)
    page.get_by_role("searchbox").fill("同名图斑")
    expect(page.locator(".found .hit")).to_have_count(20)
    expect(page.locator(".found")).to_contain_text("只列前 20 个")
    page.evaluate("luotu.page.showPlots(luotu.page.map.getCenter(), [...Array(25).keys()])")
    expect(page.locator(".sheets .sheet")).to_have_count(10)
    expect(page.locator(".sheets")).to_contain_text("此处共 25 块图斑，列出 10 块")


def test_the_figure_beside_the_pointer_lies_in_its_box(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    for name in ("县", "石柱土家族自治县", "一个名字长得在一行里写不下的县级行政区" * 3):
        page = open_page(build(square.assign(name=name), few, caption=caption).html)
        # Pointed at until its figure is there, and measured in the same breath: a map that still
        # comes to rest takes the box away.
        outside = page.wait_for_function("""() => {
            const path = document.querySelector("path.district");
            path.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
            path.dispatchEvent(new MouseEvent("mousemove", {bubbles: true}));
            const tip = document.querySelector(".leaflet-tooltip:has(.value)");
            if (!tip) return null;
            const box = tip.getBoundingClientRect();
            return [...tip.querySelectorAll("*")].filter(one => {
                const {left, right, top, bottom} = one.getBoundingClientRect();
                return left < box.left - 1 || right > box.right + 1
                    || top < box.top - 1 || bottom > box.bottom + 1;
            }).map(one => one.textContent);
        }""").json_value()
        assert outside == []


def test_a_language_pasted_into_the_address_of_an_open_page_is_spoken(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption, open_page: Open
) -> None:
    page = open_page(build(square, few, caption=caption).html)
    expect(page.locator("#print")).to_have_text("打印")
    page.evaluate("location.hash = '#en'")
    expect(page.locator("#print")).to_have_text("Print")
    page.get_by_role("button", name="中文").click()
    page.evaluate("location.hash = '#nothing'")
    page.evaluate("location.hash = '#en'")
    expect(page.locator("#print")).to_have_text("Print")


def test_the_head_and_the_tab_speak_the_language_of_the_page(
    open_page: Open, square: GeoDataFrame, few: GeoDataFrame
) -> None:
    caption = Caption(
        title=("绿化覆盖率", "Greening coverage"),
        source="Luotu",
        scope=("全部行政区", "All districts"),
        as_of=("9 时 北京时间", "9:00 Beijing time"),
    )
    page = open_page(build(square, few, caption=caption).html)
    assert page.title() == "绿化覆盖率"
    page.locator("#language").click()
    assert page.title() == "Greening coverage"
    expect(page.locator("#title")).to_have_text("Greening coverage")
    expect(page.locator("#subtitle")).to_contain_text("Scope: All districts")
    expect(page.locator("#subtitle")).to_contain_text("9:00 Beijing time")


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "还没有下达或有完成率的任务，没有数据"), ("en", "there are no data")],
)
def test_a_map_of_progress_without_a_task_says_so_where_its_legend_would_be(
    square: GeoDataFrame, open_page: Open, language: Any, said: str
) -> None:
    caption = Caption(title=("任务进度", "Progress"), source="示例", language=language)
    # A district without a task has a row as well.
    row = {
        "code": square["code"].iloc[0],
        "indicator": "g",
        "label": "造林",
        "label_en": "planting",
    }
    nothing = pd.DataFrame([{**row, "measured_in": "亩", "reported_rate": None}])
    page = open_page(progress_map.build(square, nothing, caption=caption).html)
    expect(page.get_by_text(said)).to_be_in_viewport()
    expect(page.get_by_text("图例" if language == "zh" else "Legend")).to_have_count(0)
