"""Accounts, their credentials and their scopes."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from pwdlib import PasswordHash
from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from data.text_cleaning import has_nul, turned, unseen
from gis.messages import Message, MessageError
from service.accounts.hashing_threads import hashed
from service.database.metadata import account, account_scope, credential, district
from service.database.reserved_connection import ReservedLine

Role = Literal["viewer", "planner", "inspector", "gis", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "planner", "inspector", "gis", "admin")

# The roles whose rights each role has; admin has all.
HOLDS: dict[str, frozenset[str]] = {
    "viewer": frozenset({"viewer"}),
    "planner": frozenset({"viewer", "planner"}),
    "gis": frozenset({"viewer", "planner", "gis"}),
    "inspector": frozenset({"viewer", "inspector"}),
    "admin": frozenset(ROLES),
}

# How the database writes a unit among the words of a scope.
UNIT = "unit:"

CredentialKind = Literal["token", "session", "link", "work"]


class AccountRefused(MessageError, ValueError):  # noqa: N818 - a refusal, no failure of ours
    """An account cannot be made or changed as asked; ``code`` is stable, the text is for people."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Account:
    """Somebody who signed in.

    ``scope`` are the districts as given; ``counties`` all county codes below them, None for the
    whole tree.
    """

    id: int
    name: str
    role: str
    scope: tuple[str, ...]
    counties: tuple[str, ...] | None
    units: tuple[str, ...] = ()
    """Units whose rows it sees in every district; with units alone, ``counties`` is empty."""

    def holds(self, role: Role) -> bool:
        """Whether the account has the rights of ``role``."""
        return role in HOLDS[self.role]

    def covers(self, county: str) -> bool:
        """Whether the county lies in the account's scope."""
        return self.counties is None or county in self.counties


@lru_cache(maxsize=1)
def _passwords() -> PasswordHash:
    return PasswordHash.recommended()


