"""What a page holds, read back from its HTML."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
HOSTILE = [
    "{{7*7}}",
    "{% raw %}",
    "{# a comment",
    '<img src=x onerror="window.ran=1">',
    "</script><script>window.ran=1</script>",
    "'\"><svg onload=window.ran=1>",
    "<!--",
    "]]>\\u003c\\",
    "林" * 5000,
    "\u202eمرحبا بالغابة\u202c",
    "line\u2028and\u2029paragraph",
    "half a pair \ud83d",
    "\x00\x07bell",
    "__proto__",
    "constructor",
    "",
]


def data_of(html: str) -> dict[str, Any]:
    """The block of data."""
    script = re.search(
        r'<script type="application/json" id="luotu-data">(.*?)</script>', html, re.S
    )
    assert script
    data: dict[str, Any] = json.loads(script[1])
    return data


def inline(html: str, tag: str) -> list[str]:
    """Contents of the elements without attributes, as a browser would hash them."""
    return re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.S)


def digest(text: str) -> str:
    """As a policy writes it."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def unpacked(text: str) -> list[int]:
    """What maps/pages/src/packing.ts does, in other words."""
    out, value, unit = [], 0, 1
    for letter in text:
        digit = LETTERS.index(letter)
        value += (digit & 31) * unit
        unit *= 32
        if digit < 32:
            out.append(value)
            value, unit = 0, 1
    return out
