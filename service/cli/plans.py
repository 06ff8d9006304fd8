"""``luotu import targets`` and ``luotu export targets``: 任务分解表 in and out."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from data.import_result import ImportRefused, Rejection
from data.reading.workbooks import read_sheets
from data.task_tables import read_task_table
from data.writing.atomic import in_place
from gis.messages import Message, counted
from service.cli.context import opened
from service.cli.groups import exporting, importing
from service.cli.import_options import DryRun, File, Json, Report, file_limits, reported
from service.cli.language import described, label
from service.errors import Problem
from service.plans.db.targets import TargetFilter
from service.plans.export import Layout, target_book
from service.plans.importing import TableImport, import_table, problem_entry
from service.plans.targets import plan_of
from service.web.row_limits import FileLimit


@importing.command("targets")
@described("导入任务分解表（.xlsx，长表或矩阵）。")
def targets(
    file: File,
    into: Annotated[str, typer.Option(help="Code of the plan: CC-2023.")],
    reason: Annotated[str | None, typer.Option(help="Why issued targets are revised.")] = None,
    acknowledge: Annotated[str, typer.Option(help="Warnings that may stand: children_sum.")] = "",
    dry_run: DryRun = False,
    report: Report = None,
    json_: Json = False,
) -> None:
    """Targets of a plan, new ones as drafts; one wrong cell refuses the table."""
    with opened() as db, reported(report, json_):
        sheets = read_sheets(file, file_limits(db.settings))
        codes = [code.strip() for code in acknowledge.split(",") if code.strip()]
        how = TableImport(file.name, reason, codes, dry_run)
        with db.transaction(keep=not dry_run) as (connection, account):
            try:
                done = import_table(
                    connection, account, into, lambda names: read_task_table(sheets, names), how
                )
            except Problem as refusal:
                if refusal.code != "targets_refused":
                    raise
                raise _refused(file.name, refusal.errors) from None
        if done.problems:
            raise _refused(file.name, [problem_entry(problem) for problem in done.problems])
    counts = {"new": done.new, "changed": done.changed, "revised": done.revised, "same": done.same}
    if json_:
        more = {"unread": done.unread}
        typer.echo(json.dumps({"file": file.name, "dry_run": dry_run, **counts, **more}))
        return
    tried = label("（试运行，未保存）", " (dry run, nothing stored)") if dry_run else ""
    typer.echo(
        label(
            f"{file.name}：新增 {done.new} 项，修改 {done.changed} 项，修订 {done.revised} 项，"
            f"未变 {done.same} 项{tried}",
            f"{file.name}: {done.new} new, {done.changed} changed, {done.revised} revised, "
            f"{done.same} unchanged{tried}",
        )
    )
    if done.unread:
        told = "、".join(done.unread)
        typer.echo(label(f"  未读取：{told}", f"  not read: {told}"))


def _refused(file: str, entries: Sequence[Mapping[str, Any]]) -> ImportRefused:
    rejections = []
    for entry in entries:
        told: Message = entry["message"]
        where = Message(f"{entry['cell']} {told.zh}", f"{entry['cell']} {told.en}")
        rejections.append(Rejection(None, entry["code"], where))
    count = len(rejections)
    summary = Message(
        f"{count} 处错误，未作任何改动", f"{counted(count, 'fault')}, nothing was changed"
    )
    return ImportRefused(file, summary, rejections)


@exporting.command("targets")
@described("导出任务分解表，改好后可再导入。")
def export_targets(
    file: Annotated[Path, typer.Argument(help=".xlsx")],
    plan: Annotated[str, typer.Option(help="Code of the plan: CC-2023.")],
    layout: Annotated[
        Layout,
        typer.Option(
            help="long: a row a target; matrix: indicators × districts.", case_sensitive=False
        ),
    ] = "long",
) -> None:
    """The targets of a plan as a workbook that `import targets` takes again unchanged."""
    if file.suffix.lower() != ".xlsx":
        raise typer.BadParameter(label("后缀应为 .xlsx", "the suffix is .xlsx"))
    with opened() as db, db.transaction() as (connection, account):
        limit = FileLimit(db.settings.export_limit, "LUOTU_EXPORT_LIMIT")
        row = plan_of(connection, account, plan)
        book = target_book(connection, account, row, TargetFilter(plans=[plan]), layout, limit)
    with in_place(file) as (_folder, target):
        target.write_bytes(book)
    typer.echo(label(f"已写 {file}", f"wrote {file}"))
