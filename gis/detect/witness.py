"""The borders as evidence: weights of a reading, its shifts and the older datums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from gis.crs import BEIJING54, CGCS2000, XIAN80, Width, Zone
from gis.detect.borders import NO_BORDERS
from gis.detect.declared import datum_words
from gis.detect.findings import Guess, ShiftFinding, ShiftName
from gis.detect.placing import Case, placed, read, through, where
from gis.messages import Message
from gis.shift import in_china

__all__ = ["witnessed"]

Points = NDArray[np.float64]
# Weights where borders give no evidence: rare in files, but never excluded.
_SHIFTS: Final[tuple[ShiftName, ...]] = ("gcj02", "bd09")
_UNTOLD: Final = {"gcj02": 0.1, "bd09": 0.05}
_OLD_DATUM: Final = 0.05
_REFUTED: Final = 0.02
_PROVED: Final = 0.95
# Xian 1980 and Beijing 1954 are tens of metres off: a smaller distance to borders refutes them.
_CLOSE_M: Final = 20.0
_OLD: Final[tuple[tuple[Literal["xian80", "beijing54"], int], ...]] = (
    ("xian80", XIAN80),
    ("beijing54", BEIJING54),
)

_ABROAD: Final = ShiftFinding(
    "none",
    0,
    {},
    Message("不在中国范围内，不存在这两种偏移。", "Not in China, where nothing is shifted."),
)
_ALIKE: Final = Message(
    "同样的数值也可能是旧坐标系，仅凭位置无法区分。",
    "The same numbers could be of an older datum; position alone cannot tell.",
)


def witnessed(guesses: list[Guess], case: Case) -> tuple[ShiftFinding, list[Guess]]:
    """Weigh the best reading by the borders, and add its shifts and the older datums."""
    if not guesses:
        return NO_BORDERS, []
    base, rest = guesses[0], guesses[1:]
    there = read(case.sample, base)
    if there is None or not in_china(there).any():
        return _ABROAD, guesses
    finding = NO_BORDERS if case.borders is None else case.borders.shift(there, case.rule)
    witnessed_guess = replace(base, evidence=(*base.evidence, finding.words))
    shifted = [_shifted(witnessed_guess, name, there, finding, case) for name in _SHIFTS]
    older = list(_older(witnessed_guess, finding, case))
    return finding, [_unshifted(witnessed_guess, finding), *shifted, *older, *rest]


def _unshifted(base: Guess, finding: ShiftFinding) -> Guess:
    if finding.verdict == "none":
        return replace(base, confidence=max(base.confidence, _PROVED))
    refuted = finding.verdict != "cannot_tell"
    return replace(base, confidence=base.confidence * (_REFUTED if refuted else 1.0))


def _shifted(
    base: Guess, name: ShiftName, there: Points, finding: ShiftFinding, case: Case
) -> Guess:
    if finding.verdict == "cannot_tell":
        weight = base.confidence * _UNTOLD[name]
    else:
        weight = _PROVED if finding.verdict == name else base.confidence * _REFUTED
    back = through(there, Guess("degrees", CGCS2000, shift=name))
    return replace(base, shift=name, confidence=weight, placement=where(back, case))


def _older(base: Guess, finding: ShiftFinding, case: Case) -> Iterator[Guess]:
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
        evidence = (_ALIKE, datum_words(crs))
        guess = replace(base, crs=crs, datum=name, confidence=base.confidence * weight)
        yield from placed([replace(guess, evidence=evidence)], case)
