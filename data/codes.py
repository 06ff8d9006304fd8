"""Code lists: the values that a property may have, each with its source.

A list is a CSV file in `data/codes` with the columns `code`, `label_zh`, `label_en`, `source` and
whatever else the list needs (`green_class` of a kind, `region` of a programme …). Local words are
local rules, so they are data: a bureau puts its own rows beside the shipped ones. Where they are
kept is not known here: who knows them reads and writes files within `local_codes`.
"""

import csv
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from gis.messages import Message, MessageError

__all__ = [
    "Code",
    "CodeList",
    "UnknownCodeError",
    "code_list",
    "code_list_names",
    "codes_of_rows",
    "further_columns",
    "local_codes",
    "read_code_list",
    "shipped_list",
]

FOLDER = Path(__file__).with_name("codes")
NEEDED = ("code", "label_zh", "label_en", "source")
NEAR_ONES = 5
SHOWN_LETTERS = 50  # nearest words named when a word is unknown


class UnknownCodeError(MessageError, ValueError):
    """A text that is neither code nor label of its list.

    Attributes
    ----------
    code
        ``unknown_code``, or ``unknown_code_list`` when the list itself is unknown.
    near
        Codes with their Chinese label that look like what was asked for, in the order of the list.
    """

    def __init__(self, message: Message, *, code: str = "unknown_code", near: list[str]) -> None:
        super().__init__(message)
        self.code = code
        self.near = near


class Code(NamedTuple):
    """One line of a code list.

    `status` says how far the line can be trusted: ``cited`` (its source was read), ``GK`` (general
    knowledge, not checked against the text named), ``own`` (made here). `more` holds what further
    columns the list has.
    """

    code: str
    label_zh: str
    label_en: str
    source: str
    status: str
    more: Mapping[str, str]

    @property
    def retired(self) -> bool:
        """Whether old plots may keep it, and new ones not take it."""
        return self.more.get("retired") == "true"


class CodeList:
    """A named list of codes, looked up by code or by label.

    Examples
    --------
    >>> kinds = code_list("kind")
    >>> kinds.find("人工造林").code
    'RGZL'
    >>> kinds["G1"].label_zh, kinds["G1"].more["green_class"]
    ('公园绿地', 'urban')
    """

    def __init__(self, name: str, codes: list[Code]) -> None:
        self.name = name
        self._by_code = {code.code: code for code in codes}
        self._by_word = {_plain(word): code for code in codes for word in _words(code)}
        self._by_letters = {_letters(word): code for word, code in reversed(self._by_word.items())}

    def __iter__(self) -> Iterator[Code]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Code:
        """The line of exactly this code; `UnknownCodeError` when there is none."""
        try:
            return self._by_code[code]
        except KeyError:
            raise self._unknown(code) from None

    def find(self, word: str) -> Code:
        """The line of a code, a Chinese or English label, an alias or a scientific name.

        Upper and lower case and blanks, around and in 人 工 造 林 or tenthousandmu, make no
        difference. Raises `UnknownCodeError` with the nearest words when nothing fits; an empty
        text never fits.
        """
        code = (
            self._by_code.get(word)
            or self._by_word.get(_plain(word))
            or self._by_letters.get(_letters(word))
        )
        if code is None:
            raise self._unknown(word)
        return code

    def near(self, word: str) -> list[str]:
        """Code and Chinese label of the few rows whose words are nearest to one.

        Examples
        --------
        >>> code_list("kind").near("人工造")
        ['RGZL 人工造林']
        """
        hits = get_close_matches(_plain(word), self._by_word, NEAR_ONES, cutoff=0.6)
        codes = dict.fromkeys(self._by_word[hit].code for hit in hits)
        return [f"{code} {self._by_code[code].label_zh}" for code in codes]

    def words(self) -> set[str]:
        """All words that `find` knows, as it compares them."""
        return {*self._by_word, *(_plain(code) for code in self._by_code)}

    def label(self, code: str | None) -> str | None:
        """The Chinese label of a code; an unknown code is returned unchanged."""
        known = self._by_code.get(code) if code is not None else None
        return known.label_zh if known else code

    def with_rows(self, rows: Iterable[Code]) -> "CodeList":
        """The list with rows added, each in the place of a row of the same code.

        Examples
        --------
        >>> own = Code("DYL", "党员林", "Party members' grove", "本地", "own", {})
        >>> code_list("theme").with_rows([own]).find("党员林").code
        'DYL'
        """
        merged = {**self._by_code, **{row.code: row for row in rows}}
        return CodeList(self.name, list(merged.values()))

    def _unknown(self, word: str) -> UnknownCodeError:
        hits = get_close_matches(_plain(word), self._by_word, NEAR_ONES, cutoff=0.4)
        codes = {self._by_word[hit].code for hit in hits} or set(list(self._by_code)[:NEAR_ONES])
        near = [f"{code.code} {code.label_zh}" for code in self if code.code in codes]
        shown = word if len(word) <= SHOWN_LETTERS else f"{word[:SHOWN_LETTERS]}…"
        if not self._by_code:
            return UnknownCodeError(
                Message(
                    f"代码表 {self.name} 还没有代码，请管理员添加“{shown}”。",
                    f"Code list {self.name!r} has no codes yet: ask an administrator to add "
                    f"{shown!r}.",
                ),
                near=near,
            )
        return UnknownCodeError(
            Message(
                f"代码表 {self.name} 中没有“{shown}”，相近的有：{'、'.join(near)}。",
                f"{shown!r} is not in code list {self.name!r}; near ones: {', '.join(near)}.",
            ),
            near=near,
        )


