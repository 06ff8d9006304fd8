"""Codes that a spreadsheet made numbers of are refused with their row, in files of every kind."""

from collections.abc import Callable
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from data.areas import read_areas
from data.layers.layers import layer_table, missing_classes, read_layer
from data.patrol.zones import read_zones
from data.plots.plots import read_plots
from data.records import read_records
from data.row_problems import RowProblem
from tests.data.sending import squares, table

_PLOT: dict[str, object] = {"stage": "planted", "kind": "RGZL", "year": 2024}
READ: dict[str, Callable[[Path], list[RowProblem]]] = {
    "plot_no": lambda path: read_plots(path, defaults=_PLOT).problems,
    "code": lambda path: read_zones(path, defaults={"level": "grid"}).problems,
    "片区代码": lambda path: read_areas(path).problems,
    "标识码": lambda path: read_layer(path).problems,
    "编号": lambda path: read_records(path, []).problems,
}


def book(folder: Path, heading: str, number: object, form: str = "General") -> Path:
    path = folder / "a.xlsx"
    with Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, [heading, "WKT"])
        sheet.write(1, 0, number, made.add_format({"num_format": form}))
        sheet.write(1, 1, squares(1)[0].wkt)
    return path


@pytest.mark.parametrize("heading", READ)
def test_a_code_of_eighteen_digits_in_a_cell_of_numbers_is_refused(
    heading: str, tmp_path: Path
) -> None:
    problems = READ[heading](book(tmp_path, heading, 220112100100100123))
    assert [(problem.row, problem.code) for problem in problems] == [(1, "digits_lost")]
    assert not READ[heading](book(tmp_path, heading, "220112100100100123"))


def test_a_number_has_the_zeros_that_its_cell_shows(tmp_path: Path) -> None:
    table = read_plots(book(tmp_path, "plot_no", 12, "00000"), defaults=_PLOT)
    assert table.frame["plot_no"].tolist() == ["00012"]


def test_a_day_that_shows_its_year_alone_is_that_year(tmp_path: Path) -> None:
    defaults = {"stage": "planted", "kind": "RGZL"}
    table = read_plots(book(tmp_path, "年度", 45363, "yyyy"), defaults=defaults)
    assert (table.frame["year"].tolist(), table.problems) == ([2024], [])


def test_a_zero_that_shows_as_a_day_is_no_day(tmp_path: Path) -> None:
    table = read_plots(book(tmp_path, "造林时间", 0, "yyyy/m/d"), defaults=_PLOT)
    assert (table.frame["planted_on"].tolist(), table.problems) == ([None], [])
    assert any("“1900-01-00”" in note.zh for note in table.notes)


def test_a_class_that_lost_its_first_zero_is_refused_where_a_rule_looks_at_it() -> None:
    features = layer_table(table({"DLBM": [101, 301, 1201]}))
    problems = missing_classes(features, ["0101", "0103"])
    assert [(problem.row, problem.code) for problem in problems] == [(1, "lost_zero")]
    assert not missing_classes(features, [])
    assert not missing_classes(layer_table(table({"DLBM": ["0101", "0301"]})), ["0101"])
