"""Bulletins: figures frozen as they stood, as Word and Excel, and what moved since the last one."""

import io
import zipfile
from typing import Any

import pytest
from docx import Document

from service.bulletins.issue import checksum
from service.settings import Settings
from tests.service.conftest import EAST, WEST, SignIn, ring
from tests.service.plots.made import approved
from tests.service.progress.test_progress import THIS_YEAR, Tasks


@pytest.fixture
def tasks(sign_in: SignIn) -> Tasks:
    """A plan with a target on the map and one that is reported."""
    made = Tasks(sign_in)
    approved(sign_in, stage="planted", year=THIS_YEAR)
    made.target(indicator="plots.planted_area", district=WEST, lower=100, measured_in="亩")
    made.report(made.target(lower=50), 51.3, "万亩")
    return made


def issued(tasks: Tasks) -> dict[str, Any]:
    """The next bulletin of the plan."""
    answer = tasks.gis.post("/api/bulletins", json={"plan": "P"})
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
    assert "/plots?as_of=" in links
    assert len(pictures) == 2
    assert tasks.gis.get(address, params={"format": "xlsx"}).content[:2] == b"PK"


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
