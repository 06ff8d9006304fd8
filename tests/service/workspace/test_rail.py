"""The rail of pages: shown by role, each with its address, fetched when opened, around one map."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.service.conftest import WEST, Database, Server, SignIn, feature, ring
from tests.service.workspace.axe import violations
from tests.service.workspace.conftest import OFFICE, TABLET, Desk, OpenDesk, one_time_link
from tests.workspace.types import NPM, WORKSPACE

DRAWS = ["待办", "图斑", "图层", "导入", "任务", "进度", "台账"]
REVIEWS = ["待办", "图斑", "图层", "审核", "任务", "进度", "台账"]
READS = ["图斑", "图层", "任务", "进度", "台账"]
ENGLISH = {
    "待办": "My work",
    "图斑": "Plot",
    "图层": "Layers",
    "导入": "Imports",
    "审核": "Review",
    "任务": "Tasks",
    "进度": "Progress",
    "台账": "Registers",
    "代码表": "Code lists",
    "管理": "Server",
}
# The chosen tab's own words, whatever is folded away.
CHUNK = re.compile(r"/assets/([\w.-]+)\.js")


def script_of(name: str) -> str:
    """The file that a page was built into."""
    manifest = json.loads((WORKSPACE / "dist" / ".vite" / "manifest.json").read_text("utf-8"))
    [file] = [one["file"] for one in manifest.values() if one.get("name") == name]
    return str(file)


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("tab", name=name, exact=True)


def opened(page: Page, name: str) -> None:
    """Exactly one page is open, and this is it."""
    expect(page.locator("[role=tab][aria-current=page]")).to_have_text(name)
    expect(tab(page, name)).to_have_attribute("aria-selected", "true")
    expect(page).to_have_title(re.compile(f"^{name} · "))
    expect(page.get_by_role("tabpanel", name=name, exact=True)).to_be_visible()


def keep_canvas(page: Page) -> None:
    page.evaluate("window.kept = document.querySelector('.map canvas')")


def canvas_is_kept(page: Page) -> bool:
    return bool(page.evaluate("window.kept === document.querySelector('.map canvas')"))


def place_of(page: Page) -> str:
    """The place in the address, once the map has told it."""
    pattern = re.compile(r"map=\d+\.\d\d/\d+\.\d{6}/\d+\.\d{6}")
    expect(page).to_have_url(pattern)
    match = pattern.search(page.url)
    assert match is not None
    return match[0]


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("viewer", READS),
        ("planner", DRAWS),
        ("inspector", REVIEWS),
        ("gis", [*DRAWS[:-1], "单位与片区", "台账"]),
        ("admin", [*DRAWS[:4], "审核", "任务", "进度", "单位与片区", "台账", "代码表", "管理"]),
    ],
)
def test_the_rail_shows_a_role_its_pages_and_each_of_them_opens(
    open_desk: OpenDesk, role: str, pages: list[str]
) -> None:
    page = open_desk(role, WEST).page
    expect(page.get_by_role("tab")).to_have_text(pages)
    opened(page, pages[0])
    for name in reversed(pages):
        tab(page, name).click()
        opened(page, name)


def test_each_page_has_an_address_for_reloads_back_and_forward(open_desk: OpenDesk) -> None:
    page = open_desk("planner", WEST).page
    tab(page, "图层").click()
    page.get_by_role("checkbox", name="显示巡护责任区").check()
    tab(page, "图斑").click()
    opened(page, "图斑")
    expect(page).to_have_url(re.compile(r"page=plots&.*zones=1"))
    page.reload()
    opened(page, "图斑")
    page.go_back()
    opened(page, "图层")
    expect(page.get_by_role("checkbox", name="显示巡护责任区")).to_be_checked()
    page.go_back()
    opened(page, "待办")
    page.go_forward()
    page.go_forward()
    opened(page, "图斑")


def test_back_from_a_plot_leads_to_the_list_that_it_was_chosen_from(
    open_desk: OpenDesk, sign_in: SignIn
) -> None:
    desk = open_desk("planner", WEST)
    drawn = feature(ring(125.05, 43.05), name="东坡")
    desk.context.request.post(f"{desk.url}/api/plots", data=drawn, max_retries=3)
    desk.page.get_by_role("button", name="刷新").click()
    desk.page.locator("section.drafts").get_by_role("button").click()
    opened(desk.page, "图斑")
    expect(desk.page.get_by_role("heading", name="东坡")).to_be_visible()
    desk.page.go_back()
    opened(desk.page, "待办")
    expect(desk.page).not_to_have_url(re.compile("plot="))
    expect(desk.page.get_by_role("button", name="改形状")).to_be_disabled()
    desk.page.go_forward()
    expect(desk.page.get_by_role("heading", name="东坡")).to_be_visible()
    # A link to a plot on another page keeps that page.
    tab(desk.page, "图层").click()
    expect(desk.page).to_have_url(re.compile("page=layers.*plot="))
    desk.page.reload()
    expect(desk.page.get_by_role("button", name="改形状")).to_be_enabled()
    opened(desk.page, "图层")


@pytest.mark.parametrize(
    ("fragment", "name"), [("panel=layers", "图层"), ("panel=plot", "图斑"), ("panel=work", "待办")]
)
def test_older_links_open_what_they_opened(
    new_page: Callable[..., Page], server: Server, database: Database, fragment: str, name: str
) -> None:
    page = new_page()
    # Signed in before, by no page: opening one takes a second.
    link = {"link": one_time_link(database, "planner", WEST)}
    page.context.request.post(f"{server.url}/api/session", data=link, max_retries=3)
    page.goto(f"{server.url}/#map=15.00/43.050000/125.040000&{fragment}")
    opened(page, name)
    expect(page).to_have_url(re.compile(r"map=15\.00/43\.05"))


@pytest.mark.parametrize(("role", "page_name"), [("viewer", "work"), ("planner", "cellar")])
def test_a_page_that_is_not_there_for_one_is_told_and_the_first_is_shown(
    open_desk: OpenDesk, role: str, page_name: str
) -> None:
    desk = open_desk(role, WEST)
    desk.page.wait_for_url("**map=**")  # the map writes its place there once, by itself
    desk.page.evaluate(f"location.hash = 'page={page_name}'")
    sentence = f"没有“{page_name}”这一页，或您的角色看不到它"
    expect(desk.page.locator(".notices")).to_contain_text(sentence)
    opened(desk.page, "图斑" if role == "viewer" else "待办")


def test_a_page_is_fetched_when_it_is_opened_and_not_before(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    work = f"{desk.url}/{script_of('work')}"
    urls: list[str] = []
    desk.page.on("request", lambda request: urls.append(request.url))
    desk.page.evaluate("location.hash = 'page=layers'")
    desk.page.reload()
    opened(desk.page, "图层")
    # What must be there when the line is cut comes by itself; this does not.
    early = f"{desk.url}/{script_of('plot')}"
    desk.page.wait_for_function("url => performance.getEntriesByName(url).length > 0", arg=early)
    assert work not in urls
    tab(desk.page, "待办").click()
    opened(desk.page, "待办")
    expect(desk.page.get_by_role("heading", name="待办")).to_be_visible()
    assert work in urls


def test_what_must_be_there_when_the_line_is_cut_comes_before_anybody_signed_in(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page()
    page.goto(server.url)
    expect(page.get_by_role("heading").first).to_be_visible()
    for name in ("plot", "layers"):
        file = f"{server.url}/{script_of(name)}"
        page.wait_for_function("url => performance.getEntriesByName(url).length > 0", arg=file)


def test_the_map_stays_as_it_is_when_pages_change(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST, place=(125.0777, 43.0333, 15.25))
    keep_canvas(desk.page)
    before = place_of(desk.page)
    for name in ("图层", "图斑", "待办"):
        tab(desk.page, name).click()
        opened(desk.page, name)
    assert canvas_is_kept(desk.page)
    assert before in desk.page.url


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_rail_is_gone_through_by_keys_alone(open_desk: OpenDesk, language: str) -> None:
    page = open_desk("planner", WEST, language=language).page
    work, plot, layers, *_, last = (
        ENGLISH[page_name] if language == "en" else page_name for page_name in DRAWS
    )
    opened(page, work)
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "tab":
            break
    expect(tab(page, work)).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    before = place_of(page)
    for key, name in [("ArrowUp", last), ("ArrowDown", work), ("End", last), ("Home", work)]:
        page.keyboard.press(key)
        expect(tab(page, name)).to_be_focused()
        opened(page, work)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    opened(page, plot)
    # The arrows of the rail do not move the map.
    assert before in page.url
    # Pressed again, the panel folds away and comes back.
    page.keyboard.press(" ")
    expect(page.get_by_role("tabpanel")).to_have_count(0)
    expect(tab(page, plot)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press(" ")
    opened(page, plot)
    page.keyboard.press("3")
    opened(page, layers)
    page.get_by_role("combobox").fill("1")
    opened(page, layers)


@pytest.mark.parametrize(
    ("language", "size"),
    [("zh", OFFICE), ("en", OFFICE), ("en", TABLET), ("zh", (1920, 1080))],
    ids=["zh-office", "en-office", "en-tablet", "zh-large"],
)
def test_the_rail_is_slim_and_nothing_in_it_is_cut_off(
    open_desk: OpenDesk, language: str, size: tuple[int, int]
) -> None:
    page = open_desk("planner", WEST, language=language, size=size).page
    rail = page.get_by_role("navigation")
    box = rail.bounding_box()
    assert box is not None
    assert 50 <= box["width"] <= 60
    for name in DRAWS:
        link = tab(page, ENGLISH[name] if language == "en" else name)
        expect(link.locator("svg path")).to_have_attribute("d", re.compile("^M"))
        assert link.evaluate("one => one.scrollWidth <= one.clientWidth")
        link.click()
        expect(link).to_have_attribute("aria-current", "page")
        assert violations(page) == []


def test_rows_of_a_table_are_gone_through_by_keys(open_desk: OpenDesk) -> None:
    desk = open_desk("planner", WEST)
    for n in range(3):
        drawn = feature(ring(125.02 + n * 0.01, 43.05))
        desk.context.request.post(f"{desk.url}/api/plots", data=drawn, max_retries=3)
    desk.page.get_by_role("button", name="图斑表").click()
    numbers = desk.page.locator("td.plot_no button")
    expect(numbers).to_have_count(3)
    numbers.first.focus()
    for key, row in [("ArrowDown", 1), ("End", 2), ("ArrowDown", 2), ("ArrowUp", 1), ("Home", 0)]:
        desk.page.keyboard.press(key)
        expect(numbers.nth(row)).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("div.table tbody tr").first).to_have_attribute("aria-selected", "true")


# A page as a later one is added when all digits are taken: a folder, and nothing else.
SPECIMEN = {
    "page.ts": """
