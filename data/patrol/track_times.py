"""Times of fixes: minutes shared out among their fixes, and days cut from each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Final

from gis.tracks.civil_time import day_of

__all__ = ["Times", "pieces_of", "shared_out"]

Times = Sequence[datetime | None]
_UNITS_S: Final = (3600, 60)
_SILENCE: Final = timedelta(hours=3)
"""So long nobody rests on one patrol."""
_SILENCE_OVERNIGHT: Final = timedelta(minutes=30)
"""So long a silence across midnight ends a day's patrol."""
_LONGEST: Final = timedelta(hours=24)
"""What goes on for longer without a silence is cut by the days of Beijing."""


def shared_out(times: Times) -> list[datetime | None] | None:
    """Times of which several fixes share one stamp cut to the minute, spread over that minute.

    Parameters
    ----------
    times
        Of the fixes in their order; None where a fix has none.

    Returns
    -------
    list or None
        The n-th of m fixes of a stamp lies n/m of the way to the next stamp, a minute on at most
        (an hour where stamps are whole hours). None where nothing has to be spread.

    Examples
    --------
    >>> from datetime import UTC
    >>> stamps = [datetime(2026, 7, 10, 8, minute, tzinfo=UTC) for minute in (0, 0, 1, 1)]
    >>> [time.second for time in shared_out(stamps)]
    [0, 30, 0, 30]
    >>> shared_out(stamps[::2]) is None
    True
    """
    there = [time for time in times if time is not None]
    unit = next((unit for unit in _UNITS_S if all(_is_whole(time, unit) for time in there)), None)
    runs = [(stamp, len(list(run))) for stamp, run in groupby(there)]
    if unit is None or len(runs) == len(there):
        return None
    longest = timedelta(seconds=unit)
    spread: list[datetime] = []
    for number, (stamp, count) in enumerate(runs):
        following = runs[number + 1][0] if number + 1 < len(runs) else stamp + longest
        gap = following - stamp
        share = min(gap, longest) if gap > timedelta() else longest
        spread += [stamp + share * n / count for n in range(count)]
    each = iter(spread)
    return [None if time is None else next(each) for time in times]


def _is_whole(time: datetime, unit_s: int) -> bool:
    seconds = (time.minute * 60 if unit_s > 60 else 0) + time.second
    return seconds == 0 and time.microsecond == 0


def pieces_of(times: Times) -> list[list[int]]:
    """Fixes of each patrol of a track: cut at long silences, and by the day.

    A silence of three hours ends a patrol, half an hour across midnight in Beijing too; what goes
    on for more than a day without one is cut at each midnight.

    Parameters
    ----------
    times
        Aware, in any order; a fix without a time belongs to the one before it.

    Returns
    -------
    list of list of int
        Numbers of fixes (from 0), the earliest piece first; one piece where nothing is cut.

    Examples
    --------
    >>> from datetime import UTC
    >>> moments = [(1, 0), (1, 5), (2, 0), (2, 5)]
    >>> pieces_of([datetime(2026, 7, day, 1, minute, tzinfo=UTC) for day, minute in moments])
    [[0, 1], [2, 3]]
    """
    ordered = sorted(time for time in times if time is not None)
    begins = list(_begins(ordered))
    if len(begins) < 2:
        return [list(range(len(times)))]
    pieces: list[list[int]] = [[] for _ in begins]
    last = 0
    for number, time in enumerate(times):
        if time is not None:
            last = bisect_right(begins, time) - 1
        pieces[last].append(number)
    return pieces


def _begins(ordered: Sequence[datetime]) -> list[datetime]:
    """The first moment of each piece."""
    if not ordered:
        return []
    begins = [ordered[0]]
    for before, after in pairwise(ordered):
        silence = after - before
        is_overnight = day_of(before) != day_of(after)
        if silence >= _SILENCE or (is_overnight and silence >= _SILENCE_OVERNIGHT):
            begins.append(after)
    ends = [*begins[1:], ordered[-1] + timedelta(seconds=1)]
    cut = []
    for begin, end in zip(begins, ends, strict=True):
        inside = ordered[bisect_left(ordered, begin) : bisect_left(ordered, end)]
        cut.append(begin)
        if inside[-1] - begin > _LONGEST:
            pairs = pairwise(inside)
            cut += [after for before, after in pairs if day_of(before) != day_of(after)]
    return cut
