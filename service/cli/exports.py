"""``luotu export plots|districts|coverage``: files out."""

import dataclasses
from typing import Annotated, Literal, get_args

import typer
from sqlalchemy import Connection

from data.writing.dispatch import Form, write
from data.years import FIRST_YEAR, LAST_YEAR
from gis.messages import Message
from service.areas.db.areas import AreaFilter, area_frame
from service.cli.context import opened
from service.cli.export_options import (
    CrsOut,
    District,
    EncodingOut,
    FileOut,
    Format,
    LevelOut,
    among,
    lower,
    print_export_report,
)
from service.cli.groups import exporting
from service.cli.language import described, label
from service.cli.progress_bar import progress_bar
from service.coverage.areas import AreaQuestion, area_coverage
from service.coverage.frames import coverage_frame
from service.coverage.rollup import CoverageQuestion
from service.coverage.rollup import coverage as read_coverage
from service.districts.db import districts as district_queries
from service.errors import Problem
from service.plots.api.plot_schemas import Review, Stage
from service.plots.cql2 import parse_filter
from service.plots.db import plots as plot_queries
from service.plots.export import export_plots as write_plots
from service.plots.filters import PlotQuery, counties_below, past_moment
from service.web.deps import parse_bbox


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
