"""A sentence in both languages of the product."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Words"]


class Words(NamedTuple):
    """The same sentence twice; Chinese is shown first.

    Examples
    --------
    >>> str(Words("坐标重复。", "A position is repeated."))
    '坐标重复。 A position is repeated.'
    """

    zh: str
    en: str

    def __str__(self) -> str:
        """Both, Chinese first."""
        return f"{self.zh} {self.en}"

    @classmethod
    def parted(cls, message: object) -> Words:
        """Part a message of the house, Chinese up to its full stop, then English.

        Examples
        --------
        >>> Words.parted("几何为空，请先绘制。 The geometry is empty; draw it.").zh
        '几何为空，请先绘制。'
        """
        zh, stop, en = str(message).partition("。 ")
        return cls(f"{zh}。", en.strip()) if stop else cls(zh, zh)
