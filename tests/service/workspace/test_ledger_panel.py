"""The panel of a plot says who holds its ground, takes a claim, and shows four areas."""

from typing import NamedTuple

import pytest
from playwright.sync_api import expect

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
    plane: str


ZH = Said("zh", OFFICE, "登记为更新", "更新：图斑", "平面面积（3° 带第 42 带）")
EN = Said("en", TABLET, "Claim as renewal", "Renewal: plot", "On the plane, 3° zone 42")


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
    panel.locator(".areas-list summary").click()
    expect(panel).to_contain_text(said.plane)
    panel.locator(".areas-list").scroll_into_view_if_needed()
    assert violations(desk.page) == []
