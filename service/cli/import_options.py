"""Options that commands of ``luotu import`` share, and how they say what they did."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from data.import_result import Imported, ImportRefused, as_report
from data.reading.limits import WHOLE_FILE_FEATURES, Limits
from data.writing.csv import as_csv
from service.cli.language import label, shown, terminal_language, words
from service.settings import Settings
from service.web.atomic_write import write_whole

File = Annotated[Path, typer.Argument(help=".shp .zip .gpkg .geojson .kml .txt .dxf .csv .xlsx …")]
Layer = Annotated[str | None, typer.Option(help="Layer, where the file has several.")]
Crs = Annotated[
    str | None, typer.Option(help="Instead of the file's: EPSG:4530, CM126, gcj02, …+swapped.")
]
Encoding = Annotated[str | None, typer.Option(help="UTF-8 or GBK, when the file's is wrong.")]
Fields = Annotated[
    list[str] | None, typer.Option("--field", help="OFFICIAL=theirs: which column is which.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, store nothing.")]
Report = Annotated[Path | None, typer.Option(help="CSV of everything that is wrong.")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """NAME=VALUE of an option that may be given several times; names in any case.

    Raises
    ------
    typer.BadParameter
        One of them is not NAME=VALUE.
    """
    pairs = {}
    for pair in given or ():
        name, equals, value = pair.partition("=")
        if not equals or not name or not value:
            raise typer.BadParameter(
                words(f"{pair!r} 不是 NAME=VALUE", f"{pair!r} is not NAME=VALUE"), param_hint=option
            )
        pairs[name.lower()] = value
    return pairs


def file_limits(settings: Settings) -> Limits:
    """Bounds on a file from outside."""
    return Limits(file_bytes=settings.upload_limit_bytes, features=settings.import_limit)


def whole_file_limits(settings: Settings) -> Limits:
    """Bounds on a file that is in memory as a whole: of a layer, of zones, districts, areas."""
    most = min(settings.import_limit, WHOLE_FILE_FEATURES)
    return Limits(file_bytes=settings.upload_limit_bytes, features=most)


@contextmanager
def reported(report: Path | None, as_json: bool) -> Iterator[None]:
    """Print a refusal row by row, and write all of it into the report.

    Raises
    ------
    typer.Exit
        With status 1, where an `ImportRefused` was raised within.
    """
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
