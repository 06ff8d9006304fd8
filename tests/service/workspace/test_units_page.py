"""The page of units, posts and areas, and what of them is seen elsewhere in the workspace."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.service.conftest import WEST, SignIn, ring
from tests.service.plots.made import approved
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OpenDesk

HEADINGS = {"zh": "单位与片区", "en": "Units and areas"}
TABS = {"zh": ("单位", "岗位", "统计片区"), "en": ("Units", "Posts", "Areas")}


def units_page(open_desk: OpenDesk, language: str = "zh") -> Page:
    """The page as an administrator sees it."""
    page = open_desk("admin", language=language).page
    page.get_by_role("tab", name=HEADINGS[language], exact=True).click()
    return page


def collection(*wests: float) -> bytes:
    """A file of square areas."""
    features = [
        {
            "type": "Feature",
            "geometry": ring(west, 43.04, 0.01, 0.01),
            "properties": {"代码": f"A{n}", "名称": f"片区{n}"},
        }
        for n, west in enumerate(wests, start=1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def send(page: Page, content: bytes) -> None:
    """Import a file of areas."""
    page.get_by_role("button", name="导入文件").first.click()
    dialog = page.get_by_role("dialog")
    sent: Any = {"name": "areas.geojson", "mimeType": "application/json", "buffer": content}
    dialog.locator("input[type=file]").set_input_files(sent)
    dialog.locator("button.main").click()


@pytest.mark.parametrize(("districts", "told"), [((), 0), ((WEST,), 1)])
def test_who_has_a_part_of_the_districts_is_told_what_is_theirs(
    open_desk: OpenDesk, districts: tuple[str, ...], told: int
) -> None:
    page = open_desk("admin", *districts).page
    page.get_by_role("tab", name=HEADINGS["zh"], exact=True).click()
    for tab in TABS["zh"]:
        page.locator(".units").get_by_role("tab", name=tab, exact=True).click()
        expect(page.locator(".units .nothing")).to_be_visible()
        expect(page.get_by_text("供查阅")).to_have_count(told)


def test_a_unit_its_member_and_a_post_are_written(open_desk: OpenDesk) -> None:
    page = units_page(open_desk)
    for code, name in (("LYJ", "林业局"), ("LW", "绿化委员会")):
        page.get_by_role("button", name="新增单位").click()
        page.get_by_label("代码", exact=True).fill(code)
        page.get_by_label("名称", exact=True).fill(name)
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    row = page.get_by_role("row", name=re.compile("^LW"))
    row.get_by_role("button", name="成员").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="添加成员").click()
    dialog.get_by_label("角色").select_option("lead")
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("tab", name="岗位").click()
    page.get_by_role("button", name="新增岗位").click()
    page.get_by_role("dialog").locator("select").select_option("LYJ")
    page.get_by_label("职务").fill("联络员")
    page.get_by_label("姓名").fill("示例甲")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("row", name=re.compile("联络员"))).to_contain_text("示例甲")


def test_no_member_is_added_or_kept_before_the_members_were_read(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    admin = sign_in("admin", name="zhao")
    for code in ("LYJ", "LW"):
        admin.put(f"/api/units/{code}", json={"name": code}).raise_for_status()
    page = units_page(open_desk)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/units/LW/members", hold)
    page.get_by_role("row", name=re.compile("^LW")).get_by_role("button", name="成员").click()
    dialog = page.get_by_role("dialog")
    for name in ("添加成员", "保存"):
        expect(dialog.get_by_role("button", name=name)).to_be_disabled()
    held[0].continue_()
    dialog.get_by_role("button", name="添加成员").click()
    expect(dialog.get_by_label("角色")).to_have_count(1)


def test_a_file_of_areas_is_refused_by_row_and_a_right_one_gets_figures(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    approved(sign_in, geometry=ring(125.044, 43.044))
    page = units_page(open_desk)
    page.get_by_role("tab", name="统计片区").click()
    send(page, collection(125.04, 125.045))
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("第 2 行")
    page.keyboard.press("Escape")
    send(page, collection(125.04, 125.05))
    expect(page.get_by_role("row", name=re.compile("片区1"))).to_be_visible()
    page.get_by_role("row", name=re.compile("片区1")).get_by_role("button", name="看地图").click()
    page.get_by_role("button", name="覆盖率表").click()
    page.get_by_label("级别").select_option("area")
    row = page.get_by_role("row", name=re.compile("片区1"))
    expect(row).to_contain_text("开发区")
    row.get_by_role("button", name="看“片区1”背后的图斑").click()
    expect(page.locator(".drawer .behind")).to_contain_text("共 1 个")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_there_for_everybody(
    open_desk: OpenDesk, sign_in: SignIn, language: str
) -> None:
    admin = sign_in("admin")
    admin.put("/api/units/LYJ", json={"name": "林业局", "kind": "bureau"})
    admin.post("/api/posts", json={"unit": "LYJ", "function": "联络员", "person": "示例甲"})
    area = {"type": "Feature", "geometry": ring(125.04, 43.04, 0.01, 0.01)}
    admin.put("/api/areas/GX", json=area | {"properties": {"name": "高新区", "kind": "KFQ"}})
    page = units_page(open_desk, language)
    for tab in TABS[language]:
        page.locator(".units").get_by_role("tab", name=tab, exact=True).click()
        expect(page.locator(".units tbody tr")).to_have_count(1)
        assert violations(page) == []
