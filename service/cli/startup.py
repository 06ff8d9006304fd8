"""What ``luotu run`` does between its options and the page: database, demo, figures, links."""

import time
from collections.abc import Callable

import typer

from data.scratch import clear_abandoned
from gis.messages import Message
from service.cli.accounts import link_address
from service.cli.context import Opened
from service.cli.context import opened as database_opened
from service.cli.coverage import print_coverage
from service.cli.demo import PLOTS
from service.cli.language import label, say, words
from service.cli.progress_bar import progress_bar
from service.run import lifecycle
from service.run.backup_worker import backing_up
from service.run.db.demo_rows import is_empty
from service.run.demo import load_demo
from service.run.lifecycle import stopping_cleanly
from service.run.reminder_worker import reminding
from service.run.retention_worker import forgetting
from service.run.serving_address import service_address
from service.run.worker_process import working
from service.settings import Settings


def start(settings: Settings, *, with_demo: bool, opened: Callable[[], None]) -> None:
    """Serve until a signal comes; ``with_demo`` loads the demo into an empty embedded database.

    ``opened`` is told as soon as the database is used by this.
    """
    clear_abandoned()
    with stopping_cleanly(), database_opened(settings, make=True) as db:
        opened()
        if db.place.embedded and with_demo:
            _demo_when_empty(db)
        _tell_figures(db)
        _tell_links(db)
        typer.echo(
            f"{label('服务地址', 'serving')} {service_address(settings)}  "
            f"({label('Ctrl-C 停止', 'Ctrl-C to stop')})"
        )
        forgotten = forgetting(
            db.engine, settings.track_retention_days, settings.post_retention_days
        )
        reminded = reminding(db.engine, settings.reminder_addresses())
        with forgotten, reminded, backing_up(db.place, settings), working():
            lifecycle.serve(settings, db.place)
    typer.echo(label("已停止", "stopped"))


def _demo_when_empty(db: Opened) -> None:
    with db.engine.connect() as connection:
        if not is_empty(connection):
            return
    began = time.monotonic()
    typer.echo(
        label("数据库为空，载入示例（虚构图斑）…", "the database is empty: loading the demo")
    )
    with progress_bar(PLOTS) as advance:
        count = load_demo(db.engine, progress=advance, count=PLOTS)
    typer.echo(
        f"{label('已载入', 'loaded')} {count:,} {label('个图斑', 'plots')}, "
        f"{time.monotonic() - began:.1f} s"
    )


def _tell_figures(db: Opened) -> None:
    db.settle()
    with db.transaction() as (connection, account):
        made = lifecycle.write_outputs(connection, account, db.settings.out)
    print_coverage(made.answer)
    for file in made.files:
        typer.echo(f"{label('已写出', 'wrote')} {file}")
    if made.refused is not None:
        file, why = made.refused
        zh, en = ("；旧文件未动", ", the older file was left") if file.exists() else ("", "")
        refusal = why.message
        say(
            Message(f"未写出 {file}{zh}：{refusal.zh}", f"not written {file}{en}: {refusal.en}"),
            err=True,
        )
    elif not made.files:
        typer.echo(
            words(
                f"数据未变，沿用 {db.settings.out}/",
                f"nothing changed, kept the files of {db.settings.out}/",
            )
        )


def _tell_links(db: Opened) -> None:
    with db.transaction() as (connection, _):
        links = lifecycle.sign_in_links(connection, db.settings, link_address)
    for name, link in links.items():
        typer.echo(f"{label('一次性登录链接', 'one-time sign-in link')}, {name}: {link}")
