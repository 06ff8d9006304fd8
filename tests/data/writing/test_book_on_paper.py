"""Tables of a workbook on paper: landscape, heads on each page, as wide as can be read."""

import io
import re
import zipfile

import pytest

from data.writing.xlsx import as_xlsx


def part_of(
    columns: int, value: object, part: str = "worksheets/sheet1", shares: tuple[str, ...] = ()
) -> str:
    """A part of a workbook with a row of so many equal cells."""
    names = {f"c{n}": f"指标{n}" for n in range(columns)}
    content = as_xlsx("进度", names, [dict.fromkeys(names, value)], [], shares=shares)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read(f"xl/{part}.xml").decode()


def test_a_decimal_is_shown_short_and_kept_whole() -> None:
    assert "<v>6.54559331403331</v>" in part_of(1, 6.54559331403331)
    assert 'formatCode="#,##0.00##"' in part_of(1, 6.54559331403331, "styles")


def test_a_share_is_shown_per_cent_and_kept_as_the_ratio_that_it_is() -> None:
    cells = part_of(2, 1.026, shares=("c1",))
    assert cells.count("<v>1.026</v>") == 2
    looks = re.findall(r'<c r="[AB]2" s="(\d+)"', cells)
    assert len(set(looks)) == 2
    assert 'formatCode="0.0%"' in part_of(2, 1.026, "styles", ("c1",))


@pytest.mark.parametrize(("columns", "pages"), [(3, 1), (12, 3)])
def test_columns_take_as_many_pages_as_can_be_read(columns: int, pages: int) -> None:
    sheet = part_of(columns, "绿色示范村复查" * 3)
    assert 'orientation="landscape"' in sheet
    assert 'fitToHeight="0"' in sheet
    wide = re.search(r'fitToWidth="(\d+)"', sheet)
    assert (1 if wide is None else int(wide[1])) == pages


def test_a_column_is_wide_enough_for_chinese_words() -> None:
    width = re.search(r'<col [^>]*width="([\d.]+)"', part_of(1, "非国有林生态赎买面积"))
    assert width is not None
    assert float(width[1]) >= 20
