"""Texts that a shapefile cut at the end of their field, beside what they were before."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from data.schemas import field_mapping, schema

__all__ = ["is_cut"]

_SCHEMAS: Final = ("zaolin", "plain")
_ENCODINGS: Final = ("utf-8", "gb18030")
_CHARACTER_BYTES: Final = 4
"""A text is cut before a character that does not fit, which has no more bytes than these."""


def is_cut(name: str, whole: object, part: object) -> bool:
    """Whether a text of a property is another one as a shapefile of ours cuts it.

    Examples
    --------
    >>> whole = "松花江干流两岸造林绿化试点示范工程第一标段北岸滩地第三十七号图斑" * 2
    >>> is_cut("name", whole, whole[:33]), is_cut("stage", whole, whole[:33])
    (True, False)
    >>> is_cut("name", whole, whole[:5]), is_cut("name", whole, whole)
    (False, False)
    """
    if not isinstance(whole, str) or not isinstance(part, str) or whole == part:
        return False
    if not whole.startswith(part):
        return False
    return any(
        width - _CHARACTER_BYTES < len(part.encode(encoding, "replace")) <= width
        and len(whole.encode(encoding, "replace")) > width
        for width in _widths().get(name, ())
        for encoding in _ENCODINGS
    )


@cache
def _widths() -> Mapping[str, frozenset[int]]:
    """Bytes of the text fields that hold a property as it is."""
    widths: dict[str, set[int]] = {}
    for schema_name in _SCHEMAS:
        meant = field_mapping(schema_name)
        for field in schema(schema_name).fields:
            name = meant.get(field.name)
            if name in _FREE:
                widths.setdefault(name, set()).add(field.width)
    return {name: frozenset(of) for name, of in widths.items()}


_FREE: Final = frozenset(["name", "note", "programme", "unit"])
