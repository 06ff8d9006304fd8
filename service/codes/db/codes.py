"""Code lists in the database: loaded from ``data/codes``, asked for by routes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, cast, delete, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, array, insert

from data.codes import Code, code_list_names, shipped_list
from service.database.metadata import code, kind
from service.web.timestamps import today


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
            for position, entry in enumerate(shipped_list(name))
        ]
        if name == "kind":
            _load_kinds(connection, rows)
            continue
        # An office's own rows stay, and replace the product's rows of the same code.
        connection.execute(delete(code).where(code.c.list == name, ~is_local(code)))
        if rows:
            connection.execute(
                insert(code).on_conflict_do_nothing(), [{**row, "list": name} for row in rows]
            )


def is_local(table: Table) -> ColumnElement[bool]:
    """The condition that a row is the bureau's own."""
    return func.coalesce(table.c.properties["local"].as_boolean(), False)


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
    statement = insert(kind)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[kind.c.code],
            set_={name: statement.excluded[name] for name in _KIND if name != "code"},
            where=~is_local(kind),
        ),
        [kind_values(row) for row in rows],
    )


_KIND = ("code", "label_zh", "label_en", "green_class", "source", "position", "properties")


def kind_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of any list as the columns of ``kind``."""
    properties = dict(row["properties"])
    return {**row, "green_class": properties.pop("green_class"), "properties": properties}


def codes(
    connection: Connection, name: str, *, having: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """The codes of a list in their order; an empty list when there is no such list.

    ``having`` leaves out those that have none of these columns of the list's own; None: all.
    Each has ``code``, labels, ``source``, ``local`` and ``retired`` beside the list's own columns.
    """
    table = kind if name == "kind" else code
    order = (table.c.position, table.c.code)
    statement = select(table).order_by(*order)
    if name != "kind":
        statement = statement.where(code.c.list == name)
    if having is not None:
        statement = statement.where(table.c.properties.has_any(array(having)))
    return [as_row(row) for row in connection.execute(statement).mappings()]


def codes_named(
    connection: Connection, name: str, words: Collection[str]
) -> dict[str, dict[str, Any]]:
    """The code of a list that each word names: by itself, by a label, or by one of its ``alias``.

    Words that name none are left out; of several codes with one word the first of the list has it.
    A word holds neither NUL nor half a character. The codes are like those of :func:`codes`.
    """
    table = kind if name == "kind" else code
    word = func.unnest(cast(sorted(set(words)), ARRAY(Text))).column_valued("word")
    alias = table.c.properties["alias"].astext
    # Of an alias it is enough that the word occurs in it: which word it is, is looked at below.
    has_word = or_(
        table.c.code == word,
        table.c.label_zh == word,
        table.c.label_en == word,
        func.strpos(alias, word) > 0,
    )
    statement = (
        select(table)
        .where(select(word).where(has_word).correlate(table).exists())
        .order_by(table.c.position, table.c.code)
    )
    if name != "kind":
        statement = statement.where(code.c.list == name)
    named: dict[str, dict[str, Any]] = {}
    for stored in connection.execute(statement).mappings():
        row = as_row(stored)
        own = (row["code"], row["label_zh"], row["label_en"], *row.get("alias", "").split())
        for one in set(words).intersection(own):
            named.setdefault(one, row)
    return named


def as_row(stored: Mapping[Any, Any]) -> dict[str, Any]:
    """A stored code as others read it."""
    properties = dict(stored["properties"])
    valid_to = properties.get("valid_to")
    retired = properties.pop("retired", None) == "true"
    green_class = {"green_class": stored["green_class"]} if "green_class" in stored else {}
    return {
        "code": stored["code"],
        "label_zh": stored["label_zh"],
        "label_en": stored["label_en"],
        **green_class,
        **properties,
        "source": stored["source"],
        "local": bool(properties.get("local")),
        # A day on which it ends is the last one on which it may be taken.
        "retired": retired or (valid_to is not None and valid_to < today().isoformat()),
    }
