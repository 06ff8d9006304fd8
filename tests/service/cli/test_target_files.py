"""``luotu import targets`` and ``luotu export targets``."""

import json
from pathlib import Path

import pytest
import xlsxwriter

from tests.service.cli.command_line import CommandLine


@pytest.mark.usefixtures("districts")
def test_a_task_table_is_refused_by_cell(luotu: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "任务.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["指标", "行政区", "任务量"])
    said = luotu("import", "targets", path, "--into", "NONE")
    assert (said.status, "计划" in said.err or "not found" in said.err) == (1, True)
    said = luotu("export", "targets", tmp_path / "a.xlsx", "--plan", "NONE")
    assert said.status == 1
    said = luotu("import", "targets", __file__, "--into", "NONE", "--json")
    assert said.status == 1
    assert "xlsx" in said.err or json.loads(said.out)["problems"]
