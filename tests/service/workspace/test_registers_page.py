"""The page of registers: a record from its form to its last step, with files and links."""

import io
import os
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.service.conftest import WEST, SignIn, feature
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OpenDesk
from tests.service.workspace.counted import ZOOMED

STREET = {
    "type": "Feature",
    "geometry": {"type": "LineString", "coordinates": [[125.02, 43.02], [125.03, 43.02]]},
    "properties": {"name": "同志街", "values": {"stems": 120}},
}


def seen(page: Page, name: str) -> None:
    """A picture for who wants to look at it: LOOK names a folder."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=Path(folder, f"{name}.png"))


def picture() -> bytes:
    """A green photo."""
    into = io.BytesIO()
    Image.new("RGB", (64, 48), "#2f7d4f").save(into, "JPEG")
    return into.getvalue()


def test_a_record_goes_from_its_form_to_its_last_step(open_desk: OpenDesk, sign_in: SignIn) -> None:
    plot = sign_in("planner", WEST, name="drawer").post("/api/plots", json=feature()).json()["id"]
    page = open_desk("inspector", WEST).page
    page.get_by_role("tab", name="台账", exact=True).click()
    page.get_by_role("searchbox", name="找台账").fill("街")
    page.get_by_role("button", name=re.compile("^街路")).click()
    expect(page.get_by_text("还没有符合条件的记录")).to_be_visible()
    page.get_by_role("button", name="登记").click()
    form = page.get_by_role("dialog")
    form.get_by_label("名称").fill("人民大街")
    form.get_by_label("株数").fill("-1")
    form.get_by_label("工作类型").select_option(label="新建")
    form.get_by_label("位置").fill("125.02,43.02\n125.03,43.02")
    # The browser itself holds a number to its bounds: only the service is asked here.
    form.locator("form").evaluate("form => (form.noValidate = true)")
    form.get_by_role("button", name="保存").click()
    expect(form.locator("em")).to_contain_text("超出范围")
    seen(page, "registers-form")
    form.get_by_label("株数").fill("260")
    form.get_by_role("button", name="保存").click()
    expect(form).to_have_count(0)
    card = page.get_by_role("complementary", name="人民大街")
    expect(card).to_contain_text("JL22010200001")
    expect(card).to_contain_text("815.1 m")
    expect(page).to_have_url(re.compile(r"page=registers.*register=street&record=\d+"))
    assert violations(page) == []
    seen(page, "registers-record")
    card.get_by_role("tab", name="办理").click()
    for state in ("在建", "完成"):
        card.get_by_label("下一步").select_option(label=state)
        if state == "完成":
            card.get_by_label("完工日期").fill("2026-05-20")
        card.get_by_role("button", name="办理", exact=True).click()
        expect(card.locator(".now")).to_contain_text(state)
    expect(card.get_by_role("listitem")).to_have_count(3)
    assert violations(page) == []
    seen(page, "registers-steps")
    card.get_by_role("tab", name="关联").click()
    card.get_by_label("系统编号").fill(str(plot))
    card.get_by_role("button", name="关联", exact=True).click()
    expect(card.get_by_role("button", name=f"图斑 {plot}", exact=True)).to_be_visible()
    card.get_by_role("tab", name="历史").click()
    expect(card).to_contain_text("完工日期")
    page.reload()
    expect(card).to_contain_text("人民大街")
    card.get_by_role("tab", name="关联").click()
    card.get_by_role("button", name=f"图斑 {plot}", exact=True).click()
    expect(page).to_have_url(re.compile(rf"page=plots.*plot={plot}"))


def test_photos_of_a_record_are_added_shown_and_taken_away(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    made = sign_in("planner", WEST, name="clerk").post("/api/registers/street", json=STREET)
    page = open_desk("planner", WEST).page
    page.goto(f"{page.url.split('#')[0]}#page=registers&register=street&record={made.json()['id']}")
    card = page.get_by_role("complementary", name="同志街")
    card.get_by_role("tab", name="附件").click()
    photo = FilePayload(name="路口.jpg", mimeType="image/jpeg", buffer=picture())
    card.get_by_label("添加照片或文件").set_input_files([photo])
    expect(card.get_by_role("link", name="打开 路口.jpg")).to_be_visible()
    width = "image => image.decode().then(() => image.naturalWidth)"
    assert card.locator("li img").evaluate(width) == 64
    assert violations(page) == []
    seen(page, "registers-files")
    card.get_by_role("button", name="删除附件 路口.jpg").click()
    page.get_by_role("dialog").get_by_role("button", name="删除", exact=True).click()
    expect(card).to_contain_text("还没有附件")


def test_an_open_record_has_the_page_where_there_is_no_room_beside_it(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    made = sign_in("planner", WEST, name="clerk").post("/api/registers/street", json=STREET)
    page = open_desk("planner", WEST, size=ZOOMED).page
    page.goto(f"{page.url.split('#')[0]}#page=registers&register=street&record={made.json()['id']}")
    card = page.get_by_role("complementary", name="同志街")
    expect(card.get_by_role("tab", name="历史")).to_be_in_viewport(ratio=1)
    shut = card.get_by_role("button", name="关闭")
    expect(shut).to_be_in_viewport(ratio=1)
    assert violations(page) == []
    shut.click()
    expect(page.get_by_role("region", name="街路").locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("navigation", name="台账")).to_be_visible()


def test_records_are_filtered_imported_and_exported(
    open_desk: OpenDesk, sign_in: SignIn, tmp_path: Path
) -> None:
    sign_in("inspector", WEST, name="clerk").post("/api/registers/street", json=STREET)
    page = open_desk("planner", WEST).page
    page.goto(f"{page.url.split('#')[0]}#page=registers&register=street")
    rows = page.get_by_role("region", name="街路").locator("tbody tr")
    expect(rows).to_have_count(1)
    page.get_by_label("状态").select_option(label="完成")
    expect(page.get_by_text("还没有符合条件的记录")).to_be_visible()
    page.get_by_label("状态").select_option(label="全部状态")
    with page.expect_download() as export:
        page.get_by_role("link", name="导出 CSV").click()
    assert "同志街" in Path(export.value.path()).read_text("utf-8-sig")
    page.get_by_role("button", name="导入文件").click()
    dialog = page.get_by_role("dialog")
    head = "名称,株数,WKT\n"
    way = '"LINESTRING (125.02 43.03, 125.03 43.03)"'
    table = tmp_path / "街路.csv"
    table.write_text(f"{head}解放大路,很多,{way}\n", "utf-8")
    dialog.get_by_label("表格或空间文件").set_input_files(table)
    dialog.get_by_role("button", name="检查").click()
    expect(dialog.get_by_role("listitem")).to_contain_text("第 1 行")
    seen(page, "registers-import")
    mended = tmp_path / "街路改.csv"
    mended.write_text(f"{head}解放大路,90,{way}\n", "utf-8")
    dialog.get_by_label("表格或空间文件").set_input_files(mended)
    dialog.get_by_role("button", name="检查").click()
    expect(dialog).to_contain_text("1 行，可以导入")
    dialog.get_by_role("button", name="导入文件").click()
    expect(rows).to_have_count(2)


def test_a_viewer_reads_registers_in_english_and_changes_nothing(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    made = sign_in("inspector", WEST, name="clerk").post("/api/registers/street", json=STREET)
    page = open_desk("viewer", WEST, language="en").page
    page.goto(f"{page.url.split('#')[0]}#page=registers&register=street&record={made.json()['id']}")
    card = page.get_by_role("complementary", name="同志街")
    expect(card).to_contain_text("planned")
    for name in ("Change", "Delete", "New record", "Excel"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(card.get_by_role("tab", name="Files")).to_have_count(0)
    card.get_by_role("tab", name="Steps").click()
    expect(card).to_contain_text("inspectors")
    assert violations(page) == []
    seen(page, "registers-en")
