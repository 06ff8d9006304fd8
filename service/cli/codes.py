"""``luotu import codes``: a bureau's own rows beside those that come with the product."""

from typing import Annotated

import typer

from data.code_tables import read_code_table
from data.import_result import Imported, ImportRefused, Rejection
from gis.messages import Message
from service.cli.context import opened
from service.cli.import_export import (
    DryRun,
    File,
    Json,
    Report,
    importing,
    print_imported,
    reported,
)
from service.cli.language import described, label
from service.codes.importing import import_codes

__all__ = ["codes", "importing"]


@importing.command("codes")
@described("导入本单位的代码（CSV）。")
def codes(
    file: File,
    into: Annotated[str, typer.Option(help="The list: kind, theme, species …")],
    dry_run: DryRun = False,
    report: Report = None,
    json_: Json = False,
) -> None:
    """Codes of the bureau, beside the shipped ones; nothing of a wrong file is stored."""
    with opened() as db, reported(report, json_):
        table = read_code_table(file, into)
        if table.problems:
            count = len({problem.row for problem in table.problems})
            raise ImportRefused(
                file.name,
                Message(f"{count} 行有误，全部未保存", f"{count} wrong rows, nothing stored"),
                [
                    Rejection(problem.row, problem.code, problem.message)
                    for problem in table.problems
                ],
            )
        with db.transaction(keep=not dry_run) as (connection, account):
            rows = import_codes(connection, account, into, table.rows, file.name)
    print_imported(
        Imported(file.name, rows), dry=dry_run, as_json=json_, what=label("条代码", "codes")
    )
