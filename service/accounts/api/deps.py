"""Route dependencies for the signed-in account and the roles it holds."""

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
from service.accounts.db.reach import has_all_counties
from service.database.reserved_connection import NoAnswerError, ReservedLine
from service.errors import Problem
from service.web.deps import SESSION_COOKIE, ConnectionDep, begun, settings_of
from service.web.problem_json import UNAVAILABLE
from service.web.query_names import reject_unknown_query_params

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# Headers that only browsers send, with the requests of pages.
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


def sent_by_itself(request: Request) -> bool:
    """Whether a browser may have sent the secret without a page of ours asking for it.

    It does so with a cookie, and with the name and password of Basic that were once typed into its
    dialog or an address; a Bearer token it never knows.
    """
    scheme = request.headers.get("authorization", "").partition(" ")[0].lower()
    return scheme != "bearer"


def refuse_foreign_page(request: Request) -> None:
    """Refuse changes from pages of other sites; browsers send our cookie with forged requests too.

    Browsers say where an unsafe request comes from, in ``Origin`` and newer ones in
    ``Sec-Fetch-Site``; programs send neither, and no page can trick them. Raises `Problem` 403
    ``foreign_origin``.
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
    """The schemes of ``WWW-Authenticate``: Basic first, as some programs look at nothing else.

    A browser that is offered Basic opens a password dialog of its own. So pages are offered Bearer
    only, and sign in by ``POST /api/session``. Requests of browsers are known by their headers,
    over plain HTTP at least ``Referer`` or ``Accept: text/html``, or by our cookie; curl, GDAL and
    QGIS send none of these.
    """
    of_a_page = (
        SESSION_COOKIE in request.cookies
        or any(name in request.headers for name in PAGE_HEADERS)
        or "text/html" in request.headers.get("accept", "")
    )
    bearer = 'Bearer realm="luotu"'
    return [bearer] if of_a_page else ['Basic realm="luotu", charset="UTF-8"', bearer]


def current_account(request: Request, connection: Connection) -> Account:
    """The signed-in account. Raises `Problem` 401 when nobody signed in."""
    brought = secret_of(request)
    account = None
    if brought is not None:
        secret, kind = brought
        if sent_by_itself(request):
            refuse_foreign_page(request)
        account = account_by_secret(connection, secret, [kind])
    return welcome(request, account)


def welcome(request: Request, account: Account | None) -> Account:
    """The account, noted in the request. Raises `Problem`: 401 for None, 422 unknown parameters."""
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
    """The secret of the session cookie. Raises `Problem` 403 for a token.

    A token lies in a program's settings and may leak: it reads and writes plots, but cannot change
    the password, tokens or links of the account.
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
    """The account, if it holds one of the roles. Raises `Problem` 403 for others."""
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
    """The signed-in account, if it holds one of the roles. Raises `Problem` 401, 403.

    For routes that open transactions themselves. Every transaction signs in anew: the scope that
    row security asks for ends with the transaction.
    """
    return require_role(current_account(request, connection), *roles)


def before_body(*roles: Role) -> Callable[[Request], Awaitable[None]]:
    """A dependency of uploads: 401 and 403 before a body is looked at.

    No connection is held while the body arrives and a child process reads it, which may take
    minutes; the route signs in again by `signed_in_as` when it writes.
    """

    async def check(request: Request) -> None:
        with begun(request) as connection:
            signed_in_as(request, connection, *roles)

    return check


async def _admin_of_all(
    account: Annotated[Account, Depends(holding("admin"))], connection: ConnectionDep
) -> Account:
    """An administrator of every county. Raises `Problem` 403 for one of a part of them."""
    if not has_all_counties(connection, account):
        raise Problem(
            403,
            "whole_tree_needed",
            Message(
                "这里的改动对所有地区生效，您只管辖其中一部分，请由管辖全部地区的管理员修改",
                "this holds for all districts, and you administer some of them: let an "
                "administrator of the whole installation change it",
            ),
        )
    return account


async def admin_apart(request: Request) -> Account:
    """The signed-in administrator, read on a reserved connection, without waiting for a free one.

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
GisDep = Annotated[Account, Depends(holding("gis"))]
InspectorDep = Annotated[Account, Depends(holding("inspector"))]
# Roles that see plots which are not approved yet.
ReviewerDep = Annotated[Account, Depends(holding("planner", "inspector"))]
# Viewers may not download files of plots.
ExporterDep = ReviewerDep
AdminDep = Annotated[Account, Depends(holding("admin"))]
# Words and definitions that hold everywhere: code lists and registers.
AdminOfAllDep = Annotated[Account, Depends(_admin_of_all)]
