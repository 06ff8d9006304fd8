"""What leaves in any format comes back whole: into the same instance, and into an empty one."""

from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import Connection

from data.plots.plots import PlotTable, read_plots
from data.writing.dispatch import Form
from service.accounts.db.accounts import Account
from service.plots.db.plots import ATTRIBUTES, PlotFilter, list_records
from service.plots.export import export_plots
from service.plots.row_checks import check_rows
from tests.service.conftest import ring
from tests.service.plots.test_importing import SETTINGS, brought, connection, file_of, importer

__all__ = ["connection", "importer"]

FORMATS = (
    "a.zip",
    "a.gpkg",
    "a.gdb.zip",
    "a.fgb",
    "a.geojson",
    "a.geojsonl",
    "a.csv",
    "a.xlsx",
    "a.kml",
    "a.parquet",
)
ROWS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    (ring(125.02, 43.02, 0.004), {"stage": "planned", "year": 2025, "plot_no": "甲15"}),
    (
        ring(125.021, 43.021),
        {
            "plot_no": "00012",
            "plans": ["2025/甲15"],
            "name": '北坡, "一"号\\',
            "category": "ZDGC",
            "programme": "JL-LCS",
            "method": "ZM",
            "species": [{"code": "PINKOR", "share": 0.6}, {"code": "LAROLG", "share": 0.4}],
            "density_per_ha": 1665.5,
            "planted_on": "2026-04-05",
            "compartment_no": "012",
            "subcompartment_no": "3",
            "land_ownership": "20",
            "tree_ownership": "21",
            "declared_m2": 36_200.5,
            "note": "𠮷=1+1",
        },
    ),
    (ring(125.04, 43.04), {"stage": "existing", "plot_no": "7"}),
)


def stored(connection: Connection, account: Account) -> dict[str, tuple[dict[str, Any], Any]]:
    """Attributes and shape of every plot, by its number; plans by theirs."""
    rows = list_records(connection, account, PlotFilter("working"), limit=None)
    numbers = {row["plot_id"]: row["plot_no"] for row in rows}
    return {
        row["plot_no"]: (
            {name: row[name] for name in ATTRIBUTES if name != "plan_ids"}
            | {"plans": [numbers[plan] for plan in row["plan_ids"]], "district": row["district"]},
            shapely.from_wkb(row["wkb"]),
        )
        for row in rows
    }


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_comes_back_whole(
    connection: Connection, importer: Account, tmp_path: Path, name: str
) -> None:
    instance = connection.begin_nested()
    brought(connection, importer, file_of(*ROWS))
    before = stored(connection, importer)
    assert before["00012"][0]["plans"] == ["甲15"]
    filters = PlotFilter("working")
    export_plots(connection, importer, filters, tmp_path / name, Form(), acceptances=True)
    table = read_plots(tmp_path / name)
    assert table.problems == []
    states = {row.state for row in check_rows(connection, importer, table, SETTINGS).matches.rows}
    assert states == {"same"}
    instance.rollback()
    assert stored(connection, importer) == {}
    brought(connection, importer, read_plots(tmp_path / name))
    after = stored(connection, importer)
    assert {number: row for number, (row, _) in after.items()} == {
        number: row for number, (row, _) in before.items()
    }
    for number, (_, shape) in after.items():
        assert shapely.hausdorff_distance(shape, before[number][1]) < 2e-9  # degrees: the grid


def test_what_staff_changed_in_a_file_is_what_comes_back_as_changed(
    connection: Connection, importer: Account, tmp_path: Path
) -> None:
    brought(connection, importer, file_of(*ROWS))
    export_plots(connection, importer, PlotFilter("working"), tmp_path / "a.gpkg", Form())
    frame = read_plots(tmp_path / "a.gpkg").frame
    frame["note"] = frame["note"].where(frame["plot_no"] != "00012", "改过")
    checked = check_rows(connection, importer, PlotTable.of(frame), SETTINGS)
    states = dict(zip(frame["plot_no"], checked.matches.rows, strict=True))
    assert {number: row.state for number, row in states.items()} == {
        "甲15": "same",
        "00012": "changed",
        "7": "same",
    }
