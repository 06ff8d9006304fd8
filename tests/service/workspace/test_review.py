"""A plot on its way: filled in, submitted, returned with a reason, mended, approved, counted."""

import pytest
from playwright.sync_api import Route, expect

from tests.service.conftest import WEST, SignIn
from tests.service.plots.made import drawn
from tests.service.workspace.conftest import OpenDesk
from tests.service.workspace.plot_panel import (
    HOSTILE,
    choose,
    draft,
    open_plot,
    panel,
    say,
    stored,
)


def test_a_planner_fills_in_the_attributes_and_submits(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    number = draft(desk)
    open_plot(desk, number)
    here = panel(desk)
    choose(desk, "造林类型", "封山育林")
    here.get_by_label("名称").fill(HOSTILE)
    here.get_by_label("申报面积（亩）").fill("54")
    here.get_by_label("林班号").fill("12")
    here.get_by_role("button", name="加树种").click()
    choose(desk, "树种 1", "红松")
    here.get_by_label("红松的比例").fill("70")
    here.get_by_role("button", name="加树种").click()
    choose(desk, "树种 2", "樟子松")
    expect(here.get_by_text("合计 100 %")).to_be_visible()
    here.get_by_role("button", name="保存并提交审核").click()
    say(desk, "已提交")
    properties = stored(desk, number)
    assert properties["review"] == "submitted"
    assert (properties["kind"], properties["name"], properties["compartment_no"]) == (
        "FSYL",
        HOSTILE,
        "12",
    )
    assert properties["declared_m2"] == pytest.approx(54 * 2000 / 3)
    assert [(species["code"], species["share"]) for species in properties["species"]] == [
        ("PINKOR", 0.7),
        ("PINSYL", 0.3),
    ]
    assert desk.page.evaluate("window.pwned") is None
    expect(here.get_by_role("heading", level=2)).to_have_text(HOSTILE)


def test_what_is_being_typed_stays_when_code_lists_come_late(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    number = draft(desk)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.page.route("**/api/codes/*", hold)
    desk.page.reload()
    open_plot(desk, number)
    here = panel(desk)
    name, note = (here.get_by_label(field, exact=True).last for field in ("名称", "备注"))
    name.fill("城南一号")
    name.press("Tab")
    note.press_sequentially("沿岸")
    expect(here.get_by_text("人工造林")).to_have_count(0)
    for route in held:
        route.continue_()
    expect(here.get_by_text("人工造林").first).to_be_visible()
    expect(note).to_have_value("沿岸")
    note.press("Tab")
    expect(name).to_have_value("城南一号")
    expect(note).to_have_value("沿岸")


def test_shares_that_miss_a_hundred_are_told_and_filled_up(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    open_plot(desk, draft(desk, species=[{"code": "红松", "share": 1}]))
    here = panel(desk)
    here.get_by_label("红松的比例（%）").fill("60")
    here.get_by_label("红松的比例（%）").press("Tab")
    expect(here.get_by_text("还差 40 %")).to_be_visible()
    here.get_by_role("button", name="补足 100 %").click()
    expect(here.get_by_text("合计 100 %")).to_be_visible()


def test_the_declared_area_stands_beside_the_measured_one(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    open_plot(desk, draft(desk))
    here = panel(desk)
    here.get_by_label("申报面积（亩）").fill("100")
    here.get_by_label("申报面积（亩）").press("Tab")
    expect(here.locator(".gap").filter(has_text="差 +")).to_be_visible()
    # What the service says against it stands in the same place.
    expect(here.get_by_role("alert").filter(has_text="申报")).to_be_visible()


def test_who_submitted_is_told_in_words_that_somebody_else_reviews(open_desk: OpenDesk) -> None:
    desk = open_desk("admin")
    number = draft(desk)
    desk.context.request.post(f"{desk.url}/api/plots/{number}/submit", max_retries=3)
    open_plot(desk, number)
    panel(desk).get_by_role("button", name="通过", exact=True).click()
    say(desk, "提交人不能审核自己的图斑")


def test_an_inspector_accepts_what_was_planted(open_desk: OpenDesk) -> None:
    planner = open_desk("planner", WEST)
    number = draft(planner)
    planner.context.request.post(f"{planner.url}/api/plots/{number}/submit", max_retries=3)
    inspector = open_desk("inspector", WEST, language="en")
    open_plot(inspector, number)
    panel(inspector).get_by_role("button", name="Approve", exact=True).click()
    say(inspector, "Approved")
    panel(inspector).get_by_role("button", name="Accept…").click()
    dialog = inspector.page.get_by_role("dialog")
    dialog.get_by_label("Survival rate").fill("92.5")
    dialog.get_by_label("Verified area").fill("53")
    dialog.get_by_role("button", name="Write it down").click()
    say(inspector, "written down")
    assert stored(inspector, number)["stage"] == "accepted"
    body = inspector.context.request.get(
        f"{inspector.url}/api/plots/{number}/acceptances", max_retries=3
    ).json()
    assert body["acceptances"][0]["survival_rate"] == pytest.approx(0.925)


def test_the_rule_proposes_an_outcome_and_the_inspector_chooses(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    planner = open_desk("planner", WEST)
    number = draft(planner)
    planner.context.request.post(f"{planner.url}/api/plots/{number}/submit", max_retries=3)
    sign_in("inspector", WEST).post(f"/api/plots/{number}/approve").raise_for_status()
    desk = open_desk("inspector", WEST)
    open_plot(desk, number)
    panel(desk).get_by_role("button", name="验收…").click()
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("成活率 85% 及以上合格")
    dialog.get_by_label("成活率").fill("60")
    expect(dialog.get_by_label("验收结论")).to_have_value("replant")
    dialog.get_by_label("验收结论").select_option("failed")
    expect(dialog).to_contain_text("与推定不同")
    dialog.get_by_label("说明").fill("病虫害严重")
    dialog.get_by_role("button", name="记录验收").click()
    say(desk, "验收已记录")
    assert stored(desk, number)["stage"] == "planted"
    checks = panel(desk).locator(".acceptances")
    expect(checks).to_contain_text("不合格")
    expect(checks).to_contain_text("成活率 60%")
    expect(checks).to_contain_text("按成活率推定为：待补植")
    expect(checks).to_contain_text("病虫害严重")


def test_a_deleted_draft_leaves_map_and_table(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    number = draft(desk)
    desk.page.get_by_role("button", name="图斑表").click()
    expect(desk.page.get_by_text("共 1 个图斑")).to_be_visible()
    open_plot(desk, number)
    panel(desk).get_by_role("button", name="删除图斑").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="删除图斑").click()
    say(desk, "已删除")
    expect(desk.page.get_by_text("共 0 个图斑")).to_be_visible()


def test_an_approved_plot_goes_only_with_a_reason(open_desk: OpenDesk, sign_in: SignIn) -> None:
    desk = open_desk("gis", WEST)
    number = draft(desk)
    desk.context.request.post(f"{desk.url}/api/plots/{number}/submit", max_retries=3)
    sign_in("inspector", WEST).post(f"/api/plots/{number}/approve").raise_for_status()
    open_plot(desk, number)
    panel(desk).get_by_role("button", name="删除图斑").click()
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("button", name="删除图斑").click()
    expect(dialog.get_by_role("alert")).to_contain_text("请写明删除理由")
    dialog.get_by_label("删除理由").fill("与 00002 重复")
    dialog.get_by_role("button", name="删除图斑").click()
    say(desk, "已删除")
    assert desk.context.request.get(f"{desk.url}/api/plots/{number}", max_retries=3).status == 404
    text = desk.context.request.get(f"{desk.url}/api/plots/{number}/versions", max_retries=3).text()
    assert "与 00002 重复" in text


def test_what_cannot_be_changed_does_not_look_as_if_it_could(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    number = draft(desk)
    open_plot(desk, number)
    fields = (
        panel(desk)
        .locator("fieldset")
        .locator("input:not([type=checkbox]):not([role=combobox]), select, textarea")
    )
    grounds = "all => [...new Set(all.map(one => getComputedStyle(one).backgroundColor))]"
    [open_ground] = fields.evaluate_all(grounds)
    panel(desk).get_by_role("button", name="提交审核").click()
    expect(panel(desk).locator("section.review.submitted")).to_be_visible()
    expect(fields.first).to_be_disabled()
    [shut_ground] = fields.evaluate_all(grounds)
    assert shut_ground != open_ground


def test_an_approval_without_a_line_is_to_be_done_again_and_is_told_beside_the_panel(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    planner = sign_in("planner", WEST)
    number = drawn(planner)["id"]
    planner.post(f"/api/plots/{number}/submit").raise_for_status()
    desk = open_desk("inspector", WEST)
    open_plot(desk, number)
    approve = panel(desk).get_by_role("button", name="通过", exact=True)
    expect(approve).to_be_enabled()
    desk.context.set_offline(True)
    approve.click()
    notice = desk.page.locator(".notice")
    expect(notice).to_contain_text("连不上服务器，没有得到答复。恢复后请再试一次")
    expect(notice).not_to_contain_text("自动保存")
    side, told = desk.page.locator("aside.side").bounding_box(), notice.bounding_box()
    assert side is not None
    assert told is not None
    assert side["x"] + side["width"] <= told["x"]
    desk.context.set_offline(False)
    approve.click()
    say(desk, "已通过")


def test_reasons_of_return_are_there_before_the_dialog_that_offers_them(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    planner = sign_in("planner", WEST, name="cho")
    number = drawn(planner)["id"]
    assert planner.post(f"/api/plots/{number}/submit").status_code == 200
    desk = open_desk("inspector", WEST)
    with desk.page.expect_response("**/api/codes/return_reason"):
        open_plot(desk, number)
    panel(desk).get_by_role("button", name="退回…").click()
    dialog = desk.page.get_by_role("dialog")
    assert dialog.get_by_role("button", name="位置偏移").is_visible()
