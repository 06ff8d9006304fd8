"""What routes are given about who asks: the signed-in account, and what it may do."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db.accounts import (
    Account,
    CredentialKind,
    Role,
    account_by_secret,
    account_on_line,
)
from service.database.reserved_connection import NoAnswerError, ReservedLine
from service.errors import Problem
from service.web.deps import SESSION_COOKIE, ConnectionDep, settings_of
from service.web.problem_json import UNAVAILABLE
from service.web.query_names import reject_unknown_query_params

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# What only browsers say, of requests that pages make.
PAGE_HEADERS = ("sec-fetch-mode", "sec-fetch-site", "referer", "origin", "x-requested-with")


def secret_of(request: Request) -> tuple[str, CredentialKind] | None:
    """The secret of the request: a token (Bearer, or the password of Basic) or a cookie."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip(), "token"
    if scheme.lower() == "basic":
        try:
            _, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", "token"
        return password, "token"
    cookie = request.cookies.get(SESSION_COOKIE)
    return None if cookie is None else (cookie, "session")


def refuse_foreign_page(request: Request) -> None:
    """A cookie travels with forged requests too: whoever changes something by it must be our page.

    Browsers say where an unsafe request comes from, in ``Origin`` and newer ones in
    ``Sec-Fetch-Site``; programs say neither and cannot be tricked by a page.
    """
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("origin")
    ours = {request.headers.get("host"), urlsplit(settings_of(request).public_url or "").netloc}
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none") or (
        origin is not None and (urlsplit(origin).netloc or "null") not in ours
    ):
        raise Problem(
            403,
            "foreign_origin",
            Message(
                "请求来自别的网站，已拒绝",
                "the request comes from another site: open Luotu itself",
            ),
        )


def challenges(request: Request) -> list[str]:
    """How one may sign in: Basic first, which is all that some programs look for.

    A browser that is offered Basic asks for a password in a window of its own, over the page. So a
    request of a page or for one is not: pages sign in by ``POST /api/session``. Such requests bear
    what browsers say of them, over plain HTTP at least ``Referer`` or ``Accept: text/html``, or our
    cookie; curl, GDAL and QGIS send none of these.
    """
    of_a_page = (
        SESSION_COOKIE in request.cookies
        or any(name in request.headers for name in PAGE_HEADERS)
        or "text/html" in request.headers.get("accept", "")
    )
    bearer = 'Bearer realm="luotu"'
    return [bearer] if of_a_page else ['Basic realm="luotu", charset="UTF-8"', bearer]


def current_account(request: Request, connection: Connection) -> Account:
    """Whoever signed in; 401 for nobody."""
    brought = secret_of(request)
    account = None
    if brought is not None:
        secret, kind = brought
        if kind == "session":
            refuse_foreign_page(request)
        account = account_by_secret(connection, secret, [kind])
    return welcome(request, account)


def welcome(request: Request, account: Account | None) -> Account:
    """Whose secret it was; 401 when it was nobody's, 422 for parameters that nobody asked for."""
    if account is None:
        raise Problem(
            401,
            "not_signed_in",
            Message(
                "请先登录：POST /api/session，或带 API 令牌",
                "sign in first: POST /api/session, or send `Authorization: Bearer TOKEN`, or "
                "HTTP Basic with the token as password",
            ),
            headers={"WWW-Authenticate": challenges(request)},
        )
    request.state.account = account
    reject_unknown_query_params(request)
    return account


async def _account(request: Request, connection: ConnectionDep) -> Account:
    return current_account(request, connection)


AccountDep = Annotated[Account, Depends(_account)]


async def session_secret(request: Request, _account: AccountDep) -> str:
    """The secret of the cookie; 403 for whoever came by a token.

    A token is given to a program, lies in its settings and may get lost: it reads and writes plots,
    but neither changes the password nor what else opens the account.
    """
    brought = secret_of(request)
    if brought is None or brought[1] != "session":
        raise Problem(
            403,
            "session_needed",
            Message(
                "令牌不能管理账号，请在工作台登录后操作",
                "a token does not manage the account: sign in to the workspace, by password or "
                "one-time link",
            ),
        )
    return brought[0]


SessionSecretDep = Annotated[str, Depends(session_secret)]


def require_role(account: Account, *roles: Role) -> Account:
    """The account, when it holds one of the roles; 403 for others."""
    if not any(account.holds(role) for role in roles):
        raise Problem(
            403,
            "role_missing",
            Message(
                f"需要角色 {' / '.join(roles)}，您是 {account.role}",
                f"this needs the role {' or '.join(roles)}: ask an administrator",
            ),
        )
    return account


def holding(*roles: Role) -> Callable[[Account], Awaitable[Account]]:
    """A dependency that lets in whoever holds one of the roles; 403 for others."""

    async def check(account: AccountDep) -> Account:
        return require_role(account, *roles)

    return check


def signed_in_as(request: Request, connection: Connection, *roles: Role) -> Account:
    """Whoever signed in, when they hold one of the roles: 401, 403.

    For routes that open transactions themselves. Every transaction signs in anew: the scope that
    row security asks for ends with the transaction.
    """
    return require_role(current_account(request, connection), *roles)


async def admin_apart(request: Request) -> Account:
    """An administrator, as the database says on a connection of its own; it waits for nobody.

    Raises
    ------
    Problem
        401, 403; 503 when the database does not answer in time.
    """
    line: ReservedLine = request.app.state.metrics_line
    brought = secret_of(request)
    try:
        account = None if brought is None else await account_on_line(line, *brought)
    except NoAnswerError:
        raise UNAVAILABLE from None
    return require_role(welcome(request, account), "admin")


PlannerDep = Annotated[Account, Depends(holding("planner"))]
InspectorDep = Annotated[Account, Depends(holding("inspector"))]
# Whoever sees plots that nobody approved yet.
ReviewerDep = Annotated[Account, Depends(holding("planner", "inspector"))]
# Files of plots: a viewer looks at them, page by page.
ExporterDep = ReviewerDep
AdminDep = Annotated[Account, Depends(holding("admin"))]
