"""Bulletins: figures frozen as they stood, as Word and Excel, and what moved since the last one."""

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.shared import Cm
from pyproj import Geod
from python_calamine import CalamineWorkbook
from shapely import orient_polygons
from shapely.geometry import shape
from shapely.ops import unary_union

from service.bulletins.issue import checksum
from service.bulletins.templates import MAX_BYTES
from service.settings import Settings
from tests.service.codes.shipped import put_shipped_lists_back
from tests.service.conftest import CITY, EAST, WEST, Database, SignIn, ring
from tests.service.plots.made import approved
from tests.service.progress.test_progress import THIS_YEAR, Tasks

ATTACHED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"


@pytest.fixture
def tasks(sign_in: SignIn) -> Tasks:
    """A plan with a target on the map and one that is reported."""
    made = Tasks(sign_in)
    approved(sign_in, stage="planted", year=THIS_YEAR)
    made.target(indicator="plots.planted_area", district=WEST, lower=100, measured_in="亩")
    made.report(made.target(lower=50), 51.3, "万亩")
    return made


def issued(tasks: Tasks, **body: Any) -> dict[str, Any]:
    """The next bulletin of the plan."""
    answer = tasks.gis.post("/api/bulletins", json={"plan": "P", **body})
    assert answer.status_code == 201, answer.text
    bulletin: dict[str, Any] = answer.json()
    return bulletin


def text_of(content: bytes) -> str:
    """All words of a Word document, its tables too."""
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_bulletin_holds_the_rows_of_its_moment_under_a_checksum(tasks: Tasks) -> None:
    rows = tasks.rows()
    bulletin = issued(tasks)
    assert bulletin["sha256"] == checksum(bulletin["content"])
    frozen = {row["indicator"]: row["mapped"] for row in bulletin["content"]["rows"]}
    assert frozen["plots.planted_area"] == pytest.approx(
        next(row["mapped"] for row in rows if row["indicator"] == "plots.planted_area"), abs=1e-9
    )
    approved(tasks.sign_in, stage="planted", year=THIS_YEAR, geometry=ring(125.07, 43.05))
    again = tasks.gis.get(f"/api/bulletins/{bulletin['id']}").json()
    assert again["content"] == bulletin["content"]


def test_the_next_bulletin_opens_with_moves_that_add_up(tasks: Tasks) -> None:
    first = issued(tasks)
    approved(tasks.sign_in, stage="planted", year=THIS_YEAR, geometry=ring(125.07, 43.05))
    second = issued(tasks)
    assert (second["number"], second["since"]) == (2, first["as_of"])
    (moves,) = second["content"]["moves"]
    total = sum(row["change"] for row in moves["rows"])

    def mapped(bulletin: dict[str, Any]) -> float:
        rows = bulletin["content"]["rows"]
        return float(
            next(row["mapped"] for row in rows if row["indicator"] == "plots.planted_area")
        )

    assert total == pytest.approx(mapped(second) - mapped(first), abs=1e-9)
    words = text_of(tasks.gis.get(f"/api/bulletins/{second['id']}/file").content)
    assert "新增图斑" in words


def test_word_and_excel_show_rates_and_each_figure_leads_to_its_plots(tasks: Tasks) -> None:
    address = f"/api/bulletins/{issued(tasks)['id']}/file"
    word = tasks.gis.get(address).content
    assert "102.6%" in text_of(word)
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        links = archive.read("word/_rels/document.xml.rels").decode()
        pictures = [name for name in archive.namelist() if name.startswith("word/media/")]
    assert "#page=progress&amp;figure=" in links
    assert len(pictures) == 2
    assert tasks.gis.get(address, params={"format": "xlsx"}).content[:2] == b"PK"


def test_the_map_says_whose_rate_it_shows_and_stands_below_its_heading(tasks: Tasks) -> None:
    address = f"/api/bulletins/{issued(tasks)['id']}/file"
    document = Document(io.BytesIO(tasks.gis.get(address).content))
    shown = "：各地施工完成率，未上报的按上图率"
    (caption,) = (one for one in document.paragraphs if one.text.endswith(shown))
    labels = {row["indicator_label"] for row in tasks.rows()}
    assert caption.text.removesuffix(shown) in labels
    assert caption.paragraph_format.keep_with_next
    # One square county is half as high again as it is wide: it would have a page of its own.
    assert max(shape.height for shape in document.inline_shapes) <= Cm(12)
    # Of the wider margins of Word the heads were cut in two.
    assert "<w:tblCellMar>" in document.tables[0]._tbl.xml
    english = tasks.gis.get(address, params={"lang": "en"}).content
    assert ": rate reported, or mapped where nothing was reported" in text_of(english)


