"""The reference system of a file, as its sender says, as it says itself, or as its numbers tell."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from data.errors import FileRefused
from data.reading.crs_names import BY_NUMBERS
from data.reading.crs_remedies import (
    IN_METRES,
    NONE_NAMED,
    SAMPLE,
    SAY_CRS,
    SAY_MERIDIAN,
    SAY_ZONE,
    are_bare,
    are_kilometres,
    axes_swapped,
)
from data.reading.named_crs import NAME_LENGTH, reference_system
from gis.crs import CGCS2000, accuracy, known_crs
from gis.detect import Guess, ShiftName, readings
from gis.messages import Message

_SUFFIX: Final = re.compile(
    r"(?:^|\+)\s*(?:(swapped)|(gcj)[-_ ]?02|(bd)[-_ ]?09)\s*$", re.IGNORECASE
)


class StatedSystem(NamedTuple):
    """How the numbers of a file are to be read."""

    crs: CRS
    text: str
    """The reference system alone, as it was named."""
    swapped: bool = False
    """Whether the second ordinate is the easting or longitude."""
    shift: ShiftName | None = None
    """Web maps shift their positions; these are taken back."""
    note: Message | None = None

    @property
    def name(self) -> str:
        """For people."""
        words = [self.crs.name, "+swapped" if self.swapped else "", f"+{self.shift or ''}"]
        return "".join(words).removesuffix("+")


def stated_system(
    in_file: str | None, requested: str | None, positions: NDArray[np.float64]
) -> StatedSystem:
    """How to read the numbers of a file: as the sender says, else as the file says.

    Parameters
    ----------
    in_file
        WKT or name in the file, `BY_NUMBERS`, or None.
    requested
        ``--crs``: a name or WKT, a central meridian as ``CM126``, and ``+swapped``, ``+gcj02``,
        ``+bd09`` after it; or one of these alone, for the system of the file. None when nothing is
        said.
    positions
        ``(n, 2)`` of the file, for `BY_NUMBERS`.

    Raises
    ------
    FileRefused
        ``crs_missing``, ``crs_unknown``, ``axes_swapped``.

    Examples
    --------
    >>> here = np.array([[125.3, 43.9]])
    >>> stated_system(None, "EPSG:4530+swapped", here).name
    'CGCS2000 / 3-degree Gauss-Kruger zone 42+swapped'
    >>> stated_system(None, "CM126", here).name
    'CGCS2000 / 3-degree Gauss-Kruger CM 126E'
    >>> stated_system(None, "GCJ-02", here).shift
    'gcj02'
    >>> stated_system(BY_NUMBERS, None, np.array([[42443742.57, 4860000.0]])).text
    'EPSG:4530'
    """
    base, swapped, shift = _words_of(requested)
    if base is None and in_file == BY_NUMBERS and not swapped:
        return _by_numbers(positions)._replace(shift=shift)
    if base is None and shift is not None and in_file in (None, BY_NUMBERS):
        base = f"EPSG:{CGCS2000}"
    in_file = None if in_file == BY_NUMBERS else in_file
    text = base if base is not None else in_file
    if text is None:
        raise _missing(positions)
    return StatedSystem(reference_system(in_file, base), text or "", swapped, shift)


def refuse_unknown_system(requested: str) -> None:
    """Refuse what a sender calls a reference system, before any file is read.

    Raises
    ------
    FileRefused
        ``crs_unknown``.

    Examples
    --------
    >>> refuse_unknown_system("EPSG:4530+swapped")
    >>> refuse_unknown_system("gcj02")
    >>> try:
    ...     refuse_unknown_system("Mars")
    ... except FileRefused as refused:
    ...     refused.code
    'crs_unknown'
    """
    base, _swapped, _shift = _words_of(requested)
    if base is not None:
        reference_system(None, base)


def _words_of(requested: str | None) -> tuple[str | None, bool, ShiftName | None]:
    """The system, whether the axes are swapped, and the shift."""
    rest, swapped = requested, False
    shift: ShiftName | None = None
    while rest is not None and (match := _SUFFIX.search(rest[-NAME_LENGTH:])):
        swapped = swapped or match[1] is not None
        shift = "gcj02" if match[2] else "bd09" if match[3] else shift
        rest = rest[: len(rest) - len(match[0])]
    return (rest or None if requested is not None else None), swapped, shift


def _missing(positions: NDArray[np.float64]) -> FileRefused:
    """The refusal of a file that names no system, with what its numbers look like."""
    sure = _sure(positions[np.isfinite(positions).all(axis=1)])
    remedy = SAY_CRS
    if len(sure) == 1:
        said = f"EPSG:{sure[0].crs}{'+swapped' if sure[0].swapped else ''}"
        remedy = Message(
            f"数值像是{sure[0].label.zh}，若确实如此请用 --crs {said}",
            f"its numbers look like {sure[0].label.en}: if so, name it by --crs {said}",
        )
    elif not sure:
        finite = positions[np.isfinite(positions).all(axis=1)]
        remedy = SAY_MERIDIAN if are_bare(finite) else remedy
        remedy = IN_METRES if are_kilometres(finite) else remedy
    return FileRefused("crs_missing", NONE_NAMED, remedy)


def _sure(finite: NDArray[np.float64]) -> list[Guess]:
    """What the numbers tell by themselves."""
    guesses = list(readings(finite[:: max(1, len(finite) // SAMPLE)])) if len(finite) else []
    return [guess for guess in guesses if not guess.kind.endswith("bare")]


def _by_numbers(positions: NDArray[np.float64]) -> StatedSystem:
    """Degrees and zone numbers before eastings tell by themselves; all else must be said."""
    finite = positions[np.isfinite(positions).all(axis=1)]
    sure = _sure(finite)
    if len(sure) == 1 and sure[0].swapped:
        raise axes_swapped(f"EPSG:{sure[0].crs}", finite[0])
    if len(sure) != 1 or sure[0].kind == "web_mercator":
        what = Message(
            "文件没有写明坐标系，数值也看不出投影带",
            "it names no reference system, and its numbers tell no zone",
        )
        remedy = SAY_MERIDIAN if are_bare(finite) else SAY_ZONE
        raise FileRefused("crs_missing", what, IN_METRES if are_kilometres(finite) else remedy)
    text = f"EPSG:{sure[0].crs}"
    label, evidence = sure[0].label, sure[0].evidence[0]
    note = Message(
        f"文件没有写明坐标系，按数值读作{label.zh}（{text}）：{evidence.zh.rstrip('。')}",
        f"it names no reference system; its numbers were read as {label.en} ({text}): "
        f"{evidence.en.rstrip('.')}",
    )
    return StatedSystem(known_crs(text), text, note=note)


def crs_notes(system: StatedSystem) -> list[Message]:
    """The notes on a conversion to CGCS2000; none when nothing is changed.

    The words end without a full stop, as those of all notes on a file.

    Examples
    --------
    >>> crs_notes(stated_system("EPSG:4326", None, np.empty((0, 2))))[0].zh
    '坐标系为 WGS 84：WGS 84 按与 CGCS2000 相同处理，差别在 1 m 以内'
    """
    notes = [] if system.note is None else [system.note]
    sure = accuracy(system.crs)
    if sure.metres != 0:
        zh, en = sure.message
        notes.append(
            Message(
                f"坐标系为 {system.crs.name}：{zh.rstrip('。')}",
                f"it is in {system.crs.name}: {en.rstrip('.')}",
            )
        )
    if system.swapped:
        notes.append(Message("已互换横纵坐标", "the axes were swapped, as was said"))
    if system.shift is not None:
        name = {"gcj02": "GCJ-02", "bd09": "BD-09"}[system.shift]
        notes.append(
            Message(
                f"已从 {name} 还原到 CGCS2000，公开的算法准到约 1 m",
                f"positions were taken back from {name} to CGCS2000, by the published formulas, "
                "which are true to about 1 m",
            )
        )
    return notes
