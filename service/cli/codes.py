"""``luotu import codes``, ``luotu export codes``: words of the bureau beside the shipped ones."""

from pathlib import Path
from typing import Annotated

import typer

from data.code_tables import read_code_table
from data.codes import further_columns
from data.import_result import Imported, ImportRefused, Rejection
from data.writing.atomic import in_place
from data.writing.csv import as_csv
from data.writing.xlsx import as_xlsx
from gis.messages import Message
from service.cli.context import opened
from service.cli.groups import exporting, importing
from service.cli.import_options import DryRun, File, Json, Report, print_imported, reported
from service.cli.language import described, label
from service.codes.db.codes import codes as list_codes
from service.codes.edit import refuse_unknown_list
from service.codes.importing import import_codes


@importing.command("codes")
@described("导入本单位的代码（CSV 或 .xlsx）。")
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
        Imported(file.name, rows, table.notes),
        dry=dry_run,
        as_json=json_,
        what=label("条代码", "codes"),
    )


@exporting.command("codes")
@described("导出代码表，改好后可再导入。")
def export_codes(
    name: Annotated[str, typer.Argument(help="The list: kind, theme, species …")],
    file: Annotated[Path, typer.Argument(help=".csv or .xlsx")],
    local: Annotated[
        bool,
        typer.Option("--local", help="Only what the bureau wrote: as `import codes` takes it."),
    ] = False,
) -> None:
    """A code list with the bureau's rows and its retired ones."""
    suffix = file.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise typer.BadParameter(label("后缀应为 .csv 或 .xlsx", "the suffix is .csv or .xlsx"))
    with opened() as db, db.transaction() as (connection, _):
        refuse_unknown_list(name)
        rows = [row for row in list_codes(connection, name) if row["local"] or not local]
    own = ["source", "retired", "valid_to"]
    columns = ["code", "label_zh", "label_en", *further_columns(name), *own]
    table = [
        {column: "" if row.get(column) in (None, False) else row[column] for column in columns}
        for row in rows
    ]
    for row in table:
        row["retired"] = "true" if row["retired"] else ""
    with in_place(file) as (_folder, target):
        if suffix == ".xlsx":
            heads = dict(zip(columns, columns, strict=True))
            target.write_bytes(as_xlsx(name[:31], heads, table, [f"code list {name}"]))
        else:
            target.write_text(as_csv(columns, table), "utf-8", newline="")
    typer.echo(label(f"{len(table)} 条代码", f"{len(table)} codes"))
