"""Records of a file over HTTP, and all records as a table."""

import csv
import io
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, event

from service.registers import importing
from tests.service.conftest import EAST, WEST, SignIn
from tests.service.registers.conftest import AT, WETLAND, wetland

STATIONS = "/api/registers/fire_station"
ROWS = "名称,编号,经度,纬度\n东站,F1,125.05,43.05\n西站,F2,125.06,43.05\n"


def sent(client: httpx.Client, rows: str, **query: Any) -> httpx.Response:
    """A table of stations, sent."""
    files = {"file": ("stations.csv", io.BytesIO(rows.encode()))}
    return client.post(f"{STATIONS}/files", files=files, params=query)


def test_a_file_is_tried_stored_and_changes_what_it_names(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    tried = sent(planner, ROWS, dry_run=True)
    assert (tried.status_code, tried.json()["rows"], tried.json()["stored"]) == (200, 2, 0)
    assert planner.get(STATIONS).json()["numberMatched"] == 0
    assert sent(planner, ROWS).json()["stored"] == 2
    assert sent(planner, ROWS.replace("东站", "新东站")).json()["stored"] == 2
    names = [row["properties"]["name"] for row in planner.get(STATIONS).json()["features"]]
    assert names == ["新东站", "西站"]


def test_one_wrong_row_refuses_the_file_with_row_and_place(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    answer = sent(planner, ROWS + "远站,F3,10,43\n")
    assert (answer.status_code, answer.json()["code"]) == (422, "records_refused")
    (error,) = answer.json()["errors"]
    assert (error["row"], error["code"]) == (3, "outside_districts")
    assert error["at"] == [10.0, 43.0]
    assert planner.get(STATIONS).json()["numberMatched"] == 0
    jump = "名称,编号,状态,经度,纬度\n东站,F1,built,125.05,43.05\n"
    assert sent(planner, jump).json()["errors"][0]["code"] == "role_missing"


def test_the_rows_of_a_file_are_written_together(sign_in: SignIn) -> None:
    statements: list[str] = []

    def note(*event_args: Any) -> None:
        statements.append(event_args[2])

    planner = sign_in("planner")
    wanted = {}
    for rows in (2, 40):
        table = "".join(
            f"{n}站,F{rows}-{n},125.0{n % 50 + 20},43.05\n" if n % 2 else f"{n}站,,125.05,43.05\n"
            for n in range(rows)
        )
        event.listen(Engine, "before_cursor_execute", note)
        answer = sent(planner, f"名称,编号,经度,纬度\n{table}")
        event.remove(Engine, "before_cursor_execute", note)
        assert answer.json()["stored"] == rows, answer.text
        wanted[rows] = sum("record" in one or "district_cell" in one for one in statements)
        statements.clear()
    assert wanted[40] == wanted[2]
    found = planner.get(STATIONS, params={"limit": 100}).json()["features"]
    numbers = [row["properties"]["number"] for row in found]
    assert len(set(numbers)) == 42
    names = [row["properties"]["name"] for row in found]
    assert names == [f"{n}站" for n in (*range(2), *range(40))]


def test_a_number_that_stands_twice_in_a_file_is_one_record(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    answer = sent(planner, ROWS + "东站二,F1,125.05,43.05\n")
    assert (answer.status_code, answer.json()["stored"]) == (200, 3)
    names = [row["properties"]["name"] for row in planner.get(STATIONS).json()["features"]]
    assert names == ["东站二", "西站"]


@pytest.mark.parametrize("order", [1, -1], ids=["given first", "named first"])
@pytest.mark.parametrize("at_once", [1000, 1])
def test_no_row_is_given_a_number_that_another_row_of_the_file_names(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, order: int, at_once: int
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", at_once)
    planner = sign_in("planner")
    heading, place = "名称,编号,经度,纬度\n", "125.05,43.05\n"
    sent(planner, f"{heading}先站,,{place}").raise_for_status()
    first = planner.get(STATIONS).json()["features"][0]["properties"]["number"]
    following = [f"{first[:-5]}{int(first[-5:]) + n:05d}" for n in (1, 2)]
    rows = [f"无号站,,{place}", f"有号站,{following[0]},{place}"]
    answer = sent(planner, heading + "".join(rows[::order]))
    assert (answer.status_code, answer.json().get("stored")) == (200, 2), answer.text
    found = planner.get(STATIONS).json()["features"]
    numbers = {one["properties"]["name"]: one["properties"]["number"] for one in found}
    assert numbers == {"先站": first, "有号站": following[0], "无号站": following[1]}


def test_the_row_with_a_number_of_another_county_is_told(sign_in: SignIn) -> None:
    there = sign_in("planner", EAST)
    assert sent(there, "名称,编号,经度,纬度\n东区站,F2,125.15,43.05\n").status_code == 200
    planner = sign_in("planner", WEST)
    answer = sent(planner, ROWS)
    assert answer.status_code == 422, answer.text
    told = [(error["row"], error["code"]) for error in answer.json()["errors"]]
    assert told == [(2, "number_taken")]
    assert planner.get(STATIONS).json()["numberMatched"] == 0


def test_viewers_send_no_files_and_take_no_tables(sign_in: SignIn) -> None:
    viewer = sign_in("viewer")
    assert sent(viewer, ROWS).status_code == 403
    assert viewer.get(STATIONS, params={"format": "csv"}).status_code == 403


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_all_records_come_as_a_table(admin: httpx.Client, form: str) -> None:
    admin.post(AT, json=wetland(values={"owner": "张三"}))
    answer = admin.get(AT, params={"format": form})
    assert answer.status_code == 200
    assert f"small_wetland.{form}" in answer.headers["Content-Disposition"]
    if form == "csv":
        head, row = answer.content.decode("utf-8-sig").splitlines()
        assert ("管护人" in head, "张三" in row, "MULTIPOLYGON" in row) == (True, True, True)


def test_a_register_that_is_called_as_no_sheet_may_be_comes_as_a_table(sign_in: SignIn) -> None:
    admin = sign_in("admin", name="chief")
    fields = [
        {"name": "called", "label_zh": "名称"},
        {"name": "owner", "label_zh": "=HYPERLINK(1)"},
        {"name": "bare", "label_zh": ""},
    ]
    code, label = "odd_wetland", "古树/名木[*]: <img src=x onerror=alert(1)> 林地林地林地林地"
    register = {**WETLAND, "code": code, "label_zh": label, "fields": fields}
    admin.post("/api/registers", json=register).raise_for_status()
    values = {"called": "又名", "owner": "@SUM(1)", "bare": "无题"}
    # More vertices than a cell of Excel holds as text.
    side = [(125.04 + n * 5e-7, 43.04 + (n % 2) * 1e-7) for n in range(2_000)]
    round_about = [[*side, (125.041, 43.05), (125.04, 43.05), side[0]]]
    body = wetland(name="本名", values=values)
    body["geometry"] = {"type": "Polygon", "coordinates": round_about}
    admin.post(f"/api/registers/{code}", json=body).raise_for_status()

    text = admin.get(f"/api/registers/{code}?format=csv").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["名称"], row["called"], row["bare"]) == ("本名", "又名", "无题")
    assert row["'=HYPERLINK(1)"] == "'@SUM(1)"
    assert len(row["wkt"]) > 32_767

    answer = admin.get(f"/api/registers/{code}?format=xlsx")
    assert answer.status_code == 200, answer.text
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    title, notes = book.sheet_names
    assert title == "古树_名木____ <img src=x onerror=al"
    heads, cells = book.get_sheet_by_name(title).to_python()
    sheet = dict(zip(heads, cells, strict=True))
    assert (sheet["名称"], sheet["called"], sheet["=HYPERLINK(1)"]) == ("本名", "又名", "@SUM(1)")
    assert sheet["wkt"] == ""
    told = str(book.get_sheet_by_name(notes).to_python())
    assert "32767" in told
    assert "wkt 2" in told


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-05-20T20:00:00Z", "2026-05-21"),
        ("2026/5/20", "2026-05-20"),
        ("20260520", "2026-05-20"),
    ],
)
def test_days_of_a_file_are_days_in_beijing(sign_in: SignIn, written: str, day: str) -> None:
    planner = sign_in("planner")
    rows = f"名称,经度,纬度,期限,建成日期\n东站,125.05,43.05,{written},{written}\n"
    answer = sent(planner, rows)
    assert answer.status_code == 200, answer.text
    (record,) = planner.get(STATIONS).json()["features"]
    assert record["properties"]["deadline"] == day
    assert record["properties"]["values"]["built_on"] == day


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("期限", "2026-12-310", "not_a_date"),
        ("期限", "2026-12", "month_only"),
        ("期限", "0001-01-01", "out_of_range"),
        ("建成日期", "2026-05-20左右", "not_a_date"),
        ("人数", "1_0", "not_a_number"),
        ("编号", "F" * 65, "too_long"),
        ("备注", "记" * 5_001, "too_long"),
    ],
)
def test_no_cell_of_a_file_is_cut_to_what_would_fit(
    sign_in: SignIn, column: str, cell: str, code: str
) -> None:
    planner = sign_in("planner")
    answer = sent(planner, f"名称,经度,纬度,{column}\n东站,125.05,43.05,{cell}\n")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code), answer.text
    assert planner.get(STATIONS).json()["numberMatched"] == 0


def test_a_long_note_of_a_file_is_kept_whole(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    sent(planner, f"名称,经度,纬度,备注\n东站,125.05,43.05,{'记' * 300}\n").raise_for_status()
    (record,) = planner.get(STATIONS).json()["features"]
    assert record["properties"]["note"] == "记" * 300
