"""Rows of code lists that are a bureau's own, and who uses them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, select, text, true, update
from sqlalchemy.dialects.postgresql import insert

from data.codes import Code, shipped_list
from service.codes.db.codes import as_row, is_local, kind_values
from service.database.metadata import code, kind, plot_history, plot_version

# First half of the lock of a list; the second is a hash of its name.
_LOCK = 7_190_119
# Who writes codes of a list into rows of others holds it, and who deletes one waits for them.
_HOLD = text("""
    SELECT pg_advisory_xact_lock_shared(7190128, hashtext(name))
    FROM unnest(CAST(:names AS text[])) AS name
""")
_AWAIT = text("SELECT pg_advisory_xact_lock(7190128, hashtext(:name))")

# What a code has by itself, or what files do not say.
_NO_FILE_COLUMN = frozenset(
    ["code", "label_zh", "label_en", "source", "status", "local", "retired", "version"]
)


def local_rows(connection: Connection) -> dict[str, list[Code]]:
    """All rows of the bureau, by list, as files read and write them."""
    rows: dict[str, list[Code]] = {}
    for table in (kind, code):
        statement = select(table).where(is_local(table)).order_by(table.c.position, table.c.code)
        for stored in connection.execute(statement).mappings():
            row = as_row(stored)
            more = {
                column: str(value)
                for column, value in row.items()
                if column not in _NO_FILE_COLUMN and value is not None
            }
            if row["retired"]:
                more["retired"] = "true"
            listed = rows.setdefault(stored.get("list", "kind"), [])
            listed.append(
                Code(
                    row["code"],
                    row["label_zh"],
                    row["label_en"],
                    row["source"],
                    row.get("status", "own"),
                    more,
                )
            )
    return rows


def store_local_code(connection: Connection, name: str, row: Code, version: int) -> None:
    """Write a row of the bureau, in the place of a row of the same code.

    Who calls has locked the list by `lock_list`.
    """
    table = kind if name == "kind" else code
    values: dict[str, Any] = {
        "code": row.code,
        "label_zh": row.label_zh,
        "label_en": row.label_en,
        "source": row.source,
        "properties": {**row.more, "status": row.status, "local": True, "version": version},
    }
    if name == "kind":
        values = kind_values(values)
        key = [kind.c.code]
        here: ColumnElement[bool] = true()
    else:
        values["list"] = name
        key = [code.c.list, code.c.code]
        here = code.c.list == name
    # A new row comes last; one that replaces another takes its place in the order.
    last = select(func.coalesce(func.max(table.c.position), 0) + 1).where(here).scalar_subquery()
    statement = insert(table).values(**values, position=last)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=key, set_={column: statement.excluded[column] for column in values}
        )
    )


def delete_local_code(connection: Connection, name: str, word: str) -> None:
    """Delete a row of the bureau; a shipped row of the same code comes back."""
    shipped = shipped_list(name)
    if word in shipped:
        position = [row.code for row in shipped].index(word)
        row = shipped[word]
        values: dict[str, Any] = {
            "code": row.code,
            "label_zh": row.label_zh,
            "label_en": row.label_en,
            "source": row.source,
            "position": position,
            "properties": {**row.more, "status": row.status},
        }
        if name == "kind":
            changed = update(kind).where(kind.c.code == word).values(kind_values(values))
        else:
            changed = update(code).where(code.c.list == name, code.c.code == word).values(values)
        connection.execute(changed)
    elif name == "kind":
        connection.execute(delete(kind).where(kind.c.code == word))
    else:
        connection.execute(delete(code).where(code.c.list == name, code.c.code == word))


def lock_list(connection: Connection, name: str) -> None:
    """Let one transaction at a time change a list."""
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK, func.hashtext(name))))


def hold_codes(connection: Connection, *names: str) -> None:
    """Keep the codes of these lists from being deleted until the transaction ends.

    Whoever writes codes into rows calls it before looking them up: no foreign key holds most of
    them. Any number may hold a list at once; who deletes waits for all of them.
    """
    if names:
        connection.execute(_HOLD, {"names": sorted(set(names))})


def await_holders(connection: Connection, name: str) -> None:
    """Wait for all who write codes of a list; who comes later waits until this transaction ends."""
    connection.execute(_AWAIT, {"name": name})


class Uses(NamedTuple):
    """How many plots, findings, areas, targets … have a code, in all districts.

    ``records`` are those of other registers than findings, ``members`` the bodies of units in a
    role, ``registers`` those with a field measured in it, ``indicators`` those that name it by
    measure or unit, ``layers`` those whose rule names it, ``codes`` those of other lists that name
    it (a species its provinces).
    """

    plots: int
    former_plots: int
    findings: int
    areas: int
    targets: int
    records: int
    members: int
    registers: int
    indicators: int
    layers: int
    codes: int


def uses_of(connection: Connection, name: str, word: str) -> Uses:
    """The uses of a code."""
    counts = func.code_uses(name, word).table_valued(*Uses._fields)
    row = connection.execute(select(*(counts.c[name] for name in Uses._fields))).one()
    return Uses(*row)


def codes_had(connection: Connection, name: str, plot_ids: Sequence[int]) -> set[str]:
    """The codes of a list that these plots have or once had."""
    held: set[str] = set()
    for table in (plot_version, plot_history):
        column = table.c[name]
        values = connection.scalars(
            select(column).where(table.c.plot_id.in_(plot_ids)).where(column.is_not(None))
        )
        for value in values:
            if isinstance(value, list):  # species with their shares
                held |= {share["code"] for share in value}
            else:
                held.add(value)
    return held
