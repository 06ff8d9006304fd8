"""Areas that a file declares: which column, in what unit, rounded to what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.measure import M2_PER_HA, M2_PER_KM2, M2_PER_MU
from gis.messages import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["UNITS", "DeclaredAreas", "declared_areas"]

Floats = NDArray[np.float64]

UNITS: Final[dict[str, float]] = {
    "m2": 1.0,
    "mu": M2_PER_MU,
    "ha": M2_PER_HA,
    "km2": M2_PER_KM2,
}
"""Square metres of one unit."""

# Names of columns that hold an area, official and usual ones, and units in front of others.
_AN_AREA: Final = re.compile(
    r"area|mian_?ji|面积|公顷|亩|平方米|^(xbmj|tbmj|tbdlmj)$|_(ha|mu|m2|km2|hm2)$", re.IGNORECASE
)
_NAMED: Final = (
    ("km2", re.compile(r"km2|平方公里", re.IGNORECASE)),
    ("ha", re.compile(r"公顷|hectare|hm2|(^|_)ha(_|$)", re.IGNORECASE)),
    ("mu", re.compile(r"亩|(^|_)mu(_|$)", re.IGNORECASE)),
    ("m2", re.compile(r"平方米|sqm|(^|_)m2(_|$)|^tbmj$|^tbdlmj$", re.IGNORECASE)),
)
_NEAR: Final = 1.6  # a median within this factor fits a unit; mu and ha differ by a factor of 15
_FINEST: Final = 1e-6


class DeclaredAreas(NamedTuple):
    """One column of declared areas."""

    column: str
    unit: str
    """Of :data:`UNITS`: what the name says, else what the figures say."""
    m2: Floats
    """Declared areas in m²; NaN where nothing is declared (0 is nothing)."""
    step_m2: float
    """What the figures are rounded to, one unit at most: whole hectares are 10 000."""
    notes: tuple[Message, ...] = ()
    """Says that the unit was guessed, or that the figures contradict it."""


def declared_areas(frame: pd.DataFrame, measured_m2: Floats) -> list[DeclaredAreas]:
    """The columns of a table that declare areas.

    Parameters
    ----------
    frame
        Any table; columns are found by their names (``xbmj``, ``mianji``, ``面积``,
        ``area_ha`` …).
    measured_m2
        Measured areas of the rows, m²; NaN where there is none.

    Returns
    -------
    list[DeclaredAreas]
        In the order of the columns; without those that hold no number, or no unit that the
        name or the figures show.

    Examples
    --------
    >>> table = pd.DataFrame({"面积_亩": [15.0, 30.0], "name": ["a", "b"]})
    >>> column = declared_areas(table, np.array([10_000.0, 20_000.0]))[0]
    >>> column.unit, column.m2.round().tolist(), round(column.step_m2, 1)
    ('mu', [10000.0, 20000.0], 666.7)
    """
    return list(_columns(frame, measured_m2))


def _columns(frame: pd.DataFrame, measured_m2: Floats) -> Iterator[DeclaredAreas]:
    for column in frame.columns:
        if not _AN_AREA.search(str(column)):
            continue
        figures = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64)
        figures = np.where(np.isfinite(figures) & (figures > 0), figures, np.nan)
        named, fitting = _unit_named(str(column)), _unit_fitting(figures, measured_m2)
        unit = named or fitting
        if unit is None or np.isnan(figures).all():
            continue
        yield DeclaredAreas(
            str(column),
            unit,
            figures * UNITS[unit],
            _step(figures) * UNITS[unit],
            tuple(_doubts(str(column), named, fitting)),
        )


def _unit_named(column: str) -> str | None:
    return next((unit for unit, pattern in _NAMED if pattern.search(column)), None)


def _unit_fitting(figures: Floats, measured_m2: Floats) -> str | None:
    """The unit in which most figures come near what was measured."""
    both = np.isfinite(figures) & np.isfinite(measured_m2) & (measured_m2 > 0)
    if not both.any():
        return None
    ratio = float(np.median(figures[both] / measured_m2[both]))
    off = {unit: abs(np.log(ratio * m2)) for unit, m2 in UNITS.items()}
    nearest = min(off, key=lambda unit: off[unit])
    return nearest if off[nearest] < np.log(_NEAR) else None


def _step(figures: Floats) -> float:
    """The coarsest power of ten, one at most, of which every figure is a multiple."""
    known = figures[np.isfinite(figures)]
    step = 1.0
    while step > _FINEST and (np.abs(known / step - np.rint(known / step)) > 1e-6).any():
        step /= 10.0
    return step


def _doubts(column: str, named: str | None, fitting: str | None) -> Iterator[Message]:
    if named is None and fitting is not None:
        yield Message(
            f"“{column}”没有写单位，按数值推断为 {fitting}。",
            f"{column!r} names no unit; by its figures it is {fitting}.",
        )
    if named is not None and fitting is not None and named != fitting:
        yield Message(
            f"“{column}”写的是 {named}，数值却像 {fitting}，请核对单位。",
            f"{column!r} says {named}, but its figures look like {fitting}; look at the unit.",
        )
