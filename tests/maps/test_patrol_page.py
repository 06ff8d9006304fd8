"""The map of patrols in Chromium, from a file, with every host refused."""

from typing import Any

import pandas as pd
import pytest
from geopandas import GeoDataFrame
from playwright.sync_api import Page, expect

from maps.caption import Caption
from maps.patrol_map import build
from tests.maps import patrols
from tests.maps.conftest import Open
from tests.maps.hands import fire_on_every_district
from tests.maps.reading import HOSTILE

AROUND = Caption(title="巡护图", source="编造", as_of="2026-10-01", scope="示例镇", invented=True)


def html(
    zones: GeoDataFrame | None = None,
    tracks: GeoDataFrame | None = None,
    findings: GeoDataFrame | None = None,
    **more: Any,
) -> str:
    whole = {"caption": AROUND, "period": "2026-Q3", **more}
    return build(
        patrols.zones() if zones is None else zones,
        patrols.tracks() if tracks is None else tracks,
        patrols.findings() if findings is None else findings,
        **whole,
    ).html


def slide(page: Page, place: int) -> None:
    """Move the slider as a hand does."""
    page.locator(".timeline input").evaluate(
        "(slider, place) => { slider.value = place; slider.dispatchEvent(new Event('input')); }",
        place,
    )


def ink(page: Page) -> int:
    """How many pixels of the track tiles are drawn."""
    drawn: int = page.evaluate("""() => {
        let drawn = 0;
        for (const tile of document.querySelectorAll(".plots-pane canvas")) {
            const copy = new OffscreenCanvas(tile.width, tile.height);
            const pen = copy.getContext("2d", {willReadFrequently: true});
            pen.drawImage(tile, 0, 0);
            const {data} = pen.getImageData(0, 0, tile.width, tile.height);
            for (let i = 3; i < data.length; i += 4) { drawn += data[i] > 0; }
        }
        return drawn;
    }""")
    return drawn


def test_zones_tracks_findings_legend_and_slider_are_there(open_page: Open) -> None:
    page = open_page(html())
    assert page.locator("path.district").count() == 6
    assert page.locator("path.finding").count() == 5
    assert ink(page) > 1_000
    legend = page.locator(".legend")
    for words in ("逾期", "无规则", "有效巡护 (18)", "未达有效标准 (6)", "已发《督办函》"):
        expect(legend).to_contain_text(words.replace(" ", ""), use_inner_text=False)
    expect(page.locator("#subtitle")).to_contain_text("2026-Q3")
    expect(page.locator("#foot")).to_contain_text("责任区、人员、轨迹与数字均为编造")
    expect(page.locator(".timeline output")).to_have_text("2026-07-01 至 2026-09-30")
    expect(page.locator(".total .tracks")).to_contain_text("24 条轨迹")


def test_a_served_page_leads_to_other_periods_in_either_language(open_page: Open) -> None:
    links = {"before": ("2026-Q2", "?period=2026-Q2"), "half": ("2026-H2", "?period=2026-H2")}
    page = open_page(html(links=links))
    expect(page.locator("#subtitle a")).to_have_text(["‹ 2026-Q2", "2026-H2（半年）"])
    page.locator("#language").click()
    expect(page.locator("#subtitle a")).to_have_text(["‹ 2026-Q2", "2026-H2 (half year)"])
    page.get_by_role("link", name="2026-Q2").click()
    assert page.url.endswith("?period=2026-Q2#en")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_name_in_the_address_that_is_no_language_changes_nothing(open_page: Open) -> None:
    page = open_page(html())
    page.goto(f"{page.url}#fr")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_the_slider_moves_and_map_and_sums_follow(open_page: Open) -> None:
    page = open_page(html())
    whole = ink(page)
    page.get_by_label("时间", exact=True).select_option(label="逐日")
    expect(page.locator(".timeline output")).to_have_text("2026-07-01（周三）")
    expect(page.locator(".total .tracks")).to_contain_text("1 条轨迹")
    assert 0 < ink(page) < whole / 3
    slide(page, 1)
    expect(page.locator(".timeline output")).to_have_text("2026-07-02（周四）")
    expect(page.locator(".total .tracks")).to_have_text("此时段没有轨迹")
    assert ink(page) == 0
    assert page.locator("path.finding").count() == 1


def test_weeks_begin_on_mondays_and_months_on_the_first(open_page: Open) -> None:
    page = open_page(html())
    page.get_by_label("时间", exact=True).select_option(label="逐周")
    slide(page, 1)
    expect(page.locator(".timeline output")).to_have_text("2026-07-06 至 2026-07-12")
    page.get_by_label("时间", exact=True).select_option(label="逐月")
    slide(page, 2)
    expect(page.locator(".timeline output")).to_have_text("2026-09-01 至 2026-09-30")


