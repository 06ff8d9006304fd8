"""Honest classes and colours that the colour-blind tell apart.

A class is never empty, never hides a zero among small values, never clamps what is above the
whole, and "no figure" is no class at all: it is hatched.
"""

from collections.abc import Callable, Sequence
from math import ceil, floor, log10
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

# ColorBrewer 2.0, YlGn and PuOr, both listed as colour-blind safe (C. Brewer, colorbrewer2.org).
SEQUENTIAL: Final = ("#ffffcc", "#c2e699", "#78c679", "#31a354", "#006837")
LOSS: Final = ("#b35806", "#f1a340", "#fee0b6")
GAIN: Final = ("#d8daeb", "#998ec3", "#542788")
NOTHING: Final = "#d4d7da"
UNCHANGED: Final = "#f7f7f7"
ABOVE_WHOLE: Final = "#c51b7d"

# Okabe & Ito (2008), "Color Universal Design", with two darkened for thin lines on white.
STAGE: Final = {
    "planned": "#e69f00",
    "planted": "#56b4e9",
    "accepted": "#0072b2",
    "existing": "#00795a",
    "cancelled": "#767676",
}
GREEN_CLASS: Final = {
    "forest": "#0b5d3b",
    "urban": "#cc5f00",
    "grass": "#7a9a01",
    "wetland": "#0072b2",
    "sand": "#8c6d1f",
    "karst": "#6a51a3",
}
CATEGORICAL: Final = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#d55e00",
    "#56b4e9",
    "#cc79a7",
    "#7a6a00",
    "#332288",
    "#767676",
)
PLOT: Final = "#30383f"
UNKNOWN: Final = "#4d4d4d"

NO_DATA: Final = -1
_DUST: Final = 1e-9
# Values enough to find classes by; more are thinned to as many quantiles.
_ENOUGH: Final = 600
Numbers: TypeAlias = "NDArray[np.float64]"


class Band(NamedTuple):
    """One class: what it holds (lower ≤ value < upper), how it looks, how many are in it."""

    lower: float
    upper: float
    colour: str
    zh: str
    en: str
    held: int


class Classes(NamedTuple):
    """Bands in rising order, and for each value the place of its band or ``NO_DATA``."""

    bands: tuple[Band, ...]
    place: "NDArray[np.int64]"


def ratio_classes(values: ArrayLike) -> Classes:
    """Classes of ratios: 0 alone, up to five with gaps between them, above 1 alone.

    Parameters
    ----------
    values
        Ratios (0.125 is 12.5 %); NaN has no class. Below 1e-9, a hectare in ten thousand square
        kilometres, is 0.

    Examples
    --------
    >>> [band.zh for band in ratio_classes([0, 0.01, 0.02, 0.03, 1.2, float("nan")]).bands]
    ['0', '1–1.5 %', '1.5–2.5 %', '2.5–3 %', '超过 100 %']
    """
    ratios = _without_dust(values)
    edges = _edges(ratios[(ratios > 0) & (ratios <= 1)], len(SEQUENTIAL))
    bands = [Band(0.0, 0.0, NOTHING, "0", "0", 0)]
    for low, high, colour in _steps(edges, SEQUENTIAL):
        label = f"{_range(low, high)} %"
        bands.append(Band(low, high, colour, label, label, 0))
    bands.append(Band(1.0, np.inf, ABOVE_WHOLE, "超过 100 %", "above 100 %", 0))
    place = 1 + _between(edges, ratios)
    place = np.where(ratios == 0, 0, np.where(ratios > 1, len(bands) - 1, place))
    return _counted(bands, np.where(ratios >= 0, place, NO_DATA))


