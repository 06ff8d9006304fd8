"""``luotu import`` and ``luotu export``: files in, files out."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Connection

from data.districts.districts import read_districts
from data.import_result import Imported, ImportRefused, as_report
from data.layers.layers import read_layer
from data.plots.plots import read_plots
from data.reading.limits import Limits
from data.writing.csv import as_csv
from data.writing.dispatch import Form, write
from data.writing.export_report import ExportReport
from data.years import FIRST_YEAR, LAST_YEAR
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.accounts.db.acting import acting_as
from service.areas.db.areas import AreaFilter, area_frame
from service.cli.context import opened
from service.cli.language import described, label, shown, terminal_language, words
from service.coverage.areas import AreaQuestion, area_coverage
from service.coverage.frames import coverage_frame
from service.coverage.rollup import CoverageQuestion
from service.coverage.rollup import coverage as read_coverage
from service.districts.db import districts as district_queries
from service.errors import Problem
from service.layers.importing import import_layer, layer_of, refuse_day
from service.plots.api.plot_schemas import Review, Stage
from service.plots.cql2 import parse_filter
from service.plots.db import plots as plot_queries
from service.plots.district_import import import_districts
from service.plots.export import export_plots as write_plots
from service.plots.filters import PlotQuery, counties_below, past_moment
from service.plots.importing import Changed, Settlement, import_plots
from service.settings import Settings
from service.web.atomic_write import write_whole
from service.web.deps import parse_bbox
from service.web.timestamps import today

importing = typer.Typer(
    help=words("导入文件。", "Bring files in."),
    no_args_is_help=True,
)
exporting = typer.Typer(
    help=words("导出文件。", "Hand files out."),
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(help=".shp .zip .gpkg .geojson .kml .txt .dxf .csv .xlsx …")]
Layer = Annotated[str | None, typer.Option(help="Layer, where the file has several.")]
Crs = Annotated[
    str | None, typer.Option(help="Instead of the file's: EPSG:4530, gcj02, EPSG:4530+swapped.")
]
Encoding = Annotated[str | None, typer.Option(help="UTF-8 or GBK, when the file's is wrong.")]
Fields = Annotated[
    list[str] | None, typer.Option("--field", help="OFFICIAL=theirs: which column is which.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, store nothing.")]
Report = Annotated[Path | None, typer.Option(help="CSV of everything that is wrong.")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """NAME=VALUE of an option that may be given several times; names in any case."""
    pairs = {}
    for pair in given or ():
        name, equals, value = pair.partition("=")
        if not equals or not name or not value:
            raise typer.BadParameter(
                words(f"{pair!r} 不是 NAME=VALUE", f"{pair!r} is not NAME=VALUE"), param_hint=option
            )
        pairs[name.lower()] = value
    return pairs


def among(given: Sequence[str] | None, known: Sequence[Any], option: str) -> list[Any] | None:
    """Words of an option that may be given several times, in any case; None when it is not."""
    chosen = [word.lower() for word in given or ()]
    if strange := [word for word in chosen if word not in known]:
        listed = ", ".join(known)
        raise typer.BadParameter(
            words(f"{strange[0]!r} 不可用，请用 {listed}", f"{strange[0]!r} is none of {listed}"),
            param_hint=option,
        )
    return chosen or None


def lower(word: str | None) -> str | None:
    """Accept a word of a list in any case."""
    return None if word is None else word.lower()


def file_limits(settings: Settings) -> Limits:
    """Bounds on a file from outside."""
    return Limits(file_bytes=settings.upload_limit_bytes, features=settings.import_limit)


@contextmanager
def reported(report: Path | None, as_json: bool) -> Iterator[None]:
    """Print a refusal row by row, and write all of it into the report."""
    try:
        yield
    except ImportRefused as refused:
        if report is not None:
            columns = ["row", "code", "message", "lon", "lat"]
            write_whole(report, as_csv(columns, as_report(refused)), encoding="utf-8")
        if as_json:
            typer.echo(
                json.dumps(
                    {"stored": 0, "file": refused.file, "problems": as_report(refused)},
                    ensure_ascii=False,
                )
            )
        for line in (f"luotu: {shown(refused.message)}", *refused.lines(terminal_language())):
            typer.echo(line, err=True)
        raise typer.Exit(1) from None


def print_imported(done: Imported, *, dry: bool, as_json: bool, what: str) -> None:
    """Print what an import did, as text or JSON."""
    if as_json:
        answer = {
            "file": done.file,
            "stored": 0 if dry else done.rows,
            "rows": done.rows,
            "notes": [shown(note) for note in done.notes],
            "ids": done.ids,
        }
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    for note in done.notes:
        typer.echo(f"  {shown(note)}")
    verb = label("可导入（未保存）", "would store") if dry else label("已导入", "stored")
    typer.echo(f"{done.file}：{verb} {done.rows} {what}")


@importing.command("districts")
@described("导入行政区。")
def districts(
    file: File,
    layer: Layer = None,
    crs: Crs = None,
    encoding: Encoding = None,
    field: Fields = None,
    valid_from: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day from which a moved border holds; today."),
    ] = None,
    acknowledge: Annotated[
        str, typer.Option(help="plots_outside: let plots lie in no county any more.")
    ] = "",
    dry_run: DryRun = False,
    report: Report = None,
    json_: Json = False,
) -> None:
    """Districts: code, name, parent and level are found, or named by --field."""
    day = None if valid_from is None else valid_from.date()
    with opened() as db, reported(report, json_):
        tree = read_districts(
            file,
            pairs(field, "--field"),
            layer=layer,
            crs=crs,
            encoding=encoding,
            limits=file_limits(db.settings),
        )
        with db.transaction(keep=not dry_run) as (connection, account):
            done = import_districts(
                connection,
                account,
                tree,
                file.name,
                valid_from=day,
                acknowledged=[code.strip() for code in acknowledge.split(",")],
            )
    print_imported(done, dry=dry_run, as_json=json_, what=label("行政区", "districts"))


def importer(connection: Connection, name: str, review: str) -> Account:
    """The account of a name, if it may bring plots in: approved ones as an administrator only.

    Raises
    ------
    AccountRefused
        ``no_account``.
    Problem
        403 ``role_missing``.
    """
    account = acting_as(connection, name)
    if not account.holds("admin" if review == "approved" else "planner"):
        words = Message(
            f"{account.name} 是 {account.role}，不能导入图斑",
            f"{account.name} is {account.role} and may not import plots",
        )
        raise Problem(403, "role_missing", words)
    return account


_ON_CHANGED: dict[str | None, Changed] = {None: "refuse", "changed": "replace", "none": "leave"}


@importing.command("plots")
@described("导入图斑；默认为草稿。")
def plots(
    file: File,
    layer: Layer = None,
    crs: Crs = None,
    encoding: Encoding = None,
    field: Fields = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="NAME=VALUE for what the file lacks: stage=planned, year=2026."),
    ] = None,
    review: Annotated[
        Literal["draft", "approved"],
        typer.Option(help="approved: for inventory, with --why.", case_sensitive=False),
    ] = "draft",
    why: Annotated[str | None, typer.Option(help="Why they need no review.")] = None,
    acknowledge: Annotated[
        str, typer.Option(help="Codes of warnings that you have seen: overlap,too_small.")
    ] = "",
    replace: Annotated[
        Literal["changed", "none"] | None,
        typer.Option(
            help="Rows that differ from the plot under their number: change it, or leave it.",
            case_sensitive=False,
        ),
    ] = None,
    skip_blocked: Annotated[
        bool, typer.Option("--skip-blocked", help="Leave out rows that cannot be stored.")
    ] = False,
    as_: Annotated[
        str | None, typer.Option("--as", help="Whose drafts they become; yours if empty.")
    ] = None,
    dry_run: DryRun = False,
    report: Report = None,
    json_: Json = False,
) -> None:
    """Plots; they begin as drafts."""
    if review == "approved" and replace == "changed":
        raise typer.BadParameter(
            words("更新的图斑须经审核", "plots that are changed need a review"),
            param_hint="--replace",
        )
    if review == "approved" and not why:
        raise typer.BadParameter(
            words("请说明这些图斑为何不需审核", "say why these plots need no review"),
            param_hint="--why",
        )
    with opened() as db, reported(report, json_):
        table = read_plots(
            file,
            layer=layer,
            crs=crs,
            encoding=encoding,
            fields=pairs(field, "--field"),
            defaults=pairs(set_, "--set"),
            limits=file_limits(db.settings),
        )
        with (
            progress_bar(2 * len(table.frame)) as advance,
            db.transaction(keep=not dry_run) as (connection, account),
        ):
            done = import_plots(
                connection,
                account if as_ is None else importer(connection, as_, review),
                table,
                file.name,
                db.settings,
                settlement=Settlement(
                    [code.strip() for code in acknowledge.split(",")],
                    skip_blocked,
                    _ON_CHANGED[replace],
                    review,
                ),
                why=why,
                progress=advance,
            )
        db.settle()
    print_imported(done, dry=dry_run, as_json=json_, what=label("图斑", "plots"))


@importing.command("layer")
@described("导入图层（永久基本农田、三调 …）的新版本，整体替换。")
def layer_version(
    file: File,
    into: Annotated[str, typer.Option(help="Code of the layer: JBNT …")],
    valid_from: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day of the version; today."),
    ] = None,
    layer: Layer = None,
    crs: Crs = None,
    encoding: Encoding = None,
    field: Fields = None,
    dry_run: DryRun = False,
    report: Report = None,
    json_: Json = False,
) -> None:
    """A version of a layer: the file replaces it whole from a day on."""
    day = None if valid_from is None else valid_from.date()
    with opened() as db, reported(report, json_):
        with db.transaction(keep=False) as (connection, _account):
            refuse_day(layer_of(connection, into), day or today())
        table = read_layer(
            file,
            pairs(field, "--field"),
            layer=layer,
            crs=crs,
            encoding=encoding,
            limits=file_limits(db.settings),
        )
        with db.transaction(keep=not dry_run) as (connection, account):
            done = import_layer(connection, account, into, table, file.name, valid_from=day)
        db.settle()
    print_imported(done, dry=dry_run, as_json=json_, what=label("要素", "features"))


@contextmanager
def progress_bar(total: int) -> Iterator[Any]:
    """A bar with rows/s on a terminal; nothing in a log, where the last line says it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _rows: None
        return
    columns = (
        *Progress.get_default_columns(),
        TextColumn("{task.completed:,} / {task.total:,}"),
        TextColumn("{task.speed:,.0f} rows/s", justify="right"),
        TimeElapsedColumn(),
    )
    with Progress(*columns[:-2], columns[-1], console=console) as bar:
        task = bar.add_task(label("图斑", "plots"), total=total)
        yield lambda rows: bar.advance(task, rows)


