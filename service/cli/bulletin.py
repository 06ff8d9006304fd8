"""``luotu bulletin``: the figures of a plan frozen as they stand, as a Word document."""

from pathlib import Path
from typing import Annotated

import typer

from data.writing.atomic import in_place
from service.bulletins.db.bulletins import read_bulletin
from service.bulletins.document import as_docx, as_workbook
from service.bulletins.issue import issue
from service.cli.context import opened
from service.cli.language import described, label
from service.plans.indicators import words_in_use
from service.plans.targets import plan_of
from service.progress.book import Reader


@described("出一期进度通报（Word，同名 Excel 附表）。")
def bulletin(
    plan: Annotated[str, typer.Argument(help="Code of the plan.")],
    file: Annotated[Path, typer.Argument(help=".docx; an .xlsx of the same name comes with it.")],
    title: Annotated[str | None, typer.Option(help="Its title.")] = None,
) -> None:
    """Freeze the figures of a plan as its next bulletin, and write it."""
    if file.suffix.lower() != ".docx":
        raise typer.BadParameter(label("后缀应为 .docx", "the suffix is .docx"))
    with opened() as db:
        db.settle()
        with db.transaction() as (connection, account):
            reader = Reader(connection, account, db.settings, words_in_use(connection))
            number = issue(reader, plan_of(connection, account, plan), title)
            found = read_bulletin(connection, account, number)
            assert found is not None
            base = db.settings.public_url or f"http://{db.settings.host}:{db.settings.port}"
            document = as_docx(connection, db.settings, found, base.rstrip("/"))
            for target, content in (
                (file, document),
                (file.with_suffix(".xlsx"), as_workbook(found)),
            ):
                with in_place(target) as (_folder, place):
                    place.write_bytes(content)
    typer.echo(f"{found['title']} · {found['sha256'][:12]} · {file}")
