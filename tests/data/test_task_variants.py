"""Task tables as offices paste and send them: each is read right, or told at its cell."""

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from data.codes import code_list
from data.errors import FileRefused
from data.quantities import plain
from data.reading.limits import Limits
from data.reading.workbooks import read_sheets
from data.task_tables import TaskTable, read_task_table
from tests.data.test_task_tables import NAMES, asked, read, told

GREENING = "国土绿化完成面积"
STREETS = "新建提升改造街路"
SHARE = next(row.label_zh for row in code_list("indicator") if row.code == "suspects.checked_share")


def figures(table: TaskTable) -> dict[str, str]:
    """What is asked, by the cell."""
    return {
        one.cell.split("!")[1]: f"{one.holder[1]} {plain(one.asked.lower)} {one.asked.unit.code}"
        for one in table.targets
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Full-width digits, thousands, multiples, a dash, an apostrophe.
        (f"指标\t西县\t东县\n{GREENING}（亩）\t１２００\t1,200", ("1200 mu", "1200 mu")),
        (f"指标\t西县\t东县\n{GREENING}（亩）\t1，200\t'1 200", ("1200 mu", "1200 mu")),
        (f"指标\t西县\t东县\n{GREENING}\t1.2万亩\t１．２ 万亩", ("1.2 wan_mu", "1.2 wan_mu")),
        (f"指标\t西县\t东县\n{GREENING}（亩）\t—\t’1.2万", ("12000 mu",)),
        # A title that names an office, and one that names a district.
        (f"长春市\n指标\t西县\t东县\n{GREENING}（万亩）\t20\t30", ("20 wan_mu", "30 wan_mu")),
        # Two rows of headings: a group above, units below.
        (
            f"指标\t2023年任务\t\n\t西县\t东县\n{GREENING}（万亩）\t20\t30",
            ("20 wan_mu", "30 wan_mu"),
        ),
        (f"指标\t西县\t东县\n\t（万亩）\t（亩）\n{GREENING}\t20\t30", ("20 wan_mu", "30 mu")),
        (
            f"行政区\t{GREENING}\t{STREETS}\n\t万亩\t条\n西县\t20\t2\n合计\t20\t2",
            ("20 wan_mu", "2 tiao"),
        ),
        # Cells with line breaks, as spreadsheets copy them.
        (
            '指标\t"西\n县"\t东县\n"国土绿化\n完成面积\n（万亩）"\t"20"\t30',
            ("20 wan_mu", "30 wan_mu"),
        ),
        # Notes below, and who filled it in.
        (
            f"指标\t西县\t东县\n{GREENING}（万亩）\t20\t30\n注：含补植\t\t\n填表人：张三\t审核人：李四\t",
            ("20 wan_mu", "30 wan_mu"),
        ),
        # Lines end as on Windows and on old Macs.
        (f"指标\t西县\t东县\r\n{GREENING}（万亩）\t20\t30\r\n", ("20 wan_mu", "30 wan_mu")),
        (f"指标\t西县\t东县\r{GREENING}（万亩）\t20\t30", ("20 wan_mu", "30 wan_mu")),
        # Blanks that people align by.
        (f"指 标\t西 县\t东　县\n{GREENING}（万亩）\t 20 \t30", ("20 wan_mu", "30 wan_mu")),
        # Sums by group and of the whole, in rows.
        (
            f"指标\t行政区\t任务量\n{GREENING}\t西县\t20万亩\n{GREENING}\t小计\t20万亩\n"
            f"{GREENING}\t东县\t30万亩\n{GREENING}\t全市合计\t50万亩",
            ("20 wan_mu", "30 wan_mu"),
        ),
    ],
)
def test_what_offices_paste_is_read(text: str, expected: tuple[str, ...]) -> None:
    table = read(text)
    assert table.problems == []
    assert tuple(one.split(" ", 1)[1] for one in figures(table).values()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Two figures in one cell are not one.
        (f"指标\t西县\n{GREENING}（亩）\t20 30", [("Sheet1!B2", "no_figure")]),
        (f'指标\t西县\n{GREENING}（亩）\t"20\n30"', [("Sheet1!B2", "no_figure")]),
        (f"指标\t西县\n{GREENING}（亩）\t1234,567", [("Sheet1!B2", "unknown_unit_of_measure")]),
        (f"指标\t西县\n{GREENING}\t约50", [("Sheet1!B2", "no_unit")]),
        # What a spreadsheet makes of 2-3.
        (f"指标\t西县\n{STREETS}（条）\t2023-02-03", [("Sheet1!B2", "no_figure")]),
        (f"指标\t西县\n{GREENING}（亩）\t1.2345678", [("Sheet1!B2", "too_long")]),
        # A figure below no heading, and two columns of figures.
        (f"指标\t西县\t\n{GREENING}（万亩）\t20\t30", [("Sheet1!C1", "unknown_heading")]),
        (
            f"指标\t行政区\t任务量\t目标\n{GREENING}\t西县\t20万亩\t25万亩",
            [("Sheet1!D1", "heading_twice")],
        ),
        # A line break that a word processor leaves makes two lines of one.
        (
            "指标\t西县\t东县\n国土绿化\n完成面积（万亩）\t20\t30",
            [("Sheet1!A2", "unknown_indicator"), ("Sheet1!A3", "unknown_indicator")],
        ),
        (
            f"指标\t行政区\t任务量\n{GREENING}\t西县\t20万亩\n{GREENING}\t合计\t21万亩",
            [("Sheet1!C3", "wrong_total")],
        ),
        (
            f"指标\t西县\n{GREENING}（万亩）\t20\n以上年底前完成\t",
            [("Sheet1!A3", "unknown_indicator")],
        ),
    ],
)
def test_what_is_not_sure_is_told_at_its_cell(text: str, expected: list[tuple[str, str]]) -> None:
    table = read(text)
    assert [one for one in told(table) if one in expected] == expected
    assert len(told(table)) == len(expected) or "完成面积" in text


