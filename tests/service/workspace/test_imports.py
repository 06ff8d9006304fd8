"""The page of imports: a file is dropped, settled row by row, committed, submitted as a batch."""

import json
import zipfile
from pathlib import Path

import geopandas
import pyogrio
import pytest
from playwright.sync_api import Page, expect
from shapely import Polygon, box

from gis.crs import CGCS2000
from tests.service.conftest import SignIn
from tests.service.plots.made import drawn
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OpenDesk

TABS = {"zh": "导入", "en": "Imports"}
BOW_TIE = Polygon([(125.03, 43.03), (125.032, 43.032), (125.032, 43.03), (125.03, 43.032)])


def gbk_zip(folder: Path) -> Path:
    """A shapefile of GBK text in a 3° zone: a bow-tie, a changed row, and two on each other."""
    shapes = [
        BOW_TIE,
        box(125.05, 43.05, 125.052, 43.052),
        box(125.06, 43.06, 125.062, 43.062),
        box(125.061, 43.06, 125.063, 43.062),
    ]
    columns = {
        "图斑号": ["B1", "00001", "B2", "B3"],
        "阶段": ["已造林"] * 4,
        "造林类型": ["人工造林"] * 4,
        "任务年度": [2026] * 4,
        "名称": ["蝴蝶结", "南坡", "沟口", "沟里"],
    }
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs=CGCS2000).to_crs(4530)
    pyogrio.write_dataframe(frame, folder / "小班.shp", encoding="GBK")
    for cpg in folder.glob("*.cpg"):
        cpg.unlink()
    path = folder / "小班.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.glob("小班.[sdp]*"):
            archive.write(part, part.name)
    return path


def imports_page(open_desk: OpenDesk, language: str = "zh") -> Page:
    """The page, with nothing dropped yet."""
    page = open_desk("planner", language=language).page
    page.get_by_role("tab", name=TABS[language], exact=True).click()
    return page


def test_a_file_is_settled_committed_and_submitted_as_a_batch(
    open_desk: OpenDesk, sign_in: SignIn, tmp_path: Path
) -> None:
    drawn(sign_in("planner"), name="北坡")
    page = imports_page(open_desk)
    page.locator("input[type=file]").set_input_files(gbk_zip(tmp_path))
    expect(page.get_by_text("待处理")).to_be_visible()
    # The fault comes first, and the samples show that the encoding is right.
    expect(page.locator(".rows > li")).to_have_count(1)
    expect(page.locator(".rows > .block")).to_contain_text("B1 蝴蝶结")
    expect(page.locator(".seems")).to_contain_text("图斑号")
    commit = page.get_by_role("button", name="提交 2 行")
    expect(commit).to_be_disabled()
    page.get_by_role("button", name="有变化 1").click()
    expect(page.locator(".rows > li")).to_contain_text("与现有图斑不同：名称")
    page.get_by_label("略过有错误的 1 行").check()
    page.get_by_label("与其他图斑重叠：2 行，已核对").check()
    expect(commit).to_be_enabled()
    page.get_by_label("用文件更新 1 个有变化的图斑").check()
    assert violations(page) == []
    page.get_by_role("button", name="提交 3 行").click()
    expect(page.get_by_text("新增 2 个，更新 1 个图斑")).to_be_visible()
    page.get_by_role("button", name="全部提交审核（3）").click()
    expect(page.get_by_text("已提交 3", exact=True)).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_metres_without_a_zone_are_asked_their_meridian(
    open_desk: OpenDesk, tmp_path: Path, language: str
) -> None:
    columns = {"stage": ["planted"], "kind": ["RGZL"], "year": [2026]}
    shapes = [box(125.07, 43.07, 125.072, 43.072)]
    there = geopandas.GeoDataFrame(columns, geometry=shapes, crs=CGCS2000).to_crs(4551)
    there.set_crs(CGCS2000, allow_override=True).to_file(tmp_path / "in.gpkg")
    page = imports_page(open_desk, language)
    page.locator("input[type=file]").set_input_files(tmp_path / "in.gpkg")
    label = {"zh": "不带带号时，中央经线为", "en": "Without zone numbers, the central meridian is"}
    meridian = page.get_by_label(label[language])
    expect(page.locator(".seems").get_by_role("button", name="EPSG:4551").first).to_be_visible()
    assert violations(page) == []
    meridian.select_option("126°")
    settle = {"zh": "待处理", "en": "to be settled"}
    expect(page.get_by_text(settle[language], exact=True)).to_be_visible()


