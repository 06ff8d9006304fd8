"""Numbers come back from the text that they were packed into."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.packing import pack, pack_signed
from tests.maps.reading import unpacked


@given(st.lists(st.integers(0, 2**53)))
def test_whole_numbers_come_back(numbers: list[int]) -> None:
    assert unpacked(pack(numbers)) == numbers


@given(st.lists(st.integers(-(2**51), 2**51)))
def test_signs_come_back(numbers: list[int]) -> None:
    signed = [-(n + 1) // 2 if n % 2 else n // 2 for n in unpacked(pack_signed(numbers))]
    assert signed == numbers


@given(st.lists(st.integers(0, 2**53)))
def test_no_letter_means_anything_to_html(numbers: list[int]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]*", pack(numbers))


@pytest.mark.parametrize("number", [-1, 2**53 + 1])
def test_what_a_browser_cannot_count_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        pack([number])
