"""Maps on paper."""

import re
from dataclasses import replace
from pathlib import Path

import geopandas
import pytest
import shapely

from maps.errors import MapError
from maps.print_map import PrintMap, write_pdf
from maps.progress_pictures import Bar, chart_png

HOSTILE = ["مزرعة 🌲", r"$\frac{1$ 林场 \$", "$x_2$"]
"""Letters that the font lacks, half a formula, and a whole one."""


def sheet(north: float = 43.2) -> PrintMap:
    district = shapely.box(125.0, 43.0, 125.4, north)
    shapes = [shapely.box(125.1, 43.1, 125.12, 43.12), shapely.box(125.2, 43.1, 125.21, 43.11)]
    said = {"stage": ["planned", "accepted"], "plot_no": ["00001", "甲2"]}
    plots = geopandas.GeoDataFrame(said, geometry=shapes, crs=4490)
    return PrintMap("双阳区 2026 年度", district, plots, ["示意图，未经审图"])


def test_a_sheet_is_one_page_of_vectors_with_its_font(tmp_path: Path) -> None:
    write_pdf(sheet(), tmp_path / "a.pdf")
    content = (tmp_path / "a.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert b"CJK" in content
    assert b"/Subtype /Image" not in content


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_drawn_as_text_whatever_stands_in_it(tmp_path: Path, name: str) -> None:
    paper = sheet()
    paper.plots["plot_no"] = name
    write_pdf(replace(paper, title=name, notes=[name]), tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert chart_png([Bar(name, (0.5, None, 0.2))]).startswith(b"\x89PNG")


@pytest.mark.parametrize(("north", "is_upright"), [(43.2, False), (43.5, True)])
def test_a_sheet_lies_as_its_district_does(tmp_path: Path, north: float, is_upright: bool) -> None:
    write_pdf(sheet(north), tmp_path / "a.pdf")
    box = re.search(rb"/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+) \]", (tmp_path / "a.pdf").read_bytes())
    assert box is not None
    assert (float(box[1]) < float(box[2])) is is_upright


def test_numbers_are_written_where_there_is_room_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pdf(sheet(), tmp_path / "few.pdf")
    monkeypatch.setattr("maps.print_map.MOST_NUMBERS", 1)
    write_pdf(sheet(), tmp_path / "many.pdf")
    assert (tmp_path / "few.pdf").stat().st_size > (tmp_path / "many.pdf").stat().st_size


def test_a_machine_without_a_chinese_font_is_told_which_package_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", list)
    with pytest.raises(MapError, match="fonts-noto-cjk") as refusal:
        write_pdf(sheet(), tmp_path / "a.pdf")
    assert refusal.value.code == "no_font"
