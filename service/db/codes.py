"""Code lists in the database: loaded from ``data/codes``, asked for by routes."""

from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from data.codes import code_list, code_list_names
from service.db.patrol_tables import patrol_rule
from service.db.tables import code, kind


def load_code_lists(connection: Connection) -> None:
    """Put the lists of this version into the database; kinds that plots may bear stay.

    Rules of patrols are no words but figures: :mod:`service.db.patrol_rules`.
    """
    for name in code_list_names():
        if name == "patrol_rule":
            continue
        rows = [
            {
                "code": one.code,
                "label_zh": one.label_zh,
                "label_en": one.label_en,
                "source": one.source,
                "position": position,
                "properties": {**one.more, "status": one.status},
            }
            for position, one in enumerate(code_list(name))
        ]
        if name == "kind":
            _load_kinds(connection, rows)
        else:
            connection.execute(delete(code).where(code.c.list == name))
            connection.execute(code.insert(), [{**row, "list": name} for row in rows])


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
        found = select(
            kind.c.code, kind.c.label_zh, kind.c.label_en, kind.c.green_class, kind.c.source
        ).order_by(kind.c.position, kind.c.code)
        return [dict(row) for row in connection.execute(found).mappings()]
    if name == "patrol_rule":
        rules = select(patrol_rule).order_by(patrol_rule.c.level, patrol_rule.c.place)
        return [dict(row) for row in connection.execute(rules).mappings()]
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
