"""``/api/registers``: which registers there are, and how they are defined."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from gis.messages import Message
from service.accounts.api.deps import AccountDep, AdminOfAllDep
from service.errors import Problem
from service.registers import definitions
from service.registers.api.schemas import (
    DefinitionIn,
    DefinitionOut,
    RegisterIn,
    RegisterRows,
    definition_out,
    register_row,
)
from service.registers.db.records import state_counts
from service.registers.db.registers import list_registers
from service.registers.definition import WORD, Definition
from service.web.deps import ConnectionDep
from service.web.etags import OptionalMatchDep, etag
from service.web.idempotency import OnceRoute
from service.web.timestamps import today

router = APIRouter(prefix="/api/registers", tags=["registers"], route_class=OnceRoute)

RegisterCode = Annotated[str, Path(pattern=WORD, description="Code: `street`.")]


@router.get("", operation_id="listRegisters")
def list_of_registers(account: AccountDep, connection: ConnectionDep) -> RegisterRows:
    """All registers (台账) with the counts of the records in your scope, by state."""
    counts = state_counts(connection, account, today())
    rows = [
        register_row(register, counts.get(register.code, {}))
        for register in list_registers(connection)
    ]
    return RegisterRows(rows=rows, numberMatched=len(rows))


@router.post("", status_code=201, operation_id="createRegister")
def create_register(
    body: RegisterIn, account: AdminOfAllDep, connection: ConnectionDep, response: Response
) -> DefinitionOut:
    """Define a register: its fields, its states and which may follow which."""
    register = definitions.create_register(connection, account, body)
    response.headers["ETag"] = etag(register.version)
    response.headers["Location"] = f"/api/registers/{register.code}/definition"
    return definition_out(register)


@router.get("/{register}/definition", operation_id="readDefinition")
def read_definition(
    register: RegisterCode, _account: AccountDep, connection: ConnectionDep, response: Response
) -> DefinitionOut:
    """The definition of a register, with its ETag."""
    found = definitions.existing_register(connection, register)
    response.headers["ETag"] = etag(found.version)
    response.headers["Cache-Control"] = "private, no-cache"
    return definition_out(found)


@router.put("/{register}/definition", operation_id="writeDefinition")
def write_definition(
    register: RegisterCode,
    body: DefinitionIn,
    account: AdminOfAllDep,
    connection: ConnectionDep,
    response: Response,
    seen: OptionalMatchDep,
) -> DefinitionOut:
    """Change a definition; states, fields and shapes that records have stay.

    A migrate leaves a definition that the bureau wrote as it is. `If-Match` is honoured and not
    needed.
    """
    if body.code not in (None, register):
        message = Message("code 与地址不同", "the code is not that of the address")
        errors = [{"field": "code", "code": "bad_definition", "message": message}]
        raise Problem(422, "bad_definition", message, errors=errors)
    new = Definition.model_validate(body.model_dump(exclude={"code"}))
    changed = definitions.change_register(connection, account, register, new, seen)
    response.headers["ETag"] = etag(changed.version)
    return definition_out(changed)


@router.delete(
    "/{register}", status_code=204, response_class=Response, operation_id="deleteRegister"
)
def delete_register(
    register: RegisterCode,
    account: AdminOfAllDep,
    connection: ConnectionDep,
    seen: OptionalMatchDep,
) -> None:
    """Delete a register of the bureau's own that has no records.

    `If-Match`, the ETag of its definition, is honoured and not needed.
    """
    definitions.remove_register(connection, account, register, seen)
