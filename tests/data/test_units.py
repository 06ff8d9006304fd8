"""Tables of units and posts: what would be lost in silence is refused."""

from datetime import date
from pathlib import Path

import pytest

from data.errors import FileRefused
from data.units import read_posts, read_units


def table(folder: Path, text: str) -> Path:
    """A table of this text."""
    path = folder / "posts.csv"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("单位,职务,姓名\nLYJ,局长,甲,乙\n", "table_damaged"),
        ("单位,职务,姓名,姓名\nLYJ,局长,甲,乙\n", "table_damaged"),
        ("单位,职务,姓名,person\nLYJ,局长,甲,乙\n", "column_twice"),
    ],
)
def test_a_table_whose_cells_would_be_lost_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_posts(table(tmp_path, text))
    assert refused.value.code == code


def test_empty_cells_beyond_the_heading_are_nothing(tmp_path: Path) -> None:
    rows, problems, _ = read_posts(table(tmp_path, "单位,职务\nLYJ,局长,,\n"))
    assert ([row["unit"] for row in rows], problems) == (["LYJ"], [])


@pytest.mark.parametrize("written", ["2026/5/21", "20260521", "2026-05-20T16:00:00Z"])
def test_days_are_read_as_those_of_plots(tmp_path: Path, written: str) -> None:
    rows, problems, _ = read_posts(table(tmp_path, f"单位,职务,任职日\nLYJ,局长,{written}\n"))
    assert ([row["valid_from"] for row in rows], problems) == ([date(2026, 5, 21)], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "，"])
def test_a_table_is_read_in_any_encoding_and_with_any_mark_between_its_cells(
    tmp_path: Path, encoding: str, mark: str
) -> None:
    path = tmp_path / "units.csv"
    lines = ["单位代码 ,单位名称,上级单位,类别", "LYJ,林业局,,局", "YLZ,园林站,LYJ,其他"]
    path.write_bytes("\r\n".join(lines).replace(",", mark).encode(encoding))
    table = read_units(path)
    assert [(row["code"], row["parent"], row["kind"]) for row in table.rows] == [
        ("LYJ", None, "bureau"),
        ("YLZ", "LYJ", "other"),
    ]


def test_titles_blank_lines_and_signatures_are_no_units_which_is_told(tmp_path: Path) -> None:
    lines = ["双阳区单位一览表,,", "填报单位：林业局,日期：2026-05-01,", "代码,名称,上级"]
    lines += ["LYJ,林业局,", ",,", "YLZ,园林站,LYJ", "填表人：张三,,"]
    path = table(tmp_path, "\n".join(lines))
    came = read_units(path)
    assert [row["code"] for row in came.rows] == ["LYJ", "YLZ"]
    assert [note.zh for note in came.notes] == [
        "表尾的 1 行（合计、填表人等）未读取。",
        "表头前的 2 行未读取。",
    ]
