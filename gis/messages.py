"""A sentence for people in both languages of the product, and which of them to show."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

__all__ = ["LANGUAGES", "InvalidValueError", "Language", "Message", "MessageError", "counted"]

Language: TypeAlias = Literal["zh", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
"""In order of preference: Chinese where no language is requested."""


class Message(NamedTuple):
    """The same sentence in both languages; the caller that shows it chooses one.

    Examples
    --------
    >>> message = Message("坐标重复。", "A position is repeated.")
    >>> message.text("en")
    'A position is repeated.'
    >>> str(message)
    '坐标重复。 A position is repeated.'
    >>> str(Message("没有行政区 99", "no such district: 99"))
    '没有行政区 99；no such district: 99'
    """

    zh: str
    en: str

    def text(self, language: Language | None) -> str:
        """The sentence in one language; in both, Chinese first, where that is None.

        Examples
        --------
        >>> Message("文件是空的", "the file is empty").text("zh")
        '文件是空的'
        """
        match language:
            case "zh":
                return self.zh
            case "en":
                return self.en
            case None:
                return str(self)

    def __str__(self) -> str:
        """Both, Chinese first."""
        gap = " " if self.zh.endswith("。") else "；"
        return f"{self.zh}{gap}{self.en}"


class MessageError(Exception):
    """An error that a person can correct, with its message in both languages.

    Examples
    --------
    >>> MessageError(Message("文件是空的", "the file is empty")).message.en
    'the file is empty'
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class InvalidValueError(MessageError, ValueError):
    """An unusable value: what parsers and validators raise."""


def counted(number: int, thing: str) -> str:
    """So many things in English, one as one.

    Examples
    --------
    >>> counted(1, "fault"), counted(0, "plot"), counted(12, "former version")
    ('1 fault', '0 plots', '12 former versions')
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
