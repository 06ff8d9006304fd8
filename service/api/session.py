"""``/api/session``, ``/api/me``: sign in, sign out, who am I."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from service.db import accounts
from service.db.accounts import ROLES, Account
from service.deps import SESSION_COOKIE, AccountDep, ConnectionDep, SettingsDep
from service.errors import Problem

router = APIRouter(prefix="/api", tags=["session"])


class SignIn(BaseModel):
    """A user name with its password, or the secret of a one-time link."""

    model_config = ConfigDict(extra="forbid")

    username: Annotated[str, Field(max_length=64)] | None = None
    password: SecretStr | None = Field(None, max_length=1024)
    link: SecretStr | None = Field(None, max_length=200)


class Me(BaseModel):
    """The signed-in account."""

    name: str
    role: str
    roles: list[str] = Field(description="All roles whose rights it holds.")
    districts: list[str] = Field(description="Scope; empty means the whole tree.")


class NewPassword(BaseModel):
    """A password of one's own choice."""

    model_config = ConfigDict(extra="forbid")

    password: SecretStr = Field(min_length=10, max_length=1024)


def _me(who: Account) -> Me:
    held = [role for role in ROLES if who.holds(role)]
    return Me(name=who.name, role=who.role, roles=held, districts=list(who.scope))


@router.post("/session", operation_id="signIn")
def sign_in(
    brought: SignIn, connection: ConnectionDep, settings: SettingsDep, response: Response
) -> Me:
    """Set the session cookie; a one-time link is used up by it."""
    lasts = timedelta(hours=settings.session_hours)
    number = _account_id(brought, connection)
    if number is None:
        raise Problem(
            401,
            "wrong_credentials",
            "用户名、密码或链接不对，或链接已用过；wrong name, password or link, or a link used "
            "before: ask an administrator for a new one (`luotu user link NAME`)",
        )
    secret = accounts.give_credential(connection, number, "session", lasts)
    who = accounts.account_by_secret(connection, secret, ["session"])
    assert who is not None
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(lasts.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=(settings.public_url or "").startswith("https://"),
        path="/",
    )
    return _me(who)


def _account_id(brought: SignIn, connection: ConnectionDep) -> int | None:
    if brought.link is not None:
        found = accounts.use_link(connection, brought.link.get_secret_value())
        return None if found is None else found.id
    if brought.username is None or brought.password is None:
        raise Problem(
            422,
            "invalid_request",
            "请给出 username 与 password，或 link；send username and password, or link",
            errors=[{"field": "username"}, {"field": "password"}],
        )
    return accounts.account_id_by_password(
        connection, brought.username, brought.password.get_secret_value()
    )


@router.delete("/session", status_code=204, operation_id="signOut")
def sign_out(request: Request, connection: ConnectionDep, response: Response) -> None:
    """End the session of the cookie; without one nothing happens."""
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie is not None:
        accounts.end_credential(connection, cookie)
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.get("/me", operation_id="readMe")
def read_me(who: AccountDep) -> Me:
    """Name, roles and scope."""
    return _me(who)


@router.put("/me/password", status_code=204, operation_id="setPassword")
def set_password(who: AccountDep, wanted: NewPassword, connection: ConnectionDep) -> None:
    """Set one's own password."""
    accounts.set_password(connection, who.id, wanted.password.get_secret_value())
