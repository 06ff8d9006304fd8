"""Files name plans by 图斑号, which leads to the same plots in any instance."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from data.import_result import ImportRefused
from data.plots.plots import read_plots
from data.writing.dispatch import write
from service.accounts.db.accounts import Account
from service.plots.db.plots import PlotFilter, list_records
from service.plots.frames import plots_frame, with_plan_numbers
from service.plots.row_checks import check_rows
from tests.service.conftest import ring
from tests.service.plots.test_importing import (
    SETTINGS,
    brought,
    codes,
    connection,
    file_of,
    importer,
)

__all__ = ["connection", "importer"]

PLAN = {"stage": "planned", "year": 2025, "plot_no": "J1"}
WIDE = ring(125.02, 43.02, 0.004, 0.002)


def named(connection: Connection, account: Account) -> dict[str, list[str]]:
    """Of each plot by its number the plans that it names, by theirs."""
    rows = list_records(connection, account, PlotFilter(version="working"), limit=100)
    numbers = {row["plot_id"]: row["plot_no"] for row in rows}
    return {row["plot_no"]: [numbers[plan] for plan in row["plan_ids"]] for row in rows}


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.zip"])
def test_a_file_of_plans_and_plots_comes_back_whole_into_an_empty_instance(
    connection: Connection, importer: Account, tmp_path: Path, name: str
) -> None:
    instance = connection.begin_nested()
    done = ({"plot_no": "S1", "plans": ["2025/J1"]}, {"plot_no": "S2", "plans": ["J1"]})
    file = file_of((ring(125.02, 43.02), done[0]), (WIDE, PLAN), (ring(125.022, 43.02), done[1]))
    brought(connection, importer, file)
    links = named(connection, importer)
    assert links == {"J1": [], "S1": ["J1"], "S2": ["J1"]}
    rows = list_records(connection, importer, PlotFilter(version="working"), limit=100)
    with_numbers = with_plan_numbers(connection, plots_frame(rows))
    assert "plan_ids" not in with_numbers
    write(with_numbers, tmp_path / name)
    instance.rollback()  # and there is nothing
    assert named(connection, importer) == {}
    table = read_plots(tmp_path / name)
    assert table.problems == []
    brought(connection, importer, table)
    assert named(connection, importer) == links


def test_a_file_that_comes_again_says_what_is_there(
    connection: Connection, importer: Account
) -> None:
    rows = ((WIDE, PLAN), (ring(125.02, 43.02), {"plot_no": "S1", "plans": ["2025/J1"]}))
    brought(connection, importer, file_of(*rows))
    checked = check_rows(connection, importer, file_of(*rows), SETTINGS)
    assert [match.state for match in checked.matches.rows] == ["same", "same"]


def test_of_several_plots_with_the_number_the_planned_one_is_meant(
    connection: Connection, importer: Account
) -> None:
    others = [(ring(125.06, 43.02 + n / 100), {"plot_no": "J1", "year": 2023 + n}) for n in (0, 1)]
    brought(connection, importer, file_of((WIDE, PLAN), *others))
    row = (ring(125.02, 43.02), {"plot_no": "S1", "plans": ["J1"]})
    brought(connection, importer, file_of(row))
    assert named(connection, importer)["S1"] == ["J1"]


@pytest.mark.parametrize(
    ("plan", "word", "code"),
    [
        pytest.param(PLAN, "2024/J1", "unknown_plan", id="of another year"),
        pytest.param(PLAN, "J2", "unknown_plan", id="of no such number"),
        pytest.param({**PLAN, "stage": "planted"}, "J1", "unknown_plan", id="no plan"),
        pytest.param({**PLAN, "kind": None}, "J1", "unknown_plan", id="a row with faults"),
    ],
)
def test_a_number_that_leads_nowhere_is_told_by_its_row(
    connection: Connection, importer: Account, plan: dict[str, Any], word: str, code: str
) -> None:
    table = file_of((WIDE, plan), (ring(125.022, 43.02), {"plans": [word]}))
    checked = check_rows(connection, importer, table, SETTINGS)
    assert code in codes(checked, 1)


def test_a_plan_of_the_file_that_is_not_met_is_told(
    connection: Connection, importer: Account
) -> None:
    table = file_of((WIDE, PLAN), (ring(125.06, 43.06), {"plans": ["J1"]}))
    with pytest.raises(ImportRefused) as refused:
        brought(connection, importer, table)
    (why,) = refused.value.rejections
    assert (why.row, why.code) == (2, "far_from_plan")
    assert "row 1" in why.message.en
