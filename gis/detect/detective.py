"""The coordinate detective: what are these numbers, and how sure can one be?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import BEIJING54, CGCS2000, XIAN80, Width, Zone
from gis.detect.borders import NO_BORDERS, Borders, ShiftRule, bounds_of
from gis.detect.declared import Declared, contradiction, datum_words, weighed, with_declared
from gis.detect.findings import Detection, Guess, Placement, ShiftFinding, ShiftName, place
from gis.detect.readings import readings, zones_named
from gis.errors import GeometryError
from gis.shift import in_china
from gis.words import Words

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["detect"]

Points = NDArray[np.float64]
_SAMPLE: Final = 4_000
# Weights of what only position could tell and nothing told: rare in files, but never excluded.
_SHIFTS: Final[tuple[ShiftName, ...]] = ("gcj02", "bd09")
_UNTOLD: Final = {"gcj02": 0.1, "bd09": 0.05}
_OLD_DATUM: Final = 0.05
_REFUTED: Final = 0.02
_PROVED: Final = 0.95
# Xian 1980 and Beijing 1954 lie tens of metres off: borders met closer than this speak against.
_CLOSE_M: Final = 20.0
_OLD: Final[tuple[tuple[Literal["xian80", "beijing54"], int], ...]] = (
    ("xian80", XIAN80),
    ("beijing54", BEIJING54),
)


def detect(
    coordinates: NDArray[Any],
    *,
    prj: str | None = None,
    districts: GeoDataFrame | None = None,
    rule: ShiftRule | None = None,
) -> Detection:
    """Say what coordinates are: every reading that fits, with evidence and where it leads.

    Parameters
    ----------
    coordinates
        Vertices ``(n, 2)`` as they stand in the file, or an array of shapely geometries.
    prj
        Text of the `.prj` (or any CRS that PROJ reads); None when the file has none.
    districts
        Known districts: ``code``, ``name``, ``geometry`` in degrees of CGCS2000. Without them
        neither a bare zone nor a shift can be told.
    rule
        When borders are witness enough for a shift; see :class:`ShiftRule`.

    Returns
    -------
    Detection
        Guesses by confidence. Nothing is converted: :func:`place` does that, for a guess that
        the caller names.

    Raises
    ------
    GeometryError
        ``empty``: there is not one finite vertex; ``bad_shape``: an array that is not (n, 2).

    Notes
    -----
    The confidence of a guess of weight w is w/Σw times the greatest weight: it falls both when
    evidence is weak and when another guess is as good. Lying inside the right district proves
    nothing about a shift of 500 m; only the distance to known borders does (project fact sheet,
    3.4).

    Examples
    --------
    >>> import numpy as np
    >>> found = detect(np.array([[42443742.57, 4860000.0], [42443842.0, 4860100.0]]))
    >>> found.best.code, [round(degrees, 3) for degrees in found.best.placement.bounds]
    ('zone3_prefixed+42', [125.3, 43.873, 125.301, 43.874])
    >>> found.shift.verdict
    'cannot_tell'
    """
    points, lost = _vertices(coordinates)
    borders = None if districts is None else Borders(districts)
    case = _Case(_sample(points), Declared(prj), borders, rule or ShiftRule())
    fault = contradiction(case.declared, case.sample)
    stated = with_declared(list(readings(case.sample)), case.declared, fault)
    if fault is None or not fault[0].endswith("_prj"):  # a refuted .prj says nothing of the rest
        stated = [weighed(guess, case.declared) for guess in stated]
    placed = _judged_by_place(list(_placed(stated, case)), case)
    finding, guesses = _witnessed(placed, case)
    faults = [*_faults(case.sample, lost, placed), case.declared.fault, fault]
    return Detection(
        tuple(_ranked(guesses)), finding, tuple(one for one in faults if one), len(points)
    )


class _Case(NamedTuple):
    """What all steps look at."""

    sample: Points
    declared: Declared
    borders: Borders | None
    rule: ShiftRule


def _vertices(coordinates: NDArray[Any]) -> tuple[Points, int]:
    array = np.asarray(coordinates)
    if array.dtype == object:
        array = shapely.get_coordinates(array)
    points = np.asarray(array, dtype=np.float64)
    if points.size and (points.ndim != 2 or points.shape[1] != 2):
        raise GeometryError(
            f"坐标应为 n×2 的数组，收到的形状是 {points.shape}。 "
            f"Give an (n, 2) array; got shape {points.shape}.",
            code="bad_shape",
        )
    finite = np.isfinite(points.reshape(-1, 2)).all(axis=1)
    if not finite.any():
        raise GeometryError(
            "没有任何可用的坐标，请检查文件。 Not one coordinate can be used; look at the file.",
            code="empty",
        )
    return points[finite], int((~finite).sum())


def _sample(points: Points) -> Points:
    """Every n-th vertex, and the outermost ones: bounds must be those of the file."""
    step = -(-len(points) // _SAMPLE)
    outer = np.concatenate([points.argmin(axis=0), points.argmax(axis=0)])
    chosen = np.unique(np.concatenate([np.arange(0, len(points), step), outer]))
    return np.take(points, chosen, axis=0)


def _read(points: Points, guess: Guess) -> Points | None:
    """The sample in degrees, its shift left in; None when the reading leaves the globe."""
    there: Points = _through(points, replace(guess, shift=None))
    on_globe = bool(np.isfinite(there).all() and (np.abs(there) <= (180.0, 90.0)).all())
    return there if on_globe else None


def _through(points: Points, guess: Guess) -> Points:
    line = place(np.array([shapely.multipoints(points)], dtype=object), guess)
    return np.asarray(shapely.get_coordinates(line), dtype=np.float64)


def _placed(guesses: Iterable[Guess], case: _Case) -> Iterator[Guess]:
    for guess in guesses:
        there = _read(case.sample, guess)
        if there is not None:
            yield replace(guess, placement=_where(there, case))


def _judged_by_place(placed: list[Guess], case: _Case) -> list[Guess]:
    """Lower what lies outside the known districts, unless every reading does; best first."""
    shares = [(guess.placement and guess.placement.inside) or 0.0 for guess in placed]
    if any(shares):
        placed = [
            replace(guess, confidence=guess.confidence * (_floor(guess, case) + share))
            for guess, share in zip(placed, shares, strict=True)
        ]
    return sorted(placed, key=lambda guess: -guess.confidence)


def _floor(guess: Guess, case: _Case) -> float:
    return 0.2 if case.declared.agrees(guess) else 0.005


def _where(there: Points, case: _Case) -> Placement:
    if case.borders is None:
        return Placement(bounds_of(there), None)
    return case.borders.placement(there)


def _witnessed(placed: list[Guess], case: _Case) -> tuple[ShiftFinding, list[Guess]]:
    """Let the borders speak on the best reading; the older datums and shifts are added to it."""
    if not placed:
        return NO_BORDERS, []
    base, rest = placed[0], placed[1:]
    there = _read(case.sample, base)
    if there is None or not in_china(there).any():
        return _ABROAD, placed
    finding = NO_BORDERS if case.borders is None else case.borders.shift(there, case.rule)
    told = replace(base, evidence=(*base.evidence, finding.words))
    shifted = [_shifted(told, name, there, finding, case) for name in _SHIFTS]
    older = list(_older(told, finding, case))
    return finding, [_unshifted(told, finding), *shifted, *older, *rest]


def _unshifted(base: Guess, finding: ShiftFinding) -> Guess:
    if finding.verdict == "none":
        return replace(base, confidence=max(base.confidence, _PROVED))
    refuted = finding.verdict != "cannot_tell"
    return replace(base, confidence=base.confidence * (_REFUTED if refuted else 1.0))


def _shifted(
    base: Guess, name: ShiftName, there: Points, finding: ShiftFinding, case: _Case
) -> Guess:
    if finding.verdict == "cannot_tell":
        weight = base.confidence * _UNTOLD[name]
    else:
        weight = _PROVED if finding.verdict == name else base.confidence * _REFUTED
    back = _through(there, Guess("degrees", CGCS2000, shift=name))
    return replace(base, shift=name, confidence=weight, placement=_where(back, case))


def _older(base: Guess, finding: ShiftFinding, case: _Case) -> Iterator[Guess]:
    """The same numbers in Xian 1980 or Beijing 1954: tens of metres away, never excluded."""
    if base.datum != "cgcs2000" or base.kind in ("web_mercator", "declared"):
        return
    close = finding.medians_m.get("none", np.inf) < _CLOSE_M
    weight = _OLD_DATUM * (0.1 if close or case.declared.agrees(base) else 1.0)
    for name, datum in _OLD:
        crs = datum
        if base.zone is not None:
            width: Width = 3 if base.kind.startswith("zone3") else 6
            crs = Zone(base.zone, width, base.kind.endswith("prefixed"), datum).epsg
        told = (_ALIKE, datum_words(crs))
        guess = replace(base, crs=crs, datum=name, confidence=base.confidence * weight)
        yield from _placed([replace(guess, evidence=told)], case)


def _ranked(guesses: list[Guess]) -> list[Guess]:
    total = sum(guess.confidence for guess in guesses)
    if total <= 0:
        return guesses
    most = min(1.0, max(guess.confidence for guess in guesses))
    ranked = [replace(guess, confidence=guess.confidence / total * most) for guess in guesses]
    return sorted(ranked, key=lambda guess: -guess.confidence)


def _faults(sample: Points, lost: int, placed: list[Guess]) -> Iterator[tuple[str, Words]]:
    if lost:
        yield (
            "not_finite",
            Words(
                f"{lost} 个顶点是非数字或无穷大，未参与判断。",
                f"{lost} vertices are NaN or infinite and were left out.",
            ),
        )
    named = zones_named(sample)
    if len(named) > 1 and (not placed or placed[0].kind.endswith("prefixed")):
        zh = "、".join(f"{zone} 带 {share:.0%}" for zone, share in named.items())
        en = ", ".join(f"zone {zone} {share:.0%}" for zone, share in named.items())
        yield (
            "mixed_zones",
            Words(
                f"文件混用了几个带号：{zh}；请按带拆分后提交。",
                f"Several zones in one file: {en}; split it by zone.",
            ),
        )
    if not placed:
        yield (
            "no_reading",
            Words(
                "没有一种坐标系能解释这些数值，请向提供者核对。",
                "No reference system explains these numbers; ask whoever sent them.",
            ),
        )


_ABROAD: Final = ShiftFinding(
    "none",
    0,
    {},
    Words("不在中国范围内，不存在这两种偏移。", "Not in China, where nothing is shifted."),
)
_ALIKE: Final = Words(
    "同样的数值也可能是旧坐标系，仅凭位置无法区分。",
    "The same numbers could be of an older datum; position alone cannot tell.",
)