def test_half_a_line_is_told_as_such() -> None:
    (first, _) = read("指标\t西县\t东县\n国土绿化\n完成面积（万亩）\t20\t30").problems
    assert "换行" in first.message.zh
    (note,) = read(f"指标\t西县\n{GREENING}（万亩）\t20\n以上年底前完成\t").problems
    assert "注：" in note.message.zh


def test_what_is_no_part_of_a_target_is_named() -> None:
    table = read(
        f"序号\t指标\t行政区\t任务量\t备注\t联系电话\n1\t{GREENING}\t西县\t20万亩\t含补植\t130\n"
        "注：年底前完成\t\t\t\t\t\n2\t\t\t\t\t"
    )
    assert (table.problems, table.unread) == ([], ["备注", "联系电话", "注：年底前完成"])


def test_cells_that_say_that_there_is_no_value_are_none_and_named() -> None:
    table = read(f"指标\t西县\t东县\n{GREENING}（万亩）\t—\tN/A\n{STREETS}\t2条\t—")
    assert (table.problems, list(figures(table).values())) == ([], ["220102 2 tiao"])
    assert table.unread == ["“—” Sheet1!B2、Sheet1!C3", "“N/A” Sheet1!C2"]
    table = read(f"指标\t行政区\t任务量\t完成时限\n{GREENING}\t西县\t20万亩\t/")
    assert (table.problems, table.targets[0].more, table.unread) == (
        [],
        {"due": None},
        ["“/” Sheet1!D2"],
    )


def sheet_of(path: Path, write: Any) -> list[Any]:
    """The sheets of a workbook that a function writes."""
    with xlsxwriter.Workbook(path) as made:
        write(made, made.add_worksheet("任务"))
    return read_sheets(path, Limits())


def head(sheet: Worksheet, *places: str) -> None:
    sheet.write_row(0, 0, ["指标", *places])


