"""Whatever somebody looks for by some words, in groups."""

from typing import Any

from sqlalchemy import Connection

from data.pinyin import letters_of, reads_as, typed_letters
from service.accounts.db.accounts import Account
from service.patrol.zones.db.named import zones_named
from service.plots.db.search import Place
from service.plots.search import search
from service.registers.db.named import records_named
from service.web.timestamps import today

__all__ = ["find"]


def find(
    connection: Connection, account: Account, words: str, *, limit: int, near: Place = None
) -> dict[str, Any]:
    """Plots and districts as :func:`service.plots.search.search` gives them, records and zones.

    Records of every register are found by a part of their name or number, zones that hold today by
    a part of their name or the beginning of their code; both by pinyin where nothing bears the
    words. ``more`` names the groups of which more than ``limit`` match: ``records`` and ``zones``
    among them.
    """
    told = search(connection, account, words, limit=limit, near=near)
    typed = typed_letters(words)
    ways = [one for one in letters_of(typed) if len(one) > 1] if typed is not None else []
    records = records_named(connection, account, words, ways, limit + 1)
    zones = zones_named(connection, account, words, ways, on_day=today(), most=limit + 1)
    groups = {
        "records": _meant(records, words, "number"),
        "zones": _meant(zones, words, "code"),
    }
    more = [name for name, rows in groups.items() if len(rows) > limit]
    return {
        **told,
        **{name: rows[:limit] for name, rows in groups.items()},
        "more": [*told["more"], *more],
    }


def _meant(rows: list[dict[str, Any]], words: str, number: str) -> list[dict[str, Any]]:
    """Those that bear the words in name or number; where none does, those that read so."""
    plain, typed = "".join(words.lower().split()), typed_letters(words)
    bear = [row for row in rows if plain in _plain(row["name"]) or plain in _plain(row[number])]
    if bear or typed is None:
        return bear or rows
    return [row for row in rows if reads_as(row["name"], typed)]


def _plain(text: str | None) -> str:
    return "".join((text or "").lower().split())
