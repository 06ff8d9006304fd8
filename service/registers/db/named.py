"""Records by words of their names and numbers, whatever register they stand in."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Connection, Select, Text, cast, func, select, union_all

from service.accounts.db.accounts import Account
from service.database.register_tables import record, register
from service.plots.db.names import grams_of, letter_grams, pattern
from service.registers.db.records import in_scope

__all__ = ["records_named"]

r = record


def records_named(
    connection: Connection, account: Account, words: str, ways: Sequence[str], most: int
) -> list[dict[str, Any]]:
    """Records with the words in their name or number, or whose names may read as one of some ways.

    ``ways`` are first letters in pinyin, each two and more. At most ``most`` of each; exact names
    first, then the newest.
    """
    ids = [_ids(grams_of(words), [pattern(words)], most)]
    ids += [_ids(letter_grams(letters), [], most) for letters in ways]
    columns = (r.c.id, r.c.register, register.c.label_zh, register.c.label_en)
    statement = (
        select(*columns, r.c.number, r.c.name, r.c.county.label("district"))
        .select_from(r.join(register, register.c.code == r.c.register))
        .where(r.c.id.in_(union_all(*ids)), in_scope(account))
        .order_by((r.c.name == words).desc(), r.c.id.desc())
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def _ids(grams: Sequence[str], patterns: Sequence[str], most: int) -> Select[Any]:
    keys = (cast(list(grams), ARRAY(Text)), cast(list(patterns), ARRAY(Text)))
    return select(func.records_named(*keys, most))
