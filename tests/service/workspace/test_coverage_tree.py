"""The coverage table one district below the other, and beside targets in any order."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.service.conftest import CITY, EAST, WEST, Database, SignIn, ring
from tests.service.plots.made import approved
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OpenDesk

# Two towns, the western one with a village.
TOWNS = text("""
WITH shape (code, name, level, parent, w, e) AS (VALUES
    ('220102001', '河西镇', 'town', '220102', 125.0, 125.05),
    ('220102002', '河东镇', 'town', '220102', 125.05, 125.1),
    ('220102001001', '柳树村', 'village', '220102001', 125.0, 125.02)
), made AS (
    INSERT INTO district (code, name, level, parent)
    SELECT code, name, level, parent FROM shape ORDER BY code
)
INSERT INTO district_boundary (code, valid_from, geom, source, complete)
SELECT code, '1949-10-01', ST_Multi(ST_MakeEnvelope(w, 43.0, e, 43.1, 4490)), 'test', true
FROM shape ORDER BY code
""")
GONE = (
    text("DELETE FROM district_boundary WHERE code LIKE '220102_%'"),
    text("DELETE FROM district WHERE code LIKE '220102_%'"),
)
PLAN = {"code": "CC-2026", "label": "长春 2026 年度任务", "kind": "year"}
PLAN |= {"first": "2026-01-01", "after": "2027-01-01"}


@pytest.fixture
def towns(database: Database) -> Iterator[None]:
    """Districts below the western county, which no other test has."""
    with database.owner.begin() as connection:
        connection.execute(TOWNS)
    yield
    with database.owner.begin() as connection:
        for statement in GONE:
            connection.execute(statement)


def stand(page: Page, *names: str) -> None:
    """Districts of the rows from above, once everything that orders them has come."""
    expect(page.locator(".coverage tbody tr th")).to_contain_text(names)


@pytest.mark.usefixtures("towns")
def test_a_county_is_opened_down_to_its_villages_and_back(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    approved(sign_in, geometry=ring(125.01, 43.05))
    page = open_desk("viewer").page
    page.evaluate("location.hash = 'table=coverage'")
    page.get_by_role("button", name="看“西县”的下级行政区").click()
    west = page.get_by_role("row").filter(has=page.get_by_text("河西镇"))
    expect(west.locator("td.count")).to_have_text("1")
    stand(page, "河西镇", "河东镇")
    assert violations(page, ".coverage") == []
    page.get_by_role("button", name="看“河西镇”的下级行政区").click()
    expect(page.get_by_role("row").filter(has=page.get_by_text("柳树村"))).to_be_visible()
    expect(page.get_by_role("button", name="看“柳树村”的下级行政区")).to_have_count(0)
    # What is behind a town's figure is listed as a county's is.
    path = page.get_by_role("navigation", name="所在行政区")
    path.get_by_role("button", name="西县").click()
    west.get_by_role("button", name="看“河西镇”背后的图斑").click()
    expect(page.locator("tfoot")).to_contain_text("1 个")
    page.get_by_role("button", name="覆盖率表").click()
    path.get_by_role("button", name="全部").click()
    expect(page.get_by_role("row").filter(has=page.get_by_text("东县"))).to_be_visible()
    page.get_by_role("button", name="看“东县”的下级行政区").click()
    expect(page.locator(".coverage")).to_contain_text("“东县”没有下级行政区界线")


def test_rows_stand_in_the_order_of_their_targets_whatever_unit_these_are_in(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    gis = sign_in("gis")
    gis.post("/api/plans", json=PLAN).raise_for_status()
    for district, lower, unit in ((CITY, 5, "万亩"), (WEST, 3, "万亩"), (EAST, 20_000, "亩")):
        target = {"indicator": "reported.greening", "district": district, "lower": lower}
        made = gis.post("/api/plans/CC-2026/targets", json={**target, "measured_in": unit})
        made.raise_for_status()
    gis.post("/api/plans/CC-2026/issue").raise_for_status()
    page = open_desk("viewer").page
    page.evaluate("location.hash = 'table=coverage'")
    page.get_by_label("对照任务").first.select_option("CC-2026")
    heading = page.get_by_role("columnheader", name="任务")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    stand(page, "西县", "东县", "南县")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    stand(page, "南县", "东县", "西县")
