"""Whether letters read as some Chinese words."""

import pytest

from data.pinyin import letters_of, readings, reads_as


@pytest.mark.parametrize(
    "typed", ["nongan", "na", "nax", "nonga", "naxian", "anxi", "nanx", "x"], ids=str
)
def test_whole_syllables_first_letters_and_mixtures_read_as_a_name(typed: str) -> None:
    assert reads_as("农安县", typed)


@pytest.mark.parametrize("typed", ["nonganxiang", "gan", "nn", "nongb"], ids=str)
def test_other_letters_do_not(typed: str) -> None:
    assert not reads_as("农安县", typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [("重庆", "chongqing"), ("长春", "changchun"), ("厦门", "xm"), ("女山", "nvshan")],
)
def test_characters_of_several_readings_have_each(name: str, typed: str) -> None:
    assert reads_as(name, typed)


def test_what_is_no_chinese_character_reads_as_itself() -> None:
    assert readings("G") == ("g",)
    assert reads_as("G1公园", "g1gongyuan")


def test_letters_may_be_first_letters_or_syllables() -> None:
    assert letters_of("sanjiazi")[:2] == ["sanjiazi", "sjz"]


def test_letters_that_could_be_read_in_many_ways_are_read_in_few() -> None:
    assert len(letters_of("nanananana" * 4)) <= 5
