"""``/api/session``, ``/api/me``: sign in, sign out, who am I."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from sqlalchemy import Connection

from gis.messages import Message
from service.accounts import sign_in as signing_in
from service.accounts.api.deps import AccountDep, SessionSecretDep, refuse_foreign_page, secret_of
from service.accounts.db import accounts, administration
from service.accounts.db.accounts import ROLES, Account, CredentialKind
from service.accounts.db.audit import note
from service.accounts.db.reach import has_all_counties
from service.accounts.sign_in import Session
from service.errors import Problem, not_found
from service.settings import Settings
from service.web.admission import in_lane
from service.web.deps import SESSION_COOKIE, ConnectionDep, SettingsDep
from service.web.problem_json import answer
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api", tags=["session"], route_class=ThreadRoute)


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
    districts: list[str] = Field(
        description="Scope; empty means the whole tree, or with `units` their rows only."
    )
    all_counties: bool = Field(
        description="Whether the scope holds every county: code lists and registers, which hold "
        "for all of them, are changed by such administrators only."
    )
    units: list[str] = Field(description="Units whose rows the account sees in every district.")
    needs_old_password: bool = Field(
        description="Whether `PUT /api/me/password` asks for the old one: not within a quarter of "
        "an hour of a one-time link, nor, after a link, while there is none."
    )


class NewPassword(BaseModel):
    """A password of one's own choice."""

    model_config = ConfigDict(extra="forbid")

    old_password: SecretStr | None = Field(
        None, max_length=1024, description="Needed when `/api/me` says so."
    )
    password: SecretStr = Field(min_length=10, max_length=1024)


def _me(connection: Connection, account: Account, secret: str) -> Me:
    return Me(
        name=account.name,
        role=account.role,
        roles=[role for role in ROLES if account.holds(role)],
        districts=list(account.scope),
        all_counties=has_all_counties(connection, account),
        units=list(account.units),
        needs_old_password=signing_in.needs_old_password(connection, secret),
    )


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


@router.post("/session", response_model=Me, operation_id="signIn")
@in_lane("sign_in")
def sign_in(
    brought: SignIn, request: Request, connection: ConnectionDep, settings: SettingsDep
) -> Response:
    """Set the session cookie; a one-time link is used up by it. Too many failures: 429."""
    refuse_foreign_page(request)
    session = _session(brought, request, connection, settings)
    if isinstance(session, Problem):
        return answer(session, request.scope)
    response = JSONResponse(_me(connection, session.account, session.secret).model_dump())
    response.set_cookie(
        SESSION_COOKIE,
        session.secret,
        max_age=int(settings.session_hours * 3600),
        httponly=True,
        samesite="strict",
        secure=(settings.public_url or "").startswith("https://"),
        path="/",
    )
    return response


def _session(
    brought: SignIn, request: Request, connection: Connection, settings: Settings
) -> Session | Problem:
    address = _address(request)
    if brought.link is not None:
        link = brought.link.get_secret_value()
        return signing_in.by_link(connection, link, address, settings)
    if brought.username is None or brought.password is None:
        raise Problem(
            422,
            "invalid_request",
            Message(
                "请给出 username 与 password，或 link",
                "send username and password, or link",
            ),
            errors=[{"field": "username"}, {"field": "password"}],
        )
    password = brought.password.get_secret_value()
    return signing_in.by_password(connection, brought.username, password, address, settings)


@router.delete("/session", status_code=204, operation_id="signOut")
def sign_out(request: Request, connection: ConnectionDep, response: Response) -> None:
    """End the session of the cookie; without one nothing happens."""
    refuse_foreign_page(request)
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie is not None:
        accounts.end_credential(connection, cookie)
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.get("/me", operation_id="readMe")
def read_me(request: Request, account: AccountDep, connection: ConnectionDep) -> Me:
    """Name, roles and scope."""
    brought = secret_of(request)
    assert brought is not None
    return _me(connection, account, brought[0])


@router.put("/me/password", status_code=204, response_class=Response, operation_id="setPassword")
@in_lane("sign_in")
def set_password(
    account: AccountDep,
    secret: SessionSecretDep,
    wanted: NewPassword,
    request: Request,
    connection: ConnectionDep,
    settings: SettingsDep,
) -> Response:
    """Set one's own password; all other sessions, tokens and links of the account end.

    Not by a token. The old password goes along, unless a one-time link was just used.
    """
    if signing_in.needs_old_password(connection, secret):
        old = None if wanted.old_password is None else wanted.old_password.get_secret_value()
        refused = signing_in.old_password_refused(
            connection, account, old, _address(request), settings
        )
        if refused is not None:
            return answer(refused, request.scope)
    accounts.set_password(connection, account.id, wanted.password.get_secret_value())
    administration.revoke(connection, account.id, keep=secret)
    note(connection, account, "password_set", {})
    return Response(status_code=204)


class SecretOut(BaseModel):
    """Something that opens the account; the secret itself is told once, when it is made."""

    id: int
    kind: CredentialKind
    created_at: datetime
    expires_at: datetime


class SecretList(BaseModel):
    """The newest first."""

    tokens: list[SecretOut]


@router.get("/me/tokens", operation_id="listTokens")
def list_tokens(
    account: AccountDep, _secret: SessionSecretDep, connection: ConnectionDep
) -> SecretList:
    """Tokens, sessions and links of one's own that are good. Not by a token."""
    credentials = administration.secrets_of(connection, account.id)
    return SecretList(
        tokens=[SecretOut.model_validate(credential._asdict()) for credential in credentials]
    )


@router.delete("/me/tokens/{number:number}", status_code=204, operation_id="revokeToken")
def revoke_token(
    number: Annotated[int, Path(ge=1, le=2**63 - 1)],
    account: AccountDep,
    _secret: SessionSecretDep,
    connection: ConnectionDep,
) -> None:
    """Revoke one of them, at once. Not by a token."""
    if not administration.revoke(connection, account.id, number):
        raise not_found("此令牌")
    note(connection, account, "token_revoked", {"token": number})
