"""``luotu bulletin``: the figures of a plan frozen as they stand, as a Word document."""

from pathlib import Path
from typing import Annotated

import typer

from data.writing.atomic import in_place
from gis.messages import Language
from service.bulletins.db.bulletins import read_bulletin
from service.bulletins.document import as_docx
from service.bulletins.issue import Order, issue
from service.bulletins.kinds import Kind
from service.bulletins.workbook import as_workbook
from service.cli.context import opened
from service.cli.language import described, label
from service.plans.indicators import words_in_use
from service.plans.targets import plan_of
from service.plots.filters import past_moment
from service.progress.book import Reader


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
