"""``/api/units``: the bodies that carry work out; administrators keep them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from service.accounts.api.deps import AccountDep, AdminDep
from service.errors import not_found
from service.units.db.members import members_of
from service.units.db.units import units
from service.units.edit import put_units, remove_unit
from service.units.members import put_members
from service.web.day_types import Day
from service.web.deps import ConnectionDep
from service.web.etags import OptionalMatchDep, etag
from service.web.text_types import Name, Short
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/units", tags=["units"], route_class=ThreadRoute)

UnitCode = Annotated[str, Path(max_length=64, description="Code of the unit: `LYJ`.")]


class UnitIn(BaseModel):
    """A unit as an administrator writes it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"name": "市林业局", "kind": "bureau"}}
    )

    name: Name
    kind: Literal["bureau", "committee_member", "town_office", "third_party", "other"] = "other"
    parent: Short | None = Field(None, description="Code of the unit above.")
    district: Short | None = Field(None, description="Where it works; empty: in several.")
    valid_from: Day | None = None
    valid_to: Day | None = Field(None, description="Last day on which it may be named.")


class Unit(UnitIn):
    """A unit as stored."""

    model_config = ConfigDict(extra="ignore")

    code: str
    version: int
    demo: bool


class UnitRows(BaseModel):
    """All units, by code."""

    rows: list[Unit]


@router.get("", operation_id="readUnits")
def read_units(_account: AccountDep, connection: ConnectionDep) -> UnitRows:
    """Every unit with its kind, the unit above and the days that it may be named."""
    return UnitRows(rows=[Unit.model_validate(row) for row in units(connection)])


class Member(BaseModel):
    """A body that a unit unites with others."""

    model_config = ConfigDict(extra="forbid")

    body: Short = Field(description="Code of the unit that is a member.")
    role: Short = Field("member", description="Code or label of the list `unit_role`.")


class MemberOut(Member):
    """The same with its name."""

    name: str


class Members(BaseModel):
    """All members of a unit."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"members": [{"body": "LYJ", "role": "lead"}]}},
    )

    members: Annotated[list[Member], Field(max_length=500)]


class MemberRows(BaseModel):
    """The members of a unit, by code."""

    rows: list[MemberOut]


@router.get("/{code}/members", operation_id="readMembers")
def read_members(
    code: UnitCode, _account: AccountDep, connection: ConnectionDep, response: Response
) -> MemberRows:
    """The bodies that a unit unites (绿化委员会, 专班 …), each with its role: 牵头, 配合, 成员.

    The ETag is that of the unit, whose version grows with its members.
    """
    unit = next((row for row in units(connection) if row["code"] == code), None)
    if unit is None:
        raise not_found("此单位")
    response.headers["ETag"] = etag(unit["version"])
    return MemberRows(rows=[MemberOut.model_validate(row) for row in members_of(connection, code)])


@router.put("/{code}/members", operation_id="putMembers")
def write_members(
    code: UnitCode,
    body: Members,
    account: AdminDep,
    connection: ConnectionDep,
    response: Response,
    seen: OptionalMatchDep,
) -> MemberRows:
    """Make these the members of a unit, all of them at once; `If-Match` is not needed."""
    roles = {member.body: member.role for member in body.members}
    version = put_members(connection, account, code, roles, seen)
    response.headers["ETag"] = etag(version)
    return MemberRows(rows=[MemberOut.model_validate(row) for row in members_of(connection, code)])


@router.put(
    "/{code}",
    operation_id="putUnit",
    response_model=Unit,
    responses={201: {"model": Unit, "description": "The unit is new."}},
)
def write_unit(
    code: UnitCode,
    body: UnitIn,
    response: Response,
    account: AdminDep,
    connection: ConnectionDep,
    seen: OptionalMatchDep,
) -> Unit:
    """Make a unit or change it; `If-Match` is honoured and not needed."""
    put_units(connection, account, [{**body.model_dump(), "code": code}], seen)
    for row in units(connection):
        if row["code"] == code:
            response.status_code = 201 if row["version"] == 1 else 200
            response.headers["ETag"] = etag(row["version"])
            return Unit.model_validate(row)
    raise not_found("此单位")


@router.delete("/{code}", operation_id="deleteUnit", status_code=204)
def delete_unit(
    code: UnitCode, account: AdminDep, connection: ConnectionDep, seen: OptionalMatchDep
) -> None:
    """Delete a unit that no plot, account or unit names: 409 `unit_in_use` counts them.

    `If-Match` is honoured and not needed.
    """
    remove_unit(connection, account, code, seen)
