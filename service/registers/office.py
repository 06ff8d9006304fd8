"""What every writer of records needs: the register, its states and roles, and refusals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import Account
from service.errors import Problem, not_found
from service.registers.db import registers
from service.registers.db.records import number_holder
from service.registers.db.registers import Register
from service.registers.db.steps import is_there
from service.registers.values import Fault, Words, list_words
from service.units.naming import unit_words


@dataclass(frozen=True)
class Office:
    """What the checks of records read once, however many records there are."""

    connection: Connection
    account: Account
    register: Register
    words: Words
    units: Mapping[str, Mapping[str, Any]]
    numbered: dict[str, int | None] = field(default_factory=dict)
    """The record that has a number, None for one that is free: of the numbers of a file."""
    there: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Whether the zones and plans that were asked for lie in the scope."""

    @property
    def code(self) -> str:
        """Code of the register."""
        return self.register.code

    def holder(self, number: str) -> int | None:
        """The record of the scope that has a number; None when none has it."""
        if number in self.numbered:
            return self.numbered[number]
        return number_holder(self.connection, self.account, self.code, number)

    def is_there(self, what: str, key: str) -> bool:
        """Whether a zone or a plan lies in the scope."""
        asked = (what, key)
        if asked not in self.there:
            self.there[asked] = is_there(self.connection, self.account, what, key)
        return self.there[asked]


def office(connection: Connection, account: Account, code: str) -> Office:
    """A register for writers of records: its definition stays until they are done.

    Raises
    ------
    Problem
        404.
    """
    register = registers.share_register(connection, code)
    if register is None:
        raise not_found("此台账")
    words = list_words(connection, register.definition)
    return Office(connection, account, register, words, unit_words(connection))


def refused(faults: Iterable[Fault], within: str = "properties.") -> Problem:
    """422 with all faults; its words are those of the first, its fields stand in ``within``."""
    listed = list(faults)
    _field, code, message = listed[0]
    return Problem(
        422,
        code,
        message,
        errors=[
            {
                "field": field if field == "geometry" else f"{within}{field}",
                "code": code,
                "message": message,
            }
            for field, code, message in listed
        ],
    )


def unknown_state(office: Office, state: str) -> Fault:
    """The fault of a state that the register lacks, with those that it has."""
    known = office.register.definition.state
    message = Message(
        f"没有状态 {state[:40]}，可用：{'、'.join(known)}",
        f"there is no state {state[:40]}: there are {', '.join(known)}",
    )
    return "state", "unknown_state", message


def deadline_of(office: Office, state: str, day: date) -> date | None:
    """Until when a record that comes to a state on a day is due; None where it has no deadline."""
    days = office.register.definition.state[state].days
    return None if days is None else day + timedelta(days=days)


def refuse_role(office: Office, state: str, default: tuple[str, ...]) -> None:
    """Refuse an account that may not take a record to a state; ``default`` where none is named.

    Raises
    ------
    Problem
        403 ``role_missing``.
    """
    roles = tuple(office.register.definition.state[state].who) or default
    if not any(office.account.holds(role) for role in roles):  # type: ignore[arg-type]
        raise Problem(
            403,
            "role_missing",
            Message(
                f"进入状态 {state} 需要角色 {' / '.join(roles)}，您是 {office.account.role}",
                f"to take a record to {state} needs the role {' or '.join(roles)}",
            ),
        )
