"""Characters that no database stores, that turn a text about or that nobody sees: told of all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from gis.messages import Message

_REPLACEMENT: Final = "\ufffd"
# Embeddings, overrides and isolates: what is read is no longer what is stored.
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Soft hyphen, zero-width space, word joiner, byte order mark: no script needs them to be read.
_UNSEEN: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")


def has_nul(text: str) -> bool:
    """Whether a text has a NUL, which PostgreSQL takes in none and where C programs cut it.

    Examples
    --------
    >>> has_nul("a\\x00b"), has_nul("ab")
    (True, False)
    """
    return "\x00" in text


def turned(text: str) -> Message | None:
    """What to do about the first mark in a text that turns what follows about; None without one.

    These are U+202A–202E and U+2066–2069 (Unicode UAX #9). Scripts that are written from right to
    left need none of them.

    Examples
    --------
    >>> turned("林\u202e地斑").zh
    '第 2 个字符是改变文字显示顺序的控制符 U+202E，看不见，请删去或重新键入'
    >>> turned("林地斑"), turned("")
    (None, None)
    """
    found = None if text.isascii() else _TURNING.search(text)
    if found is None:
        return None
    place, code = found.start() + 1, f"U+{ord(found[0]):04X}"
    return Message(
        f"第 {place} 个字符是改变文字显示顺序的控制符 {code}，看不见，请删去或重新键入",
        f"character {place} is {code}, an unseen mark that changes the order in which the text is "
        "read: take it out, or type the text anew",
    )


def unseen(text: str) -> Message | None:
    """What to do about the first character of a text that nobody sees; None without one.

    Two numbers that look the same are not the same with one: U+00AD, U+200B, U+2060 and U+FEFF,
    which come along when a text is copied from a chat or a web page.

    Examples
    --------
    >>> unseen("00010\u200b").en
    'character 6 is U+200B, which nobody sees: take it out, or type the text anew'
    >>> unseen("00010"), unseen("")
    (None, None)
    """
    found = None if text.isascii() else _UNSEEN.search(text)
    if found is None:
        return None
    place, code = found.start() + 1, f"U+{ord(found[0]):04X}"
    return Message(
        f"第 {place} 个字符是看不见的字符 {code}，请删去或重新键入",
        f"character {place} is {code}, which nobody sees: take it out, or type the text anew",
    )


def without_unseen(text: str) -> str:
    """A text without the characters that `unseen` finds.

    Examples
    --------
    >>> without_unseen("编号\u200b"), without_unseen("a b")
    ('编号', 'a b')
    """
    return text if text.isascii() else _UNSEEN.sub("", text)


def few(names: Sequence[object], most: int = 20) -> str:
    """The first names of a list; where there are more, how many there are in all.

    Examples
    --------
    >>> few(["a", "b"]), few("abcd", most=2)
    ('a、b', 'a、b … (4)')
    """
    left_out = f" … ({len(names)})" if len(names) > most else ""
    return "、".join(str(name) for name in names[:most]) + left_out


def row_list(rows: Sequence[int]) -> Message:
    """The first rows of a list, and how many there are.

    Examples
    --------
    >>> row_list([3, 7]).zh, row_list(range(1, 9)).en
    ('第 3、7 行', 'rows 1, 2, 3, 4, 5 … (8 in all)')
    """
    few = [str(row) for row in rows[:5]]
    if len(rows) <= len(few):
        return Message(f"第 {'、'.join(few)} 行", f"row{'s' * (len(few) > 1)} {', '.join(few)}")
    return Message(
        f"第 {'、'.join(few)} … 行（共 {len(rows)} 行）",
        f"rows {', '.join(few)} … ({len(rows)} in all)",
    )


class Unprintable:
    """Replaces what cannot be stored by U+FFFD, takes out what nobody sees, remembers both.

    What cannot be stored or read as it stands are NUL, lone surrogates and turning marks.
    """

    def __init__(self) -> None:
        self._rows: dict[str, list[int]] = {}
        self._unseen: dict[str, list[int]] = {}

    def cleaned(self, value: object, *, row: int, column: str) -> object:
        """The value, its texts fit to be stored; lists and objects are gone through.

        Examples
        --------
        >>> Unprintable().cleaned({"note": "a\\x00b"}, row=1, column="extra")
        {'note': 'a�b'}
        """
        if isinstance(value, str):
            seen = without_unseen(value)
            if seen != value:
                self._tell(self._unseen, row, column)
            if (clean := _clean(seen)) != seen:
                self._tell(self._rows, row, column)
            return clean
        if isinstance(value, list):
            return [self.cleaned(item, row=row, column=column) for item in value]
        if isinstance(value, dict):
            return {
                str(self.cleaned(key, row=row, column=column)): self.cleaned(
                    item, row=row, column=column
                )
                for key, item in value.items()
            }
        return value

    def _tell(self, told: dict[str, list[int]], row: int, column: str) -> None:
        rows = told.setdefault(_clean(column), [])
        if row not in rows[-1:]:
            rows.append(row)

    def notes(self) -> list[Message]:
        """One sentence a column and what was done in it."""
        return list(self._notes())

    def _notes(self) -> Iterable[Message]:
        for column, rows in self._rows.items():
            where = row_list(rows)
            yield Message(
                f"列 {column} {where.zh}含无法存储的字符（NUL 或残缺的 UTF-16）或改变文字"
                "显示顺序的控制符（U+202A–202E、U+2066–2069），已换成 U+FFFD",
                f"column {column}, {where.en}: characters that cannot be stored (NUL or lone "
                "surrogates) or that change the order in which a text is read (U+202A–202E, "
                "U+2066–2069) became U+FFFD",
            )
        for column, rows in self._unseen.items():
            where = row_list(rows)
            yield Message(
                f"列 {column} {where.zh}含看不见的字符（U+200B、U+FEFF 等），已去掉",
                f"column {column}, {where.en}: characters that nobody sees (as U+200B and U+FEFF) "
                "were taken out",
            )


def _clean(text: str) -> str:
    if text.isascii() and not has_nul(text):
        return text
    return "".join(
        _REPLACEMENT
        if has_nul(letter) or "\ud800" <= letter <= "\udfff" or _TURNING.match(letter)
        else letter
        for letter in text
    )
