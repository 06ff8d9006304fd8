"""Names that would run or mislead are text in every place of the workspace, its maps and files."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Dialog, FilePayload, Page, expect
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from tests.service.bulletins.test_bulletins import text_of
from tests.service.conftest import WEST, Database, SignIn, feature, ring
from tests.service.layers.conftest import file_of, finished, send, square
from tests.service.plots.made import drawn
from tests.service.progress.test_progress import THIS_YEAR, Tasks
from tests.service.workspace.conftest import OFFICE, TABLET, Desk, OpenDesk
from tests.service.workspace.test_tasks_page import seen

# All at once in 61 letters, for a short name has 64.
NAME = "=1+1\"'><svg/onload=pwned=1>{{7*7}}<img src=x onerror=pwned=1>"
ARABIC, EMOJI = "ئۈرۈمچى\u200f林地", "🌲👨‍👩‍👧‍👦林"
LONG = "很长的名称" * 40
NAMES = {"scripts": NAME, "Arabic": ARABIC, "emoji": EMOJI, "200 letters": LONG}
REFUSED = {"NUL": "a\x00b", "half a pair": "a\ud83d", "turned": "林\u202e地斑"}
RAN = "window.pwned !== undefined || document.querySelector('img[src=x], svg[onload]') !== null"


def short(name: str) -> str:
    """As much of a name as the shortest field takes."""
    return name[:64]


class Filled:
    """Something of every kind that people name, and all of it has the same name."""

    def __init__(self, sign_in: SignIn, name: str) -> None:
        self.name = name
        self.admin = sign_in("admin", name="chief")
        self.planner = sign_in("planner", WEST, name="wang")
        inspector = sign_in("inspector", WEST, name="zhao")
        some = {"name": name}
        answers = [
            self.admin.put("/api/units/U1", json=some),
            self.admin.put("/api/areas/A1", json=area(**some)),
            self.admin.put("/api/layers/L1", json={"label_zh": short(name), "role": "info"}),
            self.admin.post("/api/posts", json={"unit": "U1", "function": short(name)}),
            inspector.post("/api/zones", json=zone(**some)),
        ]
        land = square(125.05, 43.05, name=name)
        assert finished(self.admin, send(self.admin, file_of(land), "L1"))["state"] == "live"
        self.tasks = Tasks(sign_in, label=name, counts_by="task_year")
        self.tasks.target(
            indicator="plots.planted_area", district=WEST, lower=100, measured_in="亩"
        )
        self.plot = drawn(
            self.planner, name=name, note=name, geometry=ring(125.05, 43.05), year=THIS_YEAR,
            stage="planted",
        )["id"]  # fmt: skip
        at = f"/api/plots/{self.plot}"
        answers += [
            self.planner.post(f"{at}/comments", json={"text": name, "at": [125.051, 43.051]}),
            self.planner.post(f"{at}/submit"),
            inspector.post(f"{at}/return", json={"reason": name}),
        ]
        register = {
            "code": "odd_things",
            "label_zh": short(name),
            "fields": [{"name": "said", "label_zh": short(name)}],
            "states": [{"code": "found", "label_zh": short(name), "done": True}],
        }
        tree = feature(ring(125.04, 43.04, 0.001, 0.001))
        tree["properties"] = {"name": name, "note": name, "values": {"said": name}}
        answers.append(self.admin.post("/api/registers", json=register))
        made = self.planner.post("/api/registers/odd_things", json=tree)
        self.record = made.json().get("id")
        for answer in [*answers, made]:
            assert answer.is_success, f"{answer.request.url} {answer.text}"
        approved = drawn(self.planner, name=name, geometry=ring(125.06, 43.06), year=THIS_YEAR)
        self.planner.post(f"/api/plots/{approved['id']}/submit").raise_for_status()
        inspector.post(f"/api/plots/{approved['id']}/approve").raise_for_status()
        self.approved = approved["id"]


def area(**properties: Any) -> dict[str, Any]:
    """A square area as it is sent."""
    return {
        "type": "Feature",
        "geometry": ring(125.03, 43.03, 0.02, 0.02),
        "properties": {"kind": "KFQ", **properties},
    }


def zone(**properties: Any) -> dict[str, Any]:
    """A square zone as it is sent."""
    return {
        "type": "Feature",
        "geometry": ring(125.04, 43.04, 0.03, 0.03),
        "properties": {"code": "Z1", "level": "village", **properties},
    }


@pytest.fixture
def named(database: Database) -> Iterator[Callable[[str], None]]:
    """Gives the western county another name for the time of a test."""
    rename = text("UPDATE district SET name = :name WHERE code = :code RETURNING name")
    with database.owner.begin() as connection:
        before = connection.scalar(
            text("SELECT name FROM district WHERE code = :code"), {"code": WEST}
        )

    def called(name: str) -> None:
        with database.owner.begin() as connection:
            connection.execute(rename, {"name": name, "code": WEST})

    yield called
    called(str(before))


def harmless(page: Page, where: str) -> None:
    """Nothing of a name ran, became an element, or was reckoned."""
    assert page.evaluate(RAN) is False, where
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, where


# Fragment of the address, and where on that page the name stands.
PAGES = {
    "page=plots&plot={plot}&map=15/43.051/125.051": "#side-body",
    "page=layers": "#side-body",
    "page=work": None,
    "page=units": ".sheet-of-page",
    "page=tasks": None,
    "page=progress": None,
    "page=codes": None,
    "page=registers&register=odd_things&record={record}": ".sheet-of-page, aside",
    "page=review": None,
    "page=work&table=plots": ".drawer",
    "page=work&table=coverage": ".drawer",
    "page=work&zones=1&areas=1&map=14/43.05/125.05": None,
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_is_text_on_every_page(
    open_desk: OpenDesk, sign_in: SignIn, named: Callable[[str], None], kind: str
) -> None:
    name = NAMES[kind]
    made = Filled(sign_in, name)
    named(name)
    desk = open_desk("admin", name="second", size=TABLET if kind == "200 letters" else OFFICE)
    page = desk.page
    dialogs: list[str] = []

    def refuse(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    for at, where in PAGES.items():
        fragment = at.format(plot=made.plot, record=made.record)
        page.evaluate(f"location.hash = {json.dumps(fragment)}")
        expect(page.locator("[role=tab][aria-current=page]")).to_be_visible()
        if where is not None:
            said = page.locator(where).get_by_text(name[:40]).locator("visible=true")
            expect(said.first).to_be_visible()
        harmless(page, at)
        seen(page, f"hostile-{kind}-{at[5:20]}")
        if at == "page=units":
            for tab in page.locator(".sheet-of-page [role=tab]").all():
                tab.click()
                harmless(page, tab.inner_text())
    search(desk, name)
    staged(desk, name)
    for kind_of_map in ("coverage", "afforestation", "patrol", "progress"):
        page.goto(f"{desk.url}/maps/{kind_of_map}")
        expect(page.locator(".leaflet-container").first).to_be_visible()
        assert page.evaluate(RAN) is False, kind_of_map
    assert dialogs == []


def search(desk: Desk, name: str) -> None:
    """What the palette finds, and what it says when it is chosen."""
    box = desk.page.get_by_role("combobox", name=re.compile("搜图斑号"))
    box.fill(name[:60])
    found = desk.page.get_by_role("listbox").get_by_role("option")
    expect(found.first).to_contain_text(name[:40])
    harmless(desk.page, "palette")
    for n in range(found.count()):
        box.fill("")
        box.fill(name[:60])
        found.nth(n).click()
        harmless(desk.page, f"choice {n}")


def staged(desk: Desk, name: str) -> None:
    """A file of a hostile name with hostile columns, staged; its title and its rows."""
    row = {
        "名称": name,
        name[:60]: name,
        "阶段": "已造林",
        "年度": THIS_YEAR,
        "造林类型": name[:60],
    }
    body = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": row, "geometry": ring(125.07, 43.07)}],
    }
    page = desk.page
    page.goto(f"{desk.url}/#page=imports")
    sent = FilePayload(
        name=f"{name[:40].replace('/', '')}.geojson",
        mimeType="application/json",
        buffer=json.dumps(body).encode(),
    )
    page.locator("input[type=file]").first.set_input_files([sent])
    expect(page.locator("#side-body").get_by_text(name[:20]).first).to_be_visible()
    harmless(page, "import")


# The first document waits until all that writes Word has been imported.
SLOWEST_S = 120
# What a spreadsheet program would reckon.
FORMULA = re.compile(r"^[=+\-@\t\r]")
FILES = {
    "/api/exports/plots?format={form}&version=working": ("csv", "xlsx", "kml", "geojson", "shp"),
    "/api/registers/odd_things?format={form}": ("csv", "xlsx"),
    "/api/progress?plan=P&format={form}": ("csv", "xlsx"),
    "/api/coverage?format={form}": ("csv",),
    "/api/duty?period=2026-Q4&format={form}": ("csv", "xlsx"),
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_is_text_in_every_file(
    sign_in: SignIn, named: Callable[[str], None], kind: str
) -> None:
    name = NAMES[kind]
    made = Filled(sign_in, name)
    named(name)
    found: list[str] = []
    for address, forms in FILES.items():
        for form in forms:
            asked = address.format(form=form)
            answer = made.admin.get(asked, timeout=SLOWEST_S)
            if answer.status_code != 200:
                found.append(f"{asked}: {answer.text}")
                continue
            called = answer.headers["Content-Disposition"]
            if ATTACHED.fullmatch(called) is None:
                found.append(f"{asked}: {called}")
            found += faults(answer.content, form, name, asked)
    bulletin = made.tasks.gis.post("/api/bulletins", json={"plan": "P"}).raise_for_status().json()
    at = f"/api/bulletins/{bulletin['id']}/file"
    word = made.admin.get(f"{at}?format=docx", timeout=SLOWEST_S)
    if name not in text_of(word.content):
        found.append("docx: no such name")
    book = made.admin.get(f"{at}?format=xlsx", timeout=SLOWEST_S)
    found += faults(book.content, "xlsx", name, at)
    assert found == []


# Of ASCII alone, with nothing in it that ends the header or the quotation.
ATTACHED = re.compile(
    r"""attachment; (filename="[\w.-]+"|filename\*=(?i:UTF-8)''[\w.%~-]+)""", re.ASCII
)


def faults(content: bytes, form: str, name: str, where: str) -> list[str]:
    """What of a file is no text, and whether the name is missing."""
    if form == "csv":
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
        said = [cell for row in rows for cell in row]
        wild = [one for one in said if FORMULA.match(one) and not is_number(one)]
    elif form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            sheets = [one for one in book.namelist() if one.startswith("xl/worksheets/")]
            wild = [one for one in sheets if b"<f>" in book.read(one)]
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        tables = [workbook.get_sheet_by_name(one).to_python() for one in workbook.sheet_names]
        said = [str(cell) for table in tables for row in table for cell in row]
    elif form == "kml":
        root = ET.fromstring(content)  # noqa: S314 - our own file
        said, wild = [one.text or "" for one in root.iter()], []
    elif form == "geojson":
        said, wild = [str(one["properties"]) for one in json.loads(content)["features"]], []
        name = repr(name)[1:-1]
    else:
        return []
    missing = [] if any(name in one for one in said) else ["the name is not in it"]
    return [f"{where}: {one}" for one in [*wild, *missing]]


def is_number(text: str) -> bool:
    """Whether a cell is a number, which may begin with a sign."""
    try:
        float(text)
    except ValueError:
        return False
    return True


DOORS: dict[str, tuple[str, str, Callable[[str], Any]]] = {
    "a plot": ("POST", "/api/plots", lambda name: feature(name=name)),
    "a comment": ("POST", "/api/plots/1/comments", lambda name: {"text": name, "at": None}),
    "a reason": ("POST", "/api/plots/1/return", lambda name: {"reason": name}),
    "many": ("POST", "/api/reviews", lambda name: {"verb": "return", "ids": [1], "reason": name}),
    "a unit": ("PUT", "/api/units/U1", lambda name: {"name": name}),
    "an area": ("PUT", "/api/areas/A1", lambda name: area(name=name)),
    "a layer": ("PUT", "/api/layers/L1", lambda name: {"label_zh": name, "role": "info"}),
    "a zone": ("POST", "/api/zones", lambda name: zone(name=name)),
    "a post": ("POST", "/api/posts", lambda name: {"unit": "U1", "function": name}),
    "a plan": ("POST", "/api/plans", lambda name: {"code": "Q", "label": name, "kind": "year"}),
    "a code": ("PUT", "/api/codes/programme/QQ", lambda name: {"label_zh": name}),
    "a record": ("POST", "/api/registers/street", lambda name: feature(name=name)),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_text_that_is_not_read_as_it_is_stored_is_refused_at_every_door(
    sign_in: SignIn, kind: str
) -> None:
    admin = sign_in("admin")
    for door, (method, address, body) in DOORS.items():
        answer = admin.request(
            method,
            address,
            content=json.dumps(body(REFUSED[kind])),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code == 422, f"{door}: {answer.text}"
        assert re.search("NUL|surrogate|U\\+202E", answer.json()["detail"]), (
            f"{door}: {answer.text}"
        )
