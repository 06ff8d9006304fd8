"""Definitions of registers in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from service.accounts.db.accounts import Account
from service.accounts.db.change_author import set_change_author
from service.database.metadata import code
from service.database.register_tables import register, register_field, register_state
from service.registers.definition import Definition, FieldDefinition, StateDefinition

_OWN = ("numbering", "public", "personal", "retention_days", "qr", "zoned", "source")
_FIELD = tuple(FieldDefinition.model_fields)
_STATE = tuple(StateDefinition.model_fields)


@dataclass(frozen=True)
class Register:
    """A register as stored."""

    code: str
    definition: Definition
    shipped: bool
    local: bool
    version: int
    changed_at: datetime
    demo: bool = False


def list_registers(connection: Connection, codes: Sequence[str] | None = None) -> list[Register]:
    """Registers by code: all, or those of some codes."""
    asked = select(register).order_by(register.c.code)
    if codes is not None:
        asked = asked.where(register.c.code.in_(codes))
    rows = connection.execute(asked).mappings().all()
    there = [row["code"] for row in rows]
    fields = _parts(connection, register_field, there)
    states = _parts(connection, register_state, there)
    return [
        Register(
            row["code"],
            Definition.model_construct(
                label_zh=row["label_zh"],
                label_en=row["label_en"],
                geometry=row["geometry"],
                **{name: row[name] for name in _OWN},
                fields=[
                    FieldDefinition.model_construct(**{name: one[name] for name in _FIELD})
                    for one in fields.get(row["code"], ())
                ],
                states=[
                    StateDefinition.model_construct(**{name: one[name] for name in _STATE})
                    for one in states.get(row["code"], ())
                ],
            ),
            row["shipped"],
            row["local"],
            row["version"],
            row["changed_at"],
            row["demo"],
        )
        for row in rows
    ]


def _parts(
    connection: Connection, table: Table, codes: Sequence[str]
) -> dict[str, list[Mapping[str, Any]]]:
    parts: dict[str, list[Mapping[str, Any]]] = {}
    asked = select(table).where(table.c.register.in_(codes)).order_by(table.c.position)
    for row in connection.execute(asked).mappings():
        parts.setdefault(row["register"], []).append(dict(row))
    return parts


def read_register(connection: Connection, code: str) -> Register | None:
    """One register; None when there is none of that code."""
    found = list_registers(connection, [code])
    return found[0] if found else None


_LOCK = text("SELECT pg_advisory_xact_lock(7190126, hashtext(:code))")


def lock_register(connection: Connection, code: str) -> Register | None:
    """As `read_register`, held against other writers of its definition until the transaction
    ends.

    A code that has no register yet is held, too: of two that make it, the second finds it made.
    """
    connection.execute(_LOCK, {"code": code})
    connection.execute(select(register.c.code).where(register.c.code == code).with_for_update())
    return read_register(connection, code)


def share_register(connection: Connection, code: str) -> Register | None:
    """As `read_register`; its definition does not change until the transaction ends."""
    connection.execute(
        select(register.c.code).where(register.c.code == code).with_for_update(read=True)
    )
    return read_register(connection, code)


def write_register(
    connection: Connection, account: Account, code: str, definition: Definition
) -> None:
    """Write the bureau's own definition of a register; its version grows."""
    set_change_author(connection, account)
    _write(connection, code, definition, {"local": True, "changed_by": account.id})


def load_shipped(connection: Connection, code: str, definition: Definition) -> None:
    """Write a definition that comes with the product, unless the bureau has its own."""
    there = read_register(connection, code)
    if there is not None and (there.local or there.definition == definition):
        return
    _write(connection, code, definition, {"local": False, "shipped": True})


def _write(
    connection: Connection, code: str, definition: Definition, marks: Mapping[str, Any]
) -> None:
    values = definition.model_dump()
    fields, states = values.pop("fields"), values.pop("states")
    row = {**values, **marks}
    statement = insert(register).values(code=code, **row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[register.c.code],
            set_={**row, "version": register.c.version + 1, "changed_at": func.now()},
        )
    )
    _replace(connection, register_state, code, "code", states)
    _replace(connection, register_field, code, "name", fields)


def _replace(
    connection: Connection, table: Table, code: str, key: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Write the parts of a register; what stays as it is is not touched, so that the log tells of
    changes only.
    """
    kept = [row[key] for row in rows]
    connection.execute(delete(table).where(table.c.register == code, table.c[key].not_in(kept)))
    if not rows:
        return
    placed = [{**row, "register": code, "position": place} for place, row in enumerate(rows)]
    statement = insert(table)
    changed = {
        name: statement.excluded[name] for name in placed[0] if name not in ("register", key)
    }
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[table.c.register, table.c[key]],
            set_=changed,
            where=or_(*(table.c[name].is_distinct_from(new) for name, new in changed.items())),
        ),
        placed,
    )


def delete_register(connection: Connection, account: Account, code: str) -> None:
    """Delete a register without records."""
    set_change_author(connection, account)
    connection.execute(delete(register).where(register.c.code == code))


def list_names(connection: Connection) -> list[str]:
    """Names of the code lists that fields may name."""
    names = connection.scalars(select(code.c.list).distinct().order_by(code.c.list))
    return [*names, "kind"]


_USES = text("SELECT what, word, records FROM register_uses(:code)")


def register_uses(connection: Connection, code: str) -> dict[tuple[str, str], int]:
    """How many records are in each state, have each field and each kind of shape, everywhere."""
    rows = connection.execute(_USES, {"code": code})
    return {(row.what, row.word): row.records for row in rows}
