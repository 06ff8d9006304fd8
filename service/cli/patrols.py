"""``luotu import|export zones|patrols``, ``luotu import rules``, ``luotu forget``."""

from typing import Annotated, Literal

import typer
from pydantic import ValidationError

from data.import_result import Imported, ImportRefused, Rejection
from data.patrol.rules import read_patrol_rules
from data.patrol.tracks import read_tracks
from data.patrol.zones import read_zones
from data.plots.acceptance_rules import is_acceptance_table, read_acceptance_rules
from data.writing.dispatch import write
from gis.messages import Message
from service.cli.context import opened
from service.cli.export_options import CrsOut, District, EncodingOut, FileOut, print_export_report
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
from service.cli.language import described, label, say, words
from service.cli.progress_bar import progress_bar
from service.patrol.duty.frames import zones_frame
from service.patrol.rules.importing import import_rules
from service.patrol.tracks.frames import recorded_tracks
from service.patrol.tracks.importing import apart_notes, import_tracks, timeless_notes, track_limits
from service.patrol.tracks.schemas import PatrolNamed
from service.patrol.zones.importing import import_zones
from service.plots.acceptance_rules import import_acceptance_rules
from service.plots.filters import counties_below
from service.run import retention_worker
from service.web.row_limits import FileLimit
from service.web.timestamps import day_of

FormatOut = Annotated[
    Literal["shp", "geojson", "gpkg", "csv", "gpx"] | None,
    typer.Option(help="By the suffix if empty.", case_sensitive=False),
]


@importing.command("zones")
@described("导入责任区。")
def zones(
    file: File,
    layer: Layer = None,
    crs: Crs = None,
    encoding: Encoding = None,
    field: Fields = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE for what the file lacks.")
    ] = None,
    acknowledge: Annotated[
        str, typer.Option(help="Warnings to let stand: overlap,outside_parent …")
    ] = "",
    dry_run: DryRun = False,
    report: Report = None,
    json_: Json = False,
) -> None:
    """Zones with chief, ranger, office and board; those above come first."""
    with opened() as db, reported(report, json_):
        table = read_zones(
            file,
            layer=layer,
            crs=crs,
            encoding=encoding,
            fields=pairs(field, "--field"),
            defaults=pairs(set_, "--set"),
            limits=whole_file_limits(db.settings),
        )
        with (
            progress_bar(len(table.frame)) as advance,
            db.transaction(keep=not dry_run) as (connection, account),
        ):
            done = import_zones(
                connection,
                account,
                table,
                file.name,
                db.settings,
                acknowledged=[code for code in acknowledge.lower().split(",") if code],
                progress=advance,
            )
    print_imported(done, dry=dry_run, as_json=json_, what=label("责任区", "zones"))


@importing.command("patrols")
@described("导入巡护轨迹。")
def patrols(
    file: File,
    layer: Layer = None,
    crs: Crs = None,
    encoding: Encoding = None,
    field: Fields = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="zone=CODE, ranger=NAME for tracks that name none."),
    ] = None,
    dry_run: DryRun = False,
    report: Report = None,
    json_: Json = False,
) -> None:
    """Tracks: GPX, KML, GeoJSON …; bad ones are told and left out."""
    said = pairs(set_, "--set")
    if unknown := sorted(set(said) - {"zone", "ranger"}):
        raise typer.BadParameter(
            words(
                f"轨迹没有 {unknown[0]}，可用 zone、ranger",
                f"a track takes zone and ranger, not {unknown[0]}",
            ),
            param_hint="--set",
        )
    try:
        unnamed = PatrolNamed(zone=said.get("zone"), ranger=said.get("ranger"))
    except ValidationError as error:
        (first, *_more) = error.errors()
        raise typer.BadParameter(f"{first['loc'][0]}: {first['msg']}", param_hint="--set") from None
    with opened() as db, reported(report, json_):
        table = read_tracks(
            file,
            layer=layer,
            crs=crs,
            encoding=encoding,
            fields=pairs(field, "--field"),
            limits=track_limits(db.settings),
        )
        with (
            progress_bar(len(table.frame)) as advance,
            db.transaction(keep=not dry_run) as (connection, account),
        ):
            rows = import_tracks(
                connection,
                account,
                table,
                file.name,
                fix_limit=db.settings.track_fix_limit,
                unnamed=unnamed,
                progress=advance,
            )
        stored = [row for row in rows if row.patrol is not None]
        if rows and not stored:
            raise ImportRefused(
                file.name,
                Message(
                    "没有一条轨迹可以导入",
                    "no track could be stored",
                ),
                [
                    Rejection(row.row, row.code or "", row.message)
                    for row in rows
                    if row.message is not None
                ],
            )
    apart = [row for row in stored if row.apart]
    notes = [*table.notes, *timeless_notes(rows), *apart_notes(rows, table)]
    notes += [
        Message(
            f"第 {row.row} 条未导入：[{row.code}] {row.message.zh}",
            f"row {row.row} was not stored: [{row.code}] {row.message.en}",
        )
        for row in rows
        if row.message is not None
    ]
    notes += [
        Message(
            f"第 {row.row} 条不计入：{'、'.join(row.apart)}",
            f"row {row.row} does not count: {', '.join(row.apart)}",
        )
        for row in apart
    ]
    ids = [row.patrol for row in stored if row.patrol is not None]
    print_imported(
        Imported(file.name, len(stored), notes, ids),
        dry=dry_run,
        as_json=json_,
        what=label("条巡护轨迹", "patrols"),
    )