def _plain(word: str) -> str:
    return word.strip().casefold()


def _letters(word: str) -> str:
    """A word as it is where blanks and signs such as ² are left out."""
    return unicodedata.normalize("NFKC", "".join(word.split())).casefold()


def _words(code: Code) -> list[str]:
    more = code.more
    words = [code.code, code.label_zh, code.label_en, more.get("scientific", "")]
    return [word for word in (*words, *more.get("alias", "").split()) if word]


def read_code_list(path: Path, name: str) -> CodeList:
    """Read a code list from a CSV file (UTF-8, a BOM is allowed).

    Raises
    ------
    ValueError
        A needed column is missing, a cell of it is empty, or a code or word stands twice.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        return codes_of_rows(name, reader.fieldnames or (), reader, path.name)


def codes_of_rows(
    name: str, heading: Collection[str], rows: Iterable[Mapping[str, str | None]], file: str
) -> CodeList:
    """A code list out of the rows of a table; `file` is named in what is wrong with it.

    Raises
    ------
    ValueError
        As `read_code_list`.

    Examples
    --------
    >>> row = {"code": "A", "label_zh": "甲", "label_en": "a", "source": "本地"}
    >>> codes_of_rows("kind", list(row), [row], "own.csv")["A"].label_zh
    '甲'
    """
    missing = [column for column in NEEDED if column not in heading]
    if missing:
        raise ValueError(
            Message(
                f"{file} 缺少列：{', '.join(missing)}。",
                f"{file} lacks the columns {', '.join(missing)}.",
            )
        )
    codes = [_code(row, f"{file}:{line}") for line, row in enumerate(rows, start=2)]
    _refuse_repeats(codes, file)
    return CodeList(name, codes)


def _code(row: Mapping[str, str | None], where: str) -> Code:
    cells = {column: (cell or "").strip() for column, cell in row.items() if column}
    empty = [column for column in NEEDED if not cells[column]]
    if empty:
        raise ValueError(
            Message(
                f"{where}: {empty[0]} 为空，请补上。",
                f"{empty[0]} is empty, fill it in.",
            )
        )
    needed = {column: cells.pop(column) for column in NEEDED}
    return Code(**needed, status=cells.pop("status", "cited"), more=cells)


def _refuse_repeats(codes: list[Code], where: str) -> None:
    seen: dict[str, str] = {}
    for code in codes:
        for word in {_plain(word) for word in _words(code)}:
            if word in seen:
                raise ValueError(
                    Message(
                        f"{where}: “{word}”同时属于 {seen[word]} 和 {code.code}，请改其中一个。",
                        f"{word!r} stands for both {seen[word]} and {code.code}, change one.",
                    )
                )
            seen[word] = code.code


def code_list_names() -> list[str]:
    """The names of all code lists that come with the product, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.csv"))


@cache
def shipped_list(name: str) -> CodeList:
    """A code list as it comes with the product, without local rows.

    Raises `UnknownCodeError` (code ``unknown_code_list``) that names the lists there are.
    """
    names = code_list_names()
    if name not in names:  # also keeps "../x" from reaching the file system
        raise UnknownCodeError(
            Message(
                f"没有代码表“{name}”，可用的有：{'、'.join(names)}。",
                f"There is no code list {name!r}; there are {', '.join(names)}.",
            ),
            code="unknown_code_list",
            near=names,
        )
    return read_code_list(FOLDER / f"{name}.csv", name)


@cache
def further_columns(name: str) -> tuple[str, ...]:
    """The columns of a shipped list beside code, labels, status and source.

    Examples
    --------
    >>> further_columns("programme")
    ('region',)
    """
    shipped_list(name)
    with (FOLDER / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        heading = next(csv.reader(file))
    return tuple(column for column in heading if column not in (*NEEDED, "status"))


_with_local: ContextVar[Mapping[str, CodeList]] = ContextVar("code_lists_with_local_rows")


@contextmanager
def local_codes(rows: Mapping[str, Iterable[Code]]) -> Iterator[None]:
    """Within it, `code_list` gives these lists with a bureau's own rows.

    Only the present thread sees them. ``rows`` are by the name of the list; lists without rows
    stay as they are shipped.

    Examples
    --------
    >>> own = Code("HXDD", "黄线地段", "yellow-line ground", "本地", "own", {})
    >>> with local_codes({"category": [own]}):
    ...     code_list("category").find("黄线地段").code
    'HXDD'
    >>> "HXDD" in code_list("category")
    False
    """
    lists = {name: shipped_list(name).with_rows(own) for name, own in rows.items()}
    token = _with_local.set({**_with_local.get({}), **lists})
    try:
        yield
    finally:
        _with_local.reset(token)


def code_list(name: str) -> CodeList:
    """A code list by its name, with the rows of `local_codes` where it stands within one.

    Raises `UnknownCodeError` (code ``unknown_code_list``) that names the lists there are.

    Examples
    --------
    >>> [code.code for code in code_list("stage")]
    ['planned', 'planted', 'accepted', 'existing', 'cancelled']
    """
    lists = _with_local.get({})
    return lists[name] if name in lists else shipped_list(name)
