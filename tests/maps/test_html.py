"""User text enters a page as data, whatever it says."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.html import TEXT_MAX, json_block, plain, shown

texts = st.text(alphabet=st.characters(codec=None), max_size=60)


def content(block: str) -> str:
    script = re.fullmatch(r'<script type="application/json" id="d">(.*)</script>', block, re.DOTALL)
    assert script
    return script[1]


@given(texts)
def test_any_text_comes_back_from_its_block(text: str) -> None:
    expected = "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in text)
    assert json.loads(content(json_block([text], element_id="d"))) == [expected]


@given(texts)
def test_no_sign_of_a_language_is_left_in_a_block(text: str) -> None:
    assert not re.search("[<>&%#{}'`\u2028\u2029]", content(json_block([text], element_id="d")))


def test_a_number_that_json_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_block([float("nan")], element_id="d")


def test_a_title_can_close_no_element() -> None:
    assert plain("</title>{{7*7}}{% raw %}") == (
        "&lt;/title&gt;&#123;&#123;7*7&#125;&#125;&#123;&#37; raw &#37;&#125;"
    )


def test_a_long_text_is_cut_and_says_so() -> None:
    cut = shown("林" * 5000)
    assert cut.startswith("林" * TEXT_MAX + "…")
    assert "5000" in cut


@pytest.mark.parametrize("value", [{"a": {1, 2}}, [["x"], None], {"b"}, b"\xff", 1 + 2j])
def test_a_property_of_any_type_can_be_read(value: object) -> None:
    assert isinstance(shown(value), str)
