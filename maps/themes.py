"""The figures that a choropleth can show: coverage together and apart, and its change."""

from typing import Any

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from gis.messages import Message
from maps.districts_block import numbers
from maps.errors import MapError
from maps.html import Json
from maps.palette import Classes, change_classes, ratio_classes
from maps.words import GREEN_CLASS, Pair

_TOGETHER: Pair = ("绿化覆盖率", "Green coverage")
# Choices also of a frame without their figures; the other classes where they have some.
_ALWAYS = ("forest", "urban")
_CHANGE: Pair = ("覆盖率变化", "Change of coverage")


def themes(
    frame: GeoDataFrame, *, by_class: pd.DataFrame | None, before: pd.DataFrame | None
) -> list[Json]:
    """What can be shown, the coverage of all green classes together first.

    Parameters
    ----------
    frame
        ``code``, ``level`` and ``coverage`` (a ratio; NaN is "no data").
    by_class, before
        As in :func:`maps.coverage_map.build`.

    Raises
    ------
    MapError
        ``columns_missing`` where ``by_class`` or ``before`` tells no coverage.
    """
    choices: list[Json] = [_theme("coverage", _TOGETHER, _coverage(frame), frame)]
    if by_class is not None:
        for name, words in GREEN_CLASS.items():
            of_class = by_class[by_class["green_class"] == name]
            if of_class.empty and name not in _ALWAYS:
                continue
            choices.append(_theme(name, _apart(words), _joined(frame, of_class), frame))
    if before is not None:
        change = _coverage(frame) - _joined(frame, before)
        choices.append(_theme("change", _CHANGE, change, frame))
    return choices


def _apart(words: Pair) -> Pair:
    return f"{words[0]}覆盖率", f"{words[1].capitalize()} coverage"


def _coverage(frame: pd.DataFrame) -> "pd.Series[Any]":
    if "coverage" not in frame.columns:
        return pd.Series(np.nan, index=frame.index)
    return pd.to_numeric(frame["coverage"], errors="coerce")


def _ratios(figures: pd.DataFrame) -> "pd.Series[Any]":
    """The ratio as given, or of the areas that make it."""
    if "coverage" in figures.columns:
        return _coverage(figures)
    if not {"green_m2", "district_m2"} <= set(figures.columns):
        columns = ", ".join(map(str, figures.columns))
        raise MapError(
            "columns_missing",
            Message(
                f"分类或对比数据缺少列 coverage（或 green_m2 和 district_m2），只有 {columns}",
                "figures by class or of before have neither `coverage` nor `green_m2` and "
                f"`district_m2`, but {columns}",
            ),
        )
    green_m2 = pd.to_numeric(figures["green_m2"], errors="coerce")
    district_m2 = pd.to_numeric(figures["district_m2"], errors="coerce")
    return green_m2 / district_m2.where(district_m2 > 0)


def _joined(frame: GeoDataFrame, figures: pd.DataFrame) -> "pd.Series[Any]":
    by_code = pd.Series(_ratios(figures).to_numpy(), index=figures["code"].astype(str))
    joined: pd.Series[Any] = frame["code"].astype(str).map(by_code)
    return joined


def _theme(
    name: str, words: Pair, values: "pd.Series[Any]", frame: GeoDataFrame
) -> dict[str, Json]:
    """Classes are made for each level apart: a province and a county are not one scale."""
    classes_of = change_classes if name == "change" else ratio_classes
    level = frame["level"].astype(str) if "level" in frame.columns else pd.Series("", frame.index)
    ratios = values.to_numpy(dtype=float, na_value=np.nan)
    place = np.full(len(frame), -1)
    bands: dict[str, Json] = {}
    for level_name in level.unique():
        there = (level == level_name).to_numpy()
        classes = classes_of(ratios[there])
        place[there] = classes.place
        bands[level_name] = _bands(classes)
    return {
        "id": name,
        "label": list(words),
        "unit": "points" if name == "change" else "ratio",
        "values": numbers(values, digits=9),
        "place": place.tolist(),
        "bands": bands,
    }


def _bands(classes: Classes) -> list[Json]:
    return [
        {"label": [band.zh, band.en], "colour": band.colour, "count": band.held}
        for band in classes.bands
    ]
