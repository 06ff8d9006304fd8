"""``luotu lake``: districts and plots as GeoParquet by county, and figures of them."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from data.lake.checking import damaged_files
from data.lake.counting import LakeChoice
from data.lake.errors import damaged as lake_damaged
from data.lake.manifest import open_lake
from data.lake.problem_table import problem_table
from data.years import FIRST_YEAR, LAST_YEAR
from gis.measure import M2_PER_MU
from gis.messages import Message
from gis.verdicts import PROBLEMS
from service.cli.context import bring_up_to_date
from service.cli.coverage import show
from service.cli.import_options import Json
from service.cli.language import described, label, shown, words
from service.cli.progress_bar import progress_bar
from service.database.location import database
from service.lake.cluster import MEMORY
from service.lake.cluster import workers as dask_workers
from service.settings import load

if TYPE_CHECKING:
    from service.lake.check import LakeReport

_TOLD: Final = 5

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
    settings = load()
    with database(settings) as place:
        bring_up_to_date(place, settings)
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


@app.command()
@described("检查整个数据湖：文件是否完好、图斑有何问题、哪些图斑互相重叠。")
def check(
    folder: Folder,
    scheduler: Scheduler = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="Every problem with its plot, as a table."),
    ] = None,
    workers: Workers = None,
    memory: Memory = MEMORY,
    json_: Json = False,
) -> None:
    """Checksums of a lake, verdicts on its plots, and which of them share ground, on Dask.

    The exit status is 1 where a file is damaged or a plot is one that an import would refuse.
    """
    from service.lake.check import check_lake  # noqa: PLC0415 - it brings pandas

    lake = open_lake(folder)
    damaged = [part.path for part in damaged_files(lake)]
    if damaged:
        raise lake_damaged(
            lake.root / damaged[0],
            Message(
                f"校验和不符（共 {len(damaged)} 个文件）",
                f"its checksum differs ({len(damaged)} files in all)",
            ),
        )
    with (
        dask_workers(scheduler, number=workers, memory=memory) as client,
        problem_table(report) as told,
    ):
        found = check_lake(lake, client, told=told, bar=progress_bar)
    if json_:
        typer.echo(json.dumps(_as_json(found), ensure_ascii=False, allow_nan=False))
    else:
        _print_check(found, sum(1 for _ in lake.manifest.parts()), report)
    if any(PROBLEMS[code].severity == "block" for code in found.problems):
        raise typer.Exit(1)


def _as_json(report: "LakeReport") -> dict[str, Any]:
    return {
        "plots": report.plots,
        "problems": dict(sorted(report.problems.items())),
        "overlap_m2": report.overlap_m2,
        "largest_overlaps": [
            {"plot": one.plot, "plot_no": one.plot_no, "county": one.county, "other_id": one.other}
            | one.problem.as_json()
            for one in report.worst
        ],
    }


def _print_check(report: "LakeReport", files: int, table: Path | None) -> None:
    whole, looked_at = label("个文件完好", "files whole"), label("个图斑", "plots")
    typer.echo(f"{files:,} {whole}, {report.plots:,} {looked_at}")
    for code, number in report.problems.most_common():
        kind = PROBLEMS[code]
        typer.echo(f"  {number:>9,} [{code}, {kind.severity}] {shown(kind.label)}")
    if report.worst:
        area = f"{report.overlap_m2 / M2_PER_MU:,.1f} 亩"
        typer.echo(f"{label('两两重叠合计', 'ground of pairs')} {area}")
    for one in report.worst[:_TOLD]:
        where = (
            "" if one.problem.at is None else f" @ {one.problem.at[0]:.6f}, {one.problem.at[1]:.6f}"
        )
        typer.echo(f"  {one.county} {one.plot_no}: {shown(one.problem.message)}{where}")
    if table is not None:
        typer.echo(f"{label('已写入', 'written to')} {table}")
