"""Changes of the definition of a register."""

import json
from collections.abc import Iterator
from importlib.resources import files

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.codes.db.codes import codes
from service.codes.db.local_codes import hold_codes
from service.errors import Problem, not_found
from service.registers.db import registers
from service.registers.db.registers import Register
from service.registers.definition import Definition, NewRegister, check_definition
from service.web.etags import Versions
from service.web.optimistic_lock import Thing, require_current

REGISTER = Thing("台账", "register")


def shipped_registers() -> Iterator[NewRegister]:
    """Registers that come with the product, by code."""
    folder = files("data").joinpath("registers")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".json"):
            yield NewRegister.model_validate(json.loads(file.read_text("utf-8")))


def load_registers(connection: Connection) -> None:
    """Put the registers of this version into the database; those that a bureau changed stay."""
    for shipped in shipped_registers():
        registers.load_shipped(connection, shipped.code, shipped.definition())


def existing_register(connection: Connection, code: str) -> Register:
    """The register of a code. Raises `Problem` 404."""
    register = registers.read_register(connection, code)
    if register is None:
        raise not_found("此台账")
    return register


def create_register(connection: Connection, account: Account, new: NewRegister) -> Register:
    """Make a register.

    Raises
    ------
    Problem
        409 ``register_exists``, 422 ``bad_definition``.
    """
    if registers.lock_register(connection, new.code) is not None:
        message = Message(
            f"台账 {new.code} 已存在，修改请用 PUT /api/registers/{new.code}/definition",
            f"the register {new.code} exists: PUT /api/registers/{new.code}/definition changes it",
        )
        errors = [{"field": "code", "code": "register_exists", "message": message}]
        raise Problem(409, "register_exists", message, errors=errors)
    return _written(connection, account, new.code, new.definition())


def change_register(
    connection: Connection,
    account: Account,
    code: str,
    definition: Definition,
    seen: Versions | None,
) -> Register:
    """Write another definition of a register; its records stay as they are.

    Raises
    ------
    Problem
        404, 412 ``stale``, 422 ``bad_definition``, 409 ``register_in_use`` for a state, field or
        kind of shape that records have.
    """
    before = registers.lock_register(connection, code)
    if before is None:
        raise not_found("此台账")
    if seen is not None:
        require_current(before, seen, REGISTER)
    _refuse_lost(connection, code, definition)
    if before.definition.model_dump() == _labelled(definition).model_dump():
        return before
    return _written(connection, account, code, definition)


def remove_register(
    connection: Connection, account: Account, code: str, seen: Versions | None
) -> None:
    """Delete a register of the bureau's own that has no records.

    Raises
    ------
    Problem
        404; 409 ``register_in_use``, or ``shipped_register``: it would come back; 412 ``stale``.
    """
    before = registers.lock_register(connection, code)
    if before is None:
        raise not_found("此台账")
    if seen is not None:
        require_current(before, seen, REGISTER)
    if before.shipped:
        message = Message(
            f"台账 {code} 是产品自带的，不能删除，可改其定义",
            f"the register {code} came with the product and cannot be deleted: change its "
            "definition instead",
        )
        raise Problem(409, "shipped_register", message)
    uses = registers.register_uses(connection, code)
    if uses:
        count = sum(n for (what, _word), n in uses.items() if what == "state")
        message = Message(
            f"台账 {code} 有 {count} 条记录，不能删除",
            f"the register {code} has {count} records and cannot be deleted",
        )
        raise Problem(409, "register_in_use", message)
    registers.delete_register(connection, account, code)
    note(connection, account, "register_deleted", {"code": code})


def _labelled(definition: Definition) -> Definition:
    """The definition with a label in both languages wherever there is one."""
    values = definition.model_dump()
    for part in (values, *values["fields"], *values["states"]):
        part["label_en"] = part["label_en"] or part["label_zh"]
    return Definition.model_validate(values)


def _written(
    connection: Connection, account: Account, code: str, definition: Definition
) -> Register:
    hold_codes(connection, "unit_of_measure")
    units = [unit["code"] for unit in codes(connection, "unit_of_measure")]
    check_definition(definition, registers.list_names(connection), units)
    registers.write_register(connection, account, code, _labelled(definition))
    note(connection, account, "register", {"code": code})
    return existing_register(connection, code)


def _refuse_lost(connection: Connection, code: str, definition: Definition) -> None:
    fields = {field.name for field in definition.fields}
    lost = []
    for (what, word), count in registers.register_uses(connection, code).items():
        stays = {
            "state": word in definition.state,
            "field": word in fields,
            "geometry": definition.geometry in ("any", word) or word == "none",
        }[what]
        if not stays:
            lost.append((what, word, count))
    if lost:
        zh = "、".join(f"{what} {word}（{count} 条记录）" for what, word, count in lost)
        en = ", ".join(f"{what} {word} ({count} records)" for what, word, count in lost)
        raise Problem(
            409,
            "register_in_use",
            Message(
                f"记录正在使用：{zh}；请保留，或先改这些记录",
                f"records have {en}: keep it, or change those records first",
            ),
            errors=[
                {"field": {"state": "states", "field": "fields"}.get(what, what), "code": word}
                for what, word, _count in lost
            ],
        )
