"""The page 管理: how the installation is, for its administrators, the gravest first."""

import json

import pytest
from playwright.sync_api import Route, expect

from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OpenDesk

NAMES = {"zh": ("管理", "备份", "LUOTU_BACKUP_DIR"), "en": ("Server", "Backup", "LUOTU_BACKUP_DIR")}


@pytest.mark.parametrize("language", NAMES)
def test_an_administrator_sees_what_to_look_at(open_desk: OpenDesk, language: str) -> None:
    title, backup, setting = NAMES[language]
    page = open_desk("admin", language=language).page
    page.locator(".map").focus()
    page.keyboard.press("w")
    expect(page.get_by_role("tab", name=title, exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    table = page.get_by_role("region", name=title)
    expect(table.get_by_role("row").filter(has_text=setting)).to_contain_text(backup)
    expect(table).to_contain_text("PostgreSQL 1")
    assert violations(page) == []


def test_what_is_grave_is_said_and_looking_again_shows_that_it_is_gone(
    open_desk: OpenDesk,
) -> None:
    page = open_desk("admin").page
    row = {"name": "disk_home", "grade": "act", "label": "磁盘：数据与缓存", "state": "剩余 1 GB"}

    def full(route: Route) -> None:
        route.fulfill(status=200, content_type="application/json", body=json.dumps({"rows": [row]}))

    page.route("**/api/server", full)
    page.get_by_role("tab", name="管理", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="请处理")).to_contain_text("剩余 1 GB")
    page.unroute("**/api/server")
    page.get_by_role("button", name="刷新").click()
    expect(page.get_by_role("region", name="管理")).to_contain_text("PostgreSQL 1")
