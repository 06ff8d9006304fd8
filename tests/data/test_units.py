"""Tables of units and posts: what would be lost in silence is refused."""

from datetime import date
from pathlib import Path

import pytest

from data.errors import FileRefused
from data.units import read_posts


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
    rows, problems = read_posts(table(tmp_path, "单位,职务\nLYJ,局长,,\n"))
    assert ([row["unit"] for row in rows], problems) == (["LYJ"], [])


@pytest.mark.parametrize("written", ["2026/5/21", "20260521", "2026-05-20T16:00:00Z"])
def test_days_are_read_as_those_of_plots(tmp_path: Path, written: str) -> None:
    rows, problems = read_posts(table(tmp_path, f"单位,职务,任职日\nLYJ,局长,{written}\n"))
    assert ([row["valid_from"] for row in rows], problems) == ([date(2026, 5, 21)], [])
