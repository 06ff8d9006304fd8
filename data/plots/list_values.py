"""Parsers of those values of a plot that are lists or objects."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

import numpy as np

from data.cell_values import BadValueError
from data.codes import UnknownCodeError
from data.plots.species import species_mix
from data.plots.values import code_of, is_missing, shown, text
from gis.messages import InvalidValueError, Message

_SPLIT: Final = re.compile(r"[;；,，、\n]+")
_ID_DIGITS: Final = 18  # every such number fits a bigint of the database
_PHOTO: Final = frozenset(["jpg", "jpeg", "png", "heic", "tif", "tiff", "webp"])
_VIDEO: Final = frozenset(["mp4", "mov", "avi", "mkv", "3gp"])


def evidence(value: object) -> list[dict[str, str | None]]:
    """Photos, videos and papers: objects, or names in one text.

    Examples
    --------
    >>> evidence("a.jpg；验收表.pdf")
    [{'name': 'a.jpg', 'kind': 'photo', 'note': None},
     {'name': '验收表.pdf', 'kind': 'document', 'note': None}]
    """
    items = listed(value)
    if items is None:
        items = [{"name": name.strip()} for name in _SPLIT.split(text(value)) if name.strip()]
    return [_evidence(item) for item in items]


def _evidence(item: object) -> dict[str, str | None]:
    if not isinstance(item, Mapping) or is_missing(item.get("name")):
        raise BadValueError(
            "not_evidence",
            Message(
                "佐证材料要有 name。",
                "A piece of evidence needs a name.",
            ),
        )
    name = text(item["name"])
    suffix = name.rpartition(".")[2].lower()
    guess = "photo" if suffix in _PHOTO else "video" if suffix in _VIDEO else "document"
    kind = code_of("evidence", item.get("kind") or guess)
    return {"name": name, "kind": kind, "note": item.get("note")}


def plan_ids(value: object) -> list[int]:
    """Numbers of planned plots.

    Raises
    ------
    BadValueError
        ``not_plan_ids``.

    Examples
    --------
    >>> plan_ids("12, 15"), plan_ids(12.0), plan_ids([3])
    ([12, 15], [12], [3])
    """
    items = listed(value)
    words = [text(v) for v in items] if items is not None else _SPLIT.split(text(value))
    numbers = [word.strip() for word in words if word.strip()]
    if not all(word.isdecimal() and len(word) <= _ID_DIGITS for word in numbers):
        raise BadValueError(
            "not_plan_ids",
            Message(
                f"{shown(value)} 不是图斑编号。",
                f"{shown(value)} are no numbers of plots.",
            ),
        )
    return [int(word) for word in numbers]


def plans(value: object) -> list[str]:
    """Planned plots by their 图斑号, with the task year before it where it is said.

    Examples
    --------
    >>> plans("2025/00012，2025/00013"), plans(["00012"])
    (['2025/00012', '2025/00013'], ['00012'])
    """
    items = listed(value)
    words = [text(v) for v in items] if items is not None else _SPLIT.split(text(value))
    return [word.strip() for word in words if word.strip()]


def extra(value: object) -> dict[str, dict[str, object]]:
    """Further official fields, by schema.

    Raises
    ------
    BadValueError
        ``not_extra``.
    """
    decoded = _decoded(value)
    if not isinstance(decoded, dict) or not all(
        isinstance(part, dict) for part in decoded.values()
    ):
        raise BadValueError(
            "not_extra",
            Message(
                "extra 应为 {表名: {字段: 值}}。",
                "extra must be {schema: {field: value}}.",
            ),
        )
    return decoded


def listed(value: object) -> list[object] | None:
    """A list, or the list in a JSON text; None for anything else."""
    decoded = _decoded(value)
    return decoded if isinstance(decoded, list) else None


def _decoded(value: object) -> object:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):  # no JSON, or nested deeper than any value of ours
            return value
    return value


def species(value: object) -> list[dict[str, object]]:
    """A mix of species and their shares; see `data.plots.species`.

    Raises
    ------
    BadValueError
        ``unknown_code``, ``species_shares``.
    """
    try:
        mix = species_mix(listed(value) or text(value))
    except UnknownCodeError as error:
        raise BadValueError("unknown_code", error.message) from error
    except InvalidValueError as error:
        raise BadValueError("species_shares", error.message) from error
    for share in mix:
        code_of("species", share["code"])
    return mix
