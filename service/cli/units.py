"""``luotu import units``: the bodies that carry work out, from a table."""

from typing import Any

from data.import_result import Imported, ImportRefused, Rejection
from data.units import read_units
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
from service.errors import Problem
from service.units.edit import put_units


@importing.command("units")
@described("导入单位（CSV）。")
def units(file: File, dry_run: DryRun = False, report: Report = None, json_: Json = False) -> None:
    """Units with the unit above each; those that are there are changed, none is deleted."""
    with opened() as db, reported(report, json_):
        rows, problems = read_units(file)
        if problems:
            raise _refused(
                file.name,
                [Rejection(problem.row, problem.code, problem.message) for problem in problems],
            )
        with db.transaction(keep=not dry_run) as (connection, account):
            try:
                put_units(connection, account, rows)
            except Problem as refusal:
                if not refusal.errors:
                    raise
                raise _refused(file.name, [_rejection(error) for error in refusal.errors]) from None
    print_imported(
        Imported(file.name, len(rows)), dry=dry_run, as_json=json_, what=label("个单位", "units")
    )


def _rejection(error: Any) -> Rejection:
    return Rejection(error.get("row"), error["code"], error["message"])


def _refused(file: str, rejections: list[Rejection]) -> ImportRefused:
    count = len({rejection.row for rejection in rejections})
    return ImportRefused(
        file,
        Message(f"{count} 行有误，全部未保存", f"{count} wrong rows, nothing stored"),
        rejections,
    )
