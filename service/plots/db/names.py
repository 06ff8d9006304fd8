"""Plots by words of their names, through an index that row security lets PostgreSQL use.

Records and zones are looked for by the same keys.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    and_,
    cast,
    func,
    select,
    union_all,
)

from service.accounts.db.accounts import Account
from service.database.metadata import plot_version
from service.plots.db.ordering import plot_no_key

__all__ = [
    "bearing",
    "begins",
    "grams_of",
    "ids_by_letters",
    "ids_named",
    "letter_grams",
    "pattern",
]

v = plot_version

# The last code point: every text that begins with some words sorts before these words and it.
_LAST = "\U0010ffff"


def bearing(account: Account, words: str) -> Select[Any]:
    """Ids of all plots that have the words in their name, or whose 图斑号 begins with them."""
    numbered = select(v.c.plot_id).where(begins(words))
    either = union_all(select(ids_named(account, words, None, None)), numbered).subquery("bears")
    return select(either)


def begins(words: str) -> ColumnElement[bool]:
    """Whether the 图斑号 begins with the words."""
    number = plot_no_key(v)
    # A range, since row security keeps LIKE from using the index.
    return and_(number >= words, number < words + _LAST)


def ids_named(
    account: Account, words: str, counties: Sequence[str] | None, most: int | None
) -> ColumnElement[int]:
    """Ids of plots with the words in their names, in any case and with spaces anywhere."""
    return _ids(account, grams_of(words), [pattern(words)], counties, most)


def ids_by_letters(
    account: Account, ways: Sequence[str], counties: Sequence[str] | None, most: int
) -> CompoundSelect[Any]:
    """Ids of plots whose names may read, in pinyin, as one of some first letters, two and more."""
    return union_all(
        *(select(_ids(account, letter_grams(one), [], counties, most)) for one in ways)
    )


def _ids(
    account: Account,
    grams: Sequence[str],
    patterns: Sequence[str],
    counties: Sequence[str] | None,
    most: int | None,
) -> ColumnElement[int]:
    ids: ColumnElement[int] = func.plots_named(
        cast(list(grams), ARRAY(Text)),
        cast(list(patterns), ARRAY(Text)),
        cast(None if counties is None else list(counties), ARRAY(Text)),
        account.role == "viewer",
        most,
    )
    return ids


def grams_of(words: str) -> list[str]:
    """The keys that a name has which has the words in it."""
    plain = "".join(words.lower().split())
    return [plain[at : at + 2] for at in range(len(plain) - 1)] or [plain]


def letter_grams(letters: str) -> list[str]:
    """The keys that a name has which may read, in pinyin, as two or more first letters."""
    return [f"~{letters[at : at + 2]}" for at in range(len(letters) - 1)]


def pattern(words: str) -> str:
    """The words as LIKE takes them at their word, in small letters and without spaces."""
    plain = "".join(words.lower().split())
    escaped = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
