"""Text in Big5, which a reader of GB18030 takes for rare characters without any error."""

from __future__ import annotations

from typing import Final

__all__ = ["BIG5", "is_big5"]

BIG5: Final = "big5"
_COMMON: Final = range(0xA4, 0xC7)
"""First bytes of the 5 401 characters that Big5 calls common."""
_COMMON_GB: Final = range(0xB0, 0xD8)
_LEAST: Final = 4
_LOOKED_AT: Final = 20_000


def is_big5(text: str, as_gb: str) -> bool:
    """Whether bytes are Big5: common characters there, and rare ones as GB18030.

    Parameters
    ----------
    text, as_gb
        The same bytes, decoded by both.

    Examples
    --------
    >>> raw = "鄉級巡護本縣".encode("big5")
    >>> is_big5(raw.decode("big5"), raw.decode("gb18030"))
    True
    >>> raw = "鄉級巡護本縣".encode("gb18030")
    >>> is_big5(raw.decode("big5", "replace"), raw.decode("gb18030"))
    False
    """
    letters = [letter for letter in text if not letter.isascii()][:_LOOKED_AT]
    if len(letters) < _LEAST or _share(letters, BIG5, _COMMON) < 0.8:
        return False
    others = [letter for letter in as_gb if not letter.isascii()][:_LOOKED_AT]
    return _share(others, "gb2312", _COMMON_GB) < 0.5


def _share(letters: list[str], encoding: str, common: range) -> float:
    return sum(letter.encode(encoding, "replace")[0] in common for letter in letters) / len(letters)
