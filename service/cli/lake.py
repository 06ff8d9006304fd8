"""``luotu lake``: districts and plots as GeoParquet by county, and figures of them."""

import time
from pathlib import Path
from typing import Annotated

import typer

from service.cli.context import bring_up_to_date
from service.cli.language import described, label, words
from service.cli.progress_bar import progress_bar
from service.database.location import database
from service.settings import load

app = typer.Typer(
    help=words("数据湖：超出一台机器的图斑。", "The lake: plots beyond one machine."),
    no_args_is_help=True,
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the lake.")]


@app.command()
@described("把行政区和图斑写成按区县分区的 GeoParquet；只重写有变化的区县。")
def write(folder: Folder) -> None:
    """Write districts and plots as GeoParquet by county; what did not change is left as it is."""
    from service.lake.write import write_lake  # noqa: PLC0415 - pyarrow takes half a second

    began = time.monotonic()
    with database(load()) as place:
        bring_up_to_date(place)
        written = write_lake(place, folder, bar=progress_bar)
    manifest = written.manifest
    size = sum(part.bytes for part in manifest.parts()) / 1e6
    typer.echo(
        f"{label('已写入', 'written to')} {folder}: {manifest.plots:,} {label('个图斑', 'plots')}, "
        f"{len(manifest.counties):,} {label('个区县', 'counties')} "
        f"({written.changed:,} {label('个有变化', 'changed')}), {size:,.1f} MB, "
        f"{label('版本', 'version')} {manifest.number} ({time.monotonic() - began:.1f} s)"
    )
