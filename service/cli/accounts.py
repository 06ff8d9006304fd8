"""``luotu user``, ``luotu token``, ``luotu audit``: who may sign in, and who did."""

import json
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.db import accounts, administration
from service.accounts.db.accounts import AccountRefused
from service.accounts.db.audit import note
from service.cli.context import Opened, opened
from service.cli.language import described, label, say, words
from service.database.presence import running_address
from service.run.serving_address import service_address
from service.settings import Settings
from service.web.timestamps import in_words

app = typer.Typer(
    help=words("账号。", "Accounts."),
    no_args_is_help=True,
)


def link_address(settings: Settings, secret: str) -> str:
    """The one-time sign-in address.

    The secret is in the fragment (``#``), which browsers never send, so no log holds it.
    """
    return f"{service_address(settings).rstrip('/')}/#link={secret}"


def give_link(connection: Connection, db: Opened, account_id: int) -> str:
    """A new one-time link for the account, at the address of the service that runs."""
    lasts = timedelta(hours=db.settings.link_hours)
    settings = db.settings
    running = None if settings.public_url else running_address(connection, db.place)
    if running is not None:
        settings = settings.model_copy(update={"public_url": running})
    return link_address(settings, accounts.give_credential(connection, account_id, "link", lasts))


def _known(connection: Connection, name: str) -> int:
    number = accounts.account_id(connection, name)
    if number is None:
        raise AccountRefused(
            "unknown_account",
            Message(
                f"没有用户 {name!r}",
                "no such user, `luotu user add` makes one",
            ),
        )
    return number


Name = Annotated[str, typer.Argument(help="User name.")]


@app.command()
@described("新建账号并给出一次性登录链接。")
def add(
    name: Annotated[str, typer.Argument(help="User name, without spaces and colons.")],
    role: Annotated[str, typer.Option(help="viewer, planner, inspector, gis or admin.")],
    district: Annotated[
        list[str] | None, typer.Option(help="Code of a district of its scope; none: everywhere.")
    ] = None,
) -> None:
    """Make an account and print its one-time sign-in link."""
    role = role.lower()
    with opened() as db, db.transaction() as (connection, account):
        number = accounts.add_account(connection, name, role, district or [])
        note(
            connection,
            account,
            "user_add",
            {"user": name, "role": role, "districts": district or []},
        )
        address = give_link(connection, db, number)
    typer.echo(address)


@app.command()
@described("给出新的一次性登录链接。")
def link(name: Name) -> None:
    """Print a new one-time sign-in link (first sign-in, lost password)."""
    with opened() as db, db.transaction() as (connection, account):
        address = give_link(connection, db, _known(connection, name))
        note(connection, account, "user_link", {"user": name})
    typer.echo(address)


@app.command("list")
@described("列出账号。")
def list_() -> None:
    """List accounts: role, districts, last sign-in, and until when what is good."""
    with opened() as db, db.transaction() as (connection, _):
        people = administration.people(connection)
    table = Table(
        label("账号", "name"),
        label("角色", "role"),
        label("范围", "districts"),
        label("最近登录", "last sign-in"),
        label("状态", "state"),
    )
    for person in people:
        last = "—" if person.last_sign_in is None else in_words(person.last_sign_in)
        state = label("可用", "active") if person.disabled_at is None else label("停用", "disabled")
        table.add_row(
            person.name,
            person.role,
            " ".join(person.districts) or label("全部", "all"),
            last,
            state,
        )
    _print(table)


@app.command()
@described("停用账号，其会话与令牌立即失效。")
def disable(name: Name) -> None:
    """Shut an account; its sessions and tokens end at once."""
    with opened() as db, db.transaction() as (connection, account):
        administration.disable(connection, _known(connection, name))
        note(connection, account, "user_disable", {"user": name})
    typer.echo(f"{label('已停用', 'disabled')}: {name}")


@app.command()
@described("启用账号。")
def enable(name: Name) -> None:
    """Open an account again; `luotu user link` lets its owner in."""
    with opened() as db, db.transaction() as (connection, account):
        administration.enable(connection, _known(connection, name))
        note(connection, account, "user_enable", {"user": name})
    typer.echo(f"{label('已启用', 'enabled')}: {name}")