def test_a_share_is_read_as_its_cell_shows_it(tmp_path: Path) -> None:
    def write(made: Any, sheet: Worksheet) -> None:
        head(sheet, "西县", "东县")
        sheet.write_row(1, 0, [f"{SHARE}（%）"])
        sheet.write(1, 1, 0.925, made.add_format({"num_format": "0.0%"}))
        sheet.write(1, 2, 95)
        sheet.write_row(2, 0, [f"{GREENING}（万亩）"])
        sheet.write(2, 1, 20.1 + 30.2, made.add_format({"num_format": '0"%"'}))

    table = read_task_table(sheet_of(tmp_path / "a.xlsx", write), NAMES)
    assert table.problems == []
    assert figures(table) == {
        "B2": "220102 92.5 percent",
        "C2": "220103 95 percent",
        "B3": "220102 50.3 wan_mu",
    }


def test_formulas_without_a_value_and_errors_are_told(tmp_path: Path) -> None:
    def write(_made: Any, sheet: Worksheet) -> None:
        head(sheet, "西县", "东县", "合计")
        sheet.write_row(1, 0, [f"{GREENING}（万亩）"])
        sheet.write_formula(1, 1, "=10+10", None, "")
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 3, "=B2+C2", None, 50)
        # A row of nothing but such formulas is no empty row.
        for column in range(4):
            sheet.write_formula(2, column, "=Sheet9!A1", None, "")

    table = read_task_table(sheet_of(tmp_path / "a.xlsx", write), NAMES)
    assert told(table)[:2] == [("任务!B2", "no_result"), ("任务!C2", "no_figure")]
    assert ("任务!A3", "unknown_indicator") in told(table)
    assert asked(table) == []


def test_hidden_rows_columns_and_sheets_are_told_or_left(tmp_path: Path) -> None:
    def write(made: Any, sheet: Worksheet) -> None:
        head(sheet, "西县", "东县")
        sheet.write_row(1, 0, [f"{GREENING}（万亩）", 20, 30])
        sheet.write_row(2, 0, [f"{STREETS}（条）", 2, 3])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(2, 5, None, None, {"hidden": True})
        old = made.add_worksheet("去年")
        old.write_row(0, 0, ["指标", "西县"])
        old.write_row(1, 0, [f"{GREENING}（万亩）", 10])
        old.hide()

    table = read_task_table(sheet_of(tmp_path / "a.xlsx", write), NAMES)
    assert table.sheet == "任务"
    assert told(table) == [("任务!A3", "hidden_cells"), ("任务!C1", "hidden_cells")]


def test_a_second_task_table_is_told_and_a_hidden_one_alone_is_none(tmp_path: Path) -> None:
    def write(made: Any, sheet: Worksheet) -> None:
        head(sheet, "西县")
        sheet.write_row(1, 0, [f"{GREENING}（万亩）", 20])
        other = made.add_worksheet("街路")
        other.write_row(0, 0, ["指标", "西县"])
        other.write_row(1, 0, [f"{STREETS}（条）", 2])

    sheets = sheet_of(tmp_path / "a.xlsx", write)
    (second,) = read_task_table(sheets, NAMES).problems
    assert second[:3] == ("街路!A1", "sheet", "several_tables")

    def hidden(made: Any, sheet: Worksheet) -> None:
        write(made, sheet)
        made.get_worksheet_by_name("街路").activate()
        sheet.hide()

    (first, second) = sheet_of(tmp_path / "b.xlsx", hidden)
    assert read_task_table([first, second], NAMES).sheet == "街路"
    with pytest.raises(FileRefused) as refused:
        read_task_table([first], NAMES)
    assert refused.value.code == "no_task_table"


def test_merged_headings_over_two_columns_do_not_hide_the_second(tmp_path: Path) -> None:
    def write(_made: Any, sheet: Worksheet) -> None:
        head(sheet)
        sheet.merge_range(0, 1, 0, 2, "西县")
        sheet.write_row(1, 0, [f"{GREENING}（万亩）", 20, 25])

    table = read_task_table(sheet_of(tmp_path / "a.xlsx", write), NAMES)
    assert told(table) == [("任务!C1", "unknown_heading")]
