"""Where a reading puts the sample of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.detect.borders import Borders, ShiftRule, bounds_of
from gis.detect.declared import Declared
from gis.detect.findings import Guess, Placement, place
from gis.detect.readings import MIN_FIT

__all__ = ["Case", "placed", "read", "through", "where"]

Points = NDArray[np.float64]


class Case(NamedTuple):
    """Input that all steps share."""

    sample: Points
    declared: Declared
    borders: Borders | None
    rule: ShiftRule


def read(points: Points, guess: Guess) -> Points | None:
    """The sample in degrees, its shift left in; None when the reading leaves the globe.

    A few stray vertices do not refute a reading, as in :func:`gis.detect.readings.readings`.
    """
    there = through(points, replace(guess, shift=None))
    on_globe = (np.isfinite(there) & (np.abs(there) <= (180.0, 90.0))).all(axis=1)
    return np.compress(on_globe, there, axis=0) if on_globe.mean() >= MIN_FIT else None


def through(points: Points, guess: Guess) -> Points:
    line = place(np.array([shapely.multipoints(points)], dtype=object), guess)
    return np.asarray(shapely.get_coordinates(line), dtype=np.float64)


def placed(guesses: Iterable[Guess], case: Case) -> Iterator[Guess]:
    for guess in guesses:
        there = read(case.sample, guess)
        if there is not None:
            yield replace(guess, placement=where(there, case))


def where(there: Points, case: Case) -> Placement:
    if case.borders is None:
        return Placement(bounds_of(there), None)
    return case.borders.placement(there)
