"""``luotu import units``, ``posts`` and ``areas``: who does what, and ground that gets figures."""

from typing import Annotated, Any

import typer

from data.areas import read_areas
from data.import_result import Imported, ImportRefused, Rejection
from data.units import read_posts, read_units
from data.writing.dispatch import write
from gis.messages import Message
from service.areas.db.areas import COLUMNS, AreaFilter, area_frame
from service.areas.importing import import_areas
from service.cli.context import opened
from service.cli.export_options import (
    CrsOut,
    District,
    EncodingOut,
    FileOut,
    Format,
    print_export_report,
)
from service.cli.groups import exporting, importing
from service.cli.import_options import (
    Crs,
    DryRun,
    Encoding,
    Fields,
    File,
    Json,
    Layer,
    Report,
    pairs,
    print_imported,
    reported,
    whole_file_limits,
)
from service.cli.language import described, label
from service.errors import Problem
from service.plots.filters import counties_below
from service.units.edit import put_units
from service.units.posts import add_posts


@importing.command("units")
@described("导入单位（CSV 或 .xlsx）。")
def units(file: File, dry_run: DryRun = False, report: Report = None, json_: Json = False) -> None:
    """Units with the unit above each; those that are there are changed, none is deleted."""
    with opened() as db, reported(report, json_):
        rows, problems, notes = read_units(file)
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
        Imported(file.name, len(rows), notes),
        dry=dry_run,
        as_json=json_,
        what=label("个单位", "units"),
    )


@importing.command("posts")
@described("导入岗位（CSV 或 .xlsx）。")
def posts(file: File, dry_run: DryRun = False, report: Report = None, json_: Json = False) -> None:
    """Posts of units and zones; those that are there already are not written again."""
    with opened() as db, reported(report, json_):
        rows, problems, notes = read_posts(file)
        if problems:
            raise _refused(
                file.name,
                [Rejection(problem.row, problem.code, problem.message) for problem in problems],
            )
        with db.transaction(keep=not dry_run) as (connection, account):
            try:
                numbers = add_posts(connection, account, rows)
            except Problem as refusal:
                if not refusal.errors:
                    raise
                raise _refused(file.name, [_rejection(error) for error in refusal.errors]) from None
    done = Imported(file.name, len(numbers), notes, numbers)
    print_imported(done, dry=dry_run, as_json=json_, what=label("个岗位", "posts"))


@importing.command("areas")
@described("导入统计片区（开发区、流域、林带 …）。")
def areas(
    file: File,
    kind: Annotated[
        str | None, typer.Option(help="Kind of the rows that name none: list area_kind.")
    ] = None,
    layer: Layer = None,
    crs: Crs = None,
    encoding: Encoding = None,
    field: Fields = None,
    dry_run: DryRun = False,
    report: Report = None,
    json_: Json = False,
) -> None:
    """Reporting areas; those of known codes are changed, none is deleted."""
    with opened() as db, reported(report, json_):
        table = read_areas(
            file,
            pairs(field, "--field"),
            kind=kind,
            layer=layer,
            crs=crs,
            encoding=encoding,
            limits=whole_file_limits(db.settings),
        )
        with db.transaction(keep=not dry_run) as (connection, account):
            done = import_areas(connection, account, table, file.name)
    print_imported(done, dry=dry_run, as_json=json_, what=label("个片区", "areas"))


@exporting.command("areas")
@described("导出统计片区。")
def export_areas(
    file: FileOut,
    format: Format = None,  # noqa: A002 - the contract's name
    crs: CrsOut = None,
    encoding: EncodingOut = "UTF-8",
    kind: Annotated[
        list[str] | None, typer.Option(help="Only of this kind: code of the list area_kind.")
    ] = None,
    district: District = None,
) -> None:
    """Reporting areas with their exact shapes, ended ones too: as `import areas` takes them."""
    with opened() as db, db.transaction() as (connection, account):
        counties = None if district is None else counties_below(connection, district, account)
        frame = area_frame(connection, AreaFilter(kinds=kind or None, counties=counties))
    frame = frame[[*COLUMNS, "area_m2", "demo", "geometry"]]
    print_export_report(write(frame, file, format=format, schema=None, encoding=encoding, crs=crs))


def _rejection(error: Any) -> Rejection:
    return Rejection(error.get("row"), error["code"], error["message"])


def _refused(file: str, rejections: list[Rejection]) -> ImportRefused:
    count = len({rejection.row for rejection in rejections})
    return ImportRefused(
        file,
        Message(f"{count} 行有误，全部未保存", f"{count} wrong rows, nothing stored"),
        rejections,
    )
