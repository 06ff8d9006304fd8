"""Photos and papers of a plot, in its panel."""

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from tests.service.conftest import WEST, SignIn
from tests.service.files.test_files import photo, sent
from tests.service.plots.made import drawn
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OFFICE, Desk, OpenDesk
from tests.service.workspace.counted import ZOOMED
from tests.service.workspace.plot_panel import HOSTILE, open_plot, panel, say
from tests.service.workspace.test_tasks_page import seen

PDF = b"%PDF-1.7\n%%EOF\n"


def files_of(desk: Desk, plot: int) -> Locator:
    """The files of a plot that was opened."""
    open_plot(desk, plot)
    box = panel(desk).locator("details.files")
    # Few files are open by themselves, once they were counted.
    expect(box.get_by_text("…")).to_have_count(0)
    return box


@pytest.mark.parametrize(("language", "size"), [("zh", OFFICE), ("en", ZOOMED)])
def test_photos_of_a_plot_are_added_shown_found_and_taken_away(
    open_desk: OpenDesk, sign_in: SignIn, language: str, size: tuple[int, int]
) -> None:
    zh = language == "zh"
    plot = drawn(sign_in("planner", WEST, name="wang"))["id"]
    desk = open_desk("planner", WEST, name="li", language=language, size=size)
    page = desk.page
    box = files_of(desk, plot)
    box.locator("summary").click()
    expect(box).to_contain_text("还没有附件" if zh else "No files yet")
    add = box.get_by_label("添加照片或文件" if zh else "Add a photo or paper")
    # A browser sends a quotation mark of a file's name as %22.
    name = HOSTILE.replace('"', "") + ".jpg"
    add.set_input_files(
        [
            FilePayload(name=name, mimeType="image/jpeg", buffer=photo()),
            FilePayload(name="验收单.pdf", mimeType="application/pdf", buffer=PDF),
        ]
    )
    expect(box.locator("summary")).to_have_text("附件（2 个）" if zh else "Files (2)")
    expect(add).to_be_focused()
    rows = box.locator("li")
    expect(rows.first).to_contain_text(name)
    expect(rows.first).to_contain_text("拍摄 2026-05-20 08:30" if zh else "taken 2026-05-20 08:30")
    expect(rows.first).to_contain_text("KB · li 20")
    width = "image => image.decode().then(() => image.naturalWidth)"
    assert rows.first.locator("img").evaluate(width) == 8
    rows.first.get_by_role("button", name="拍摄地点" if zh else "Where it was taken").click()
    page.wait_for_url("**map=*/43.05*/125.06*")
    with page.expect_popup() as waiting:
        rows.first.get_by_role("link").click()
    assert waiting.value.url.endswith("/files/" + rows_first_number(desk, plot))
    waiting.value.close()
    assert violations(page, "details.files") == []
    seen(page, f"plot-files-{language}")
    if size == OFFICE:
        with page.expect_download() as saved:
            rows.last.get_by_role("link").click()
        assert saved.value.suggested_filename == "验收单.pdf"
    rows.first.get_by_role("button", name="删除附件" if zh else "Delete the file").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("不能恢复" if zh else "cannot be brought back")
    dialog.get_by_role("button", name="删除" if zh else "Delete", exact=True).click()
    expect(rows).to_have_count(1)
    expect(add).to_be_focused()
    assert page.evaluate("window.pwned") is None


def rows_first_number(desk: Desk, plot: int) -> str:
    """The number of the first file of a plot."""
    answer = desk.context.request.get(f"{desk.url}/api/plots/{plot}/files", max_retries=3)
    return str(answer.json()["rows"][0]["id"])


def test_files_of_others_are_shown_and_taken_away_by_inspectors_only(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    wang = sign_in("planner", WEST, name="wang")
    plot = drawn(wang)["id"]
    for n in range(5):
        sent(wang, f"/api/plots/{plot}", photo(placed=False), f"{n}.jpg").raise_for_status()
    desk = open_desk("planner", WEST, name="li")
    box = files_of(desk, plot)
    # More than a few stay closed, their number is told.
    expect(box.locator("summary")).to_have_text("附件（5 个）")
    box.locator("summary").click()
    expect(box.locator("li")).to_have_count(5)
    expect(box.locator("li button")).to_have_count(0)
    add = box.get_by_label("添加照片或文件")
    add.set_input_files([FilePayload(name="x.jpg", mimeType="image/jpeg", buffer=b"no photo")])
    expect(box.get_by_role("alert")).to_contain_text("x.jpg")

    desk = open_desk("inspector", WEST)
    box = files_of(desk, plot)
    box.locator("summary").click()
    box.get_by_role("button", name="删除附件 0.jpg").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="删除", exact=True).click()
    say(desk, "已删除 0.jpg")
    expect(box.locator("li")).to_have_count(4)


def test_a_viewer_is_offered_no_files(open_desk: OpenDesk, sign_in: SignIn) -> None:
    planner = sign_in("planner", WEST)
    plot = drawn(planner)["id"]
    planner.post(f"/api/plots/{plot}/submit").raise_for_status()
    sign_in("inspector", WEST).post(f"/api/plots/{plot}/approve").raise_for_status()
    desk = open_desk("viewer", WEST)
    open_plot(desk, plot)
    expect(
        panel(desk).get_by_text("历次版本").or_(panel(desk).locator("details")).first
    ).to_be_visible()
    expect(panel(desk).locator("details.files")).to_have_count(0)
