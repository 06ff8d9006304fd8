"""A page needs nothing from elsewhere and allows nothing from elsewhere."""

import re

import folium
import pytest
from geopandas import GeoDataFrame

from maps import assets
from maps.caption import Caption
from maps.coverage_map import build
from maps.errors import MapError
from maps.page import Page
from tests.maps.reading import digest, inline


@pytest.fixture
def page(square: GeoDataFrame, few: GeoDataFrame, caption: Caption) -> Page:
    return build(square, few, caption=caption)


def test_every_inline_script_and_style_is_in_the_policy(page: Page) -> None:
    for tag in ("script", "style"):
        texts = inline(page.html, tag)
        assert len(texts) >= 4
        assert all(digest(text) in page.csp for text in texts)


def test_the_policy_allows_nothing_else(page: Page) -> None:
    assert "unsafe" not in page.csp
    assert page.csp.startswith("default-src 'none'; ")
    assert f'<meta http-equiv="Content-Security-Policy" content="{page.csp}">' in page.html


def test_the_policy_stands_before_everything_that_it_rules(page: Page) -> None:
    assert page.html.index("Content-Security-Policy") < page.html.index("<style")
    assert page.html.index("Content-Security-Policy") < page.html.index("<script")


def test_no_element_asks_for_a_file(page: Page) -> None:
    around = re.sub(r"<(script|style)\b.*?</\1>", "", page.html, flags=re.S)
    assert not re.search(r"\b(src|href|srcset|action)\s*=", around)
    assert not re.search(r"url\((?!data:|#|'data:|\"data:)", "".join(inline(page.html, "style")))


def test_no_element_carries_a_style_or_a_handler(page: Page) -> None:
    around = re.sub(r"<(script|style)\b.*?</\1>", "", page.html, flags=re.S)
    assert not re.search(r"<[^>]*\s(style|on\w+)\s*=", around)


def test_folium_keeps_its_own_files_for_everybody_else(page: Page) -> None:
    plain = folium.Map().get_root().render()
    assert "leaflet.js" in plain
    assert folium.Map.default_js


def test_a_notebook_shows_the_page_in_a_frame(page: Page) -> None:
    shown = page._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "<script" not in shown


def test_missing_parts_are_told_with_their_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    assets.scripts.cache_clear()
    monkeypatch.setattr(assets, "_LEAFLET", tmp_path)
    with pytest.raises(MapError, match="make setup") as refused:
        assets.scripts()
    assert refused.value.code == "parts_missing"
