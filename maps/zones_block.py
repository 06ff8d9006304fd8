"""The zones of a page: borders, duty, what was walked; persons only where they are asked for."""

from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from maps import districts_block
from maps.districts_block import Districts, numbers
from maps.html import Json, shown
from maps.palette import NO_DATA, share_classes
from maps.patrol_words import DUTY, LEVEL, patrol_words
from maps.words import Labels, Pair

# After ColorBrewer 2.0, BrBG, colour-blind safe; paler, so that tracks stand out on them.
_STATES: Final = {
    "met": "#8fd3c8",
    "open": "#f5f5f5",
    "late": "#f6e8c3",
    "overdue": "#d8a95b",
}
_PERSONS: Final = ("chief", "chief_title", "ranger")
_STATE: Final[Pair] = ("履职状态", "Duty")
_SHARE: Final[Pair] = ("巡护覆盖率", "Share walked")
# Column, words, digits; "{a} / {b}" shows done beside due.
_FACTS: Final[tuple[tuple[str, Pair, int], ...]] = (
    ("visits_done/visits_due", ("巡护次数（已做 / 应做）", "Visits (done / due)"), 0),
    ("effective_days/days_due", ("有效天数（已做 / 应做）", "Effective days (done / due)"), 0),
    ("overdue_days", ("逾期（天）", "Overdue (days)"), 0),
    ("length_km", ("巡护里程（km）", "Way walked (km)"), 1),
    ("longest_gap_days", ("最长间隔（天）", "Longest gap (days)"), 0),
    ("open_findings", ("未销号问题", "Open findings"), 0),
)
_TEXTS: Final[tuple[tuple[str, Pair], ...]] = (
    ("last_visit", ("最近巡护", "Last visit")),
    ("chief", ("林长", "Forest chief")),
    ("chief_title", ("职务", "Title")),
    ("ranger", ("护林员", "Ranger")),
    ("office", ("责任单位", "Office")),
)


def zones_block(zones: Districts, zoom: int, *, names: bool) -> dict[str, Json]:
    """Zones as the page's script reads districts, with the facts of their sheets.

    Parameters
    ----------
    names
        Whether chiefs and rangers are told; otherwise they do not enter the page.
    """
    block = districts_block.block(zones, zoom)
    block["facts"] = [*_figures(zones.frame), *_words(zones.frame, names=names)]
    return block


def zone_levels(frame: GeoDataFrame, labels: Labels) -> list[Json]:
    """Levels that occur, the highest first."""
    names = districts_block.levels(frame)
    order = {level: at for at, level in enumerate(LEVEL)}
    names.sort(key=lambda level: (order.get(level, len(order)), level))
    return [{"id": name, "label": list(patrol_words("zone_level", name, labels))} for name in names]


def zone_themes(frame: GeoDataFrame, labels: Labels) -> list[Json]:
    """Duty by its states and the share walked, as far as the frame knows them."""
    themes: list[Json] = []
    if "state" in frame.columns:
        themes.append(_states(frame, labels))
    if "walked_share" in frame.columns:
        themes.append(_shares(frame))
    return themes


def _level(frame: GeoDataFrame) -> "pd.Series[str]":
    if "level" not in frame.columns:
        return pd.Series("", frame.index)
    levels: pd.Series[str] = frame["level"].map(shown)
    return levels


def _states(frame: GeoDataFrame, labels: Labels) -> Json:
    """A zone without a rule has no class: it is hatched, as everything without a figure."""
    states = frame["state"].map(shown)
    known = [state for state in DUTY if state in _STATES]
    place = states.map({state: at for at, state in enumerate(known)}).fillna(NO_DATA)
    late = pd.to_numeric(frame.get("overdue_days", pd.Series(0, frame.index)), errors="coerce")
    levels = _level(frame)
    bands: dict[str, Json] = {}
    for level in levels.unique():
        counts = states[levels == level].value_counts()
        bands[level] = [
            {
                "label": list(patrol_words("duty_state", state, labels)),
                "colour": _STATES[state],
                "count": int(counts.get(state, 0)),
                "strong": state == "overdue",
            }
            for state in known
        ]
    return {
        "id": "state",
        "label": list(_STATE),
        "unit": "state",
        "none": list(patrol_words("duty_state", "none", labels)),
        "values": numbers(late, digits=0),
        "place": [int(row) for row in place],
        "bands": bands,
    }


def _shares(frame: GeoDataFrame) -> Json:
    shares = pd.to_numeric(frame["walked_share"], errors="coerce")
    levels = _level(frame)
    place = np.full(len(frame), NO_DATA)
    bands: dict[str, Json] = {}
    for level in levels.unique():
        there = (levels == level).to_numpy()
        classes = share_classes(shares[there].to_numpy(dtype=float, na_value=np.nan))
        place[there] = classes.place
        bands[level] = [
            {"label": [band.zh, band.en], "colour": band.colour, "count": band.held}
            for band in classes.bands
        ]
    return {
        "id": "walked_share",
        "label": list(_SHARE),
        "unit": "ratio",
        "values": numbers(shares, digits=9),
        "place": place.tolist(),
        "bands": bands,
    }


def _figures(frame: GeoDataFrame) -> list[Json]:
    facts: list[Json] = []
    for columns, words, digits in _FACTS:
        names = [name for name in columns.split("/") if name in frame.columns]
        if not names:
            continue
        cells = [numbers(frame[name], digits=digits) for name in names]
        values: list[Json] = [_beside(row, digits) for row in zip(*cells, strict=True)]
        if any(values):
            facts.append({"label": list(words), "values": values})
    return facts


def _beside(row: tuple[Json, ...], digits: int) -> str:
    if all(value is None for value in row):
        return ""
    return " / ".join("–" if value is None else f"{value:.{digits}f}" for value in row)


def _words(frame: GeoDataFrame, *, names: bool) -> list[Json]:
    facts: list[Json] = []
    for column, words in _TEXTS:
        if column not in frame.columns or (column in _PERSONS and not names):
            continue
        values: list[Any] = [shown(value) for value in frame[column]]
        if any(values):
            facts.append({"label": list(words), "values": values})
    return facts
