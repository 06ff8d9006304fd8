"""Shifted coordinates: the published figures, the way back, and what must not move."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from gis.crs import ELLIPSOID
from gis.errors import GeometryError
from gis.shift import SHIFTS, from_bd09, from_gcj02, in_china, moved, to_bd09, to_gcj02

Way: TypeAlias = Callable[[ArrayLike], NDArray[Any]]

# Away from the edge of the box, where two points share an image.
PLACES = st.tuples(st.floats(73.0, 136.0), st.floats(3.0, 54.0))
PAIRS = [
    pytest.param(to_gcj02, from_gcj02, id="gcj02"),
    pytest.param(to_bd09, from_bd09, id="bd09"),
]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        # The test vectors that the public implementations (eviltransform, coordtransform) share.
        pytest.param(
            (121.5272106, 31.1774276), (121.531541859215, 31.17530398364597), id="shanghai"
        ),
        pytest.param(
            (113.912316, 22.543847), (113.9171764808363, 22.540796131694766), id="shenzhen"
        ),
        pytest.param(
            (116.377817, 39.911954), (116.38404722455657, 39.91334545536069), id="beijing"
        ),
    ],
)
def test_gcj02_gives_the_published_figures(
    here: tuple[float, float], there: tuple[float, float]
) -> None:
    assert to_gcj02([here])[0] == pytest.approx(there, abs=1e-9)


def test_bd09_gives_the_published_figure() -> None:
    baidu = to_bd09(from_gcj02([(116.404, 39.915)]))
    assert baidu[0] == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


@pytest.mark.parametrize(
    ("place", "metres"),
    [
        pytest.param((125.32, 43.88), 588, id="changchun"),
        pytest.param((106.55, 29.56), 479, id="chongqing"),
        pytest.param((114.93, 24.44), 576, id="heping"),
        pytest.param((114.94, 25.83), 591, id="ganzhou"),
    ],
)
def test_gcj02_moves_the_places_of_the_demo_as_far_as_was_measured(
    place: tuple[float, float], metres: float
) -> None:
    away = ELLIPSOID.inv(*place, *to_gcj02([place])[0])[2]
    assert away == pytest.approx(metres, abs=1.5)


@pytest.mark.parametrize(("there", "back"), PAIRS)
@given(place=PLACES)
def test_the_way_back_ends_within_a_billionth_of_a_degree(
    there: Way, back: Way, place: tuple[float, float]
) -> None:
    assert np.abs(back(there([place])) - [place]).max() < 1e-9


@pytest.mark.parametrize("there", [to_gcj02, to_bd09, from_gcj02, from_bd09])
@pytest.mark.parametrize(
    "place",
    [
        pytest.param((2.35, 48.86), id="paris"),
        pytest.param((-2.4, 5.0), id="ghana"),
        pytest.param((151.2, -33.9), id="sydney"),
        pytest.param((116.0, 60.0), id="north"),
        pytest.param((140.0, 36.0), id="japan"),
    ],
)
def test_nothing_outside_china_is_moved(there: Way, place: tuple[float, float]) -> None:
    assert there([place]).tolist() == [list(place)]


@given(place=PLACES)
def test_every_place_in_china_moves_by_less_than_seven_hundred_metres(
    place: tuple[float, float],
) -> None:
    # "deviation <= 700 m" is said of the ground that is China's; the box reaches beyond it.
    if not (80 < place[0] < 127 and 21 < place[1] < 46):
        return
    away = ELLIPSOID.inv(*place, *to_gcj02([place])[0])[2]
    assert 50 < away < 750


@pytest.mark.parametrize("there", [to_gcj02, to_bd09, from_gcj02, from_bd09, in_china])
@pytest.mark.parametrize(
    ("points", "code"),
    [
        pytest.param([(np.nan, 43.0)], "not_finite", id="nan"),
        pytest.param([(125.0, np.inf)], "not_finite", id="infinite"),
        pytest.param([(43.88, 125.32)], "out_of_range", id="swapped"),
        pytest.param([(42443742.0, 4860000.0)], "out_of_range", id="metres"),
        pytest.param([125.0, 43.0], "bad_shape", id="one bare point"),
        pytest.param([(125.0, 43.0, 200.0)], "bad_shape", id="heights"),
    ],
)
def test_what_is_no_position_is_refused_by_name(there: Way, points: ArrayLike, code: str) -> None:
    with pytest.raises(GeometryError) as refused:
        there(points)
    assert refused.value.code == code


def test_an_inverted_latitude_is_told_with_its_place() -> None:
    with pytest.raises(GeometryError) as refused:
        to_gcj02([(125.0, 43.0), (43.88, 125.32)])
    assert refused.value.at == (43.88, 125.32)


@pytest.mark.parametrize("there", [to_gcj02, to_bd09, from_gcj02, from_bd09])
def test_no_points_give_no_points(there: Way) -> None:
    assert there([]).shape == (0, 2)


def test_geometries_keep_their_kind_their_holes_and_their_gaps() -> None:
    ring = shapely.box(125.3, 43.8, 125.4, 43.9).difference(
        shapely.box(125.32, 43.82, 125.33, 43.83)
    )
    shapes = moved([ring, None, shapely.Polygon()], to_gcj02)
    assert (len(shapes[0].interiors), shapes[1], shapes[2].is_empty) == (1, None, True)


def test_a_shift_leaves_the_size_of_a_plot_alone_and_only_its_place_tells() -> None:
    plot = shapely.box(125.32, 43.88, 125.325, 43.885)
    there = moved([plot], to_gcj02)[0]
    areas = [abs(ELLIPSOID.geometry_area_perimeter(shape)[0]) for shape in (plot, there)]
    assert areas[1] == pytest.approx(areas[0], rel=3e-3)


@pytest.mark.parametrize(("name", "back"), [("gcj02", from_gcj02), ("bd09", from_bd09)])
def test_a_way_back_is_found_by_the_name_of_its_shift(name: str, back: Way) -> None:
    assert SHIFTS[name] is back
