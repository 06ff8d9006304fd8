"""``luotu map``: maps as single files."""

from pathlib import Path
from typing import Annotated

import typer

from service import maps
from service.cli.opening import opened
from service.filters import counties_below
from service.whole import write_whole

app = typer.Typer(help="制作地图文件。Maps as files that open anywhere.", no_args_is_help=True)

FileOut = Annotated[Path, typer.Argument(help="An .html file; it needs no network.")]


@app.callback()
def map_() -> None:
    """制作地图文件。Maps as files that open anywhere."""


@app.command()
def coverage(
    file: FileOut,
    district: Annotated[str | None, typer.Option(help="Only this district.")] = None,
) -> None:
    """覆盖率地图。Coverage by county, plots above it."""
    with opened() as db, db.transaction() as (connection, who):
        counties = None if district is None else counties_below(connection, district, who)
        made = maps.coverage_page(
            connection,
            who,
            district=district,
            counties=counties,
        )
    write_whole(file, made.page.html)
    typer.echo(f"{file}（{len(made.page.html.encode()) / 1e6:.1f} MB）")
