"""Options that commands of ``luotu export`` share, and how they say what they did."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from data.writing.export_report import ExportReport
from data.writing.formats import PlotFormat
from service.cli.language import terminal_language, words

FileOut = Annotated[
    Path,
    typer.Argument(
        help=".zip (shapefile), .gdb.zip, .gpkg, .geojson, .geojsonl, .kml, .fgb, .parquet, "
        ".xlsx, .csv"
    ),
]
Format = Annotated[
    PlotFormat | None,
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


def among(given: Sequence[str] | None, known: Sequence[Any], option: str) -> list[Any] | None:
    """Words of an option that may be given several times, in any case; None when it is not.

    Raises
    ------
    typer.BadParameter
        One of them is not known.
    """
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


def print_export_report(report: ExportReport) -> None:
    """Print what an export did."""
    typer.echo(f"{report.path}")
    typer.echo(report.text(terminal_language()), nl=False)
