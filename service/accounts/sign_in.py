"""Signing in by password or one-time link; every way ends in :func:`begin_session`."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db import accounts, sign_in_attempts
from service.accounts.db.accounts import Account
from service.accounts.db.audit import note
from service.accounts.db.sign_in_attempts import Tries
from service.errors import Problem
from service.settings import Settings
from service.web.timestamps import now

# For this long a one-time link stands for the old password.
FRESH = timedelta(minutes=15)


@dataclass(frozen=True)
class Session:
    """Who signed in, and the secret of their cookie."""

    account: Account
    secret: str


def begin_session(
    connection: Connection, account_id: int, lasts: timedelta, *, how: str, address: str
) -> Session | Problem:
    """Begin the session of an authenticated account; a `Problem` 403 for a disabled one.

    Passwords and links end here, and so will OpenID Connect: it maps an identity to an account and
    calls this. A provider may still accept people whom we have disabled.
    """
    secret = accounts.give_credential(connection, account_id, "session", lasts, begun=how)
    account = accounts.account_by_secret(connection, secret, ["session"])
    if account is None:
        accounts.end_credential(connection, secret)
        detail = {"how": how, "address": address, "known": True}
        note(connection, account_id, "sign_in_failed", detail)
        return Problem(
            403,
            "account_disabled",
            Message(
                "账号已停用，请与管理员联系",
                "the account is disabled: ask an administrator (`luotu user enable NAME`)",
            ),
        )
    note(connection, account, "sign_in", {"how": how, "address": address})
    return Session(account, secret)


def by_link(
    connection: Connection, link: str, address: str, settings: Settings
) -> Session | Problem:
    """Sign in with a one-time link, which is used up by it."""
    slow = _slowed(sign_in_attempts.of_address(connection, address), settings.sign_in_tries_address)
    if slow is not None:
        return slow
    account = accounts.use_link(connection, link)
    if account is None:
        return _failed(connection, "", "link", address)
    lasts = timedelta(hours=settings.session_hours)
    return begin_session(connection, account.id, lasts, how="link", address=address)


def by_password(
    connection: Connection, name: str, password: str, address: str, settings: Settings
) -> Session | Problem:
    """Sign in with user name and password.

    The problem is returned, not raised, so that the failed try is committed. An unknown name
    is slowed down like a known one.
    """
    slow = _slowed(sign_in_attempts.of_name(connection, name), settings.sign_in_tries) or _slowed(
        sign_in_attempts.of_address(connection, address), settings.sign_in_tries_address
    )
    if slow is not None:
        return slow
    number = accounts.account_id_by_password(connection, name, password)
    if number is None:
        return _failed(connection, name, "password", address)
    sign_in_attempts.succeeded(connection, name)
    lasts = timedelta(hours=settings.session_hours)
    return begin_session(connection, number, lasts, how="password", address=address)


def needs_old_password(connection: Connection, secret: str) -> bool:
    """Whether setting a new password in this session needs the old one.

    Not within 15 minutes of a one-time link, nor, after a link, while there is no password.
    """
    begun = accounts.begun(connection, secret)
    if begun is None or begun.how != "link":
        return True
    return begun.has_password and begun.at < now() - FRESH


def old_password_refused(
    connection: Connection, account: Account, old: str | None, address: str, settings: Settings
) -> Problem | None:
    """Why the old password is refused; None when it is right.

    The problem is returned, not raised, as in :func:`by_password`: wrong ones count as failed
    sign-ins of the account.
    """
    if old is None:
        return Problem(
            422,
            "old_password_missing",
            Message(
                "请同时给出旧密码 old_password；忘了请向管理员要一个新的一次性链接",
                "send the old password too, as old_password; if it is forgotten, ask an "
                "administrator for a link (`luotu user link NAME`)",
            ),
            errors=[{"field": "old_password", "in": "body", "code": "missing"}],
        )
    slow = _slowed(
        sign_in_attempts.of_name(connection, account.name), settings.sign_in_tries
    ) or _slowed(sign_in_attempts.of_address(connection, address), settings.sign_in_tries_address)
    if slow is not None:
        return slow
    if accounts.account_id_by_password(connection, account.name, old) == account.id:
        sign_in_attempts.succeeded(connection, account.name)
        return None
    sign_in_attempts.failed(connection, account.name, address)
    note(connection, account, "password_refused", {"address": address})
    return Problem(
        403,
        "wrong_password",
        Message(
            "旧密码不对，密码未改；忘了请向管理员要新的一次性链接",
            "the old password is wrong, nothing was changed; if it is forgotten, ask an "
            "administrator for a link (`luotu user link NAME`)",
        ),
        errors=[{"field": "old_password", "in": "body", "code": "wrong_password"}],
    )


def _slowed(tries: Tries, limit: int) -> Problem | None:
    if tries.count < limit:
        return None
    return Problem(
        429,
        "too_many_tries",
        Message(
            f"登录失败次数过多，请 {tries.retry_after_s} 秒后再试",
            f"too many failed sign-ins: try again in {tries.retry_after_s} s, or ask an "
            "administrator for a link (`luotu user link NAME`)",
        ),
        headers={"Retry-After": str(tries.retry_after_s)},
    )


def _failed(connection: Connection, name: str, how: str, address: str) -> Problem:
    sign_in_attempts.failed(connection, name, address)
    # An unknown name may be a password typed into the wrong field: it is not stored.
    known = accounts.account_id(connection, name) if name.isprintable() else None
    detail = {"how": how, "address": address, "known": known is not None}
    note(connection, known, "sign_in_failed", detail)
    return Problem(
        401,
        "wrong_credentials",
        Message(
            "用户名、密码或链接不对，或链接已用过",
            "wrong name, password or link, or a link used before: ask an administrator for a "
            "new one (`luotu user link NAME`)",
        ),
    )
