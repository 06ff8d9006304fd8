"""Properties of plots as columns of a page: each value written once, rows as small numbers."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from maps.html import Json, shown
from maps.packing import pack
from maps.words import Labels, Pair, Property, words_of

AREAS: Final = ("area_m2", "declared_m2")
# Above this share of distinct values a dictionary takes more space than the values.
_MOSTLY_REPEATED: Final = 0.5
_ORDERED: Final[dict[str, tuple[str, ...]]] = {
    "stage": ("planned", "planted", "accepted", "existing", "cancelled"),
    "review": ("draft", "submitted", "returned", "approved"),
    "green_class": ("forest", "urban", "grass", "wetland", "sand", "karst"),
}
Column: TypeAlias = dict[str, Json]
Places: TypeAlias = NDArray[np.int64]


def column(
    prop: Property, values: "pd.Series[Any]", labels: Labels, *, choice: bool
) -> Column | None:
    """One property of all rows; None when no row has it.

    Parameters
    ----------
    choice
        True for what the reader may filter and colour by: always a dictionary then.
    """
    if prop.id in AREAS:
        return _areas(prop, values)
    rows, different = _distinct(values)
    read = _reader(prop.id, labels)
    texts = [read(value) for value in different]
    if not any(texts):
        return None
    if choice or len(texts) <= _MOSTLY_REPEATED * len(values):
        return _choices(prop, rows, texts, labels)
    by_row = [*texts, ""]  # -1, the row of a missing value, is the last
    return {
        "id": prop.id,
        "label": list(prop.label),
        "kind": "text",
        "values": [by_row[row] for row in rows],
    }


def hashable(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Values that can be grouped by: lists and dicts as what a person reads."""
    try:
        pd.factorize(values.to_numpy(dtype=object))
    except TypeError:
        return values.map(shown)
    return values


def within(columns: list[Column], letters: int) -> tuple[list[Column], tuple[Pair, ...]]:
    """Columns whose texts take no more than that many letters, and what was left out.

    Whole columns go, the last first; of the name a beginning is kept.
    """
    remaining, gone = list(columns), list[Pair]()
    while _letters(remaining) > letters:
        last = max(i for i, column in enumerate(remaining) if column["kind"] == "text")
        zh, en = _label(remaining[last])
        values = remaining[last]["values"]
        if remaining[last]["id"] != "name" or not isinstance(values, list):
            remaining.pop(last)
            gone.append((f"为控制文件大小，未带“{zh}”", f"{en} is left out to keep the file small"))
            continue
        most = max(letters // len(values), 1)
        remaining[last] = {**remaining[last], "values": [str(value)[:most] for value in values]}
        gone.append((f"{zh}只带前 {most} 个字", f"{en}: only the first {most} characters"))
    return remaining, tuple(gone)


def _letters(columns: list[Column]) -> int:
    texts = [column["values"] for column in columns if column["kind"] == "text"]
    return sum(len(str(value)) for values in texts if isinstance(values, list) for value in values)


def _label(column: Column) -> Pair:
    words = column["label"]
    return (str(words[0]), str(words[1])) if isinstance(words, list) else ("", "")


def species_text(value: object, labels: Labels) -> str:
    """A species mix in one line: 油松 60 %、刺槐 40 %.

    Examples
    --------
    >>> species_text([{"code": "110", "share": 0.6}], {"species": {"110": ("油松", "pine")}})
    '油松 60 %'
    """
    if not isinstance(value, list):
        return shown(value)
    return "、".join(_one_species(item, labels) for item in value)


def _one_species(item: object, labels: Labels) -> str:
    if not isinstance(item, Mapping) or not {"code", "share"} <= item.keys():
        return shown(item)
    name = words_of("species", str(item["code"]), labels)[0]
    share = item["share"]
    number = isinstance(share, (int, float)) and math.isfinite(share)
    return f"{name} {100 * share:.3g} %" if number else f"{name} {shown(share)}"


def _evidence_text(value: object) -> str:
    if not isinstance(value, list):
        return shown(value)
    names = [item.get("name", "") if isinstance(item, Mapping) else item for item in value]
    return "、".join(shown(name) for name in names)


def _plans_text(value: object) -> str:
    """Numbers of planned plots: 12、15."""
    return "、".join(map(shown, value)) if isinstance(value, list) else shown(value)


def _extra_text(value: object) -> str:
    """Fields of an official layer with their values: DI_LEI=0301、LIN_ZHONG=111."""
    if not isinstance(value, Mapping):
        return shown(value)
    return "、".join(f"{shown(name)}={shown(value[name])}" for name in value)


def _areas(prop: Property, values: "pd.Series[Any]") -> Column | None:
    m2 = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    known = np.isfinite(m2) & (m2 >= 0) & (m2 < 2**52)
    if not known.any():
        return None
    packed = np.where(known, np.rint(np.where(known, m2, 0)) + 1, 0).astype(np.int64)
    return {"id": prop.id, "label": list(prop.label), "kind": "area", "packed": pack(packed)}


def _distinct(values: "pd.Series[Any]") -> tuple[Places, list[object]]:
    """For each row the place of its value among the different values, -1 where it has none."""
    plain = values.to_numpy(dtype=object)
    try:
        rows, different = pd.factorize(plain)
    except TypeError:  # a list or a dict among the values: told apart by how it is written
        rows, _ = pd.factorize(np.array([repr(value) for value in plain], dtype=object))
        _, first = np.unique(rows, return_index=True)
        different = plain[first]
    return rows.astype(np.int64), list(different)


def _reader(name: str, labels: Labels) -> Callable[[object], str]:
    if name == "species":
        return lambda value: species_text(value, labels)
    return _READERS.get(name, shown)


_READERS: Final[dict[str, Callable[[object], str]]] = {
    "evidence": _evidence_text,
    "plan_ids": _plans_text,
    "extra": _extra_text,
}


def _order(name: str, unique: list[str]) -> list[int]:
    """Places of the texts in reading order, the empty text left out."""
    known = _ORDERED.get(name, ())
    rank = {text: at for at, text in enumerate(known)}
    given = [index for index, text in enumerate(unique) if text]
    return sorted(given, key=lambda index: (rank.get(unique[index], len(known)), unique[index]))


def _choices(prop: Property, rows: Places, texts: list[str], labels: Labels) -> Column:
    """A dictionary in reading order; 0 in the packed rows is "not given"."""
    again, distinct = pd.factorize(np.array(texts, dtype=object))
    unique = [str(text) for text in distinct]
    order = _order(prop.id, unique)
    place_of = np.zeros(len(unique), dtype=np.int64)
    place_of[order] = np.arange(1, len(order) + 1)
    codes = [unique[index] for index in order]
    pairs = [words_of(prop.id, code, labels) for code in codes]
    return {
        "id": prop.id,
        "label": list(prop.label),
        "kind": "choice",
        "codes": list(codes),
        "choices": [[shown(zh), shown(en)] for zh, en in pairs],
        "packed": pack(np.append(place_of[again], 0)[rows]),
    }
