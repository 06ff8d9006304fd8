"""Cells of a file that hold the times of fixes, in the spellings of devices and converters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import geopandas

from data.plots.list_values import listed
from data.plots.values import is_missing
from data.timestamps import compact_moment


def is_compact(value: object) -> bool:
    """Whether a time is written as 10, 12 or 14 digits."""
    if isinstance(value, datetime) or is_missing(value):
        return False
    whole = isinstance(value, float) and value.is_integer()
    return compact_moment(str(int(value) if whole else value).strip()) is not None  # type: ignore[call-overload]


def nested_times(features: geopandas.GeoDataFrame) -> list[list[object] | None]:
    """``coordinateProperties.times``, as converters from GPX write it."""
    if "coordinateProperties" not in features.columns:
        return [None] * len(features)
    return [
        listed(value["times"]) if isinstance(value, dict) and "times" in value else None
        for value in features["coordinateProperties"].tolist()
    ]


def in_one_list(values: Sequence[Any]) -> Iterator[object]:
    """Times of the parts of a MultiLineString one after another."""
    for value in values:
        if isinstance(value, list):
            yield from in_one_list(value)
        else:
            yield value
