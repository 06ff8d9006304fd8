"""The report on a whole file before it is stored: ``luotu check``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import from_cgcs2000, is_degrees, known_crs
from gis.declared import DeclaredAreas, declared_areas
from gis.detect import Detection, detect
from gis.errors import GeometryError, ReferenceSystemError
from gis.measure import areas_m2, to_ha, to_mu
from gis.messages import Message
from gis.verdicts import (
    LIMITS,
    PROBLEMS,
    Limits,
    Problem,
    SharedGround,
    check_many,
    counted_twice_m2,
    overlaps_among,
)
from gis.verdicts.ground import declared

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["Report", "RowProblem", "check_frame"]

Shapes = NDArray[np.object_]


class RowProblem(NamedTuple):
    """A problem of one feature."""

    row: int
    """Counted from 1, as a person does."""
    problem: Problem


@dataclass(frozen=True)
class Report:
    """Figures and problems of a file."""

    features: int
    area_m2: float
    """Areas of the sound features added up, m² on the ellipsoid."""
    plane_m2: float | None
    """The same in the file's own plane, m²; None when the file is in degrees."""
    overlap_m2: float
    """What the sum counts twice, m²."""
    overlaps: tuple[SharedGround, ...]
    """Pairs that share ground, the largest first; rows from 0."""
    problems: tuple[RowProblem, ...]
    """By row, blocking ones first."""
    declared: tuple[DeclaredAreas, ...]
    detection: Detection | None
    """None when there is not one usable coordinate."""

    @property
    def blocked(self) -> bool:
        """Whether any feature would be refused."""
        return any(entry.problem.severity == "block" for entry in self.problems)

    def counts(self) -> dict[str, int]:
        """How often each code occurs, the most frequent first."""
        return dict(Counter(entry.problem.code for entry in self.problems).most_common())

    def summary(self) -> list[Message]:
        """The report in a few sentences."""
        return [*self._sizes(), *self._coordinates(), *self._faults()]

    def _sizes(self) -> list[Message]:
        ha, mu = to_ha(self.area_m2), to_mu(self.area_m2)
        said = [
            Message(
                f"{self.features} 个图斑，椭球面积 {ha:.2f} 公顷（{mu:.2f} 亩），"
                f"重叠 {self.overlap_m2:.2f} m²。",
                f"{self.features} features, {ha:.2f} ha ({mu:.2f} mu) on the ellipsoid, "
                f"{self.overlap_m2:.2f} m² of overlap.",
            )
        ]
        if self.plane_m2 is not None:
            plane = to_ha(self.plane_m2)
            said.append(
                Message(
                    f"按文件自身投影的平面面积为 {plane:.2f} 公顷。",
                    f"In the plane of the file itself it is {plane:.2f} ha.",
                )
            )
        return said

    def _coordinates(self) -> list[Message]:
        if self.detection is None:
            return []
        best = self.detection.best
        said = [words for _code, words in self.detection.faults]
        if best is not None:
            sure = f"{best.confidence:.0%}"
            said.append(
                Message(
                    f"坐标：{best.label.zh}（把握 {sure}）。",
                    f"Coordinates: {best.label.en} (confidence {sure}).",
                )
            )
        return [*said, self.detection.shift.words]

    def _faults(self) -> list[Message]:
        said = [words for column in self.declared for words in column.notes]
        for code, count in self.counts().items():
            label = PROBLEMS[code].label if code in PROBLEMS else Message(code, code)
            said.append(Message(f"{label.zh}：{count} 处。", f"{label.en}: {count}."))
        return said

    def as_json(self) -> dict[str, Any]:
        """Plain values: what ``luotu check --json`` prints."""
        return {
            "features": self.features,
            "area_m2": self.area_m2,
            "area_ha": to_ha(self.area_m2),
            "area_mu": to_mu(self.area_m2),
            "plane_ha": None if self.plane_m2 is None else to_ha(self.plane_m2),
            "overlap_m2": self.overlap_m2,
            "overlaps": [
                {"rows": [pair.left + 1, pair.right + 1], **_place(pair.problem)}
                for pair in self.overlaps
            ],
            "blocked": self.blocked,
            "counts": self.counts(),
            "problems": [{"row": entry.row, **entry.problem.as_json()} for entry in self.problems],
            "declared": [_column(column) for column in self.declared],
            "coordinates": None if self.detection is None else self.detection.as_json(),
            "summary": [words._asdict() for words in self.summary()],
        }