def share_classes(values: ArrayLike) -> Classes:
    """Quarters of a share from 0 to 1, and 0 alone: the same classes in every period.

    Parameters
    ----------
    values
        Ratios; NaN has no class. 1 is in the last quarter.

    Examples
    --------
    >>> [band.zh for band in share_classes([0, 0.1, 0.74, 1.0]).bands]
    ['0', '不到 25 %', '50–75 %', '75–100 %']
    """
    shares = _without_dust(values)
    edges = [0.0, 0.25, 0.5, 0.75, 1.0]
    bands = [Band(0.0, 0.0, NOTHING, "0", "0", 0)]
    for low, high, colour in zip(edges, edges[1:], SEQUENTIAL, strict=False):
        zh, en = ("不到 25 %", "below 25 %") if low == 0 else (f"{_range(low, high)} %",) * 2
        bands.append(Band(low, high, colour, zh, en, 0))
    place = np.where(shares == 0, 0, 1 + _between(edges, shares))
    return _counted(bands, np.where(shares >= 0, place, NO_DATA))


def progress_classes(values: ArrayLike) -> Classes:
    """Quarters of a task, 0 alone, and what is reached or passed: the same classes on every day.

    Parameters
    ----------
    values
        Ratios to a target, never clamped; NaN has no class. 1 is reached.

    Examples
    --------
    >>> [band.zh for band in progress_classes([0, 0.3, 0.999, 1.0, 3.74]).bands]
    ['0', '25–50 %', '75–100 %', '100 % 以上']
    """
    rates = _without_dust(values)
    edges = [0.0, 0.25, 0.5, 0.75, 1.0]
    bands = [Band(0.0, 0.0, NOTHING, "0", "0", 0)]
    for low, high, colour in zip(edges, edges[1:], SEQUENTIAL, strict=False):
        zh, en = ("不到 25 %", "below 25 %") if low == 0 else (f"{_range(low, high)} %",) * 2
        bands.append(Band(low, high, colour, zh, en, 0))
    bands.append(Band(1.0, np.inf, SEQUENTIAL[-1], "100 % 以上", "100 % and more", 0))
    steps = np.searchsorted(edges[1:], rates, side="right") + 1
    place = np.where(rates == 0, 0, steps)
    return _counted(bands, np.where(rates >= 0, place, NO_DATA))


def change_classes(values: ArrayLike) -> Classes:
    """Classes of a change between two ratios, the same widths on both sides of 0.

    Parameters
    ----------
    values
        Differences of ratios; NaN has no class. A difference below 1e-9 counts as none.

    Examples
    --------
    >>> [band.zh for band in change_classes([-0.01, 0, 0.02]).bands]
    ['减少不到 1.5 个百分点', '没有变化', '增加 1.5–2 个百分点']
    """
    changes = _without_dust(values)
    sizes = np.abs(changes)
    edges = _edges(sizes[sizes > 0], len(GAIN))
    edges = [0.0, *edges[1:]]
    losses = [_moved(low, high, c, "减少", "less") for low, high, c in _steps(edges, LOSS[::-1])]
    gains = [_moved(low, high, c, "增加", "more") for low, high, c in _steps(edges, GAIN)]
    bands = [*losses[::-1], Band(0.0, 0.0, UNCHANGED, "没有变化", "no change", 0), *gains]
    step = 1 + _between(edges, sizes)
    place = len(losses) + np.where(sizes == 0, 0, np.where(changes < 0, -step, step))
    return _counted(bands, np.where(np.isfinite(changes), place, NO_DATA))


def colours(count: int) -> tuple[str, ...]:
    """That many colours for things without an order; the ninth and later share one grey."""
    named = CATEGORICAL[:count]
    return named + (UNKNOWN,) * (count - len(named))


def _without_dust(values: ArrayLike) -> Numbers:
    numbers = np.asarray(values, dtype=float).ravel()
    return np.where(np.abs(numbers) < _DUST, 0.0, numbers)


