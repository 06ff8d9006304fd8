"""The coordinate detective: which reference system are these numbers in, and how sure is that?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.detect.borders import Borders, ShiftRule
from gis.detect.declared import Declared, contradiction, weighed, with_declared
from gis.detect.findings import Detection, Guess
from gis.detect.placing import Case, placed
from gis.detect.readings import readings, zones_named
from gis.detect.witness import witnessed
from gis.errors import GeometryError
from gis.messages import Message
from gis.stored_shapes import StoredShapes

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["detect", "detect_sampled", "sample_of", "sample_of_parts"]

Points = NDArray[np.float64]
_SAMPLE: Final = 4_000


def detect(
    coordinates: NDArray[Any],
    *,
    prj: str | None = None,
    districts: GeoDataFrame | None = None,
    rule: ShiftRule | None = None,
) -> Detection:
    """Every reading of the coordinates that fits, with its evidence and the place it gives.

    Parameters
    ----------
    coordinates
        Vertices ``(n, 2)`` as they stand in the file, or an array of shapely geometries.
    prj
        Text of the `.prj` (or any CRS that PROJ reads); None when the file has none.
    districts
        Known districts: ``code``, ``name``, ``geometry`` in degrees of CGCS2000. Without them
        neither a bare zone nor a shift can be recognised.
    rule
        When borders are enough evidence for a shift; see :class:`ShiftRule`.

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
    >>> detection = detect(np.array([[42443742.57, 4860000.0], [42443842.0, 4860100.0]]))
    >>> detection.best.code, [round(edge, 3) for edge in detection.best.placement.bounds]
    ('zone3_prefixed+42', [125.3, 43.873, 125.301, 43.874])
    >>> detection.shift.verdict
    'cannot_tell'
    """
    points, lost = _vertices(coordinates)
    sample = _sample(points)
    return detect_sampled(sample, len(points), lost=lost, prj=prj, districts=districts, rule=rule)


def detect_sampled(
    sample: Points,
    vertices: int,
    *,
    lost: int = 0,
    prj: str | None = None,
    districts: GeoDataFrame | None = None,
    rule: ShiftRule | None = None,
) -> Detection:
    """As `detect`, of the vertices of a file that `sample_of` chooses; ``lost`` are no numbers."""
    borders = None if districts is None else Borders(districts)
    case = Case(sample, Declared(prj), borders, rule or ShiftRule())
    fault = contradiction(case.declared, case.sample)
    stated = with_declared(list(readings(case.sample)), case.declared, fault)
    if fault is None or not fault[0].endswith(
        "_prj"
    ):  # a refuted .prj is no evidence for the other readings
        stated = [weighed(guess, case.declared) for guess in stated]
    judged = _judged_by_place(list(placed(stated, case)), case)
    finding, guesses = witnessed(judged, case)
    faults = [*_faults(case.sample, lost, judged), case.declared.fault, fault]
    return Detection(
        tuple(_ranked(guesses)), finding, tuple(fault for fault in faults if fault), vertices
    )


def _vertices(coordinates: NDArray[Any]) -> tuple[Points, int]:
    array = np.asarray(coordinates)
    if array.dtype == object:
        array = shapely.get_coordinates(array)
    points = np.asarray(array, dtype=np.float64)
    if points.size and (points.ndim != 2 or points.shape[1] != 2):
        raise GeometryError(
            Message(
                f"坐标应为 n×2 的数组，收到的形状是 {points.shape}。",
                f"Give an (n, 2) array; got shape {points.shape}.",
            ),
            code="bad_shape",
        )
    finite = np.isfinite(points.reshape(-1, 2)).all(axis=1)
    if not finite.any():
        raise _nothing()
    # A copy of all vertices is as large as they are.
    return points if finite.all() else points[finite], int((~finite).sum())


def _nothing() -> GeometryError:
    return GeometryError(
        Message(
            "没有任何可用的坐标，请检查文件。",
            "Not one coordinate can be used; look at the file.",
        ),
        code="empty",
    )


def _sample(points: Points) -> Points:
    """Every n-th vertex, and the outermost ones: bounds must be those of the file."""
    step = -(-len(points) // _SAMPLE)
    outer = np.concatenate([points.argmin(axis=0), points.argmax(axis=0)])
    chosen = np.unique(np.concatenate([np.arange(0, len(points), step), outer]))
    return np.take(points, chosen, axis=0)


def sample_of_parts(parts: Callable[[], Iterable[Points]]) -> tuple[Points, int, int]:
    """What `detect` looks at of vertices ``(n, 2)`` that come some at a time, whenever asked for.

    Returns
    -------
    Points, int, int
        The chosen ones; how many vertices are finite, and how many are not.

    Raises
    ------
    GeometryError
        ``empty``.

    Examples
    --------
    >>> sample_of_parts(lambda: [np.array([[126.0, 43.0]]), np.array([[np.nan, 0.0]])])[1:]
    (1, 1)
    """
    count = lost = 0
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for points, without in map(_finite, parts()):
        count, lost = count + len(points), lost + without
        low = np.minimum(low, points.min(axis=0, initial=np.inf))
        high = np.maximum(high, points.max(axis=0, initial=-np.inf))
    if not count:
        raise _nothing()
    step, before = -(-count // _SAMPLE), 0
    chosen: list[Points] = []
    wanted = [(axis, edge[axis]) for edge in (low, high) for axis in (0, 1)]
    for points, _ in map(_finite, parts()):
        rows = {*range(-before % step, len(points), step)}
        for axis, edge in list(wanted):
            at = np.flatnonzero(points[:, axis] == edge)
            if len(at):
                rows.add(int(at[0]))
                wanted.remove((axis, edge))
        chosen.append(points[sorted(rows)])
        before += len(points)
    return np.concatenate(chosen), count, lost


def _finite(points: Points) -> tuple[Points, int]:
    finite = np.isfinite(points).all(axis=1)
    return (points, 0) if finite.all() else (points[finite], int((~finite).sum()))


def sample_of(shapes: StoredShapes) -> tuple[Points, int]:
    """What `detect` looks at of shapes whose vertices are all finite, and how many these are.

    Few shapes are drawn: those with every n-th vertex, and the outermost ones.

    Raises
    ------
    GeometryError
        ``empty``.

    Examples
    --------
    >>> from gis.stored_shapes import HeldShapes
    >>> sample, vertices = sample_of(HeldShapes(np.array([shapely.box(126, 43, 127, 44), None])))
    >>> len(sample), vertices
    (5, 5)
    """
    ends = np.cumsum(shapes.vertices, dtype=np.int64)
    count = int(ends[-1]) if len(ends) else 0
    if not count:
        raise _nothing()
    bounds = shapes.bounds
    edges = [*np.nanargmin(bounds[:, :2], axis=0), *np.nanargmax(bounds[:, 2:], axis=0)]
    spaced = np.arange(0, count, -(-count // _SAMPLE))
    owners = np.unique(np.concatenate([np.searchsorted(ends, spaced, "right"), edges]))
    points, owner = shapely.get_coordinates(shapes[owners], return_index=True)
    first = (ends - shapes.vertices)[owners]
    begins = np.searchsorted(owner, np.arange(len(owners)))
    numbers = np.arange(len(points)) - begins[owner] + first[owner]
    outer = numbers[np.concatenate([points.argmin(axis=0), points.argmax(axis=0)])]
    chosen = np.unique(np.concatenate([spaced, outer]))
    return points[np.searchsorted(numbers, chosen)], count


def _judged_by_place(guesses: list[Guess], case: Case) -> list[Guess]:
    """Lower what lies outside the known districts, unless every reading does; best first."""
    shares = [(guess.placement and guess.placement.inside) or 0.0 for guess in guesses]
    if any(shares):
        guesses = [
            replace(guess, confidence=guess.confidence * (_floor(guess, case) + share))
            for guess, share in zip(guesses, shares, strict=True)
        ]
    return sorted(guesses, key=lambda guess: -guess.confidence)


def _floor(guess: Guess, case: Case) -> float:
    return 0.2 if case.declared.agrees(guess) else 0.005


def _ranked(guesses: list[Guess]) -> list[Guess]:
    total = sum(guess.confidence for guess in guesses)
    if total <= 0:
        return guesses
    most = min(1.0, max(guess.confidence for guess in guesses))
    ranked = [replace(guess, confidence=guess.confidence / total * most) for guess in guesses]
    return sorted(ranked, key=lambda guess: -guess.confidence)


def _faults(sample: Points, lost: int, guesses: list[Guess]) -> Iterator[tuple[str, Message]]:
    if lost:
        yield (
            "not_finite",
            Message(
                f"{lost} 个顶点是非数字或无穷大，未参与判断。",
                f"{lost} vertices are NaN or infinite and were left out.",
            ),
        )
    named = zones_named(sample)
    if len(named) > 1 and (not guesses or guesses[0].kind.endswith("prefixed")):
        zh = "、".join(f"{zone} 带 {share:.0%}" for zone, share in named.items())
        en = ", ".join(f"zone {zone} {share:.0%}" for zone, share in named.items())
        yield (
            "mixed_zones",
            Message(
                f"文件混用了几个带号：{zh}；请按带拆分后提交。",
                f"Several zones in one file: {en}; split it by zone.",
            ),
        )
    if not guesses:
        yield (
            "no_reading",
            Message(
                "没有一种坐标系能解释这些数值，请向提供者核对。",
                "No reference system explains these numbers; ask whoever sent them.",
            ),
        )