import type { PageDefinition } from "../shell/pages";
export const page = {
  name: "specimen",
  title: ["样页", "Specimen"],
  icon: "M4 4h16v16H4z",
  roles: ["gis"],
  shortcut: null,
  layout: "whole",
  words: () => import("./words"),
  component: () => import("./SpecimenPage.vue"),
} satisfies PageDefinition;
""",
    "words.ts": """
export const words = { town: ["乡镇", "Town"], none: ["没有乡镇", "No towns"] } as const;
""",
    "SpecimenPage.vue": """
<script setup lang="ts">
import { ref } from "vue";
import { useI18n } from "vue-i18n";
import DataTable from "../parts/DataTable.vue";
import FormField from "../parts/FormField.vue";
const { t } = useI18n();
const year = ref<unknown>(2026);
const rows = [{ name: "东镇" }, { name: "西镇" }];
</script>
<template>
  <h2>{{ t("page.specimen") }}</h2>
  <FormField
    :field="{ kind: 'year', name: 'from', label: t('specimen.town'), min: 2000, max: 2100 }"
    :value="year"
    @change="year = $event"
  />
  <DataTable
    :label="t('page.specimen')"
    :columns="[{ name: 'name', heading: t('specimen.town'), text: (row) => row.name }]"
    :rows="rows"
    :key-of="(row) => row.name"
    wrong=""
    :nothing="t('specimen.none')"
  />