FileOut = Annotated[
    Path,
    typer.Argument(
        help=".zip (shapefile), .gdb.zip, .gpkg, .geojson, .geojsonl, .kml, .fgb, .parquet, "
        ".xlsx, .csv"
    ),
]
Format = Annotated[
    Literal["shp", "geojson", "geojsonl", "gpkg", "gdb", "kml", "fgb", "parquet", "xlsx", "csv"]
    | None,
    typer.Option(help="By the suffix if empty.", case_sensitive=False),
]
CrsOut = Annotated[str | None, typer.Option(help="EPSG:4530 …; CGCS2000 degrees if empty.")]
EncodingOut = Annotated[
    Literal["UTF-8", "GBK", "GB18030"],
    typer.Option(help="Of a shapefile's texts.", case_sensitive=False),
]
District = Annotated[str | None, typer.Option(help="Only this district.")]
Level = Literal["province", "city", "county", "town", "village", "group"]
LevelOut = Annotated[Level, typer.Option(help="Level of the districts.", case_sensitive=False)]


def print_export_report(report: ExportReport) -> None:
    """Print what an export did."""
    typer.echo(f"{report.path}")
    typer.echo(report.text(terminal_language()), nl=False)


@exporting.command("plots")
@described("导出图斑。")
def export_plots(
    file: FileOut,
    format: Format = None,  # noqa: A002 - the contract's name
    crs: CrsOut = None,
    encoding: EncodingOut = "UTF-8",
    schema: Annotated[
        str | None,
        typer.Option(help="zaolin (default for shp), lcxzgx, ldbg, dltb or plain.", callback=lower),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Write 〓 for characters that the encoding lacks."),
    ] = False,
    acceptances: Annotated[
        bool, typer.Option("--acceptances", help="With the records of acceptance.")
    ] = False,
    district: District = None,
    year: Annotated[int | None, typer.Option(min=FIRST_YEAR, max=LAST_YEAR)] = None,
    stage: Annotated[list[str] | None, typer.Option(help=", ".join(get_args(Stage)))] = None,
    review: Annotated[list[str] | None, typer.Option(help=", ".join(get_args(Review)))] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Code or label.")] = None,
    programme: Annotated[list[str] | None, typer.Option(help="Code or label.")] = None,
    theme: Annotated[list[str] | None, typer.Option(help="Code or label.")] = None,
    work_type: Annotated[list[str] | None, typer.Option(help="Code or label.")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="Code or name of a unit.")] = None,
    bbox: Annotated[str | None, typer.Option(help="west,south,east,north in degrees.")] = None,
    as_of: Annotated[str | None, typer.Option(help="What stood then: 2026-05-01.")] = None,
    filter_: Annotated[
        str | None, typer.Option("--filter", help='CQL2: "year = 2026 AND area_m2 > 1000".')
    ] = None,
    version: Annotated[
        Literal["approved", "working"] | None,
        typer.Option(help="Which versions; approved.", case_sensitive=False),
    ] = None,
) -> None:
    """Plots, by default the approved ones as an official shapefile; filters may be repeated."""
    stages = among(stage, get_args(Stage), "--stage")
    reviews = among(review, get_args(Review), "--review")
    query = PlotQuery(
        district,
        stages,
        reviews,
        kind or None,
        year,
        programme or None,
        version,
        theme or None,
        work_type or None,
        unit or None,
    )
    form = Form(format, schema, encoding, crs, replace)
    with opened() as db, db.transaction() as (connection, account):
        filters = dataclasses.replace(
            query.resolve(connection, account),
            version=query.file_version(),
            bbox=None if bbox is None else parse_bbox(bbox),
            as_of=None if as_of is None else past_moment("as_of", as_of),
            where=None if filter_ is None else parse_filter(connection, filter_),
        )
        with progress_bar(plot_queries.count_plots(connection, account, filters)) as advance:
            report = write_plots(
                connection,
                account,
                filters,
                file,
                form,
                acceptances=acceptances,
                progress=advance,
            )
    print_export_report(report)