def test_it_plays_to_the_end_and_stops(open_page: Open) -> None:
    page = open_page(html())
    page.get_by_label("时间", exact=True).select_option(label="逐月")
    # A busy machine may look away for the seconds that it plays: the page keeps what it showed.
    page.evaluate("""() => {
        const play = document.querySelector(".timeline button");
        const shown = [play.title];
        new MutationObserver(() => {
            if (shown.at(-1) !== play.title) { shown.push(play.title); }
            document.body.dataset.shown = shown.join(" ");
        }).observe(play, {attributes: true});
    }""")
    page.get_by_role("button", name="播放").click()
    expect(page.locator("body")).to_have_attribute("data-shown", "播放 暂停 播放")
    expect(page.locator(".timeline output")).to_have_text("2026-09-01 至 2026-09-30")


def test_a_click_on_a_track_opens_its_sheet_and_that_of_its_zone(open_page: Open) -> None:
    page = open_page(html(tracks=patrols.tracks(4)))
    box = page.locator(".folium-map").bounding_box()
    at: Any = page.evaluate("""() => {
        const {tracks, map} = luotu.page;
        const k = tracks.lines.point[tracks.lines.part[3]] + 20;
        return map.latLngToContainerPoint(
            map.unproject([tracks.lines.x[k], tracks.lines.y[k]], tracks.lines.zoom));
    }""")
    assert box
    page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
    sheets = page.locator(".sheet")
    expect(sheets.first).to_contain_text("08:30 – 10:05")
    expect(sheets.first).to_contain_text("责任区内里程不足")
    expect(sheets.last).to_contain_text("8 / 30")


def test_a_zone_overdue_says_for_how_long_and_stands_out(open_page: Open) -> None:
    page = open_page(html())
    page.get_by_role("searchbox").fill("2号网格")
    page.get_by_role("button", name="2号网格 责任区").click()
    expect(page.locator(".sheet")).to_contain_text("逾期，17 天")
    assert page.locator("path.district[stroke-dasharray]").count() == 1
    assert page.locator('path.district[fill="url(#luotu-hatch)"]').count() == 1


def test_a_sheet_closes_with_the_level_that_it_belongs_to(open_page: Open) -> None:
    page = open_page(html())
    page.get_by_role("searchbox").fill("2号网格")
    page.get_by_role("button", name="2号网格 责任区").click()
    expect(page.locator(".sheet")).to_have_count(1)
    page.get_by_label("层级").select_option(index=0)
    expect(page.locator(".sheet")).to_have_count(0)


def test_the_list_begins_with_what_is_overdue(open_page: Open) -> None:
    page = open_page(html())
    expect(page.locator(".row").first).to_contain_text("2号网格")
    page.get_by_label("指标").select_option(label="巡护覆盖率")
    expect(page.locator(".row").first).to_contain_text("90 %")


def test_tracks_of_one_zone_or_one_result_can_be_shown_alone(open_page: Open) -> None:
    page = open_page(html())
    page.get_by_role("checkbox", name="未达有效标准").uncheck()
    expect(page.locator(".total .tracks")).to_contain_text("18 条轨迹")
    page.locator(".patrols").get_by_label("责任区").select_option(label="1号网格")
    expect(page.locator(".total .tracks")).to_contain_text("4 条轨迹")
    page.get_by_label("着色").select_option(label="按责任区（护林员）")
    expect(page.locator(".legend")).to_contain_text("每个责任区一种颜色")


def test_a_finding_opens_its_sheet(open_page: Open) -> None:
    labels = {"finding_kind": {"fire": ("森林火情", "forest fire")}}
    page = open_page(html(labels=labels))
    page.locator("path.finding").nth(1).dispatch_event("click")
    sheet = page.locator(".sheet")
    expect(sheet).to_contain_text("森林火情")
    expect(sheet).to_contain_text("已超过整改期限")
    expect(sheet).not_to_contain_text("丙某")


def test_persons_are_shown_where_they_were_asked_for(open_page: Open) -> None:
    page = open_page(html(names=True))
    page.evaluate("luotu.page.showTracks(luotu.page.map.getCenter(), [0], 1)")
    expect(page.locator(".sheet").first).to_contain_text("护林员甲1")
    expect(page.locator(".sheet").last).to_contain_text("护林员甲1")


def test_every_word_has_an_english_side(open_page: Open) -> None:
    zones = patrols.zones().assign(name=[f"zone {i}" for i in range(7)], ranger="R", chief="C")
    own = Caption(title="Patrols", source="Somebody")
    labels = {"finding_kind": {"fire": ("火情", "forest fire")}}
    page = open_page(html(zones, caption=own, labels=labels))
    page.get_by_role("button", name="English").click()
    page.get_by_label("Time", exact=True).select_option(label="By week")
    page.evaluate("luotu.page.showTracks(luotu.page.map.getCenter(), [3], 1)")
    expect(page.locator(".sheet").first).to_contain_text("too short inside the zone")
    text = page.locator("body").inner_text().replace("中文", "")
    assert not [sign for sign in text if "\u4e00" <= sign <= "\u9fff"]


