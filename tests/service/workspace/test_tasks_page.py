"""The page of tasks: a plan, a table that is pasted with its wrong cells, and what is reported."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.service.conftest import CITY, WEST, SignIn, ring
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OpenDesk

TABLE = "指标\t西县\t东县\t合计\n国土绿化完成面积（万亩）\t20\t约30\t50\n"
AREA = {
    "type": "Feature",
    "geometry": ring(125.04, 43.05),
    "properties": {"name": "高新区", "kind": "KFQ"},
}
PAPERS: list[FilePayload] = [
    {"name": "年度总结.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"},
    {"name": "台账.txt", "mimeType": "text/plain", "buffer": b"no paper"},
]
PLAN = {"code": "CC-2023", "label": "长春 2023 年度任务", "kind": "year"}
PLAN |= {"first": "2023-01-01", "after": "2024-01-01"}


def seen(page: Page, name: str) -> None:
    """A picture for who wants to look at it: LOOK names a folder."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=Path(folder, f"{name}.png"))


def test_a_pasted_table_is_mended_taken_and_issued(open_desk: OpenDesk, sign_in: SignIn) -> None:
    assert sign_in("gis").post("/api/plans", json=PLAN).status_code == 201
    page = open_desk("gis").page
    page.get_by_role("tab", name="任务", exact=True).click()
    page.get_by_role("button", name="粘贴或导入任务表").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("任务表").fill(TABLE)
    dialog.get_by_role("button", name="检查").click()
    expect(dialog.locator(".tried")).to_contain_text("Sheet1!C2")
    expect(dialog.locator("td.bad").first).to_have_text("约30")
    seen(page, "tasks-paste")
    dialog.get_by_label("任务表").fill(TABLE.replace("约30", "30"))
    dialog.get_by_role("button", name="检查").click()
    expect(dialog.locator(".tried")).to_contain_text("新增 2 项")
    dialog.get_by_role("button", name="写入").click()
    expect(dialog).to_have_count(0)
    row = page.get_by_role("row", name=re.compile("西县"))
    expect(row).to_contain_text("20 万亩")
    page.get_by_role("button", name="全部下达").click()
    expect(row).to_contain_text("已下达")
    assert violations(page) == []
    seen(page, "tasks-targets")