def test_a_shape_that_cannot_be_used_and_its_row_lead_to_each_other(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    page = imports_page(open_desk)
    page.locator("input[type=file]").set_input_files(gbk_zip(tmp_path))
    row = page.locator(".rows > .block")
    row.get_by_role("button", name="B1 蝴蝶结").click()
    expect(row).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="全部 4").click()
    rows = page.locator(".rows > li")
    expect(rows).to_have_count(4)
    rows.nth(1).get_by_role("button", name="南坡").click()
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    rows.nth(0).get_by_role("button", name="B1 蝴蝶结").click()
    rows.nth(1).evaluate("one => one.scrollIntoView()")
    # The view has flown to the outline: a wing of the bow-tie lies left of its middle.
    page.wait_for_timeout(1_000)
    box = page.locator(".ol-viewport").bounding_box()
    assert box is not None
    rows.nth(1).locator(".title").focus()
    page.mouse.click(box["x"] + box["width"] / 2 - 40, box["y"] + box["height"] / 2)
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")


def test_the_page_speaks_english_and_says_why_a_file_is_refused(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    page = imports_page(open_desk, "en")
    path = tmp_path / "plots.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_role("alert")).to_contain_text("it holds no feature")
    page.get_by_role("button", name="Leave it").click()
    expect(page.get_by_role("button", name="plots.geojson")).to_contain_text("left")


def test_verdicts_follow_the_language_of_the_page(open_desk: OpenDesk, tmp_path: Path) -> None:
    page = imports_page(open_desk)
    page.locator("input[type=file]").set_input_files(gbk_zip(tmp_path))
    expect(page.locator(".rows > .block")).to_contain_text("边界自相交")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".rows > .block")).to_contain_text("mend the outline there")


def drop_on(page: Page, place: str, path: Path) -> None:
    """Let a file go over a part of the page."""
    carried = page.evaluate_handle(
        """([name, text]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], name));
            return carried;
        }""",
        [path.name, path.read_text("utf-8")],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.locator(place).dispatch_event(event, {"dataTransfer": carried})


def contractors_file(folder: Path) -> Path:
    """Two plots that say neither stage nor kind nor year."""
    shapes = [box(125.05 + n / 100, 43.05, 125.052 + n / 100, 43.052) for n in range(2)]
    path = folder / "合同.geojson"
    frame = geopandas.GeoDataFrame({"图斑号": ["H1", "H2"]}, geometry=shapes, crs=4326)
    pyogrio.write_dataframe(frame, path)
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_file_does_not_say_is_asked_for_in_words(
    open_desk: OpenDesk, tmp_path: Path, language: str
) -> None:
    zh = language == "zh"
    page = imports_page(open_desk, language)
    page.locator("input[type=file]").set_input_files(contractors_file(tmp_path))
    asked = page.locator("form.missing")
    expect(asked).to_contain_text("请选择" if zh else "choose")
    expect(page.locator("aside, main").first).not_to_contain_text("--field")
    expect(page.get_by_text("被拒" if zh else "refused")).to_have_count(0)
    asked.get_by_label("阶段" if zh else "Stage").select_option("planted")
    asked.get_by_label("造林类型" if zh else "Kind").click()
    page.get_by_role(
        "option", name="人工造林" if zh else "afforestation by planting", exact=True
    ).click()
    asked.locator("#missing-year").fill("2026")
    expect(page.locator(".el-select-dropdown:visible")).to_have_count(0)
    assert violations(page) == []
    asked.get_by_role("button").click()
    expect(page.get_by_role("button", name="提交 2 行" if zh else "Commit 2 rows")).to_be_enabled()


def test_a_file_that_is_dropped_on_the_map_is_imported(open_desk: OpenDesk, tmp_path: Path) -> None:
    page = open_desk("planner").page
    drop_on(page, ".map", contractors_file(tmp_path))
    expect(page.get_by_role("heading", name="合同.geojson")).to_be_visible()


def test_who_imports_nothing_is_told_so_and_keeps_the_page(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    page = open_desk("inspector").page
    drop_on(page, ".map", contractors_file(tmp_path))
    expect(page.get_by_role("status").filter(has_text="不能导入文件")).to_be_visible()
