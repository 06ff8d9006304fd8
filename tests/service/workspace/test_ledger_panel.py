"""The panel of a plot says who holds its ground, takes a claim, and shows four areas."""

from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.service.conftest import WEST, SignIn, ring
from tests.service.plots.made import approved, drawn
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OFFICE, TABLET, OpenDesk


class Said(NamedTuple):
    """What a language calls the things of the panel."""

    language: str
    size: tuple[int, int]
    renewal: str
    claimed: str
    carried_out: str
    plane: str
    reason: str
    disputes: str
    gone: str
    withdraw: str
    withdraw_do: str
    settle: str
    settle_do: str
    ended: str


ZH = Said(
    "zh",
    OFFICE,
    "登记为更新",
    "更新：图斑",
    "落实本计划",
    "平面面积（3° 带第 42 带）",
    "来自投影变形，不是量错",
    "面积台账异议",
    "认领对象已不再计入",
    "撤回…",
    "撤回",
    "裁定…",
    "裁定并结束",
    "（已结束：",
)
EN = Said(
    "en",
    TABLET,
    "Claim as renewal",
    "Renewal: plot",
    "Carries out this plan",
    "On the plane, 3° zone 42",
    "which the projection makes, not the survey",
    "Disputes of the ledger",
    "Claims whose holder is gone",
    "Withdraw…",
    "Withdraw",
    "Settle…",
    "Settle and end",
    "(ended: ",
)


def end_claim(page: Page, button: str, confirm: str, because: str) -> None:
    """End the claim of the open plot: nothing without a reason, then with one."""
    page.locator("article.plot").get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=confirm, exact=True).click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.locator("textarea").fill(because)
    dialog.get_by_role("button", name=confirm, exact=True).press("Enter")
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("said", [ZH, EN], ids=["zh", "en"])
def test_a_planner_claims_the_ground_that_a_plot_of_last_year_holds(
    open_desk: OpenDesk, sign_in: SignIn, said: Said
) -> None:
    holder = approved(sign_in, geometry=ring(125.05, 43.05), year=2024, programme="GTLH-SF")
    plot = drawn(
        sign_in("planner", WEST), geometry=ring(125.05, 43.05), year=2025, declared_m2=36_300
    )
    desk = open_desk("planner", WEST, language=said.language, size=said.size)
    desk.page.evaluate(f"location.hash = 'plot={plot['id']}&panel=plot'")
    panel = desk.page.locator("article.plot")
    expect(panel).to_contain_text(holder["properties"]["plot_no"])
    panel.get_by_role("button", name=said.renewal).click()
    expect(panel).to_contain_text(said.claimed)
    end_claim(desk.page, said.withdraw, said.withdraw_do, "登记错了")
    expect(panel).to_contain_text(f"{said.ended}登记错了")
    expect(panel.get_by_role("button", name=said.withdraw)).to_have_count(0)
    panel.locator(".areas-list summary").click()
    for words in (said.plane, said.reason):
        expect(panel).to_contain_text(words)
    assert panel.locator(".areas-list").get_by_text("m²", exact=False).count() >= 4
    panel.locator(".areas-list").scroll_into_view_if_needed()
    assert violations(desk.page) == []

    plan = approved(sign_in, geometry=ring(125.06, 43.05), year=2025, stage="planned")
    approved(sign_in, geometry=ring(125.06, 43.05), year=2025, plan_ids=[plan["id"]])
    desk.page.evaluate(f"location.hash = 'plot={plan['id']}&panel=plot'")
    expect(panel).to_contain_text(said.carried_out)
    expect(panel.get_by_role("button", name=said.renewal)).to_have_count(0)


@pytest.mark.parametrize("said", [ZH, EN], ids=["zh", "en"])
def test_a_claim_of_which_both_plots_are_gone_is_settled_where_it_waits(
    open_desk: OpenDesk, sign_in: SignIn, said: Said
) -> None:
    planner, gis = sign_in("planner", WEST), sign_in("gis")
    holder = approved(sign_in, geometry=ring(125.05, 43.05), year=2024)
    plot = drawn(planner, geometry=ring(125.05, 43.05), year=2025)
    body = {"of": holder["id"], "as": "renewal", "why": "同一块地"}
    assert planner.post(f"/api/plots/{plot['id']}/claims", json=body).status_code == 201
    for client, one, why in ((planner, plot, ""), (gis, holder, "?reason=x")):
        upon = {"If-Match": f'"{one["properties"]["version"]}"'}
        gone = client.delete(f"/api/plots/{one['id']}{why}", headers=upon)
        assert gone.status_code == 204, gone.text
    desk = open_desk("inspector", WEST, language=said.language, size=said.size)
    desk.page.evaluate("location.hash = 'panel=work'")
    waiting = desk.page.locator("section, details").filter(has_text=said.gone).last
    expect(waiting).to_contain_text("同一块地")
    assert violations(desk.page) == []
    waiting.get_by_role("button", name=said.settle).press("Enter")
    dialog = desk.page.get_by_role("dialog")
    dialog.locator("textarea").fill("两边都删了")
    dialog.get_by_role("button", name=said.settle_do, exact=True).press("Enter")
    expect(desk.page.get_by_text(said.gone)).to_have_count(0)
    assert sign_in("inspector", WEST).get("/api/claims?orphaned=true").json()["rows"] == []


@pytest.mark.parametrize("said", [ZH, EN], ids=["zh", "en"])
def test_an_inspector_finds_disputes_and_claims_whose_holder_is_gone(
    open_desk: OpenDesk, sign_in: SignIn, said: Said
) -> None:
    planner, gis = sign_in("planner", WEST), sign_in("gis")
    numbers = {}
    for as_, west in (("dispute", 125.05), ("renewal", 125.06)):
        holder = approved(sign_in, geometry=ring(west, 43.05), year=2024)
        plot = drawn(planner, geometry=ring(west, 43.05), year=2025)
        body = {"of": holder["id"], "as": as_, "why": "界线画错"}
        assert planner.post(f"/api/plots/{plot['id']}/claims", json=body).status_code == 201
        numbers[as_] = (plot["properties"]["plot_no"], holder["properties"]["plot_no"])
    version = holder["properties"]["version"]
    gone = gis.delete(f"/api/plots/{holder['id']}?reason=x", headers={"If-Match": f'"{version}"'})
    assert gone.status_code == 204

    desk = open_desk("inspector", WEST, language=said.language, size=said.size)
    desk.page.evaluate("location.hash = 'panel=work'")
    for heading, sides in ((said.disputes, numbers["dispute"]), (said.gone, numbers["renewal"])):
        section = desk.page.locator("section, details").filter(has_text=heading).last
        expect(section).to_be_visible()
        for number in sides:
            expect(section).to_contain_text(number)
    expect(desk.page.get_by_text("界线画错").first).to_be_visible()
    assert violations(desk.page) == []

    disputed = desk.page.locator("section, details").filter(has_text=said.disputes).last
    disputed.get_by_role("button").filter(has_text=numbers["dispute"][0]).first.click()
    panel = desk.page.locator("article.plot")
    expect(panel.get_by_role("button", name=said.withdraw)).to_have_count(0)
    end_claim(desk.page, said.settle, said.settle_do, "维持原图斑")
    expect(panel).to_contain_text(f"{said.ended}维持原图斑")
    expect(desk.page.get_by_text(said.disputes)).to_have_count(0)
    assert sign_in("inspector", WEST).get("/api/claims?as=dispute").json()["rows"] == []
