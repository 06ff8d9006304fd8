"""What a `.prj` declares, and whether the numbers can be that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import BEIJING54, CGCS2000, WGS84, XIAN80, accuracy, known_crs, zone_from
from gis.detect.findings import Guess
from gis.errors import ReferenceSystemError
from gis.messages import Message

__all__ = ["Declared", "contradiction", "weighed", "with_declared"]

Points = NDArray[np.float64]
Fault = tuple[str, Message]
_AGREES: Final = 1.0
_DIFFERS: Final = 0.2
_OTHER_ZONE: Final = 0.002  # one of twenty readings that differ by the zone alone


class Declared:
    """A declared reference system, read or not.

    Examples
    --------
    >>> Declared(None).crs is None, Declared("no WKT at all").fault[0]
    (True, 'unreadable_prj')
    >>> Declared("EPSG:4530").guess.code
    'zone3_prefixed+42'
    """

    def __init__(self, prj: str | None) -> None:
        self.crs: CRS | None = None
        self.fault: Fault | None = None
        if prj is None or not prj.strip():
            return
        try:
            self.crs = known_crs(prj)
        except ReferenceSystemError:
            words = Message(
                ".prj 无法识别，按没有 .prj 处理。",
                "The .prj cannot be read; it is taken as missing.",
            )
            self.fault = ("unreadable_prj", words)

    @property
    def guess(self) -> Guess | None:
        """The declared system as a guess."""
        if self.crs is None:
            return None
        said: tuple[Message, ...] = (
            Message(f".prj 声明 {self.crs.name}。", f"The .prj declares {self.crs.name}."),
        )
        if accuracy(self.crs).metres != 0.0:
            said = (*said, datum_words(self.crs))
        zone = zone_from(self.crs)
        if zone is not None:
            kind: Any = f"zone{zone.width}_{'prefixed' if zone.prefixed else 'bare'}"
            return Guess(kind, zone.epsg, zone=zone.number, datum=_datum(zone.datum), evidence=said)
        code = self.crs.to_epsg(min_confidence=70)
        if self.crs.is_geographic:
            crs = code if code is not None else self.crs.to_wkt()
            return Guess(
                "degrees", CGCS2000 if code == WGS84 else crs, datum=_datum(code), evidence=said
            )
        return Guess("declared", code or self.crs.to_wkt(), datum="other", evidence=said)

    def agrees(self, guess: Guess) -> bool:
        """Whether a reading is the declared one."""
        return self.guess is not None and _same(guess, self.guess)


def contradiction(declared: Declared, points: Points) -> Fault | None:
    """A declaration that the numbers cannot be: degrees for metres, or metres for degrees.

    Examples
    --------
    >>> import numpy as np
    >>> contradiction(Declared("EPSG:4490"), np.array([[443742.0, 4860000.0]]))[0]
    'metres_under_degree_prj'
    """
    if declared.crs is None:
        return None
    on_globe = bool((np.abs(points) <= (180.0, 180.0)).all(axis=1).mean() > 0.5)
    if declared.crs.is_geographic and not on_globe:
        words = Message(
            f".prj 声明经纬度（{declared.crs.name}），坐标却是米。",
            f"The .prj declares degrees ({declared.crs.name}), but the numbers are metres.",
        )
        return "metres_under_degree_prj", words
    if not declared.crs.is_geographic and on_globe:
        words = Message(
            f".prj 声明平面坐标（{declared.crs.name}），坐标却像经纬度。",
            f"The .prj declares metres ({declared.crs.name}), but the numbers look like degrees.",
        )
        return "degrees_under_metre_prj", words
    return _prefix_fault(declared, points)


def _prefix_fault(declared: Declared, points: Points) -> Fault | None:
    zone = zone_from(declared.crs)
    if zone is None:
        return None
    long = bool((np.abs(points).max(axis=1) > 12_500_000.0).mean() > 0.5)
    if zone.prefixed and not long:
        return "prefix_missing", Message(
            f".prj 的东坐标应带带号 {zone.number}，文件里没有。",
            f"The .prj puts the zone number {zone.number} before eastings; the file has none.",
        )
    if long and not zone.prefixed:
        return "prefix_unexpected", Message(
            ".prj 的东坐标不带带号，文件里却带了。",
            "The .prj has bare eastings, but the file puts a zone number before them.",
        )
    return None


def with_declared(guesses: list[Guess], declared: Declared, fault: Fault | None) -> list[Guess]:
    """The readings of the numbers, and the declared one if it is not among them."""
    stated = declared.guess
    if stated is None or (fault is not None and fault[0].startswith(("metres", "degrees"))):
        return guesses
    if any(_same(guess, stated) for guess in guesses) or fault is not None:
        return guesses
    return [replace(stated, confidence=0.9), *guesses]


def weighed(guess: Guess, declared: Declared) -> Guess:
    """Raise a reading that the declaration agrees with, lower the others."""
    stated = declared.guess
    if stated is None:
        return guess
    if _same(guess, stated):
        words = tuple(message for message in stated.evidence if message not in guess.evidence)
        return replace(guess, confidence=_AGREES, evidence=guess.evidence + words)
    if guess.zone is not None and guess.zone == stated.zone and guess.datum == stated.datum:
        words = (Message("带号与 .prj 一致。", "The zone is that of the .prj."),)
        return replace(guess, confidence=0.85, evidence=guess.evidence + words)
    other = _OTHER_ZONE if guess.kind.endswith("bare") and stated.zone else _DIFFERS
    return replace(guess, confidence=guess.confidence * other)


def _same(guess: Guess, stated: Guess) -> bool:
    return guess.crs == stated.crs and not guess.swapped


def _datum(code: int | None) -> Literal["cgcs2000", "xian80", "beijing54", "other"]:
    if code in (CGCS2000, WGS84):
        return "cgcs2000"
    return "xian80" if code == XIAN80 else "beijing54" if code == BEIJING54 else "other"


def datum_words(crs: object) -> Message:
    """How uncertain positions of an older datum are, in the words of :func:`gis.crs.accuracy`."""
    return accuracy(crs).message