def test_a_figure_is_reported_with_its_papers_and_submitted(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    gis = sign_in("gis")
    gis.post("/api/plans", json=PLAN).raise_for_status()
    target = {"indicator": "reported.greening", "district": WEST, "measured_in": "万亩"}
    gis.post("/api/plans/CC-2023/targets", json={**target, "lower": 20}).raise_for_status()
    gis.post("/api/plans/CC-2023/issue").raise_for_status()
    page = open_desk("gis").page
    page.get_by_role("tab", name="任务", exact=True).click()
    row = page.get_by_role("row", name=re.compile("西县"))
    row.get_by_role("button", name="上报").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("完成量").fill("二十一亩半")
    dialog.get_by_label("截至日").fill("2023-12-20")
    dialog.get_by_role("button", name="保存").click()
    # The field is named, and in words of who fills it in.
    expect(dialog.get_by_role("alert")).to_have_text("“完成量”应为数，如 50 或 2.5")
    expect(dialog.get_by_label("完成量")).to_be_focused()
    seen(page, "tasks-words")
    dialog.get_by_label("完成量").fill("21.5")
    dialog.locator("[name=file]").set_input_files(PAPERS)
    dialog.get_by_role("button", name="保存").click()
    # It is a draft by now, and says which paper is not kept.
    expect(dialog.get_by_role("alert")).to_contain_text("上报数已存为草稿，但 台账.txt 没有附上")
    expect(dialog.get_by_role("link", name="打开 年度总结.pdf")).to_be_visible()
    assert violations(page, "dialog") == []
    seen(page, "tasks-papers")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("tab", name="上报数").click()
    figure = page.get_by_role("row", name=re.compile("21.5 万亩"))
    expect(figure).to_contain_text("未写来源")
    figure.get_by_role("button", name="提交").click()
    # Without its source it is not submitted: the field is asked for.
    source = dialog.locator("[name=source]")
    expect(source).to_be_focused()
    assert faults(page)[0].startswith("没有写数据来源")
    seen(page, "tasks-source")
    source.fill("林业局台账第 3 页")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_have_count(0)
    expect(figure).to_contain_text("林业局台账第 3 页")
    figure.get_by_role("button", name="提交").click()
    expect(figure).to_contain_text("待审核")
    assert violations(page) == []
    figure.get_by_role("button", name="来源文件 1").click()
    with page.expect_download() as saved:
        dialog.get_by_role("link", name="打开 年度总结.pdf").click()
    assert saved.value.suggested_filename == "年度总结.pdf"
    expect(dialog.get_by_label("添加照片或文件")).to_have_count(0)
    seen(page, "tasks-reported")


def faults(page: Page) -> list[str]:
    """What stands below the fields of the open dialog."""
    told = "all => all.map((one) => one.dataset.fault)"
    found: list[str] = page.get_by_role("dialog").locator("[data-fault]").evaluate_all(told)
    return found


def test_what_is_wrong_is_told_at_each_field_in_either_language(open_desk: OpenDesk) -> None:
    page = open_desk("gis").page
    page.get_by_role("tab", name="任务", exact=True).click()
    # By keys: what is given up leads back to where it was begun.
    page.get_by_role("button", name="新建计划").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="新建计划")).to_be_focused()
    page.keyboard.press("Enter")
    for name, value in PLAN.items():
        field = dialog.locator(f"[name={name}]")
        field.select_option(value) if name == "kind" else field.fill(value)
    dialog.locator("[name=after]").fill("2022-12-31")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.locator("[aria-invalid]")).to_be_focused()
    assert [one.split("；")[0] for one in faults(page)] == [
        "计划最后一天 2022-12-31 早于起始日 2023-01-01"
    ]
    assert violations(page, "dialog") == []
    dialog.locator("[name=after]").fill("2023-12-31")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("2023-01-01 – 2023-12-31")).to_be_visible()

    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Add a target").click()
    dialog.locator("[data-field=indicator] input").fill("land greening")
    # The arrow goes through what was found: there must be something.
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    dialog.locator("[name=lower]").fill("fifty")
    dialog.locator("[name=measured_in]").select_option("wan_mu")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text(
        "“Target”: a number is wanted, such as 50 or 2.5"
    )
    dialog.locator("[name=lower]").fill("50")
    dialog.locator("[name=upper]").fill("49")
    dialog.locator("[name=due]").fill("2022-01-01")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    assert faults(page) == [
        "a target is of one district, one area or one unit: give one of district, area, unit",
        "upper 49 is less than lower 50",
        "it is due on 2022-01-01, before the plan begins on 2023-01-01",
    ]
    seen(page, "tasks-faults")


def test_a_plan_is_changed_ended_and_opened_again(open_desk: OpenDesk, sign_in: SignIn) -> None:
    gis = sign_in("gis")
    gis.post("/api/plans", json={**PLAN, "note": "第一稿"}).raise_for_status()
    gis.put("/api/areas/GX", json=AREA).raise_for_status()
    target = {"indicator": "plots.planted_area", "district": WEST, "measured_in": "亩"}
    gis.post("/api/plans/CC-2023/targets", json={**target, "lower": 50}).raise_for_status()
    page = open_desk("gis").page
    page.get_by_role("tab", name="任务", exact=True).click()
    page.get_by_role("button", name="修改计划").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[name=after]")).to_have_value("2023-12-31")
    expect(dialog.locator("[name=code]")).to_be_disabled()
    dialog.locator("[name=after]").fill("2023-11-30")
    dialog.locator("[name=district]").fill(CITY)
    dialog.locator("[name=document_no]").fill("长林发〔2023〕5 号")
    assert violations(page, "dialog") == []
    seen(page, "tasks-plan")
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_text("2023-01-01 – 2023-11-30")).to_be_visible()
    plan = gis.get("/api/plans/CC-2023").json()
    assert (plan["after"], plan["district"]) == ("2023-12-01", CITY)
    assert (plan["document_no"], plan["note"]) == ("长林发〔2023〕5 号", "第一稿")

    # A draft is changed: it is of an area now.
    page.get_by_role("row", name=re.compile("西县")).get_by_role("button", name="修改").click()
    expect(dialog.locator("[name=district]")).to_have_value(WEST)
    dialog.locator("[name=district]").fill("")
    dialog.locator("[name=area]").select_option("GX")
    dialog.locator("[name=lower]").fill("48")
    seen(page, "tasks-draft")
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_role("row", name=re.compile("高新区"))).to_contain_text("48 亩")

    page.get_by_role("button", name="全部下达").click()
    page.get_by_role("button", name="结束计划").click()
    expect(page.get_by_role("button", name="新增任务")).to_have_count(0)
    page.get_by_role("button", name="重新打开").click()
    expect(page.get_by_role("button", name="新增任务")).to_be_visible()
    assert violations(page) == []