@pytest.mark.usefixtures("half_characters")
def test_hostile_texts_do_nothing_in_the_page(open_page: Open) -> None:
    count = len(HOSTILE)
    row = patrols.zones().iloc[[1]]
    zones = row.loc[row.index.repeat(count)].reset_index(drop=True)
    zones = zones.assign(
        code=[f"{i}" for i in range(count)],
        name=HOSTILE,
        parent=HOSTILE,
        state=HOSTILE,
        chief=HOSTILE,
        ranger=HOSTILE,
        office=HOSTILE,
        last_visit=HOSTILE,
    ).set_geometry([shape.buffer(-i / 2000) for i, shape in enumerate(zones.geometry)])
    tracks = patrols.tracks(count).assign(
        ranger=HOSTILE,
        zone=[str(i) for i in range(count)],
        apart=[[text, text] for text in HOSTILE],
        effective=None,
    )
    findings = patrols.findings()
    findings = findings.loc[[i % 5 for i in range(count)]].reset_index(drop=True)
    findings = findings.assign(kind=HOSTILE, state=HOSTILE, note=HOSTILE, deadline=HOSTILE)
    labels = {"zone_level": {"grid": (HOSTILE[3], HOSTILE[4])}}
    caption = Caption(title=HOSTILE[3], source=HOSTILE[4], scope=HOSTILE[0])
    page = open_page(
        html(zones, tracks, findings, caption=caption, period=HOSTILE[3], names=True, labels=labels)
    )
    fire_on_every_district(page)
    for place in range(count):
        page.evaluate(f"luotu.page.showTracks(luotu.page.map.getCenter(), [{place}], {place})")
        page.locator("path.finding").nth(place).dispatch_event("mouseover")
        page.locator("path.finding").nth(place).dispatch_event("click")
    page.get_by_role("searchbox").fill("<")
    page.get_by_role("button", name="English").click()
    assert page.evaluate("window.ran") is None
    assert page.locator("img, svg[onload], iframe").count() == 0
    assert "{{7*7}}" in page.locator("body").inner_text()


def test_without_tracks_there_is_no_empty_layer_and_no_slider(open_page: Open) -> None:
    page = open_page(html(tracks=patrols.tracks().iloc[:0], findings=patrols.findings().iloc[:0]))
    expect(page.locator(".notes")).to_contain_text("这一时段没有巡护轨迹")
    assert page.locator(".timeline").count() == 0
    expect(page.locator(".layers")).not_to_contain_text("巡护轨迹")


def test_a_hundred_thousand_fixes_are_drawn_in_a_blink(open_page: Open) -> None:
    page = open_page(html(tracks=patrols.tracks(800, 130)))
    assert page.evaluate("luotu.page.tracks.lines.x.length") > 80_000
    spent: float = page.evaluate("""() => {
        const spent = [];
        for (let i = 0; i < 5; i += 1) {
            const begin = performance.now();
            luotu.page.tracks.repaint();
            spent.push(performance.now() - begin);
        }
        return Math.min(...spent);
    }""")
    assert spent < 400  # 8 ms where nobody else is at work


@pytest.mark.parametrize("step", ["all", "day"])
def test_it_can_be_read_on_a_phone(open_page: Open, step: str) -> None:
    page = open_page(html())
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.wait_for_selector("#panel section")
    page.get_by_label("时间", exact=True).select_option(step)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    bar = page.locator(".timeline").bounding_box()
    scale = page.locator(".leaflet-control-scale-line").bounding_box()
    assert bar
    assert scale
    assert scale["y"] + scale["height"] <= bar["y"]


def test_paper_shows_the_days_and_no_controls(open_page: Open) -> None:
    page = open_page(html())
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="打印").click()
    page.wait_for_function("window.printed")
    expect(page.locator(".timeline output")).to_be_visible()
    expect(page.locator(".timeline select")).not_to_be_visible()
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1


@pytest.mark.parametrize("count", [24, 0], ids=["walked", "nobody walked"])
def test_places_far_apart_open_on_the_one_that_is_behind(open_page: Open, count: int) -> None:
    findings = patrols.findings() if count else patrols.findings().iloc[:0]
    here = patrols.zones()
    there = here.assign(
        code=[f"Y{code[1:]}" for code in here["code"]],
        parent=["Y" if parent else None for parent in here["parent"]],
        overdue_days=0,
        state="met",
    ).set_geometry(here.geometry.translate(10, 18))
    both = GeoDataFrame(pd.concat([here, there], ignore_index=True), crs=here.crs)
    page = open_page(html(both, patrols.tracks().iloc[:count], findings))
    assert page.evaluate("luotu.page.group") == "Z"
    assert page.evaluate("luotu.page.map.getZoom()") > 11
