"""What leaves in any format comes back whole: into the same instance, and into an empty one."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import Connection

from data.plots.plots import PlotTable, read_plots
from data.schemas import Encoding
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
PARTS: dict[str, Any] = {
    "type": "MultiPolygon",
    "coordinates": [
        [
            ring(125.06, 43.06, 0.004, 0.004)["coordinates"][0],
            ring(125.061, 43.061, 0.001, 0.001)["coordinates"][0][::-1],
        ],
        ring(125.07, 43.06)["coordinates"],
        ring(125.0613, 43.0613, 0.0004, 0.0004)["coordinates"],
    ],
}
"""Two parts, the first with a hole, and an island in that."""
LONG = "松花江干流两岸造林绿化试点示范工程第一标段北岸滩地第三十七号图斑"
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
    (
        PARTS,
        {
            "plot_no": "8",
            "name": LONG,
            "theme": "DYL",
            "work_type": "XJ",
            "planted_on": "2024-02-29",
            "evidence": [
                {"name": "北坡.jpg", "kind": "photo", "note": None},
                {"name": "验收表.pdf", "kind": "document", "note": None},
            ],
            "note": "第一行\n第二行；'引号'\t制表",
        },
    ),
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
    rows = check_rows(connection, importer, table, SETTINGS).matches.rows
    assert [(row.state, row.fields) for row in rows] == [("same", ())] * len(ROWS)
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
        "8": "same",
    }


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_a_name_that_a_shapefile_cut_is_no_change_and_stays_whole(
    connection: Connection, importer: Account, tmp_path: Path, encoding: Encoding
) -> None:
    brought(
        connection, importer, file_of((ring(125.04, 43.04), {"plot_no": "7", "name": 3 * LONG}))
    )
    form = Form(encoding=encoding)
    export_plots(connection, importer, PlotFilter("working"), tmp_path / "a.zip", form)
    table = read_plots(tmp_path / "a.zip")
    assert len(str(table.frame["name"][0])) < 2 * len(LONG)
    (row,) = check_rows(connection, importer, table, SETTINGS).matches.rows
    assert row.state == "same"
    changed = replace(table, columns={**table.columns, "note": ["改过"]})
    brought(connection, importer, changed, changed="replace")
    attributes, _ = stored(connection, importer)["7"]
    assert (attributes["name"], attributes["note"]) == (3 * LONG, "改过")
