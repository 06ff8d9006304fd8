"""Times in the fourth ordinate of GeoJSON positions, as some loggers write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["with_times"]

_TIME: Final = 3  # longitude, latitude, height, time
_LINES: Final = ("LineString", "MultiLineString")


def with_times(feature: Mapping[str, Any]) -> dict[str, Any]:
    """A Feature with its fourth ordinates moved to a property ``times``; any other unchanged.

    Examples
    --------
    >>> fixes = [[126.0, 43.8, 210.0, 1782000000], [126.1, 43.8, 211.0, 1782000015]]
    >>> line = {"type": "LineString", "coordinates": fixes}
    >>> moved = with_times({"type": "Feature", "properties": None, "geometry": line})
    >>> moved["properties"], moved["geometry"]["coordinates"][0]
    ({'times': [1782000000, 1782000015]}, [126.0, 43.8, 210.0])
    """
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in _LINES:
        return dict(feature)
    parts: Any = geometry.get("coordinates")
    lines: Any = [parts] if geometry["type"] == "LineString" else parts
    if not _has_fourth(lines):
        return dict(feature)
    times = [at[_TIME] if len(at) > _TIME else None for line in lines for at in line]
    bare = [[at[:_TIME] for at in line] for line in lines]
    whole = bare[0] if geometry["type"] == "LineString" else bare
    properties = feature.get("properties") or {}
    return {
        **feature,
        "properties": {"times": times, **properties},
        "geometry": {**geometry, "coordinates": whole},
    }


def _has_fourth(lines: object) -> bool:
    """Whether these are lines of positions, one of which has four ordinates."""
    if not isinstance(lines, list) or not all(isinstance(line, list) for line in lines):
        return False
    places = [at for line in lines for at in line]
    return all(isinstance(at, list) for at in places) and any(len(at) > _TIME for at in places)
