"""``luotu bulletin``, ``luotu scores``: figures of a plan frozen as Word, and its self-score."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from data.writing.atomic import in_place
from gis.messages import Language
from service.bulletins.db.bulletins import read_bulletin
from service.bulletins.document import as_docx
from service.bulletins.issue import Order, issue
from service.bulletins.kinds import Kind
from service.bulletins.scores import scores_of
from service.bulletins.workbook import as_workbook
from service.cli.context import opened
from service.cli.language import described, label, terminal_language
from service.plans.indicators import words_in_use
from service.plans.targets import plan_of
from service.plots.filters import past_moment
from service.progress.answers import progress
from service.progress.book import Reader
from service.progress.progress_row import ProgressQuestion


@described("出一期进度通报（Word，同名 Excel 附表）。")
def bulletin(
    plan: Annotated[str, typer.Argument(help="Code of the plan.")],
    file: Annotated[Path, typer.Argument(help=".docx; an .xlsx of the same name comes with it.")],
    kind: Annotated[Kind, typer.Option(help="Which bulletin.", case_sensitive=False)] = "month",
    title: Annotated[str | None, typer.Option(help="Its title.")] = None,
    recipient: Annotated[str | None, typer.Option(help="To whom it goes.")] = None,
    as_of: Annotated[str | None, typer.Option(help="A past day (its end) or time.")] = None,
    lang: Annotated[Language, typer.Option(help="Language.", case_sensitive=False)] = "zh",
) -> None:
    """Freeze the figures of a plan as its next bulletin, and write it."""
    if file.suffix.lower() != ".docx":
        raise typer.BadParameter(label("后缀应为 .docx", "the suffix is .docx"))
    with opened() as db:
        db.settle()
        with db.transaction() as (connection, account):
            reader = Reader(connection, account, db.settings, words_in_use(connection))
            number = issue(
                reader,
                plan_of(connection, account, plan),
                Order(
                    kind,
                    title,
                    None if as_of is None else past_moment("as_of", as_of),
                    recipient,
                ),
            )
            found = read_bulletin(connection, account, number)
            assert found is not None
            base = db.settings.public_url or f"http://{db.settings.host}:{db.settings.port}"
            base = base.rstrip("/")
            document = as_docx(connection, db.settings, found, base, lang)
            for target, content in (
                (file, document),
                (file.with_suffix(".xlsx"), as_workbook(found, base, lang)),
            ):
                with in_place(target) as (_folder, place):
                    place.write_bytes(content)
    typer.echo(f"{found['title']} · {found['sha256'][:12]} · {file}")


@described("森林城市等指标体系的自评得分。")
def scores(
    plan: Annotated[str, typer.Argument(help="Code of the plan.")],
    as_of: Annotated[str | None, typer.Option(help="A past day (its end) or time.")] = None,
    format: Annotated[  # noqa: A002 - the contract's name
        Literal["table", "json"], typer.Option(help="Form of the answer.", case_sensitive=False)
    ] = "table",
) -> None:
    """How each holder of a plan scores itself, indicator by indicator."""
    with opened() as db:
        db.settle()
        with db.transaction() as (connection, account):
            reader = Reader(connection, account, db.settings, words_in_use(connection))
            question = ProgressQuestion(
                moment=None if as_of is None else past_moment("as_of", as_of)
            )
            found = progress(reader, [plan_of(connection, account, plan)], question)
            rows = scores_of(found.rows, reader.words.indicators)
    if format == "json":
        typer.echo(json.dumps({"scheme": plan, "rows": rows}, ensure_ascii=False))
        return
    english = terminal_language() == "en"
    console = Console()
    for row in rows:
        title = f"{row['name']} {row['marks']:.1f} / {row['full']}"
        table = Table(title=title, title_justify="left")
        table.add_column(label("指标", "indicator"))
        for head in (label("满分", "full"), label("得分", "marks"), label("差距", "gap")):
            table.add_column(head, justify="right")
        for item in row["items"]:
            measured_in = item["measured_in_en" if english else "measured_in"]
            gap = "—" if item["gap"] is None else f"{item['gap']:,.2f} {measured_in}"
            name = item["indicator_label_en" if english else "indicator_label"]
            table.add_row(name, f"{item['full']:.1f}", f"{item['marks']:.1f}", gap)
        (console if console.is_terminal else Console(width=160)).print(table)
