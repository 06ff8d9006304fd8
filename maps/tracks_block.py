"""The tracks of a page: ways as packed lines, and of each its zone, day, hour, length, result."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gis.tracks import BEIJING
from maps.html import Json, shown
from maps.lines import drawable_lines, lines_block
from maps.packing import pack
from maps.palette import CATEGORICAL, UNKNOWN
from maps.patrol_words import RESULT, patrol_words
from maps.shapes import Shapes
from maps.words import Labels, Pair

__all__ = ["BEIJING", "Tracks", "day_of", "days_of", "prepared_tracks", "tracks_block"]

_RESULTS: Final = {"effective": "#0072b2", "short": "#d55e00", "unknown": UNKNOWN}
# All but orange and grey, which mean a result.
_WALKERS: Final = tuple(colour for colour in CATEGORICAL if colour not in _RESULTS.values())[:7]
_MINUTES: Final = 24 * 60
_MAX_TEXTS: Final = 5


class Tracks(NamedTuple):
    """Tracks that can be drawn, by their beginning; the others are told."""

    frame: GeoDataFrame
    lonlat: Shapes
    notes: tuple[Pair, ...]


def prepared_tracks(tracks: GeoDataFrame) -> Tracks:
    """Tracks with a way and a beginning, the earliest first."""
    lonlat = drawable_lines(tracks.geometry.to_numpy())
    begun = np.array([day_of(value) is not None for value in tracks["started_at"]], dtype=bool)
    usable = np.flatnonzero(~shapely.is_missing(lonlat) & begun)
    seconds = [_moment(tracks["started_at"].iloc[row]).timestamp() for row in usable]
    order = usable[np.argsort(seconds, kind="stable")]
    missing = len(tracks) - len(order)
    notes: tuple[Pair, ...] = ()
    if missing:
        notes = (
            (
                f"{missing} 条轨迹没有线或时间，未显示",
                f"{missing} tracks have no line or no time and are left out",
            ),
        )
    return Tracks(tracks.iloc[order], lonlat[order], notes)


def tracks_block(
    tracks: Tracks,
    zoom: int,
    zones: Mapping[str, int],
    *,
    first: date,
    names: bool,
    labels: Labels,
) -> dict[str, Json]:
    """Tracks as the page's script reads them.

    Parameters
    ----------
    zones
        Place of each zone's code in the block of zones.
    first
        Day 0 of the slider.
    names
        Whether rangers are told; otherwise they do not enter the page.
    """
    frame = tracks.frame
    of_zone = [zones.get(shown(code), -1) for code in _column(frame, "zone")]
    begin = [_moment(value) for value in frame["started_at"]]
    results = [_result(value) for value in _column(frame, "effective")]
    block: dict[str, Json] = {
        "count": len(frame),
        "line": lines_block(tracks.lonlat, zoom),
        "zone": pack([place + 1 for place in of_zone]),
        "day": pack([max((at.date() - first).days, 0) for at in begin]),
        "minute": pack([at.hour * 60 + at.minute for at in begin]),
        "minutes": pack(_minutes(frame)),
        "metres": pack(_metres(frame)),
        "result": pack([list(_RESULTS).index(result) for result in results]),
        "results": [
            {"label": list(RESULT[name]), "colour": colour} for name, colour in _RESULTS.items()
        ],
        "colours": list(_WALKERS),
        **_reasons(frame, labels),
    }
    if names and "ranger" in frame.columns:
        rows, different = pd.factorize(np.array([shown(v) for v in frame["ranger"]], dtype=object))
        block["rangers"] = [str(name) for name in different]
        block["ranger"] = pack(rows)
    return block


def days_of(values: "pd.Series[Any]") -> list[date]:
    """Days in Beijing of all moments that are there."""
    return [day for value in values if (day := day_of(value)) is not None]


def day_of(value: object) -> date | None:
    """The day of a moment in Beijing; None for what is no moment."""
    if isinstance(value, datetime) and not pd.isna(value):
        return _moment(value).date()
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _moment(value: Any) -> datetime:
    moment: datetime = value
    return (moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).astimezone(BEIJING)


def _column(frame: GeoDataFrame, name: str) -> list[Any]:
    return frame[name].tolist() if name in frame.columns else [None] * len(frame)


def _result(value: object) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return "unknown"
    return "effective" if value else "short"


def _minutes(frame: GeoDataFrame) -> NDArray[np.int64]:
    """0 where it is not known."""
    if "minutes" in frame.columns:
        return _whole(pd.to_numeric(frame["minutes"], errors="coerce"))
    ends = _column(frame, "ended_at")
    spans = [
        (_moment(end) - _moment(begin)).total_seconds() / 60
        if isinstance(end, datetime) and not pd.isna(end)
        else 0.0
        for begin, end in zip(frame["started_at"], ends, strict=True)
    ]
    return _whole(pd.Series(spans, dtype=float))


def _metres(frame: GeoDataFrame) -> NDArray[np.int64]:
    """One more than the metres; 0 where they are not known."""
    if "length_km" not in frame.columns:
        return np.zeros(len(frame), dtype=np.int64)
    known = pd.to_numeric(frame["length_km"], errors="coerce")
    return np.where(known.notna(), _whole(1000 * known) + 1, 0).astype(np.int64)


def _whole(values: "pd.Series[Any]") -> NDArray[np.int64]:
    numbers = np.nan_to_num(values.to_numpy(dtype=float, na_value=0.0))
    whole: NDArray[np.int64] = np.rint(np.clip(numbers, 0, 1e9)).astype(np.int64)
    return whole


def _reasons(frame: GeoDataFrame, labels: Labels) -> dict[str, Json]:
    """Why tracks do not count: each set of reasons once, rows as small numbers; 0 is none."""
    texts = [_codes(value) for value in _column(frame, "apart")]
    different = list(dict.fromkeys(texts))
    pairs: list[Json] = []
    for codes in different:
        words = [patrol_words("shortfall", code, labels) for code in codes[:_MAX_TEXTS]]
        pairs.append(["、".join(zh for zh, _ in words), ", ".join(en for _, en in words)])
    at = {codes: place for place, codes in enumerate(different)}
    return {"reasons": pairs, "reason": pack([at[codes] for codes in texts])}


def _codes(value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple, np.ndarray)):
        return tuple(shown(code) for code in value)
    return (shown(value),) if shown(value) else ()