@importing.command("rules")
@described("导入巡护或验收规则（CSV 或 .xlsx）。")
def rules(file: File, dry_run: DryRun = False, report: Report = None, json_: Json = False) -> None:
    """Rules of patrols or acceptance, in the place of the former."""
    with opened() as db, reported(report, json_):
        if is_acceptance_table(file):
            rows = read_acceptance_rules(file)
            with db.transaction(keep=not dry_run) as (connection, account):
                done = import_acceptance_rules(connection, account, rows, file.name)
            print_imported(
                done, dry=dry_run, as_json=json_, what=label("条验收规则", "rules of acceptance")
            )
            return
        table = read_patrol_rules(file)
        with db.transaction(keep=not dry_run) as (connection, account):
            done = import_rules(connection, account, table, file.name)
    print_imported(done, dry=dry_run, as_json=json_, what=label("条规则", "rules"))


@exporting.command("zones")
@described("导出责任区。")
def export_zones(
    file: FileOut,
    format: FormatOut = None,  # noqa: A002 - the contract's name
    crs: CrsOut = None,
    encoding: EncodingOut = "UTF-8",
    district: District = None,
) -> None:
    """Zones as they hold today, with the people who are responsible."""
    with opened() as db, db.transaction() as (connection, account):
        counties = None if district is None else counties_below(connection, district, account)
        bound = FileLimit(db.settings.patrol_limit, "LUOTU_PATROL_LIMIT")
        frame = zones_frame(connection, account, bound, counties=counties)
    frame = frame.drop(columns=["id", "parent_name", "demo"])
    print_export_report(write(frame, file, format=format, encoding=encoding, crs=crs))


@exporting.command("patrols")
@described("导出巡护轨迹（含姓名，请妥善保管）。")
def export_patrols(
    file: FileOut,
    format: FormatOut = None,  # noqa: A002 - the contract's name
    crs: CrsOut = None,
    encoding: EncodingOut = "UTF-8",
    district: District = None,
) -> None:
    """Tracks as recorded, with names: keep the file safe."""
    with opened() as db, db.transaction() as (connection, account):
        counties = None if district is None else counties_below(connection, district, account)
        bound = FileLimit(db.settings.patrol_limit, "LUOTU_PATROL_LIMIT")
        tracks = recorded_tracks(connection, account, bound, counties)
    print_export_report(write(tracks.frame, file, format=format, encoding=encoding, crs=crs))
    if tracks.forgotten:
        say(
            Message(
                f"另有 {tracks.forgotten} 条巡护的轨迹已按保存期限删除，未写出",
                f"{tracks.forgotten} patrols are left out, for their tracks were deleted after "
                "the time that they are kept",
            )
        )


@described("删除过期的巡护轨迹和姓名。")
def forget() -> None:
    """Delete tracks, people of posts and personal values of records past their retention."""
    with opened() as db:
        count, before = retention_worker.forget(db.engine, db.settings.track_retention_days)
        people, _ = retention_worker.forget_posts(db.engine, db.settings.post_retention_days)
        values = retention_worker.forget_records(db.engine)
    typer.echo(
        words(
            f"已删除 {count} 条早于 {day_of(before)} 的轨迹",
            f"forgot {count} tracks from before {day_of(before)}",
        )
    )
    if people:
        typer.echo(words(f"已删除 {people} 个岗位的姓名", f"forgot the people of {people} posts"))
    if values:
        typer.echo(
            words(
                f"已删除 {values} 条记录的个人信息", f"forgot personal values of {values} records"
            )
        )
