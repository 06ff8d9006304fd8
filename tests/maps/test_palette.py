"""Classes hide nothing, and their colours stay apart for the colour-blind."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from maps.palette import (
    GAIN,
    LOSS,
    NO_DATA,
    NOTHING,
    SEQUENTIAL,
    UNCHANGED,
    change_classes,
    ratio_classes,
)

# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB.
BLIND = {
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
ratios = st.lists(st.one_of(st.floats(0, 3), st.just(float("nan"))), min_size=1, max_size=80)


@given(ratios)
def test_every_value_lies_in_the_class_that_it_was_given(values: list[float]) -> None:
    classes = ratio_classes(values)
    for value, place in zip(values, classes.place, strict=True):
        if np.isnan(value):
            assert place == NO_DATA
        else:
            band = classes.bands[place]
            assert band.lower <= value <= band.upper or abs(value - band.lower) < 1e-9


@given(ratios)
def test_no_class_is_empty_and_none_is_counted_twice(values: list[float]) -> None:
    bands = ratio_classes(values).bands
    assert all(band.held > 0 for band in bands)
    assert sum(band.held for band in bands) == sum(not np.isnan(value) for value in values)


def test_a_zero_is_not_hidden_among_small_values() -> None:
    classes = ratio_classes([0.0, 0.001, 0.002])
    assert classes.bands[classes.place[0]].zh == "0"


def test_more_than_the_whole_is_a_class_of_its_own() -> None:
    classes = ratio_classes([0.9, 1.0, 1.026])
    assert [classes.bands[i].zh for i in classes.place][-1] == "超过 100 %"
    assert classes.place[1] != classes.place[2]


def test_an_outlier_does_not_share_a_class_with_the_crowd() -> None:
    values = [0.01, 0.011, 0.012, 0.013, 0.014, 0.49]
    classes = ratio_classes(values)
    assert classes.bands[classes.place[-1]].held == 1


def test_nothing_known_gives_no_class() -> None:
    classes = ratio_classes([float("nan")])
    assert classes.bands == ()
    assert classes.place.tolist() == [NO_DATA]


def test_loss_and_gain_of_one_size_have_equally_strong_colours() -> None:
    classes = change_classes([-0.03, -0.001, 0.001, 0.03])
    colours = [classes.bands[i].colour for i in classes.place]
    assert colours == [LOSS[0], LOSS[-1], GAIN[0], GAIN[-1]]


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=60))
def test_a_change_keeps_its_sign(values: list[float]) -> None:
    classes = change_classes(values)
    for value, place in zip(values, classes.place, strict=True):
        words = classes.bands[place].zh
        expected = "没有" if abs(value) < 1e-9 else "增加" if value > 0 else "减少"
        assert words.startswith(expected)


@pytest.mark.parametrize("blindness", BLIND)
@pytest.mark.parametrize(
    "scale", [(NOTHING, *SEQUENTIAL), (*LOSS, UNCHANGED, *GAIN)], ids=["coverage", "change"]
)
def test_neighbouring_classes_stay_apart_for(blindness: str, scale: tuple[str, ...]) -> None:
    seen = np.array([_linear(colour) for colour in scale]) @ np.array(BLIND[blindness]).T
    labs = [_lab(np.clip(colour, 0, 1)) for colour in seen]
    apart = [np.linalg.norm(a - b) for a, b in pairwise(labs)]
    assert min(apart) > 8  # 2.3 is just noticeable


def _linear(colour: str) -> NDArray[np.float64]:
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _lab(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x, y, z = np.cbrt(to_xyz @ linear / np.array([0.9505, 1.0, 1.089]))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
