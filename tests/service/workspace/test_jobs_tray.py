"""The tray of background jobs: a file that is written, and a hand-in with its faults."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from service.database.engine import make_engine
from service.jobs.attempt import Attempt
from service.run.job_kinds import KINDS
from service.settings import Settings
from tests.service.conftest import Database, SignIn, ring
from tests.service.handins.test_handins import WHOLE
from tests.service.plots.made import approved
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OpenDesk


@pytest.fixture
def attempt(database: Database, settings: Settings) -> Iterator[Attempt]:
    """Works on jobs in the test's own process."""
    engine = make_engine(database.endpoint.url("service", database.name))
    yield Attempt(database.owner, engine, settings, KINDS)
    engine.dispose()


def test_a_file_is_written_in_the_background_and_a_hand_in_checked_mended_and_taken(
    open_desk: OpenDesk, sign_in: SignIn, attempt: Attempt
) -> None:
    approved(sign_in, geometry=ring(125.01, 43.01), **WHOLE)
    wrong = approved(sign_in, geometry=ring(125.05, 43.05), **{**WHOLE, "plot_no": "00002"} | BARE)
    page = open_desk("gis").page
    page.get_by_role("button", name="图斑表").click()
    page.get_by_role("button", name="导出…").click()
    page.get_by_label("格式").select_option("geojson")
    page.get_by_label("在后台写出").check()
    page.get_by_role("button", name="导出", exact=True).click()
    tray = page.get_by_role("region", name="后台任务")
    expect(tray).to_contain_text("排队中")
    attempt.run(1)
    with page.expect_download() as download:
        tray.get_by_role("link", name="下载 plots.geojson").click()
    assert download.value.path().stat().st_size > 0
    tray.get_by_role("button", name="制作上报包").click()
    tray.get_by_label("行政区").select_option("220102")
    tray.get_by_label("任务年度").fill("2026")
    assert violations(page) == []
    tray.get_by_role("button", name="检查并打包").click()
    expect(tray).to_contain_text("排队中")
    attempt.run(2)
    # The list of faults opens by itself; a row leads to its plot.
    expect(tray).to_contain_text("有 1 处不改就会被退回")
    tray.get_by_role("button", name="退回 1").click()
    tray.get_by_role("button", name="图斑 00002 必填项为空：造林密度").click()
    page.wait_for_url(f"**plot={wrong['id']}**")
    assert violations(page) == []
    tray.get_by_role("button", name="所有任务").click()
    expect(tray.get_by_role("listitem")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(tray).to_be_hidden()


BARE = {"density_per_ha": None}
