"""User text into a page, once: as escaped JSON, never as mark-up or template."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, time
from html import escape
from typing import Final, TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

# Characters that mean something to HTML, to Jinja2 or to JavaScript. Our data never passes
# Jinja2; they are escaped all the same, in case a later change renders it.
_DANGEROUS: Final = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&{}%#'`\u2028\u2029"})
_STRING: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

TEXT_MAX: Final = 300


def json_block(value: Json, *, element_id: str) -> str:
    """A ``<script type="application/json">`` element that holds ``value``.

    Parameters
    ----------
    value
        Plain lists, dicts, texts and finite numbers.
    element_id
        Written by us, never by a user.

    Raises
    ------
    ValueError
        A number is not finite: JSON knows none.

    Examples
    --------
    >>> json_block(["</script>{{7*7}}"], element_id="d")
    '<script type="application/json" id="d">["\\\\u003c/script\\\\u003e...</script>'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    safe = _STRING.sub(lambda match: match[0].translate(_DANGEROUS), _SURROGATE.sub("\ufffd", text))
    return f'<script type="application/json" id="{element_id}">{safe}</script>'


def plain(text: str) -> str:
    """Text for the few places of a page that stand before any script, such as its title."""
    return escape(_SURROGATE.sub("\ufffd", text), quote=True).translate(
        {ord(sign): f"&#{ord(sign)};" for sign in "{}%"}
    )


def shown(value: object) -> str:
    """What a person reads for a property of any type; nothing for what is not there.

    Longer texts are cut at ``TEXT_MAX`` characters and say how long they were.

    Examples
    --------
    >>> shown(["油松", 3]), shown(None), shown(float("nan")), shown(2.0)
    ('["油松", 3]', '', '', '2')
    >>> shown(datetime(2025, 4, 5))
    '2025-04-05'
    """
    if value is None or value != value:  # noqa: PLR0124 (NaN and NaT differ from themselves)
        return ""
    if isinstance(value, (list, tuple, set, Mapping)):
        text = json.dumps(_listed(value), ensure_ascii=False, default=str)
    elif isinstance(value, float) and value.is_integer():
        text = str(int(value))
    elif isinstance(value, datetime) and value.time() == time():
        text = value.date().isoformat()
    else:
        text = str(value)
    if len(text) > TEXT_MAX:
        return f"{text[:TEXT_MAX]}…（共 {len(text)} 字 / {len(text)} characters）"
    return text


def _listed(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, set) else value