@app.command()
@described("更改角色，立即生效。")
def role(
    name: Name,
    role: Annotated[str, typer.Argument(help="viewer, planner, inspector, gis or admin.")],
) -> None:
    """Give another role; it holds at once."""
    role = role.lower()
    with opened() as db, db.transaction() as (connection, account):
        administration.set_role(connection, _known(connection, name), role)
        note(connection, account, "user_role", {"user": name, "role": role})
    typer.echo(f"{name}: {role}")


@app.command()
@described("更改管辖范围，立即生效。")
def scope(
    name: Name,
    district: Annotated[list[str] | None, typer.Argument(help="Codes; none: everywhere.")] = None,
) -> None:
    """Give other districts; they hold at once."""
    with opened() as db, db.transaction() as (connection, account):
        administration.set_scope(connection, _known(connection, name), district or [])
        note(connection, account, "user_scope", {"user": name, "districts": district or []})
    typer.echo(f"{name}: {' '.join(district or []) or label('全部', 'everywhere')}")


@app.command()
@described("更改所属单位，立即生效。")
def unit(
    name: Name,
    units: Annotated[list[str] | None, typer.Argument(help="Codes; none: in no unit.")] = None,
) -> None:
    """Put it into other units: it sees their rows in every district."""
    with opened() as db, db.transaction() as (connection, account):
        administration.set_units(connection, _known(connection, name), units or [])
        note(connection, account, "user_unit", {"user": name, "units": units or []})
    typer.echo(f"{name}: {' '.join(units or []) or label('无单位', 'in no unit')}")


@app.command()
@described("撤销令牌、会话与链接，立即生效。")
def revoke(
    name: Name,
    token: Annotated[
        int | None, typer.Option(help="Number of one secret, from `luotu user tokens`; else all.")
    ] = None,
) -> None:
    """Revoke its tokens, sessions and links, at once."""
    with opened() as db, db.transaction() as (connection, account):
        ended = administration.revoke(connection, _known(connection, name), token)
        note(connection, account, "user_revoke", {"user": name, "token": token, "ended": ended})
    typer.echo(f"{label('已撤销', 'revoked')}: {ended}")


@app.command()
@described("列出有效的令牌、会话与链接。")
def tokens(name: Name) -> None:
    """List what opens the account: kind, made, until when."""
    with opened() as db, db.transaction() as (connection, _):
        credentials = administration.secrets_of(connection, _known(connection, name))
    table = Table(
        label("编号", "number"),
        label("种类", "kind"),
        label("生成", "made"),
        label("到期", "until"),
    )
    for credential in credentials:
        made, until = (in_words(at) for at in (credential.created_at, credential.expires_at))
        table.add_row(str(credential.id), credential.kind, made, until)
    _print(table)


@described("给出 API 令牌（只输出令牌）。")
def token(
    name: Name,
    days: Annotated[float | None, typer.Option(min=0.001, help="Days that it lasts.")] = None,
) -> None:
    """Print an API token, and nothing else."""
    with opened() as db, db.transaction() as (connection, account):
        lasts = timedelta(days=days or db.settings.token_days)
        number = _known(connection, name)
        secret = accounts.give_credential(connection, number, "token", lasts)
        note(connection, account, "token", {"user": name, "days": lasts / timedelta(days=1)})
    typer.echo(secret)


@described("审计日志，一行一条 JSON。")
def audit(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="The newest so many.")] = 100,
) -> None:
    """The audit log, newest first, one JSON object a line."""
    with opened() as db, db.transaction() as (connection, _):
        entries = administration.entries(connection, limit=limit + 1)
    for entry in entries[:limit]:
        typer.echo(json.dumps(entry, ensure_ascii=False, default=datetime.isoformat))
    if len(entries) > limit:
        say(
            Message(
                f"luotu: 只列最新 {limit} 条，更早的请加大 --limit",
                f"only the newest {limit}: raise --limit for older ones",
            ),
            err=True,
        )


def _print(table: Table) -> None:
    """Print a table, not cut to the width of a pipe."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    console.print(table)
