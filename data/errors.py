"""Refusals of files: one exception that says what is wrong, where, and how to correct it."""

from __future__ import annotations

from typing import TypeAlias

from gis.messages import Message

Position: TypeAlias = tuple[float, float]


def printable(text: str) -> str:
    """Text of a sender as a terminal or a log may show it: no line ends, no control characters.

    Examples
    --------
    >>> printable("a\\x1b[31mb\\nc")
    'a�[31mb�c'
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def printable_message(message: Message) -> Message:
    """The message, each of its languages made `printable`."""
    return Message(printable(message.zh), printable(message.en))


def sentence(words: Message) -> Message:
    """Words without a full stop, as a sentence that may be printed."""
    return printable_message(Message(f"{words.zh}。", f"{words.en}."))


class FileRefused(ValueError):  # noqa: N818 - the name is fixed: it is no failure of ours
    """A file that is refused as a whole.

    Parameters
    ----------
    code
        Stable and snake_case; programs and translations depend on it, never on the words.
    what, remedy
        What is wrong, and what the sender can do about it; without a full stop at their end.
    file
        Name of the file (no folder), empty where it is not known yet; see `about`.
    feature
        Number of the feature, counted from 1, or None.
    at
        ``(longitude, latitude)`` in degrees, or None.

    Examples
    --------
    >>> what = Message("缺少 .dbf", "its .dbf is missing")
    >>> remedy = Message("请一起提交", "send it too")
    >>> print(FileRefused("dbf_missing", what, remedy, file="a.shp"))
    a.shp：缺少 .dbf；请一起提交。 a.shp: its .dbf is missing; send it too.
    """

    def __init__(
        self,
        code: str,
        what: Message,
        remedy: Message,
        *,
        file: str = "",
        feature: int | None = None,
        at: Position | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.what = what
        self.remedy = remedy
        self.file = file
        self.feature = feature
        self.at = at

    def __reduce__(self) -> tuple[object, ...]:
        """Keep all fields when pickled: a worker of another process refuses, too."""
        fields = (self.code, self.what, self.remedy, self.file, self.feature, self.at)
        return _rebuilt, (type(self), *fields)

    @property
    def message(self) -> Message:
        """One sentence: the file, the feature and the place, what is wrong, what to do."""
        zh = [f"第 {self.feature} 个要素"] if self.feature is not None else []
        en = [f"feature {self.feature}"] if self.feature is not None else []
        if self.at is not None:
            place = f"({self.at[0]:.6f}, {self.at[1]:.6f})"
            zh, en = [*zh, place], [*en, f"at {place}"]
        where_zh = f"（{'，'.join(zh)}）" if zh else ""
        where_en = f" ({', '.join(en)})" if en else ""
        return Message(
            printable(f"{self.file}{where_zh}：{self.what.zh}；{self.remedy.zh}。"),
            printable(f"{self.file}{where_en}: {self.what.en}; {self.remedy.en}."),
        )

    def __str__(self) -> str:
        """The sentence in both languages."""
        return str(self.message)

    def about(self, file: str) -> FileRefused:
        """Name the file, if it has no name yet."""
        self.file = self.file or file
        return self


def _rebuilt(  # noqa: PLR0913, PLR0917 - the fields of a refusal
    kind: type[FileRefused],
    code: str,
    what: Message,
    remedy: Message,
    file: str,
    feature: int | None,
    at: Position | None,
) -> FileRefused:
    return kind(code, what, remedy, file=file, feature=feature, at=at)
