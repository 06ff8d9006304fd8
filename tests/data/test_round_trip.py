"""What we write we read back whole."""

from pathlib import Path

import geopandas
import pytest

from data.plots import PROPERTIES, read_plots
from data.schemas import Encoding
from data.writing import write
from tests.data.sending import squares, table

PLOT: dict[str, list[object]] = {
    "stage": ["planted", "planned"],
    "kind": ["RGZL", "G1"],
    "year": [2026, 2025],
    "name": ["一号", "二号"],
    "plot_no": ["007", "008"],
    "category": ["ZDGC", None],
    "method": ["ZM", None],
    "species": [[{"code": "PINKOR", "share": 0.6}, {"code": "LAROLG", "share": 0.4}], None],
    "density_per_ha": [1665.0, None],
    "compartment_no": ["12", None],
    "subcompartment_no": ["3", None],
    "town": ["220102001", None],
    "village": ["220102001002", None],
    "land_ownership": ["20", None],
    "tree_ownership": ["21", None],
    "declared_m2": [1200.5, None],
    "plan_ids": [[3, 15], None],
    "note": ["北坡", None],
}


def plots() -> geopandas.GeoDataFrame:
    return table(PLOT, squares(2))


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("a.zip", "UTF-8"), ("a.zip", "GBK"), ("a.gpkg", "UTF-8"), ("a.geojson", "UTF-8")],
)
def test_plots_come_back_with_every_property(tmp_path: Path, name: str, encoding: Encoding) -> None:
    write(plots(), tmp_path / name, encoding=encoding)
    back = read_plots(tmp_path / name)
    assert back.problems == []
    assert {column: back.frame[column].tolist() for column in PLOT} == PLOT


def test_official_fields_come_back_by_their_schema(tmp_path: Path) -> None:
    extra = [{"lcxzgx": {"yu_bi_du": 0.7, "di_lei": "0301"}}, {"lcxzgx": {"di_lei": "0302"}}]
    frame = plots().assign(extra=extra)
    write(frame, tmp_path / "a.zip", schema="lcxzgx")
    back = read_plots(tmp_path / "a.zip", defaults={"stage": "planted", "kind": "RGZL"}).frame
    kept = [row["lcxzgx"] for row in back["extra"]]
    assert [row["di_lei"] for row in kept] == ["0301", "0302"]
    assert kept[0]["yu_bi_du"] == 0.7


def test_every_property_of_the_interface_is_a_column() -> None:
    assert set(PLOT) < set(PROPERTIES)
