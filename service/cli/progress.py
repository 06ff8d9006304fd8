"""``luotu progress``, ``luotu moves``, ``luotu export progress``: how far the tasks are."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic_core import to_json
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from data.writing.atomic import in_place
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.cli.context import opened
from service.cli.groups import exporting
from service.cli.language import described, label, terminal_language
from service.plans.indicators import words_in_use
from service.plans.targets import plan_of, read_target
from service.plots.filters import counties_below, past_moment
from service.progress.answers import Progress, plans_of
from service.progress.answers import progress as read_progress
from service.progress.book import Reader
from service.progress.moves import moves_of
from service.progress.progress_row import ProgressQuestion, ProgressRow, known_indicators
from service.progress.table import MOVED, STATES, csv_table, workbook
from service.settings import Settings
from service.units.naming import known_units
from service.web.timestamps import in_words, now

Plans = Annotated[list[str] | None, typer.Option("--plan", help="Code of a plan; default: all.")]
Level = Annotated[
    Literal["province", "city", "county"] | None,
    typer.Option(help="A row for each district of the level.", case_sensitive=False),
]
Parent = Annotated[str | None, typer.Option(help="Only it and what lies below this code.")]
Unit = Annotated[str | None, typer.Option(help="Code or name of a unit.")]
Indicator = Annotated[list[str] | None, typer.Option(help="Code or label of `indicator`.")]
AsOf = Annotated[
    str | None, typer.Option(help="What was known then: 2026-05-01 (its end) or RFC 3339.")
]
_HEADS = (
    (Message("计划", "plan"), "left"),
    (Message("指标", "indicator"), "left"),
    (Message("单位", "holder"), "left"),
    (Message("任务量", "target"), "right"),
    (Message("上报", "reported"), "right"),
    (Message("上图", "mapped"), "right"),
    (Message("核实", "accepted"), "right"),
    (Message("完成率", "rate"), "right"),
    (Message("上图率", "mapped rate"), "right"),
    (Message("状态", "state"), "left"),
)


def _words(message: Message) -> str:
    return message.text(terminal_language() or "zh")


def _amount(row: ProgressRow, value: float | None) -> str:
    return "—" if value is None else f"{value:,.{row.digits}f} {row.measured_in}"


def _rate(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.1f} %"


def progress_table(found: Progress) -> Table:
    """The rows for a terminal."""
    title = f"{label('进度', 'progress')} · {in_words(found.as_of)}"
    table = Table(title=title, title_justify="left")
    for head, justify in _HEADS:
        table.add_column(_words(head), justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for row in found.rows:
        english = terminal_language() == "en"
        table.add_row(
            row.plan,
            row.indicator_label_en if english else row.indicator_label,
            row.name,
            _amount(row, row.target),
            _amount(row, row.reported),
            _amount(row, row.mapped),
            _amount(row, row.verified),
            _rate(row.reported_rate),
            _rate(row.mapped_rate),
            "" if row.state is None else _words(STATES[row.state]),
        )
    return table


def _found(
    connection: Connection,
    account: Account,
    settings: Settings,
    plans: list[str] | None,
    question: ProgressQuestion,
) -> Progress:
    reader = Reader(connection, account, settings, words_in_use(connection))
    return read_progress(reader, plans_of(connection, account, plans), question)


def _question(
    connection: Connection,
    account: Account,
    indicator: list[str] | None,
    level: str | None,
    parent: str | None,
    unit: str | None,
    as_of: str | None,
) -> ProgressQuestion:
    if parent is not None:
        counties_below(connection, parent, account)
    return ProgressQuestion(
        None if indicator is None else known_indicators(connection, indicator),
        level,
        parent,
        None if unit is None else known_units(connection, [unit])[0],
        None if as_of is None else past_moment("as_of", as_of),
    )


@described("任务进度：上报、上图、核实。")
def progress(
    plan: Plans = None,
    indicator: Indicator = None,
    level: Level = None,
    parent: Parent = None,
    unit: Unit = None,
    as_of: AsOf = None,
    format: Annotated[  # noqa: A002 - the contract's name
        Literal["table", "csv", "json"],
        typer.Option(help="Form of the answer.", case_sensitive=False),
    ] = "table",
) -> None:
    """Targets with what is reported, on the map and accepted."""
    with opened() as db:
        db.settle()
        with db.transaction() as (connection, account):
            question = _question(connection, account, indicator, level, parent, unit, as_of)
            found = _found(connection, account, db.settings, plan, question)
    if format == "csv":
        typer.echo(csv_table(found.rows), nl=False)
    elif format == "json":
        typer.echo(to_json({"rows": found.table(), "as_of": found.as_of}).decode())
    else:
        console = Console()
        (console if console.is_terminal else Console(width=200)).print(progress_table(found))


@exporting.command("progress")
@described("导出任务进度。")
def export_progress(
    file: Annotated[Path, typer.Argument(help=".csv or .xlsx")],
    plan: Plans = None,
    level: Level = None,
    parent: Parent = None,
    as_of: AsOf = None,
) -> None:
    """Progress as a file."""
    suffix = file.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise typer.BadParameter(label("后缀应为 .csv 或 .xlsx", "the suffix is .csv or .xlsx"))
    with opened() as db:
        db.settle()
        with db.transaction() as (connection, account):
            question = _question(connection, account, None, level, parent, None, as_of)
            found = _found(connection, account, db.settings, plan, question)
    content = workbook(found) if suffix == ".xlsx" else csv_table(found.rows).encode()
    with in_place(file) as (_folder, target):
        target.write_bytes(content)
    typer.echo(label(f"{len(found.rows)} 行", f"{len(found.rows)} rows"))


@described("两个时刻之间进度的变动。")
def moves(
    target: Annotated[int, typer.Argument(min=1, help="Number of the target.")],
    since: Annotated[str, typer.Option(help="A day (its end) or a time.")],
    until: Annotated[str | None, typer.Option(help="Likewise; default: now.")] = None,
    format: Annotated[  # noqa: A002 - the contract's name
        Literal["table", "json"], typer.Option(help="Form of the answer.", case_sensitive=False)
    ] = "table",
) -> None:
    """What moved of a target between two moments; the changes add up."""
    with opened() as db:
        db.settle()
        with db.transaction() as (connection, account):
            row = read_target(connection, account, target)
            plan = plan_of(connection, account, row["plan"])
            reader = Reader(connection, account, db.settings, words_in_use(connection))
            first = past_moment("since", since)
            last = now() if until is None else past_moment("until", until)
            found = moves_of(reader, plan, row, first, last)
    if format == "json":
        typer.echo(json.dumps(json.loads(to_json(found)), ensure_ascii=False))
        return
    table = Table(title=f"{found.name} · {found.indicator} · {found.measured_in}")
    for head in (Message("变动", "move"), Message("图斑号", "plot"), Message("数量", "change")):
        table.add_column(_words(head), justify="right" if head.en == "change" else "left")
    for move in found.rows:
        number: Any = move.plot_no or move.plot_id or ""
        table.add_row(_words(MOVED[move.what]), str(number), f"{move.change:+,.4f}")
    console = Console()
    (console if console.is_terminal else Console(width=160)).print(table)
