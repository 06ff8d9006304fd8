"""Strategies: plots as hypothesis draws them, simple by construction."""

from __future__ import annotations

from math import cos, pi, sin

from hypothesis import strategies as st
from shapely import Polygon

CHINA_LON = st.floats(73.6, 134.9)
CHINA_LAT = st.floats(16.0, 53.6)


@st.composite
def stars(
    draw: st.DrawFn,
    lon: st.SearchStrategy[float] = CHINA_LON,
    lat: st.SearchStrategy[float] = CHINA_LAT,
    min_deg: float = 2e-4,
    max_deg: float = 0.02,
) -> Polygon:
    """A plot that sees all of itself from its centre."""
    x, y = draw(lon), draw(lat)
    radii = draw(st.lists(st.floats(min_deg, max_deg), min_size=3, max_size=12))
    turn = 2 * pi / len(radii)
    return Polygon([(x + r * cos(i * turn), y + r * sin(i * turn)) for i, r in enumerate(radii)])


@st.composite
def neighbours(draw: st.DrawFn, count: int = 6) -> list[Polygon]:
    """Plots close enough to overlap, touch, repeat or contain each other."""
    near_lon, near_lat = st.floats(126.0, 126.02), st.floats(43.80, 43.82)
    drawn = draw(st.lists(stars(near_lon, near_lat, 5e-4, 0.01), min_size=1, max_size=count))
    repeats = draw(st.lists(st.sampled_from(drawn), max_size=2))
    return drawn + repeats
