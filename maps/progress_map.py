"""How far the tasks are: districts coloured by rate, with target, reported, mapped and accepted."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from maps.caption import Caption
from maps.composition import bounds_of, parents, precision_m
from maps.districts_block import block, level_words, levels, numbers, prepared
from maps.html import Json, shown
from maps.page import Page, assemble
from maps.palette import progress_classes
from maps.shapes import deepest_zoom
from maps.words import Pair

__all__ = ["Caption", "build"]

_RATES: Final[tuple[tuple[str, Pair], ...]] = (
    ("reported_rate", ("施工完成率", "reported / target")),
    ("mapped_rate", ("上图率", "mapped / target")),
    ("verified_rate", ("核实率", "accepted / reported")),
)
_AMOUNTS: Final[tuple[tuple[str, Pair], ...]] = (
    ("target", ("任务量", "Target")),
    ("reported", ("上报", "Reported")),
    ("mapped", ("上图", "On the map")),
    ("verified", ("核实", "Accepted")),
)
_STATE: Final[Pair] = ("状态", "State")
_DISTRICT_LETTERS: Final = 2_500_000


def build(districts: GeoDataFrame, figures: pd.DataFrame, *, caption: Caption) -> Page:
    """Draw progress.

    Parameters
    ----------
    districts
        One row a district, lon and lat in degrees of CGCS2000: ``code``, ``geometry`` and where
        known ``name level parent parent_name``.
    figures
        One row a district and indicator: ``code indicator label label_en measured_in`` and, None
        where there is none, ``target reported mapped verified`` in that unit, ``reported_rate
        mapped_rate verified_rate`` as ratios, ``state`` in words (Chinese, English).
    caption
        What stands around the map.

    Raises
    ------
    MapError
        ``not_degrees``, ``parts_missing``.

    Examples
    --------
    >>> from shapely import box
    >>> county = GeoDataFrame({"code": ["220102"], "name": ["南关区"], "level": ["county"]},
    ...                       geometry=[box(125.2, 43.7, 125.4, 43.9)], crs="OGC:CRS84")
    >>> figures = pd.DataFrame({"code": ["220102"], "indicator": ["g"], "label": ["造林"],
    ...                         "label_en": ["planting"], "measured_in": ["亩"],
    ...                         "target": [100.0], "reported_rate": [1.026]})
    >>> page = build(county, figures, caption=Caption(title="任务进度", source="示例"))
    >>> "1.026" in page.html
    True
    """
    ground = prepared(districts)
    zoom = deepest_zoom(ground.lonlat, _DISTRICT_LETTERS)
    bounds = bounds_of(ground.lonlat)
    shown_levels = levels(ground.frame)
    drawn = block(ground, zoom)
    themes: list[dict[str, Json]] = []
    facts: list[Json] = []
    for _, of_one in figures.groupby("indicator", sort=False):
        labels: Pair = (shown(of_one["label"].iloc[0]), shown(of_one["label_en"].iloc[0]))
        by_code = of_one.drop_duplicates("code").set_index("code")
        joined = by_code.reindex(ground.frame["code"].astype(str))
        themes += _themes(joined, labels, ground.frame)
        facts += _facts(joined, labels)
    drawn["facts"] = facts
    # What most districts have a figure of comes first, at the deepest level that has one.
    themes.sort(key=lambda theme: -_known(theme))
    level = _opening_level(themes, ground.frame, shown_levels)
    data: dict[str, Json] = {
        "language": caption.language,
        "caption": caption.as_json(),
        "zoom": zoom,
        "bounds": [[bounds[1], bounds[0]], [bounds[3], bounds[2]]],
        "precision_m": precision_m(zoom, bounds),
        "notes": [list(note) for note in (*_notes(themes), *ground.notes)],
        "districts": drawn,
        "levels": [{"id": level, "label": list(level_words(level))} for level in shown_levels],
        "level": level,
        "parents": parents(ground.frame),
        "themes": list[Json](themes),
        "plots": None,
        "beside": False,
    }
    return assemble(data, title=caption.headline, bounds=bounds, zoom=zoom)


def _notes(themes: Sequence[object]) -> list[Pair]:
    # Districts have a row without a task, too.
    if not themes:
        return [
            (
                "到数据时间为止还没有下达或有完成率的任务，没有数据",
                "By then no task had been issued or had a rate: there are no data",
            )
        ]
    return [
        (
            "完成率不封顶；没有任务或没有上报的为无数据",
            "Rates are never clamped; without a target or a report there is no data",
        )
    ]


def _known(theme: dict[str, Json]) -> int:
    """How many districts have a figure."""
    values = theme["values"]
    return sum(value is not None for value in values) if isinstance(values, list) else 0


def _opening_level(
    themes: list[dict[str, Json]], frame: GeoDataFrame, shown_levels: list[str]
) -> str:
    values = themes[0]["values"] if themes else None
    if isinstance(values, list) and "level" in frame.columns:
        there = {
            str(level)
            for level, value in zip(frame["level"], values, strict=True)
            if value is not None
        }
        for level in reversed(shown_levels):
            if level in there:
                return level
    return shown_levels[-1] if shown_levels else ""


def _themes(joined: pd.DataFrame, labels: Pair, frame: GeoDataFrame) -> list[dict[str, Json]]:
    themes: list[dict[str, Json]] = []
    level = frame["level"].astype(str) if "level" in frame.columns else pd.Series("", frame.index)
    for name, words in _RATES:
        if name not in joined.columns:
            continue
        rates = pd.to_numeric(joined[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        if not np.isfinite(rates).any():
            continue
        place = np.full(len(frame), -1)
        bands: dict[str, Json] = {}
        for of_level in level.unique():
            there = (level == of_level).to_numpy()
            classes = progress_classes(rates[there])
            place[there] = classes.place
            bands[of_level] = [
                {"label": [band.zh, band.en], "colour": band.colour, "count": band.held}
                for band in classes.bands
            ]
        themes.append(
            {
                "id": f"{labels[1]} {name}",
                "label": [f"{labels[0]} · {words[0]}", f"{labels[1]} · {words[1]}"],
                "unit": "ratio",
                "values": numbers(pd.Series(rates), digits=9),
                "place": place.tolist(),
                "bands": bands,
            }
        )
    return themes


def _facts(joined: pd.DataFrame, labels: Pair) -> list[Json]:
    facts: list[Json] = []
    for name, words in _AMOUNTS:
        if name not in joined.columns:
            continue
        values = [
            "" if pd.isna(amount) else f"{_number(amount)} {shown(unit)}"
            for amount, unit in zip(joined[name], joined["measured_in"], strict=True)
        ]
        if any(values):
            label: list[Json] = [f"{labels[0]} · {words[0]}", f"{labels[1]} · {words[1]}"]
            facts.append({"label": label, "values": list[Json](values)})
    if "state" in joined.columns and joined["state"].notna().any():
        state: list[Json] = [f"{labels[0]} · {_STATE[0]}", f"{labels[1]} · {_STATE[1]}"]
        facts.append({"label": state, "values": [shown(value) for value in joined["state"]]})
    return facts


def _number(amount: Any) -> str:
    return f"{float(amount):,.2f}".rstrip("0").rstrip(".")
