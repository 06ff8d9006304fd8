"""Maps on paper."""

from pathlib import Path

import geopandas
import pytest
import shapely

from maps.errors import MapError
from maps.print_map import PrintMap, write_pdf


def sheet() -> PrintMap:
    district = shapely.box(125.0, 43.0, 125.4, 43.3)
    shapes = [shapely.box(125.1, 43.1, 125.12, 43.12), shapely.box(125.2, 43.1, 125.21, 43.11)]
    plots = geopandas.GeoDataFrame({"stage": ["planned", "accepted"]}, geometry=shapes, crs=4490)
    return PrintMap("双阳区 2026 年度", district, plots, ["示意图，未经审图"])


def test_a_sheet_is_one_page_of_vectors_with_its_font(tmp_path: Path) -> None:
    write_pdf(sheet(), tmp_path / "a.pdf")
    content = (tmp_path / "a.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert b"CJK" in content
    assert b"/Subtype /Image" not in content


def test_a_machine_without_a_chinese_font_is_told_which_package_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", list)
    with pytest.raises(MapError, match="fonts-noto-cjk") as refusal:
        write_pdf(sheet(), tmp_path / "a.pdf")
    assert refusal.value.code == "no_font"
