"""Code lists in the database: loaded from ``data/codes``, asked for by routes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from data.codes import Code, code_list, code_list_names
from service.database.metadata import code, kind


def load_code_lists(connection: Connection) -> None:
    """Put the lists of this version into the database; kinds that plots may still use stay.

    Rules of patrols have a table of their own: `service/patrol/rules/db/rules.py`.
    """
    for name in code_list_names():
        if name == "patrol_rule":
            continue
        rows = [
            {
                "code": entry.code,
                "label_zh": entry.label_zh,
                "label_en": entry.label_en,
                "source": entry.source,
                "position": position,
                "properties": {**entry.more, "status": entry.status},
            }
            for position, entry in enumerate(code_list(name))
        ]
        if name == "kind":
            _load_kinds(connection, rows)
        else:
            # An office's own rows stay, and replace the product's rows of the same code.
            ours = ~func.coalesce(code.c.properties["local"].as_boolean(), False)
            connection.execute(delete(code).where(code.c.list == name, ours))
            connection.execute(
                insert(code).on_conflict_do_nothing(), [{**row, "list": name} for row in rows]
            )


def store_acceptance_rules(connection: Connection, rules: Sequence[Code]) -> None:
    """Write an office's own acceptance rules, replacing those of the same code or place."""
    mine = [set(rule.more.get("place", "").split()) for rule in rules]
    held = codes(connection, "acceptance_rule")
    listed = code.c.list == "acceptance_rule"
    for row in held:
        there = set(row["place"].split())
        # A rule for all places is replaced only by another for all places.
        meets = any(there & places or there == places for places in mine)
        if row["code"] in {rule.code for rule in rules} or meets:
            connection.execute(delete(code).where(listed, code.c.code == row["code"]))
    connection.execute(
        code.insert(),
        [
            {
                "list": "acceptance_rule",
                "code": rule.code,
                "label_zh": rule.label_zh,
                "label_en": rule.label_en,
                "source": rule.source,
                "position": len(held) + position,
                "properties": {**rule.more, "status": rule.status, "local": True},
            }
            for position, rule in enumerate(rules)
        ],
    )


def _load_kinds(connection: Connection, rows: list[dict[str, Any]]) -> None:
    values = [
        {
            **{key: row[key] for key in ("code", "label_zh", "label_en", "source", "position")},
            "green_class": row["properties"]["green_class"],
        }
        for row in rows
    ]
    statement = insert(kind)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[kind.c.code],
            set_={
                name: statement.excluded[name]
                for name in ("label_zh", "label_en", "green_class", "source", "position")
            },
        ),
        values,
    )


def codes(connection: Connection, name: str) -> list[dict[str, Any]]:
    """The codes of a list in their order; an empty list when there is no such list."""
    if name == "kind":
        query = select(
            kind.c.code, kind.c.label_zh, kind.c.label_en, kind.c.green_class, kind.c.source
        ).order_by(kind.c.position, kind.c.code)
        return [dict(row) for row in connection.execute(query).mappings()]
    statement = (
        select(code.c.code, code.c.label_zh, code.c.label_en, code.c.properties, code.c.source)
        .where(code.c.list == name)
        .order_by(code.c.position, code.c.code)
    )
    return [
        {
            "code": row["code"],
            "label_zh": row["label_zh"],
            "label_en": row["label_en"],
            **row["properties"],
            "source": row["source"],
        }
        for row in connection.execute(statement).mappings()
    ]
