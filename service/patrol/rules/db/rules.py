"""Rules of patrols in the database: those of the product, and an office's own in their place."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from data.patrol.rules import COLUMNS, shipped_patrol_rules
from service.database.patrol_tables import patrol_rule

r = patrol_rule


def load_patrol_rules(connection: Connection) -> None:
    """Put the rules of this version in; a local one for the same level and place stays."""
    connection.execute(delete(r).where(~r.c.local))
    connection.execute(
        insert(r).on_conflict_do_nothing(),
        [{name: rule[name] for name in COLUMNS} for rule in shipped_patrol_rules()],
    )


def store_patrol_rules(connection: Connection, rules: Sequence[Mapping[str, Any]]) -> None:
    """Write an office's own rules in the place of those for the same level and place, or code."""
    for rule in rules:
        same = (r.c.level == rule["level"]) & (r.c.place == rule["place"])
        connection.execute(delete(r).where(same | (r.c.code == rule["code"])))
        values = {name: rule[name] for name in COLUMNS}
        connection.execute(insert(r).values(**values, local=True))


def stored_patrol_rules(connection: Connection) -> list[dict[str, Any]]:
    """All rules, by level and place."""
    statement = select(r).order_by(r.c.level, r.c.place)
    return [dict(row) for row in connection.execute(statement).mappings()]
