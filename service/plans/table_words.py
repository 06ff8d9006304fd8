"""How words of a task table are understood: names of districts, areas, units, indicators."""

from collections import defaultdict

from sqlalchemy import Connection

from data.task_tables import Names
from service.accounts.db.accounts import Account
from service.areas.db.areas import AreaFilter, list_areas
from service.plans.holders import Holders, counties_of
from service.plans.indicators import Words

__all__ = ["HolderWords", "names_in_use"]


class HolderWords:
    """Districts of the account, areas and units by their code, and by a name that is one's alone.

    A name that a district and a unit share is the district's.
    """

    def __init__(self, connection: Connection, account: Account, holders: Holders) -> None:
        self._by_word: dict[str, tuple[str, str]] = {}
        units = {row["code"]: row["name"] for row in holders.units.values()}
        self._take("unit", units)
        areas = list_areas(connection, AreaFilter())
        self._take("area", {row["code"]: row["name"] for row in areas})
        districts = {
            code: node.name
            for code, node in holders.districts.items()
            if account.counties is None or holders.within(counties_of(holders.districts, code))
        }
        self._take("district", districts)

    def _take(self, field: str, names: dict[str, str]) -> None:
        codes = defaultdict(set)
        for code, name in names.items():
            codes[name].add(code)
        for name, those in codes.items():
            if len(those) == 1:
                self._by_word[name] = (field, next(iter(those)))
        for code in names:
            self._by_word[code] = (field, code)

    def find(self, word: str) -> tuple[str, str] | None:
        """``district``, ``area`` or ``unit`` and the code; None for an unknown word."""
        return self._by_word.get(word)

    def word(self, field: str, code: str, name: str) -> str:
        """What stands for a holder in a table: its name where that is understood, else its code."""
        return name if self.find(name) == (field, code) else code


def names_in_use(words: Words, holders: Holders, known: HolderWords) -> Names:
    """The words of a table, for its reader."""

    def indicator(word: str) -> str | None:
        found = words.indicator(word)
        return None if found is None else found.code

    return Names(
        indicator=indicator,
        holder=known.find,
        above=lambda code: frozenset(holders.above(code)),
    )