@exporting.command("districts")
@described("导出行政区。")
def export_districts(
    file: FileOut,
    format: Format = None,  # noqa: A002 - the contract's name
    crs: CrsOut = None,
    encoding: EncodingOut = "UTF-8",
    district: District = None,
) -> None:
    """Districts with their exact shapes."""
    with opened() as db, db.transaction() as (connection, _):
        codes = _district_codes(connection, district)
        frame = district_queries.frame(connection, codes)
    print_export_report(write(frame, file, format=format, schema=None, encoding=encoding, crs=crs))


@exporting.command("coverage")
@described("导出覆盖率。")
def export_coverage(
    file: FileOut,
    format: Format = None,  # noqa: A002 - the contract's name
    crs: CrsOut = None,
    encoding: EncodingOut = "UTF-8",
    district: District = None,
    level: LevelOut = "county",
    areas: Annotated[bool, typer.Option("--areas", help="Of reporting areas instead.")] = False,
) -> None:
    """Coverage with the shapes of the districts, or of the reporting areas."""
    with opened() as db:
        db.settle()
        with db.transaction() as (connection, account):
            if areas:
                among = None if district is None else counties_below(connection, district, account)
                answer = area_coverage(connection, account, AreaQuestion(counties=among))
                codes = [row.code for row in answer.rows]
                shapes = area_frame(connection, AreaFilter(codes=codes))
            else:
                answer = read_coverage(
                    connection, account, CoverageQuestion(level=level, parent=district)
                )
                shapes = district_queries.frame(connection, [row.code for row in answer.rows])
            frame = coverage_frame(answer, shapes)
    print_export_report(write(frame, file, format=format, schema=None, encoding=encoding, crs=crs))
    # Ground without a district has no shape, so it is no row of the file.
    if answer.outside_m2 > 0:
        outside_m2 = f"{answer.outside_m2:,.2f}"
        typer.echo(
            label(
                f"另有 {outside_m2} m² 不在任何已知行政区内，不在文件中",
                f"{outside_m2} m² more lie in no known district: they are not in the file",
            )
        )


def _district_codes(connection: Connection, parent: str | None) -> list[str] | None:
    if parent is None:
        return None
    tree = district_queries.tree(connection)
    if parent not in tree:
        raise Problem(
            422,
            "unknown_district",
            Message(
                f"没有行政区 {parent}",
                "no such district, see `luotu coverage`",
            ),
        )
    return [parent, *(node.code for node in tree.below(parent))]
