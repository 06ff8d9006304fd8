"""任务分解表: long and matrix tables, each problem at its cell."""

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from data.codes import UnknownCodeError, code_list
from data.errors import FileRefused
from data.reading.cells import SheetCells, sheet_of_text
from data.reading.limits import Limits
from data.reading.workbooks import read_sheets
from data.task_tables import Names, TaskTable, read_task_table

PLACES = {"长春市": "220100", "西县": "220102", "东县": "220103"}


def indicator(word: str) -> str | None:
    try:
        return code_list("indicator").find(word).code
    except UnknownCodeError:
        return None


def holder(word: str) -> tuple[str, str] | None:
    return ("district", PLACES[word]) if word in PLACES else None


NAMES = Names(
    indicator,
    holder,
    above=lambda code: frozenset() if code == "220100" else frozenset(["220100"]),
)


def read(text: str) -> TaskTable:
    return read_task_table([sheet_of_text(text)], NAMES)


def asked(table: TaskTable) -> list[tuple[str, str, str, str, str]]:
    return [
        (one.cell, one.indicator, one.holder[1], str(one.asked.lower), one.asked.unit.code)
        for one in table.targets
    ]


def told(table: TaskTable) -> list[tuple[str, str]]:
    return [(problem.cell, problem.code) for problem in table.problems]


def test_a_long_table_is_read_with_its_further_columns() -> None:
    table = read(
        "2023年绿化任务分解表\n"
        "指标\t行政区\t任务量\t计量单位\t牵头单位\t配合单位\t完成时限\t条款\n"
        "国土绿化完成面积\t长春市\t50\t万亩\t林业局\t交通局、水务局\t2023-12-31\t第三条\n"
        "街路\t西县\t2-3条\t\t\t\t\t\n".replace("街路", "新建提升改造街路")
    )
    assert table.problems == []
    assert asked(table) == [
        ("Sheet1!C3", "reported.greening", "220100", "50", "wan_mu"),
        ("Sheet1!C4", "streets.built", "220102", "2", "tiao"),
    ]
    more = table.targets[0].more
    assert (more["lead"], more["with_units"]) == ("林业局", ["交通局", "水务局"])
    assert (str(more["due"]), more["clause"]) == ("2023-12-31", "第三条")


def test_a_matrix_is_read_and_its_sums_are_checked() -> None:
    table = read(
        "序号\t指标\t计量单位\t长春市\t西县\t东县\t合计\n"
        "1\t国土绿化完成面积\t万亩\t50\t20\t30\t50\n"
        "2\t村屯绿化\t个\t\t100\t267\t366\n"
    )
    assert [one[0] for one in asked(table)] == [
        *("Sheet1!D2", "Sheet1!E2", "Sheet1!F2"),
        *("Sheet1!E3", "Sheet1!F3"),
    ]
    assert told(table) == [("Sheet1!G3", "wrong_total")]
    assert "367" in table.problems[0].message.zh


def test_a_matrix_may_lie_across_with_units_in_its_headings() -> None:
    table = read(
        "行政区\t国土绿化完成面积（万亩）\t城市绿道（公里）\n"
        "西县\t20\t≥40\n东县\t30\t约60\n合计\t51\t\n"
    )
    assert asked(table) == [
        ("Sheet1!B2", "reported.greening", "220102", "20", "wan_mu"),
        ("Sheet1!C2", "greenways.length", "220102", "40", "km"),
        ("Sheet1!B3", "reported.greening", "220103", "30", "wan_mu"),
    ]
    assert told(table) == [("Sheet1!C3", "about_figure"), ("Sheet1!B4", "wrong_total")]


def test_a_unit_may_stand_in_a_note_above() -> None:
    table = read("分解表（单位：万亩）\n指标\t西县\t东县\n国土绿化完成面积\t20\t30\n")
    assert {one[4] for one in asked(table)} == {"wan_mu"}


def test_each_problem_is_told_at_its_cell() -> None:
    table = read(
        "指标\t西县\t火星\t东县\n国土绿化完成面积\t约50\t1\t20亩\n没有的指标\t\t\t3个\n\t\t\t4个\n"
    )
    assert told(table) == [
        ("Sheet1!C1", "unknown_heading"),
        ("Sheet1!B2", "no_unit"),
        ("Sheet1!A3", "unknown_indicator"),
        ("Sheet1!A4", "missing"),
    ]
    long = read("指标\t行政区\t任务量\t单位\n村屯绿化\t火星\t3\t石\n\t西县\t3个\t\n")
    assert told(long) == [
        ("Sheet1!B2", "unknown_holder"),
        ("Sheet1!D2", "unknown_unit_of_measure"),
        ("Sheet1!C2", "no_unit"),
        ("Sheet1!A3", "missing"),
    ]


def test_a_clause_that_turns_about_is_told_at_its_cell() -> None:
    table = read("指标\t行政区\t任务量\t条款\n国土绿化完成面积\t长春市\t50万亩\t第\u202e三条\n")
    assert told(table) == [("Sheet1!D2", "turned_about")]


def test_merged_labels_serve_all_their_rows_and_merged_figures_are_told() -> None:
    rows: list[list[Any]] = [
        ["指标", "行政区", "任务量"],
        ["村屯绿化", "西县", "3个"],
        [None, "东县", None],
    ]
    sheet = SheetCells("表", rows, [((1, 0), (2, 0)), ((1, 2), (2, 2))])
    table = read_task_table([sheet], NAMES)
    assert [one[:3] for one in asked(table)] == [("表!C2", "villages.greened", "220102")]
    assert told(table) == [("表!C3", "merged_cell")]


def test_a_sheet_without_the_headings_is_no_task_table() -> None:
    with pytest.raises(FileRefused) as refused:
        read("姓名\t电话\n甲\t1\n")
    assert refused.value.code == "no_task_table"


def test_a_workbook_is_read_by_a_restricted_process(tmp_path: Path) -> None:
    path = tmp_path / "任务.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("说明").write(0, 0, "见下表")
        sheet = book.add_worksheet("分解")
        sheet.merge_range(0, 0, 0, 2, "任务分解表")
        for column, word in enumerate(("指标", "西县", "东县")):
            sheet.write(1, column, word)
        sheet.write_row(2, 0, ["国土绿化完成面积", "20.5万亩", "30万亩"])
    table = read_task_table(read_sheets(path, Limits()), NAMES)
    assert asked(table)[0] == ("分解!B3", "reported.greening", "220102", "20.5", "wan_mu")


def test_what_is_no_workbook_or_too_large_a_one_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "a.xlsx"
    text.write_text("no workbook")
    large = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(large) as book:
        book.add_worksheet().write(999_999, 9, 1)
    for path, code in ((text, "not_a_workbook"), (large, "too_many_cells")):
        with pytest.raises(FileRefused) as refused:
            read_sheets(path, Limits())
        assert refused.value.code == code
        assert str(refused.value).startswith(path.name)