def test_a_template_of_the_bureau_takes_the_place_of_ours(tasks: Tasks, settings: Settings) -> None:
    address = f"/api/bulletins/{issued(tasks)['id']}/file"
    folder = settings.home / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    own = Document()
    own.add_paragraph("本局格式 {{ title }}")
    try:
        own.save(str(folder / "bulletin.docx"))
        assert "本局格式 任务" in text_of(tasks.gis.get(address).content)
        (folder / "bulletin.docx").write_bytes(b"no document")
        answer = tasks.gis.get(address)
        assert (answer.status_code, answer.json()["code"]) == (409, "bad_template")
    finally:
        (folder / "bulletin.docx").unlink()


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["{{ 1 / 0 }}"], id="divided by nothing"),
        pytest.param(["{{ 1 + title }}"], id="a number and a text"),
        pytest.param(["{{"] * 2_000, id="nested deeper than Python's stack"),
        pytest.param(["{% if title %}"] * 500 + ["{% endif %}"] * 500, id="as many blocks"),
    ],
)
def test_a_template_that_cannot_be_filled_is_named(
    tasks: Tasks, settings: Settings, lines: list[str]
) -> None:
    address = f"/api/bulletins/{issued(tasks)['id']}/file"
    template = settings.home / "templates" / "bulletin.docx"
    template.parent.mkdir(parents=True, exist_ok=True)
    own = Document()
    for line in lines:
        own.add_paragraph(line)
    own.save(str(template))
    try:
        answer = tasks.gis.get(address)
    finally:
        template.unlink()
    assert (answer.status_code, answer.json()["code"]) == (409, "bad_template")
    assert "bulletin.docx" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("target", "taken"),
    [
        ("https://example.org/logo.png", False),
        ("\\\\server\\share\\own.dotm", False),
        ("file:///C:\\Users\\li\\own.dotm", True),
    ],
)
def test_a_template_that_fetches_something_from_elsewhere_is_refused(
    tasks: Tasks, settings: Settings, target: str, taken: bool
) -> None:
    address = f"/api/bulletins/{issued(tasks)['id']}/file"
    template = settings.home / "templates" / "bulletin.docx"
    template.parent.mkdir(parents=True, exist_ok=True)
    own = Document()
    own.part.relate_to(target, ATTACHED, is_external=True)
    own.part.relate_to("https://example.org/", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    own.save(str(template))
    try:
        answer = tasks.gis.get(address)
    finally:
        template.unlink()
    assert (answer.status_code == 200) is taken, answer.text
    assert taken or (answer.json()["code"], target in answer.json()["detail"]) == (
        "bad_template",
        True,
    )


def test_a_template_that_swells_when_it_is_unpacked_is_refused(
    tasks: Tasks, settings: Settings
) -> None:
    address = f"/api/bulletins/{issued(tasks)['id']}/file"
    template = settings.home / "templates" / "bulletin.docx"
    template.parent.mkdir(parents=True, exist_ok=True)
    Document().save(str(template))
    with zipfile.ZipFile(template, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/media/image1.png", bytes(MAX_BYTES))
    try:
        answer = tasks.gis.get(address)
    finally:
        template.unlink()
    assert (answer.status_code, answer.json()["code"]) == (409, "bad_template")
    assert "100 MB" in answer.json()["detail"]


def test_a_bulletin_is_seen_by_whoever_sees_all_its_counties(tasks: Tasks) -> None:
    bulletin = issued(tasks)
    viewer = tasks.sign_in("viewer", EAST)
    assert viewer.get("/api/bulletins").json()["rows"] == []
    assert viewer.get(f"/api/bulletins/{bulletin['id']}").status_code == 404
    listed = tasks.sign_in("viewer").get("/api/bulletins", params={"plan": "P"}).json()["rows"]
    assert [row["id"] for row in listed] == [bulletin["id"]]


def test_a_bulletin_of_more_targets_than_the_bound_is_refused(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.bulletins.issue.MAX_TARGETS", 1)
    answer = tasks.gis.post("/api/bulletins", json={"plan": "P"})
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_targets")


def test_without_an_issued_target_there_is_no_bulletin(sign_in: SignIn) -> None:
    empty = Tasks(sign_in)
    answer = empty.gis.post("/api/bulletins", json={"plan": "P"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_targets")


KINDS = ("month", "quarter", "activity", "year", "gap")


def file_of(tasks: Tasks, bulletin: dict[str, Any], **params: Any) -> bytes:
    """The file of a bulletin."""
    answer = tasks.gis.get(f"/api/bulletins/{bulletin['id']}/file", params=params)
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_numbered_by_itself_and_written_in_both_languages(
    tasks: Tasks, kind: str
) -> None:
    issued(tasks, kind="year" if kind == "month" else "month")
    bulletin = issued(tasks, kind=kind, recipient="省绿委办公室")
    assert (bulletin["kind"], bulletin["number"], bulletin["since"]) == (kind, 1, None)
    chinese = text_of(file_of(tasks, bulletin))
    english = text_of(file_of(tasks, bulletin, lang="en"))
    assert bulletin["title"] in chinese
    assert "报送：省绿委办公室" in chinese
    assert "as of" in english
    assert re.search("[{}]", chinese + english) is None
    # Names are as they were given; all else is English.
    frame = re.sub("省绿委办公室|西县|长春市|任务", "", english)
    assert re.findall("[\u4e00-\u9fff]+", frame) == []


def test_a_bulletin_of_supervision_ranks_and_names_what_is_late(tasks: Tasks) -> None:
    tasks.target(
        indicator="plots.planted_area",
        district=EAST,
        lower=10,
        measured_in="亩",
        due=f"{THIS_YEAR}-01-02",
    )
    words = text_of(file_of(tasks, issued(tasks, kind="quarter")))
    assert "督办事项" in words
    late = words[words.index("督办事项") :]
    assert "东县" in late
    assert "10 亩" in late


def test_a_gap_analysis_scores_each_indicator_alike_and_tells_what_is_missing(
    sign_in: SignIn,
) -> None:
    tasks = Tasks(sign_in, kind="standard")
    given = {"forest_cities.created": (2, 1), "villages.greened": (100, 120)}
    for indicator, (lower, reported) in given.items():
        number = tasks.target(indicator=indicator, lower=lower, measured_in="个")
        tasks.report(number, reported, "个")
    tasks.target(indicator="streets.built", lower=10, measured_in="条")
    tasks.target(indicator="fires.years_without", lower=3, measured_in="年")
    bulletin = issued(tasks, kind="gap")
    (score,) = bulletin["content"]["scores"]
    marks = {item["indicator"]: (item["marks"], item["gap"]) for item in score["items"]}
    assert marks == {
        "forest_cities.created": (12.5, 1),
        "villages.greened": (25, 0),
        "streets.built": (0, 10),
        "fires.years_without": (0, None),
    }
    assert (score["marks"], score["reached"]) == (37.5, 1)
    now = tasks.gis.get(f"/api/schemes/{tasks.code}/scores")
    assert now.json()["rows"] == [score]
    assert tasks.gis.get("/api/schemes/NONE/scores").status_code == 404
    assert "自评 37.5 分，达标 1 / 4 项" in text_of(file_of(tasks, bulletin))


def test_marks_of_a_self_score_are_parted_by_the_weights_of_the_list(
    sign_in: SignIn, database: Database
) -> None:
    admin = sign_in("admin")
    shipped = {row["code"]: row for row in admin.get("/api/codes/indicator").json()["codes"]}
    columns = ("label_zh", "label_en", "dimension", "unit", "digits", "measure", "better")
    mine = {name: shipped["villages.greened"][name] for name in columns} | {"weight": "3"}
    assert admin.put("/api/codes/indicator/villages.greened", json=mine).is_success
    try:
        tasks = Tasks(sign_in, kind="standard")
        for indicator in ("forest_cities.created", "villages.greened"):
            number = tasks.target(indicator=indicator, lower=100, measured_in="个")
            tasks.report(number, 100, "个")
        (score,) = issued(tasks, kind="gap")["content"]["scores"]
        marks = {item["indicator"]: item["marks"] for item in score["items"]}
        assert marks == {"forest_cities.created": 25, "villages.greened": 75}
    finally:
        put_shipped_lists_back(database)


def test_a_bulletin_of_a_past_day_has_the_figures_of_that_day(tasks: Tasks) -> None:
    then = datetime.now(UTC).isoformat()
    before = {row["target_id"]: row["mapped"] for row in tasks.rows()}
    approved(tasks.sign_in, stage="planted", year=THIS_YEAR, geometry=ring(125.07, 43.05))
    past = issued(tasks, as_of=then)
    assert {row["target_id"]: row["mapped"] for row in past["content"]["rows"]} == before
    answer = tasks.gis.post("/api/bulletins", json={"plan": "P", "as_of": then})
    assert (answer.status_code, answer.json()["code"]) == (422, "out_of_order")
    assert answer.json()["errors"][0]["field"] == "as_of"


def test_a_superior_adds_up_three_figures_by_hand(tasks: Tasks) -> None:
    for place, year in ((125.04, THIS_YEAR), (125.07, THIS_YEAR), (125.02, THIS_YEAR - 1)):
        approved(tasks.sign_in, stage="planted", year=year, geometry=ring(place, 43.07))
    approved(tasks.sign_in, stage="accepted", year=THIS_YEAR, geometry=ring(125.15, 43.05))
    # Ground of two plots is one ground.
    approved(tasks.sign_in, stage="planted", year=THIS_YEAR, geometry=ring(125.041, 43.07))
    tasks.target(indicator="plots.planted_area", district=EAST, lower=30, measured_in="亩")
    tasks.target(indicator="plots.accepted_area", district=EAST, lower=5, measured_in="公顷")
    bulletin = issued(tasks)
    picked = [row for row in bulletin["content"]["rows"] if row["mapped"] is not None]
    assert len(picked) == 3
    base, shared = {"亩": 2000 / 3, "公顷": 10_000.0}, 0.0
    for row in picked:
        address = f"/api/progress/{row['target_id']}/plots"
        plots = tasks.gis.get(address, params={"as_of": bulletin["content"]["as_of"]}).json()
        shapes = [shape(plot["geometry"]) for plot in plots["features"]]
        ground = unary_union(shapes)
        shared += sum(one.area for one in shapes) - ground.area
        m2, _ = Geod(ellps="GRS80").geometry_area_perimeter(orient_polygons(ground))
        assert row["mapped"] * base[row["measured_in"]] == pytest.approx(m2, rel=1e-6)
        assert row["mapped"] > 0
    assert shared > 0


def test_moves_of_two_bulletins_add_up_for_every_figure_of_every_target(tasks: Tasks) -> None:
    number = tasks.target(indicator="villages.greened", lower=5, measured_in="个")
    whole = tasks.target(indicator="plots.planted_area", district=CITY, lower=9, measured_in="亩")
    first = issued(tasks, kind="quarter")
    moved = approved(tasks.sign_in, stage="planted", year=THIS_YEAR, geometry=ring(125.095, 43.05))
    assert moved["properties"]["district"] in (WEST, EAST)
    # A quarter of it is ground of the one before: it is counted once.
    approved(tasks.sign_in, stage="planted", year=THIS_YEAR, geometry=ring(125.0965, 43.05))
    tasks.report(number, 3, "个")
    body = {"lower": 12, "measured_in": "亩", "reason": "省级调整"}
    revised = tasks.gis.post(f"/api/targets/{whole}/revise?acknowledge=children_sum", json=body)
    assert revised.status_code == 200, revised.text
    second = issued(tasks, kind="quarter")
    changes: dict[tuple[int, str], float] = {}
    for moves in second["content"]["moves"]:
        for row in moves["rows"]:
            key = (moves["target_id"], row["figure"])
            changes[key] = changes.get(key, 0.0) + row["change"]
    before, after = (
        {
            (row["target_id"], figure): row[figure] or 0.0
            for row in bulletin["content"]["rows"]
            for figure in ("target", "reported", "mapped")
        }
        for bulletin in (first, second)
    )
    differences = {key: after[key] - before[key] for key in after}
    assert {key for key, change in differences.items() if abs(change) > 1e-9} == set(changes)
    assert len(changes) >= 4
    shared = [
        row["change"]
        for moves in second["content"]["moves"]
        for row in moves["rows"]
        if row["what"] == "shared"
    ]
    assert shared
    assert max(shared) < -1
    for key, change in changes.items():
        assert change == pytest.approx(differences[key], abs=1e-9)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_shipped_template_is_a_beginning_for_the_bureaus_own(
    tasks: Tasks, settings: Settings, language: str
) -> None:
    address = "/api/bulletins/templates/quarter"
    answer = tasks.gis.get(address, params={"lang": language})
    own = Document(io.BytesIO(answer.content))
    own.add_paragraph("Our own ending")
    folder = settings.home / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"bulletin-quarter-{language}.docx"
    assert place.name in answer.headers["content-disposition"]
    own.save(str(place))
    try:
        quarter, month = (issued(tasks, kind=kind) for kind in ("quarter", "month"))
        assert "Our own ending" in text_of(file_of(tasks, quarter, lang=language))
        assert "Our own ending" not in text_of(file_of(tasks, month, lang=language))
    finally:
        place.unlink()


def test_the_workbook_names_where_each_figure_comes_from(tasks: Tasks) -> None:
    bulletin = issued(tasks)
    book = CalamineWorkbook.from_filelike(io.BytesIO(file_of(tasks, bulletin, format="xlsx")))
    head, *rows = book.get_sheet_by_name("进度").to_python()
    links = [row[head.index("数字出处")] for row in rows]
    numbers = [row["target_id"] for row in bulletin["content"]["rows"] if row["mapped"] is not None]
    assert [link for link in links if link] == [
        f"{tasks.gis.base_url}/#page=progress&figure={number}&as_of=".replace("//#", "/#")
        + quote(bulletin["content"]["as_of"])
        for number in numbers
    ]
