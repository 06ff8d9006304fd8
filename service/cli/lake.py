"""``luotu lake``: districts and plots as GeoParquet by county, and figures of them."""

import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from data.lake.counting import LakeChoice
from data.lake.manifest import open_lake
from data.years import FIRST_YEAR, LAST_YEAR
from service.cli.context import bring_up_to_date
from service.cli.coverage import show
from service.cli.language import described, label, words
from service.cli.progress_bar import progress_bar
from service.database.location import database
from service.lake.cluster import MEMORY
from service.lake.cluster import workers as dask_workers
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


Level = Literal["province", "city", "county"]
Scheduler = Annotated[
    str | None,
    typer.Option(help="Address of a Dask scheduler, like tcp://10.0.0.5:8786; none: this machine."),
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Processes of this machine; as many as processors.")
]
Memory = Annotated[str, typer.Option(help="What each of them may take, like 1GB.")]


@app.command()
@described("用 Dask 计算整个数据湖的绿化覆盖率，与数据库的结果一致。")
def coverage(
    folder: Folder,
    scheduler: Scheduler = None,
    level: Annotated[
        Level, typer.Option(help="Level of the districts.", case_sensitive=False)
    ] = "county",
    parent: Annotated[str | None, typer.Option(help="Only what lies below this code.")] = None,
    year: Annotated[
        int | None, typer.Option(min=FIRST_YEAR, max=LAST_YEAR, help="Task year.")
    ] = None,
    by: Annotated[
        Literal["kind", "green_class", "stage", "year"] | None,
        typer.Option(help="Groups.", case_sensitive=False),
    ] = None,
    workers: Workers = None,
    memory: Memory = MEMORY,
    format: Annotated[  # noqa: A002 - as `luotu coverage` has it
        Literal["table", "csv", "json"],
        typer.Option(help="Form of the answer.", case_sensitive=False),
    ] = "table",
) -> None:
    """Coverage of a whole lake on Dask; the figures are those of the database."""

    from service.lake.coverage import lake_coverage  # noqa: PLC0415 - it brings pandas

    lake = open_lake(folder)
    with dask_workers(scheduler, number=workers, memory=memory) as client:
        answer = lake_coverage(
            lake, client, LakeChoice(by, year), level=level, parent=parent, bar=progress_bar
        )
    show(answer, format)
