"""Texts that XML can hold."""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape

__all__ = ["xml_text"]

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """A text for an element; a character that XML does not know becomes U+FFFD.

    >>> xml_text("a<b & c")
    'a&lt;b &amp; c'
    """
    return escape(_NOT_XML.sub("\ufffd", text))