def _edges(values: Numbers, most: int) -> list[float]:
    """Bounds of classes where the values themselves leave gaps; the ends hold all of them.

    Fisher-Jenks on logarithms: shares of green run over two powers of ten, and classes of equal
    number would put 2 % and 49 % together.
    """
    different = np.unique(values)
    if different.size < 2:
        return [float(value) for value in different for _ in range(2)]
    sample = np.quantile(values, np.linspace(0, 1, _ENOUGH)) if values.size > _ENOUGH else values
    sample = np.sort(sample)
    starts = _natural_starts(np.log(sample), min(most, np.unique(sample).size))
    inner = [_between_two(sample[start - 1], sample[start]) for start in starts]
    ends = [_rounded(different[0], floor), _rounded(different[-1], ceil)]
    return [float(edge) for edge in np.unique([*ends, *inner])]


def _natural_starts(values: Numbers, count: int) -> list[int]:
    """Where classes 2 … ``count`` of rising values begin, so that they vary least inside.

    W. D. Fisher, "On grouping for maximum homogeneity", JASA 53 (1958), by dynamic programming.
    """
    size = len(values)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    squares = np.concatenate([[0.0], np.cumsum(values**2)])
    first, last = np.arange(size)[:, None], np.arange(1, size + 1)[None, :]
    held = np.maximum(last - first, 1)
    spread = squares[last] - squares[first] - (sums[last] - sums[first]) ** 2 / held
    spread = np.where(last > first, spread, np.inf)
    best, chosen = spread[0], []
    for _ in range(count - 1):
        total = np.concatenate([[np.inf], best[:-1]])[:, None] + spread
        chosen.append(total.argmin(axis=0))
        best = total.min(axis=0)
    starts, end = [], size
    for choice in reversed(chosen):
        end = int(choice[end - 1])
        starts.append(end)
    return starts[::-1]


def _between_two(below: float, above: float) -> float:
    """The roundest number between two values."""
    middle = (below + above) / 2
    for digits in range(1, 8):
        edge = float(f"{middle:.{digits}g}")
        if below < edge < above:
            return edge
    return above


def _rounded(value: float, how: Callable[[float], int]) -> float:
    unit = 10.0 ** (floor(log10(value)) - 1)
    return float(f"{how(round(value / unit, 6)) * unit:.6g}")


def _between(edges: Sequence[float], values: Numbers) -> NDArray[np.int64]:
    """Which step between edges holds a value; the last step holds its own upper end."""
    steps = np.searchsorted(edges, np.nan_to_num(values), side="right") - 1
    return np.clip(steps, 0, max(len(edges) - 2, 0)).astype(np.int64)


def _steps(edges: Sequence[float], scale: Sequence[str]) -> list[tuple[float, float, str]]:
    count = len(edges) - 1
    chosen = [scale[round(i * (len(scale) - 1) / max(count - 1, 1))] for i in range(count)]
    return list(zip(edges, edges[1:], chosen, strict=False))


def _moved(low: float, high: float, colour: str, zh: str, en: str) -> Band:
    most = f"{100 * high:.4g}"
    if low == 0:
        return Band(
            low, high, colour, f"{zh}不到 {most} 个百分点", f"{en} by up to {most} points", 0
        )
    points = _range(low, high)
    return Band(low, high, colour, f"{zh} {points} 个百分点", f"{en} by {points} points", 0)


def _range(low: float, high: float) -> str:
    return f"{100 * low:.4g}" if low == high else f"{100 * low:.4g}–{100 * high:.4g}"


def _counted(bands: Sequence[Band], place: NDArray[np.int64]) -> Classes:
    """The bands that hold something, with how many, and places among them."""
    counts = np.bincount(place[place >= 0], minlength=len(bands))
    used = np.flatnonzero(counts)
    among_used = np.full(len(bands) + 1, NO_DATA)
    among_used[used] = np.arange(len(used))
    full = tuple(bands[i]._replace(held=int(counts[i])) for i in used.tolist())
    return Classes(full, among_used[place])
