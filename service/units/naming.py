"""Units as people name them: by code or by name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from service.errors import Problem
from service.units.db.units import units
from service.web.timestamps import today


def unit_words(connection: Connection) -> dict[str, Mapping[str, Any]]:
    """Every unit by its code and its name; ``ended`` says that new plots may not name it.

    A name that several units share names none of them.
    """
    rows = [
        {**row, "ended": row["valid_to"] is not None and row["valid_to"] < today()}
        for row in units(connection)
    ]
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_name.setdefault(row["name"], []).append(row)
    words = {name: found[0] for name, found in by_name.items() if len(found) == 1}
    return {**words, **{row["code"]: row for row in rows}}


def wrong_unit(
    words: Mapping[str, Mapping[str, Any]], word: str, before: Iterable[str] = ()
) -> tuple[str, Message] | None:
    """Why a plot cannot name a unit: its code and words; None when it can.

    ``before`` are codes that the plot names already: they may have ended.
    """
    row = words.get(word)
    if row is None:
        return "unknown_unit", _unknown(word)
    if row["ended"] and row["code"] not in before:
        return "ended_unit", Message(
            f"单位“{row['name']}”已于 {row['valid_to']} 停用，请选别的单位",
            f"the unit {row['name']!r} ended on {row['valid_to']}: take another",
        )
    return None


def known_units(connection: Connection, values: Sequence[str]) -> list[str]:
    """Codes of units, each given as code or name; ended ones too.

    Raises
    ------
    Problem
        422 ``unknown_unit``.
    """
    words = unit_words(connection)
    for word in values:
        if word not in words:
            message = _unknown(word)
            entry = {"field": "unit", "code": "unknown_unit", "message": message}
            raise Problem(422, "unknown_unit", message, errors=[entry])
    return [words[word]["code"] for word in values]


def _unknown(word: str) -> Message:
    return Message(
        f"没有单位“{word[:40]}”，单位见 /api/units，名称重复时请用代码",
        f"there is no unit {word[:40]!r}: /api/units lists them; where several bear a name, give "
        "the code",
    )