def check_frame(
    frame: GeoDataFrame,
    *,
    districts: GeoDataFrame | None = None,
    prj: str | None = None,
    limits: Limits = LIMITS,
) -> Report:
    """Verdicts and the detective's findings for a file; nothing is stored or changed.

    Parameters
    ----------
    frame
        Features as a reader gives them, in degrees of CGCS2000; or as they stand in the file,
        with no reference system, when it is unknown.
    districts
        Known districts (``code``, ``name``, ``geometry``) for the detective.
    prj
        What the file declares: text of its ``.prj``, or any name that PROJ reads. When `frame` is
        in degrees and this is a plane, the reader has converted it: the detective looks at the
        numbers of the file.
    limits
        Bounds of the verdicts.

    Returns
    -------
    Report
        For a frame without rows too. Every column that declares areas is compared.

    Raises
    ------
    ReferenceSystemError
        ``not_degrees``: the frame says that it is in a plane.
    GeometryError
        ``too_many_pairs``: the features lie on each other so often that comparing them takes
        minutes.

    Examples
    --------
    >>> import geopandas
    >>> plots = [shapely.box(126.0, 43.8, 126.01, 43.81), shapely.box(126.009, 43.8, 126.02, 43.81)]
    >>> frame = geopandas.GeoDataFrame({"面积_公顷": [89.0, 98.0]}, geometry=plots, crs=4490)
    >>> report = check_frame(frame)
    >>> report.features, round(report.overlap_m2), report.counts()
    (2, 89407, {'overlap': 2})
    """
    if frame.crs is not None and not is_degrees(frame.crs):
        raise ReferenceSystemError(
            Message(
                f"坐标系是 {frame.crs.name}，请先转换为 CGCS2000 经纬度。",
                f"The frame is in {frame.crs.name}; bring it to degrees of CGCS2000 first.",
            ),
            code="not_degrees",
        )
    shapes = np.asarray(frame.geometry.array, dtype=object)
    problems = check_many(shapes, limits=limits)
    sound = _sound(len(shapes), problems)
    areas = np.full(len(shapes), np.nan)
    areas[sound] = areas_m2(shapes[sound], checked=True)
    columns = declared_areas(frame.drop(columns=frame.geometry.name), areas)
    rows = [RowProblem(row + 1, problem) for row, problem in problems]
    drawn = shapes.copy()
    drawn[~sound] = None
    pairs = overlaps_among(drawn, limits=limits)
    rows += [row for pair in pairs for row in _for_both(pair)]
    rows += [row for column in columns for row in _off(column, areas, limits)]
    plane = _plane(shapes, frame.crs, prj)
    return Report(
        features=len(shapes),
        area_m2=float(np.nansum(areas)),
        plane_m2=None if plane is None else float(np.nansum(shapely.area(plane)[sound])),
        overlap_m2=counted_twice_m2(drawn),
        overlaps=tuple(pairs),
        problems=tuple(sorted(rows, key=_rank)),
        declared=tuple(columns),
        detection=_detected(shapes if plane is None else plane, prj, districts),
    )


def _sound(count: int, problems: list[tuple[int, Problem]]) -> NDArray[np.bool_]:
    sound = np.ones(count, dtype=bool)
    sound[[row for row, problem in problems if problem.severity == "block"]] = False
    return sound


def _for_both(pair: SharedGround) -> list[RowProblem]:
    """An overlap is a problem of both features; each names the other."""
    return [RowProblem(pair.left + 1, pair.problem), RowProblem(pair.right + 1, pair.mirrored)]


def _off(column: DeclaredAreas, areas: NDArray[np.float64], limits: Limits) -> list[RowProblem]:
    problems = []
    for row in np.flatnonzero(np.isfinite(column.m2) & np.isfinite(areas)):
        off = declared(float(areas[row]), float(column.m2[row]), limits, column.step_m2)
        if off is not None:
            problems.append(RowProblem(int(row) + 1, off))
    return problems


def _plane(shapes: Shapes, crs: object, prj: str | None) -> Shapes | None:
    """The features in the plane that the file declares, when a reader brought them to degrees."""
    if crs is None or prj is None or not is_degrees(crs):
        return None
    try:
        own = known_crs(prj)
        return None if own.is_geographic else from_cgcs2000(shapely.force_2d(shapes), own)
    except GeometryError:  # `_detected` reports the unreadable declaration
        return None


def _detected(shapes: Shapes, prj: str | None, districts: GeoDataFrame | None) -> Detection | None:
    try:
        return detect(shapes, prj=prj, districts=districts)
    except GeometryError:  # there is no usable vertex: the problems of the rows say why
        return None


def _rank(entry: RowProblem) -> tuple[int, int]:
    return entry.row, ("block", "warn", "info").index(entry.problem.severity)


def _place(problem: Problem) -> dict[str, Any]:
    fields = problem.as_json()
    return {key: fields[key] for key in ("code", "severity", "area_m2", "at")}


def _column(column: DeclaredAreas) -> dict[str, Any]:
    return {
        "column": column.column,
        "unit": column.unit,
        "rows": int(np.isfinite(column.m2).sum()),
        "step_m2": column.step_m2,
        "notes": [words._asdict() for words in column.notes],
    }
