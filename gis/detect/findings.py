"""What the detective says: guesses, their evidence, and where each would put the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import CGCS2000, known_crs, to_cgcs2000
from gis.messages import Message
from gis.shift import SHIFTS, moved

__all__ = [
    "LABELS",
    "Detection",
    "Guess",
    "Kind",
    "Placement",
    "ShiftFinding",
    "ShiftName",
    "place",
]

Kind: TypeAlias = Literal[
    "degrees",
    "zone3_prefixed",
    "zone3_bare",
    "zone6_prefixed",
    "zone6_bare",
    "web_mercator",
    "declared",
]
ShiftName: TypeAlias = Literal["gcj02", "bd09"]
Bounds: TypeAlias = tuple[float, float, float, float]

LABELS: Final[dict[str, Message]] = {
    "degrees": Message("经纬度", "Degrees"),
    "zone3_prefixed": Message("3° 带高斯坐标，东坐标带带号", "3° zone, zone number before easting"),
    "zone3_bare": Message("3° 带高斯坐标，不带带号", "3° zone, bare easting"),
    "zone6_prefixed": Message("6° 带高斯坐标，东坐标带带号", "6° zone, zone number before easting"),
    "zone6_bare": Message("6° 带高斯坐标，不带带号", "6° zone, bare easting"),
    "web_mercator": Message("Web 墨卡托", "Web Mercator"),
    "declared": Message("文件声明的坐标系", "The system that the file declares"),
    "gcj02": Message("GCJ-02 偏移（火星坐标）", "shifted by GCJ-02"),
    "bd09": Message("BD-09 偏移（百度坐标）", "shifted by BD-09"),
    "swapped": Message("横纵坐标互换", "axes swapped"),
    "xian80": Message("西安 80", "Xian 1980"),
    "beijing54": Message("北京 54", "Beijing 1954"),
}


@dataclass(frozen=True)
class Placement:
    """Where a guess would put the coordinates."""

    bounds: Bounds
    """West, south, east, north in degrees of CGCS2000."""
    inside: float | None
    """Share of the vertices in any known district, 0 to 1; None when no districts are known."""
    districts: tuple[tuple[str, str, float], ...] = ()
    """Code, name and share of the vertices, the largest share first, three at most."""


@dataclass(frozen=True)
class ShiftFinding:
    """What the known borders say about GCJ-02 and BD-09."""

    verdict: Literal["none", "gcj02", "bd09", "cannot_tell"]
    vertices: int
    """Vertices near a border under at least one of the three readings."""
    medians_m: dict[str, float]
    """Median distance to the known borders, in metres: ``none``, ``gcj02``, ``bd09``."""
    words: Message


@dataclass(frozen=True)
class Guess:
    """One reading of the coordinates; a person chooses among them."""

    kind: Kind
    crs: Any
    """What :func:`gis.crs.to_cgcs2000` takes: an EPSG number, or a WKT for ``declared``."""
    swapped: bool = False
    shift: ShiftName | None = None
    datum: Literal["cgcs2000", "xian80", "beijing54", "other"] = "cgcs2000"
    zone: int | None = None
    confidence: float = 0.0
    """0 to 1; the guesses of one detection add up to 1 at most."""
    evidence: tuple[Message, ...] = ()
    placement: Placement | None = None

    @property
    def code(self) -> str:
        """Stable name of the reading, as ``zone3_bare+42`` or ``degrees+swapped``."""
        datum = self.datum if self.datum in ("xian80", "beijing54") else None
        zone = None if self.zone is None else str(self.zone)
        swapped = "swapped" if self.swapped else None
        return "+".join(filter(None, (self.kind, zone, datum, swapped, self.shift)))

    @property
    def label(self) -> Message:
        """The reading in words."""
        keys = [self.kind, self.datum, "swapped" if self.swapped else "", self.shift or ""]
        words = [LABELS[key] for key in keys if key in LABELS]
        if self.kind == "declared":
            name = str(known_crs(self.crs).name)
            words.append(Message(name, name))
        zone = [Message(f"第 {self.zone} 带", f"zone {self.zone}")] if self.zone else []
        said = [words[0], *zone, *words[1:]]
        return Message("，".join(part.zh for part in said), ", ".join(part.en for part in said))

    def as_json(self) -> dict[str, Any]:
        """Plain lists and dictionaries, for a report."""
        placed = self.placement
        return {
            "code": self.code,
            "label": self.label._asdict(),
            "crs": self.crs if isinstance(self.crs, int) else None,
            "swapped": self.swapped,
            "shift": self.shift,
            "confidence": round(self.confidence, 3),
            "evidence": [words._asdict() for words in self.evidence],
            "bounds": None if placed is None else list(placed.bounds),
            "inside": None if placed is None else placed.inside,
            "districts": []
            if placed is None
            else [
                {"code": code, "name": name, "share": share}
                for code, name, share in placed.districts
            ],
        }


@dataclass(frozen=True)
class Detection:
    """Everything the detective found; it changes nothing by itself."""

    guesses: tuple[Guess, ...]
    """The most likely first; empty when no reading fits."""
    shift: ShiftFinding
    faults: tuple[tuple[str, Message], ...] = ()
    """Contradictions: ``metres_under_degree_prj``, ``prefix_missing``, ``mixed_zones``, …"""
    vertices: int = 0

    @property
    def best(self) -> Guess | None:
        """The most likely guess, or None."""
        return self.guesses[0] if self.guesses else None

    @property
    def settled(self) -> bool:
        """Whether one guess is clearly best: 0.8 and more, the next one at most half of it.

        Otherwise a person must choose; the guess is shown in either case.
        """
        first, second = (*[guess.confidence for guess in self.guesses[:2]], 0.0, 0.0)[:2]
        return first >= 0.8 and second <= first / 2 and not self.faults

    def as_json(self) -> dict[str, Any]:
        """Plain lists and dictionaries, for a report."""
        return {
            "settled": self.settled,
            "guesses": [guess.as_json() for guess in self.guesses],
            "shift": {
                "verdict": self.shift.verdict,
                "vertices": self.shift.vertices,
                "medians_m": {key: round(m, 1) for key, m in self.shift.medians_m.items()},
                "words": self.shift.words._asdict(),
            },
            "faults": [{"code": code, "words": words._asdict()} for code, words in self.faults],
            "vertices": self.vertices,
        }


def place(geometries: NDArray[np.object_], guess: Guess) -> NDArray[np.object_]:
    """Read geometries as a guess says, and bring them to degrees of CGCS2000.

    Parameters
    ----------
    geometries
        As they stand in the file; None and empty ones stay what they are.
    guess
        Chosen by a person, or by a caller that reports its choice.

    Returns
    -------
    NDArray[object]
        Longitudes and latitudes in degrees.

    Raises
    ------
    GeometryError
        The reading does not fit the coordinates (``out_of_range``, ``not_finite``).

    Examples
    --------
    >>> import numpy as np
    >>> swapped = Guess("degrees", CGCS2000, swapped=True)
    >>> place(np.array([shapely.Point(43.88, 125.32)]), swapped)[0].wkt
    'POINT (125.32 43.88)'
    """
    flat = shapely.force_2d(geometries)
    if guess.swapped:
        flat = shapely.transform(flat, lambda at: at[:, ::-1])
    placed = flat if guess.crs == CGCS2000 else to_cgcs2000(flat, guess.crs)
    return moved(placed, SHIFTS[guess.shift]) if guess.shift else placed
