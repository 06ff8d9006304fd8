"""Zones by words of their names and codes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Connection, Select, Text, cast, func, select, union_all

from service.accounts.db.accounts import Account
from service.database.patrol_tables import zone, zone_version
from service.patrol.zones.db.zones import holds_on, in_scope
from service.plots.db.names import grams_of, letter_grams, pattern

__all__ = ["zones_named"]

z, v = zone, zone_version


def zones_named(
    connection: Connection,
    account: Account,
    words: str,
    ways: Sequence[str],
    *,
    on_day: date,
    most: int,
) -> list[dict[str, Any]]:
    """Zones with the words in their name, whose code begins so, or whose name may read as a way.

    ``ways`` are first letters in pinyin, each two and more. At most ``most`` of each; exact names
    first, then by code.
    """

    def ids(grams: Sequence[str], patterns: Sequence[str], beginning: str | None) -> Select[Any]:
        keys = (cast(list(grams), ARRAY(Text)), cast(list(patterns), ARRAY(Text)))
        return select(func.zones_named(*keys, beginning, on_day, most))

    asked = [ids(grams_of(words), [pattern(words)], words)]
    asked += [ids(letter_grams(letters), [], None) for letters in ways]
    statement = (
        select(z.c.id, z.c.code, v.c.name, z.c.level, z.c.district)
        .select_from(z.join(v, v.c.zone_id == z.c.id))
        .where(z.c.id.in_(union_all(*asked)), in_scope(account), holds_on(on_day))
        .order_by((v.c.name == words).desc(), z.c.code)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]
