"""Rows that a bureau adds to a list are checked before anything of them is stored."""

from pathlib import Path

import pytest
import xlsxwriter

from data.cell_values import BadValueError
from data.code_tables import checked_row, read_code_table
from data.codes import UnknownCodeError, code_list, local_codes
from data.errors import FileRefused
from data.plots.parsers import PARSERS
from data.plots.species import species_mix
from data.writing.xlsx import as_xlsx

HEADING = "code,label_zh,label_en,green_class\n"


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """A file of this text."""
    path = folder / "kinds.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_table_is_read_in_the_encodings_of_spreadsheets(tmp_path: Path, encoding: str) -> None:
    rows = read_code_table(table(tmp_path, HEADING + "DYL,党员林,,urban\n", encoding), "kind").rows
    assert [(row.code, row.label_zh, row.more["green_class"]) for row in rows] == [
        ("DYL", "党员林", "urban")
    ]


def test_each_wrong_row_is_told_with_its_number(tmp_path: Path) -> None:
    text = HEADING + "A B,甲,,urban\nDYL,,,urban\nLMXY,绿美校园,,blue\nDYL,党员林,,urban\n"
    problems = read_code_table(table(tmp_path, text), "kind").problems
    assert [(problem.row, problem.field) for problem in problems] == [
        (1, "code"),
        (2, "label_zh"),
        (3, "green_class"),
    ]


@pytest.mark.parametrize(
    "factor", ["1e99999999", "0", "2000/0", "-1", "1_0", "１０", "1.5/2", "inf", "9" * 21]
)
def test_a_factor_is_a_number_of_few_digits_above_nothing(factor: str) -> None:
    given = {"code": "X", "label_zh": "甲", "dimension": "area", "factor": factor}
    _, problems = checked_row("unit_of_measure", given)
    assert [(problem.field, problem.code) for problem in problems] == [("factor", "not_a_number")]


@pytest.mark.parametrize("digits", ["1.5", "7", "99999999", "1e1", "-1"])
def test_decimals_to_show_are_a_whole_number_of_few(digits: str) -> None:
    given = {"code": "X", "label_zh": "甲", "dimension": "area", "unit": "mu", "digits": digits}
    _, problems = checked_row("indicator", {**given, "measure": '{"of":"reported"}'})
    assert [(problem.field, problem.code) for problem in problems] == [("digits", "not_a_number")]


def test_a_code_twice_in_a_table_is_told(tmp_path: Path) -> None:
    text = HEADING + "DYL,党员林,,urban\nDYL,党员树,,urban\n"
    problems = read_code_table(table(tmp_path, text), "kind").problems
    assert [(problem.row, problem.code) for problem in problems] == [(2, "repeated")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("name,x\nx,1\n", "no_such_column", id="no codes"),
        pytest.param("name\nx\n", "table_damaged", id="one column"),
        pytest.param("", "table_damaged", id="empty"),
        pytest.param('code,label_zh\n"A,甲\n', "table_damaged", id="an open quote"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_code_table(table(tmp_path, text), "kind")
    assert refusal.value.code == code


def test_a_sheet_of_excel_is_read_as_the_same_table(tmp_path: Path) -> None:
    heads = {name: name for name in ("code", "label_zh", "green_class", "retired")}
    row = {"code": "DYL", "label_zh": "党员林", "green_class": "urban", "retired": True}
    path = tmp_path / "kinds.xlsx"
    path.write_bytes(as_xlsx("kind", heads, [row], ["code list kind"]))
    (code,) = read_code_table(path, "kind").rows
    assert (code.code, code.label_zh, code.more["green_class"], code.retired) == (
        "DYL",
        "党员林",
        "urban",
        True,
    )


def test_a_cell_of_excel_with_an_error_is_told_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "kinds.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["code", "label_zh", "green_class"])
        sheet.write_row(1, 0, ["DYL", "党员林", "urban"])
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
    with pytest.raises(FileRefused) as refusal:
        read_code_table(path, "kind")
    assert (refusal.value.code, refusal.value.feature) == ("cell_error", 1)


def test_an_old_workbook_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "kinds.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    with pytest.raises(FileRefused, match="xlsx"):
        read_code_table(path, "kind")


def test_a_table_for_an_unknown_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownCodeError):
        read_code_table(table(tmp_path, HEADING), "../kind")


def test_a_local_word_is_understood_within_its_lists_only() -> None:
    dove_tree, _ = checked_row("species", {"code": "DAVINV", "label_zh": "珙桐"})
    with local_codes({"species": [dove_tree]}):
        assert species_mix("珙桐60%+红松40%")[0] == {"code": "DAVINV", "share": 0.6}
    assert "DAVINV" not in code_list("species")


@pytest.mark.parametrize(("name", "list_name"), [("kind", "kind"), ("species", "species")])
def test_a_retired_word_of_a_file_is_refused(name: str, list_name: str) -> None:
    cells = {"code": "OLD", "label_zh": "旧名", "green_class": "urban", "retired": "是"}
    if list_name != "kind":
        del cells["green_class"]
    row, _ = checked_row(list_name, cells)
    with (
        local_codes({list_name: [row]}),
        pytest.raises(BadValueError, match="停用") as refusal,
    ):
        PARSERS[name]("旧名")
    assert refusal.value.code == "retired_code"


def test_a_parameter_of_carbon_says_how_certain_it_is_and_where_it_is_from() -> None:
    given = {"code": "RATE_CC", "label_zh": "长春幼林", "parameter": "sink_rate", "value": "1.2"}
    given |= {"measured_in": "tC/(ha·a)", "certainty": "measured", "source": "本地调查 2026"}
    assert checked_row("carbon", given)[1] == []
    for column in ("certainty", "source", "value"):
        (problem,) = checked_row("carbon", given | {column: ""})[1]
        assert (problem.field, problem.code) == (column, "missing")
    (problem,) = checked_row("carbon", given | {"certainty": "sure"})[1]
    assert (problem.field, problem.code) == ("certainty", "unknown_code")


def test_a_table_of_species_is_read_by_the_headings_that_people_write(tmp_path: Path) -> None:
    path = tmp_path / "species.csv"
    text = "树种名录;;\n编码;中文名称;拉丁名\nDAVINV;珙桐;Davidia involucrata\n"
    path.write_text(text, encoding="utf-16")
    came = read_code_table(path, "species")
    assert [(row.code, row.label_zh, row.more["scientific"]) for row in came.rows] == [
        ("DAVINV", "珙桐", "Davidia involucrata")
    ]
    assert [note.zh for note in came.notes] == ["表头前的 1 行未读取。"]


def test_two_columns_of_one_meaning_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_code_table(table(tmp_path, "code,代码,label_zh\nA,B,甲\n"), "theme")
    assert refusal.value.code == "column_twice"