</template>
""",
}


@pytest.fixture(scope="module")
def with_specimen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace, built with one folder more."""
    maps = tmp_path_factory.mktemp("maps")
    shutil.copytree(WORKSPACE, maps / "workspace", ignore=shutil.ignore_patterns("dist"))
    for name in ("package.json", "tsconfig.base.json"):
        shutil.copy(WORKSPACE.parent / name, maps)
    (maps / "node_modules").symlink_to(NPM)
    specimen = maps / "workspace" / "src" / "specimen"
    specimen.mkdir()
    for name, text in SPECIMEN.items():
        (specimen / name).write_text(text.lstrip(), "utf-8")
    vite = [str(NPM / ".bin" / "vite"), "build", "workspace", "--logLevel", "error"]
    subprocess.run(vite, cwd=maps, check=True)
    return maps / "workspace" / "dist"


@pytest.fixture
def desk_of(open_desk: OpenDesk, with_specimen: Path) -> OpenDesk:
    """Somebody's desk on the workspace with the specimen."""

    def opened(role: str) -> Desk:
        desk: Desk = open_desk(role, WEST)

        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(desk.url).lstrip("/")
            route.fulfill(path=with_specimen / (path or "index.html"))

        desk.page.route(re.compile(rf"^{re.escape(desk.url)}/(assets/.*)?$"), answer)
        desk.page.reload()
        desk.page.wait_for_selector(".map canvas")
        return desk

    return opened


