"""What somebody looks for by some words: plots and districts, by number, name or pinyin."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection

from data.pinyin import letters_of, reads_as, typed_letters
from data.years import FIRST_YEAR, LAST_YEAR
from service.accounts.db.accounts import Account
from service.districts.db.districts import DistrictNode, DistrictTree, tree
from service.plots.db import search as queries
from service.plots.db.plots import PlotFilter
from service.plots.db.search import Place

__all__ = ["search"]

_TOGETHER: Final = re.compile(r"[^\s,，、·/]+")
# Chinese words apart from numbers and Latin letters, as in 农安2026.
_WORDS: Final = re.compile(r"[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+")
# Digits of a number that the service gave.
_DIGITS: Final = 5


@dataclass(frozen=True)
class Asked:
    """Words as a place, a year, a 图斑号 and a part of a name; None for what was not said."""

    counties: tuple[str, ...] | None = None
    year: int | None = None
    number: str | None = None
    name: str | None = None


def search(
    connection: Connection, account: Account, words: str, *, limit: int, near: Place = None
) -> dict[str, Any]:
    """Plots by number, system number, name or pinyin, and districts, in the account's scope.

    Words of a district or a year and a number (``农安 2026 00010``) find that plot. A 图斑号 alone
    is unique within a county and year only, so several plots may have it: those near ``near``
    (longitude, latitude) come first, else the newest. Then come numbers that begin with the words.
    Matches by name have room of their own, ``limit`` rows.

    ``more`` names the groups of which more than ``limit`` match: ``plot_no``, ``name``,
    ``districts``.
    """
    look = _Look(connection, account, limit, near)
    districts = tree(connection)
    asked = understand(districts, account, words)
    found: list[DistrictNode] = []
    if asked is not None:
        look.by_parts(asked)
    if not look.plots:
        look.by_number(words)
        look.by_id(words)
        look.by_name(words, PlotFilter())
        found = _bearing(_seen(districts, account), words)
    if len(found) > limit:
        look.more["districts"] = None
    told = [{"code": one.code, "name": one.name, "level": one.level} for one in found[:limit]]
    return {"plots": list(look.plots.values()), "districts": told, "more": list(look.more)}


class _Look:
    """The plots that were found so far, each once, and the groups that have more."""

    def __init__(self, connection: Connection, account: Account, limit: int, near: Place) -> None:
        self._connection, self._account = connection, account
        self._limit, self._near = limit, near
        self.plots: dict[int, dict[str, Any]] = {}
        self.more: dict[str, None] = {}

    def by_number(
        self, number: str, filters: PlotFilter | None = None, *, also: tuple[str, ...] = ()
    ) -> None:
        """Those with the number (or one of ``also``), then those whose number begins with it."""
        of = filters or PlotFilter()
        here = (self._connection, self._account)
        if not any(queries.some_begin(self._connection, one) for one in (number, *also)):
            return
        room = self._limit - len(self.plots)
        rows = queries.by_number(*here, (number, *also), of, self._near, room + 1)
        self._take("plot_no", rows, room)
        if filters is not None and rows:
            return  # who names county or year as well means the very one
        room = self._limit - len(self.plots)
        self._take("plot_no", queries.by_beginning(*here, number, of, self._near, room + 1), room)

    def by_id(self, words: str) -> None:
        """The one whose system number the words are."""
        if words.isascii() and words.isdigit() and len(words) < 19:
            self._take("id", queries.by_id(self._connection, self._account, int(words)), 1)

    def by_name(self, words: str, filters: PlotFilter) -> None:
        """Those that bear the words in their names, in Chinese or in pinyin."""
        room = self._limit
        here = (self._connection, self._account)
        rows = queries.named(*here, words, filters, self._near, room + 1)
        self._take("name", rows, room)
        typed = typed_letters(words)
        if not rows and typed is not None:
            self._by_pinyin(typed, filters)

    def by_parts(self, asked: Asked) -> None:
        """Those of a county or year, by number or name."""
        filters = replace(PlotFilter(), counties=asked.counties, year=asked.year)
        if asked.number is not None:
            padded = asked.number.zfill(_DIGITS)
            also = (padded,) if padded != asked.number else ()
            self.by_number(asked.number, filters, also=also)
        if asked.name is not None:
            self.by_name(asked.name, filters)

    def _by_pinyin(self, typed: str, filters: PlotFilter) -> None:
        ways = [letters for letters in letters_of(typed) if len(letters) > 1]
        here = (self._connection, self._account)
        named = queries.names(*here, ways, filters) if ways else []
        ids = {plot_id: None for plot_id, name in named if reads_as(name, typed)}
        if ids:
            room = self._limit
            rows = queries.of_ids(*here, list(ids), self._near, room + 1)
            self._take("pinyin", rows, room)

    def _take(self, by: str, rows: list[Mapping[str, Any]], room: int) -> None:
        if len(rows) > room:
            self.more["name" if by == "pinyin" else by] = None
        for row in rows[:room]:
            self.plots.setdefault(row["id"], {**row, "by": by})


def understand(districts: DistrictTree, account: Account, words: str) -> Asked | None:
    """Two words and more as place, year, number and name; None where no place or year is said."""
    asked = Asked()
    said = 0
    for part in _parts(districts, account, words):
        said += 1
        year = int(part) if re.fullmatch(r"\d{4}", part) else 0
        if asked.year is None and FIRST_YEAR <= year <= LAST_YEAR:
            asked = replace(asked, year=year)
        elif asked.counties is None and (counties := _counties(districts, account, part)):
            asked = replace(asked, counties=counties)
        elif asked.number is None and any("0" <= one <= "9" for one in part):
            asked = replace(asked, number=part)
        else:
            asked = replace(asked, name=(asked.name or "") + part)
    placed = asked.counties is not None or asked.year is not None
    wanted = asked.number is not None or asked.name is not None
    return asked if said > 1 and placed and wanted else None


def _parts(districts: DistrictTree, account: Account, words: str) -> Iterator[str]:
    """The words one by one; what is written together is taken apart unless it names a place."""
    for part in _TOGETHER.findall(words):
        if _counties(districts, account, part):
            yield part
        else:
            yield from _WORDS.findall(part)


def _counties(districts: DistrictTree, account: Account, word: str) -> tuple[str, ...]:
    """Counties in scope of the districts that the word names; empty for a word that is no place."""
    counties: dict[str, None] = {}
    for node in districts.values():
        if node.level in ("province", "city", "county") and _names(node, word):
            below = [node] if node.level == "county" else districts.at("county", node.code)
            counties |= {one.code: None for one in below if account.covers(one.code)}
    return tuple(counties)


def _names(node: DistrictNode, word: str) -> bool:
    """Whether the word begins the district's name, in Chinese or wholly in pinyin."""
    if word.isascii():
        typed = word.lower()
        return typed.isalpha() and len(typed) > 2 and reads_as(node.name, typed)
    return len(word) > 1 and node.name.startswith(word)


def _seen(districts: DistrictTree, account: Account) -> Iterator[DistrictNode]:
    scope = None if account.counties is None else {*account.counties, *account.scope}
    for node in districts.values():
        if scope is None or node.code in scope:
            yield node


def _bearing(nodes: Iterator[DistrictNode], words: str) -> list[DistrictNode]:
    """Those with the words in their name, whose code begins so, or whose name reads so."""
    typed = typed_letters(words)
    return [
        node
        for node in nodes
        if words in node.name
        or node.code.startswith(words)
        or (typed is not None and reads_as(node.name, typed))
    ]
