"""``luotu handin``: pre-flight, then the package for a superior."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from data.writing.csv import as_csv
from data.writing.dispatch import Form
from data.years import FIRST_YEAR, LAST_YEAR
from gis.messages import Message
from service.cli.context import opened
from service.cli.language import described, label, say, shown
from service.cli.progress_bar import progress_bar
from service.handins.faults import Fault, counted
from service.handins.package import HandIn, check, fault_rows, write_package
from service.plots.export import refuse_plot_form
from service.web.atomic_write import write_whole

MOST_LINES = 100
COLUMNS = ["severity", "code", "plot_id", "plot_no", "message", "lon", "lat"]


@described("预检，然后生成上报包。")
def handin(
    district: Annotated[str, typer.Argument(help="Code of a district: 220112.")],
    year: Annotated[int, typer.Argument(min=FIRST_YEAR, max=LAST_YEAR, help="Task year.")],
    file: Annotated[Path, typer.Argument(help="FILE.zip.")],
    encoding: Annotated[
        Literal["UTF-8", "GBK", "GB18030"],
        typer.Option(help="Of the shapefile's texts.", case_sensitive=False),
    ] = "UTF-8",
    crs: Annotated[str | None, typer.Option(help="EPSG:4530 …; CGCS2000 degrees if empty.")] = None,
    report: Annotated[Path | None, typer.Option(help="CSV of all faults.")] = None,
) -> None:
    """Check the approved plots as a province would, then pack them; nothing where one blocks."""
    refuse_plot_form(Form("shp", "zaolin", encoding, crs))
    wanted = HandIn(district, year, encoding, crs)
    with opened() as db, db.transaction() as (connection, account):
        checked = check(connection, account, wanted)
        _tell(checked.faults)
        if report is not None:
            write_whole(report, as_csv(COLUMNS, fault_rows(checked.faults)), encoding="utf-8")
        if checked.blocked:
            blocks = counted(checked.faults)["block"]
            say(
                Message(
                    f"预检有 {blocks} 处会被退回，没有生成上报包；请修改后重试",
                    f"{blocks} faults would be refused, no package was made: mend them, try again",
                ),
                err=True,
            )
            raise typer.Exit(1)
        with progress_bar(len(checked.frame)) as advance:
            manifest = write_package(connection, checked, wanted, file, advance)
    typer.echo(
        f"{file}：{manifest['plots']} {label('个图斑', 'plots')}, {manifest['area_m2']:.2f} m²"
    )


def _tell(faults: list[Fault]) -> None:
    for fault in faults[:MOST_LINES]:
        plot = (
            ""
            if fault.plot_id is None
            else f" {label('图斑', 'plot')} {fault.plot_no or fault.plot_id}"
        )
        place = "" if fault.at is None else f" ({fault.at[0]:.6f}, {fault.at[1]:.6f})"
        text = f"{fault.severity} {fault.code}{plot}{place}: {shown(fault.message)}"
        typer.echo(text, err=fault.severity == "block")
    if len(faults) > MOST_LINES:
        typer.echo(
            label(
                f"… 另有 {len(faults) - MOST_LINES} 条，用 --report 文件.csv 查看全部",
                f"… {len(faults) - MOST_LINES} more: all of them by --report FILE.csv",
            )
        )