def test_a_page_is_added_by_a_folder_alone(desk_of: OpenDesk) -> None:
    desk = desk_of("gis")
    page = desk.page
    chunks: list[str] = []
    page.on("request", lambda request: chunks.extend(CHUNK.findall(request.url)))
    keep_canvas(page)
    before = place_of(page)
    expect(page.get_by_role("tab")).to_have_text([*DRAWS[:-1], "单位与片区", "台账", "样页"])
    assert not any(name.startswith("specimen-") for name in chunks)
    page.get_by_role("tab", name="样页").click()
    opened(page, "样页")
    assert any(name.startswith("specimen-") for name in chunks)
    expect(page.get_by_role("columnheader", name="乡镇")).to_be_visible()
    assert violations(page) == []

    # Its form says what is wrong with what is typed.
    field = page.get_by_label("乡镇")
    field.fill("1900")
    field.blur()
    expect(page.get_by_role("alert")).to_have_text("年度应在 2000 到 2100 之间。")

    # The map waits below, out of sight and of reach of its keys, and goes on from where it was.
    expect(page.locator(".map")).to_be_hidden()
    page.get_by_role("tabpanel").focus()
    page.keyboard.press("d")
    page.keyboard.press("2")
    opened(page, "图斑")
    expect(page.locator(".map")).to_be_visible()
    expect(page.get_by_role("button", name="浏览")).to_have_attribute("aria-pressed", "true")
    assert canvas_is_kept(page)
    assert before in page.url
    page.go_back()
    opened(page, "样页")
    page.reload()
    opened(page, "样页")
    # Who looks for a district wants to see it.
    page.get_by_role("combobox").fill("西县")
    page.get_by_role("option", name="西县").click()
    expect(page.locator(".map")).to_be_visible()


def test_a_page_of_other_roles_does_not_stand_in_the_rail(desk_of: OpenDesk) -> None:
    expect(desk_of("planner").page.get_by_role("tab")).to_have_text(DRAWS)
