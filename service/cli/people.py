"""``luotu user`` and ``luotu token``: who may sign in."""

from datetime import timedelta
from typing import Annotated

import typer
from sqlalchemy import Connection

from service.cli.opening import opened
from service.db import accounts
from service.db.accounts import AccountRefused
from service.settings import Settings

app = typer.Typer(help="账号。Accounts.", no_args_is_help=True)


def link_address(settings: Settings, secret: str) -> str:
    """The address that signs in once.

    The secret stands behind ``#``: browsers send it to nobody, and no log sees it.
    """
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base.rstrip('/')}/#link={secret}"


def give_link(connection: Connection, settings: Settings, account_id: int) -> str:
    """A new one-time link for the account."""
    lasts = timedelta(hours=settings.link_hours)
    return link_address(settings, accounts.give_credential(connection, account_id, "link", lasts))


def _known(connection: Connection, name: str) -> int:
    number = accounts.account_id(connection, name)
    if number is None:
        raise AccountRefused(
            "unknown_account", f"没有用户 {name!r}；no such user, `luotu user add` makes one"
        )
    return number


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="User name, without spaces and colons.")],
    role: Annotated[str, typer.Option(help="viewer, planner, inspector, gis or admin.")],
    district: Annotated[
        list[str] | None, typer.Option(help="Code of a district of its scope; none: everywhere.")
    ] = None,
) -> None:
    """新建账号并给出一次性登录链接。Make an account and print its one-time sign-in link."""
    with opened() as db, db.transaction() as (connection, _):
        number = accounts.add_account(connection, name, role, district or [])
        address = give_link(connection, db.settings, number)
    typer.echo(address)


@app.command()
def link(name: Annotated[str, typer.Argument(help="User name.")]) -> None:
    """给出新的一次性登录链接。Print a new one-time sign-in link (first sign-in, lost password)."""
    with opened() as db, db.transaction() as (connection, _):
        address = give_link(connection, db.settings, _known(connection, name))
    typer.echo(address)


def token(
    name: Annotated[str, typer.Argument(help="User name.")],
    days: Annotated[float | None, typer.Option(min=0.001, help="Days that it lasts.")] = None,
) -> None:
    """给出 API 令牌（只输出令牌）。Print an API token, and nothing else."""
    with opened() as db, db.transaction() as (connection, _):
        lasts = timedelta(days=days or db.settings.token_days)
        number = _known(connection, name)
        secret = accounts.give_credential(connection, number, "token", lasts)
    typer.echo(secret)
