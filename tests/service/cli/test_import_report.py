"""The report of a refused import is a table that a spreadsheet opens without running any of it."""

import csv
from pathlib import Path

import pytest
import typer

from data.import_result import ImportRefused, Rejection
from gis.messages import Message
from service.cli.import_options import reported

FORMULAS = ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1"]


def test_no_cell_of_a_report_is_run_by_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    summary = Message("全部退回", "refused")
    rejections = [
        Rejection(1, "unknown_code", Message(text, text)) for text in [*FORMULAS, "plain"]
    ]
    with pytest.raises(typer.Exit), reported(path, as_json=False):
        raise ImportRefused("plots.csv", summary, rejections)
    with path.open(encoding="utf-8-sig", newline="") as file:
        messages = [row["message"] for row in csv.DictReader(file)]
    assert [message[:2] for message in messages] == [*(f"'{text[0]}" for text in FORMULAS), "pl"]
