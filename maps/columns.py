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
# Above this share of different values a dictionary only costs.
_MOSTLY_REPEATED: Final = 0.5
_ORDERED: Final[dict[str, tuple[str, ...]]] = {
    "stage": ("planned", "planted", "accepted", "existing", "cancelled"),
    "review": ("draft", "submitted", "returned", "approved"),
    "green_class": ("forest", "urban"),
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
    places, texts = _distinct(prop.id, values, labels)
    if not texts:
        return None
    if choice or len(texts) <= _MOSTLY_REPEATED * len(values):
        return _choices(prop, places, texts, labels)
    by_place = ["", *texts]
    return {
        "id": prop.id,
        "label": list(prop.label),
        "kind": "text",
        "values": [by_place[place] for place in places],
    }


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


def _areas(prop: Property, values: "pd.Series[Any]") -> Column | None:
    m2 = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    known = np.isfinite(m2) & (m2 >= 0) & (m2 < 2**52)
    if not known.any():
        return None
    packed = np.where(known, np.rint(np.where(known, m2, 0)) + 1, 0).astype(np.int64)
    return {"id": prop.id, "label": list(prop.label), "kind": "area", "packed": pack(packed)}


def _distinct(name: str, values: "pd.Series[Any]", labels: Labels) -> tuple[Places, list[str]]:
    """For each row 0 or one more than the place of its text among the different texts."""
    read = _reader(name, labels)
    try:
        rows, different = pd.factorize(values.to_numpy(dtype=object))
        texts = [read(value) for value in different]
    except TypeError:  # a list or a dict among the values
        rows = np.arange(len(values))
        texts = [read(value) for value in values]
    again, unique = pd.factorize(np.array([*texts, ""], dtype=object))
    order = _order(name, [str(text) for text in unique])
    place_of = np.zeros(len(unique), dtype=np.int64)
    for place, index in enumerate(order, start=1):
        place_of[index] = place
    places = np.where(rows < 0, 0, place_of[again[rows]])
    return places.astype(np.int64), [str(unique[index]) for index in order]


def _reader(name: str, labels: Labels) -> Callable[[object], str]:
    if name == "species":
        return lambda value: species_text(value, labels)
    return _evidence_text if name == "evidence" else shown


def _order(name: str, unique: list[str]) -> list[int]:
    """Places of the texts in reading order, the empty text left out."""
    known = _ORDERED.get(name, ())
    rank = {text: at for at, text in enumerate(known)}
    kept = [index for index, text in enumerate(unique) if text]
    return sorted(kept, key=lambda index: (rank.get(unique[index], len(known)), unique[index]))


def _choices(prop: Property, places: Places, texts: list[str], labels: Labels) -> Column:
    pairs: list[Pair] = [words_of(prop.id, text, labels) for text in texts]
    return {
        "id": prop.id,
        "label": list(prop.label),
        "kind": "choice",
        "codes": list(texts),
        "choices": [[shown(zh), shown(en)] for zh, en in pairs],
        "packed": pack(places),
    }