def digest(secret: str) -> bytes:
    """The hash of a secret, which is all that the database stores.

    A plain SHA-256 is enough: the secrets are 256 random bits, nothing can be guessed.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def add_account(
    connection: Connection,
    name: str,
    role: str,
    districts: Sequence[str] = (),
    *,
    demo: bool = False,
) -> int:
    """Make an account; answers its number.

    Raises
    ------
    AccountRefused
        ``name_taken``, ``bad_name``, ``unknown_role``, ``unknown_district`` or ``below_county``.
    """
    if role not in ROLES:
        raise AccountRefused(
            "unknown_role",
            Message(
                f"没有角色 {role!r}",
                f"no such role, use {', '.join(ROLES)}",
            ),
        )
    if words := turned(name) or unseen(name):
        raise AccountRefused("bad_name", words)
    check_scope(connection, districts)
    try:
        with connection.begin_nested():
            number = connection.scalar(
                insert(account).values(name=name, role=role, demo=demo).returning(account.c.id)
            )
    except IntegrityError as error:
        if "account_name_key" in str(error.orig):
            raise AccountRefused(
                "name_taken",
                Message(
                    f"用户名 {name!r} 已存在",
                    "the name exists, choose another",
                ),
            ) from None
        raise AccountRefused(
            "bad_name",
            Message(
                f"用户名 {name!r} 不可用",
                "a name has 1 to 64 characters, no space and no colon",
            ),
        ) from None
    assert isinstance(number, int)
    if districts:
        connection.execute(
            insert(account_scope),
            [{"account_id": number, "district": code} for code in dict.fromkeys(districts)],
        )
    return number


def check_scope(connection: Connection, districts: Sequence[str]) -> None:
    """Raise `AccountRefused` for an unknown district, or one below the counties."""
    known = select(district.c.code, district.c.level).where(district.c.code.in_(districts))
    level_of = {row.code: row.level for row in connection.execute(known)}
    for code in districts:
        if code not in level_of:
            raise AccountRefused(
                "unknown_district",
                Message(
                    f"没有行政区 {code!r}",
                    "no such district, `luotu import districts` brings more",
                ),
            )
        if level_of[code] not in ("province", "city", "county"):
            raise AccountRefused(
                "below_county",
                Message(
                    f"{code} 低于县级",
                    "a scope is a county or what lies above it",
                ),
            )


def give_credential(
    connection: Connection,
    account_id: int,
    kind: CredentialKind,
    lasts: timedelta,
    *,
    begun: str | None = None,
) -> str:
    """A new secret for the account; only its hash is stored.

    ``begun`` is how a session was begun: ``link``, ``password``, ``oidc``.
    """
    secret = secrets.token_urlsafe(32)
    connection.execute(
        insert(credential).values(
            account_id=account_id,
            kind=kind,
            hash=digest(secret),
            expires_at=func.now() + lasts,
            begun=begun,
        )
    )
    return secret


# The database resolves the scope to counties and sets it, signed, for the transaction: one round
# trip a request.
_ENTER = text("SELECT id, name, role, scope, counties FROM set_session_scope(:secret, :kinds)")

SECRET_MAX_CHARS = 200


def account_by_secret(
    connection: Connection, secret: str, kinds: Sequence[CredentialKind]
) -> Account | None:
    """The account of a secret; None when it is unknown, used up, revoked, expired or disabled.

    From here on the transaction sees the plots of that account's scope, and no others.
    """
    if not bearable(secret):
        return None
    row = connection.execute(_ENTER, {"secret": secret, "kinds": list(kinds)}).one_or_none()
    return None if row is None else account_of(row)


async def account_on_line(line: ReservedLine, secret: str, kind: CredentialKind) -> Account | None:
    """As :func:`account_by_secret`, asked on a connection that nobody else waits for.

    Raises
    ------
    NoAnswerError
        The database did not answer in time.
    """
    if not bearable(secret):
        return None
    row = await line.ask(
        b"SELECT id, name, role, scope, counties FROM set_session_scope(%(secret)s, %(kinds)s)",
        {"secret": secret, "kinds": [kind]},
    )
    return None if row is None else account_of(row)


def bearable(secret: str) -> bool:
    """Whether the secret can be one of ours: short ASCII text without NUL."""
    return len(secret) <= SECRET_MAX_CHARS and secret.isascii() and not has_nul(secret)


def account_of(row: Any) -> Account:
    """The account in a row of ``set_session_scope``."""
    words = tuple(row.scope)
    units = tuple(word.removeprefix(UNIT) for word in words if word.startswith(UNIT))
    scope = tuple(word for word in words if not word.startswith(UNIT))
    counties = tuple(row.counties) if words else None
    return Account(row.id, row.name, row.role, scope, counties, units)


def use_link(connection: Connection, secret: str) -> Account | None:
    """Use up a one-time link; its account, or None when the link is not valid."""
    holder = account_by_secret(connection, secret, ["link"])
    if holder is None or not end_credential(connection, secret):
        return None
    return holder


def end_credential(connection: Connection, secret: str) -> bool:
    """Revoke a secret; False when somebody did before (of two who use a link, one wins)."""
    ended = connection.execute(
        update(credential)
        .where(credential.c.hash == digest(secret), credential.c.ended_at.is_(None))
        .values(ended_at=func.now())
    )
    return ended.rowcount == 1


@dataclass(frozen=True)
class Begun:
    """How a session was begun and when; whether its account has a password."""

    how: str | None
    at: datetime
    has_password: bool


def begun(connection: Connection, secret: str) -> Begun | None:
    """How the session of a secret was begun; None when it is none."""
    row = connection.execute(
        select(credential.c.begun, credential.c.created_at, account.c.password_hash.is_not(None))
        .join(account, account.c.id == credential.c.account_id)
        .where(credential.c.hash == digest(secret), credential.c.kind == "session")
    ).one_or_none()
    return None if row is None else Begun(*row)


def set_password(connection: Connection, account_id: int, password: str) -> None:
    """Keep the argon2 hash of a new password.

    Raises
    ------
    AccountRefused
        ``weak_password``: fewer than 10 or more than 1024 characters.
    """
    if not 10 <= len(password) <= 1024:
        raise AccountRefused(
            "weak_password",
            Message(
                "密码须为10至1024个字符",
                "use 10 to 1024 characters",
            ),
        )
    connection.execute(
        update(account)
        .where(account.c.id == account_id)
        .values(password_hash=hashed(lambda: _passwords().hash(password)))
    )


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hashed(lambda: _passwords().hash(secrets.token_urlsafe(16)))


def account_id_by_password(connection: Connection, name: str, password: str) -> int | None:
    """The account whose name and password these are, else None.

    An unknown name takes as long as a wrong password, so that timing does not show which names
    exist.
    """
    row = None
    if not has_nul(name):
        row = connection.execute(
            select(account.c.id, account.c.password_hash).where(
                account.c.name == name, account.c.disabled_at.is_(None)
            )
        ).one_or_none()
    stored_hash = row.password_hash if row is not None and row.password_hash else _nobodys_hash()
    if len(password) > 1024 or not hashed(lambda: _passwords().verify(password, stored_hash)):
        return None
    return None if row is None or row.password_hash is None else int(row.id)


def account_id(connection: Connection, name: str) -> int | None:
    """Number of the account with this name."""
    return connection.scalar(select(account.c.id).where(account.c.name == name))


def has_password(connection: Connection, account_id: int) -> bool:
    """Whether its owner ever set a password."""
    stored_hash = select(account.c.password_hash).where(account.c.id == account_id)
    return connection.scalar(stored_hash) is not None


def command_line_account(connection: Connection, user: str) -> Account:
    """The account that stands for somebody at the command line of the server.

    Whoever runs ``luotu`` there can read the database anyway; the account gives their changes a
    name. Nobody can sign in with it.
    """
    name = f"cli-{user}"
    number = account_id(connection, name)
    if number is None:
        number = add_account(connection, name, "admin")
        connection.execute(
            update(account).where(account.c.id == number).values(disabled_at=func.now())
        )
    return Account(number, name, "admin", (), None)
