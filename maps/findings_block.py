"""The findings of a page: where they are, what they are, in which state, until when."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from geopandas import GeoDataFrame

from gis.messages import Message
from maps.errors import MapError
from maps.html import Json, shown
from maps.packing import pack
from maps.palette import UNKNOWN
from maps.patrol_words import patrol_words
from maps.tracks_block import day_of
from maps.words import Labels, Pair

# Okabe & Ito (2008), from urgent to settled.
_STATES: Final = {
    "found": "#d55e00",
    "notice": "#e69f00",
    "supervision": "#cc79a7",
    "rectified": "#56b4e9",
    "closed": "#767676",
}
_MAX_FINDINGS: Final = 5_000
_DECIMALS: Final = 6


class Findings(NamedTuple):
    """Findings that can be drawn; the others are told."""

    frame: GeoDataFrame
    notes: tuple[Pair, ...]


def prepared_findings(findings: GeoDataFrame) -> Findings:
    """Findings with a place, the newest `_MAX_FINDINGS` of them.

    Raises
    ------
    MapError
        ``not_degrees``: a coordinate is not a longitude and latitude.
    """
    shapes = findings.geometry.to_numpy()
    there = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    placed = findings[there & ~shapely.is_empty(shapes)]
    places = shapely.get_coordinates(placed.geometry.to_numpy())
    if places.size and not (np.abs(places) <= (180, 90)).all():
        raise MapError(
            "not_degrees",
            Message(
                "问题的坐标不是经纬度（度），请先转换。",
                "Places of findings are not degrees: transform the frame first.",
            ),
        )
    notes: list[Pair] = []
    if missing := len(findings) - len(placed):
        notes.append(
            (
                f"{missing} 个问题没有位置，未显示",
                f"{missing} findings have no place and are left out",
            )
        )
    if len(placed) > _MAX_FINDINGS:
        notes.append(
            (
                f"问题共 {len(placed)} 个，只画最近 {_MAX_FINDINGS} 个",
                f"of {len(placed)} findings only the newest {_MAX_FINDINGS} are drawn",
            )
        )
        placed = placed.sort_values("found_at").iloc[-_MAX_FINDINGS:]
    return Findings(placed, tuple(notes))


def findings_block(
    findings: Findings,
    zones: Mapping[str, int],
    *,
    first: date,
    names: bool,
    labels: Labels,
) -> dict[str, Json]:
    """Findings as the page's script reads them; notes are free text and count as names."""
    frame = findings.frame
    places = np.round(shapely.get_coordinates(frame.geometry.to_numpy()), _DECIMALS)
    states = [shown(value) for value in _column(frame, "state")]
    known = [*_STATES, *sorted(set(states) - set(_STATES))]
    kinds = [shown(value) for value in _column(frame, "kind")]
    different = list(dict.fromkeys(kinds))
    days = [day_of(value) for value in _column(frame, "found_at")]
    block: dict[str, Json] = {
        "count": len(frame),
        "lon": [float(lon) for lon in places[:, 0]],
        "lat": [float(lat) for lat in places[:, 1]],
        "zone": pack([zones.get(shown(code), -1) + 1 for code in _column(frame, "zone")]),
        "day": pack([max((day - first).days, 0) if day else 0 for day in days]),
        "found": [day.isoformat() if day else "" for day in days],
        "deadline": [shown(value) for value in _column(frame, "deadline")],
        "overdue": pack([int(value is True or value == 1) for value in _column(frame, "overdue")]),
        "kind": pack([different.index(kind) for kind in kinds]),
        "kinds": [list(patrol_words("finding_kind", kind, labels)) for kind in different],
        "state": pack([known.index(state) for state in states]),
        "states": [
            {
                "label": list(patrol_words("finding_state", state, labels)),
                "colour": _STATES.get(state, UNKNOWN),
            }
            for state in known
        ],
    }
    if names:
        block["note"] = [shown(value) for value in _column(frame, "note")]
    return block


def _column(frame: GeoDataFrame, name: str) -> list[Any]:
    return frame[name].tolist() if name in frame.columns else [None] * len(frame)