def test_tasks_that_do_not_add_up_are_told_and_go_on_when_a_person_says_so(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    gis = sign_in("gis")
    gis.post("/api/plans", json=PLAN)
    target = {"indicator": "reported.greening", "measured_in": "万亩"}
    for district, lower in ((CITY, 50), (WEST, 30)):
        more = {**target, "district": district, "lower": lower}
        gis.post("/api/plans/CC-2023/targets", json=more).raise_for_status()
    page = open_desk("gis").page
    page.get_by_role("tab", name="任务", exact=True).click()
    row = page.get_by_role("row", name=re.compile("长春市"))
    dialog = page.get_by_role("dialog")
    told = dialog.filter(has_text="上级任务与分解合计不符")

    page.get_by_role("button", name="全部下达").click()
    expect(told).to_contain_text(
        "“长春市”的“国土绿化完成面积”任务 50万亩，1 项分解合计 30万亩，少 20万亩"
    )
    assert "?acknowledge" not in page.inner_text("body")
    assert violations(page, "dialog") == []
    seen(page, "tasks-sums")
    told.get_by_role("button", name="取消").click()
    expect(dialog).to_have_count(0)
    expect(row).to_contain_text("草稿")
    page.get_by_role("button", name="全部下达").click()
    told.get_by_role("button", name="照样继续").click()
    expect(row).to_contain_text("已下达")

    page.get_by_role("button", name="English").click()
    row.get_by_role("button", name="Revise").click()
    dialog.locator("[name=lower]").fill("20")
    dialog.locator("[name=reason]").fill("cut by the province")
    dialog.get_by_role("button", name="Save").click()
    told = dialog.filter(has_text="The parts do not add up")
    expect(told).to_contain_text("10 too much")
    told.get_by_role("button", name="Go on all the same").click()
    expect(dialog).to_have_count(0)
    expect(row).to_contain_text("20 ten thousand mu")


@pytest.mark.parametrize("role", ["viewer"])
def test_the_page_is_read_by_everybody_in_english_too(
    open_desk: OpenDesk, sign_in: SignIn, role: Any
) -> None:
    gis = sign_in("gis")
    gis.post("/api/plans", json=PLAN)
    target = {"indicator": "streets.built", "district": "220100", "measured_in": "条"}
    gis.post("/api/plans/CC-2023/targets", json={**target, "lower": 2, "upper": 3})
    page = open_desk(role, language="en").page
    page.get_by_role("tab", name="Tasks", exact=True).click()
    row = page.get_by_role("row", name=re.compile("streets built"))
    expect(row).to_contain_text("2–3 lines")
    expect(page.get_by_role("button", name="Add a target")).to_have_count(0)
    seen(page, "tasks-en")


def test_what_is_done_with_a_target_is_in_reach_on_a_tablet_held_upright(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    gis = sign_in("gis")
    gis.post("/api/plans", json=PLAN)
    target = {"indicator": "reported.greening", "district": "220100", "measured_in": "万亩"}
    made = gis.post("/api/plans/CC-2023/targets", json={**target, "lower": 50})
    gis.post(f"/api/targets/{made.json()['id']}/issue").raise_for_status()
    page = open_desk("gis", language="en", size=(820, 1180)).page
    page.get_by_role("tab", name="Tasks", exact=True).click()
    row = page.get_by_role("row", name=re.compile("50 ten thousand mu"))
    expect(row.get_by_role("button", name="Withdraw")).to_be_in_viewport()
    rows = page.locator(".rows")
    assert rows.evaluate("(one) => one.scrollWidth - one.clientWidth") <= 0
