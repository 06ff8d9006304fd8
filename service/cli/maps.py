"""``luotu map``: maps as single files."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from gis.messages import InvalidValueError
from maps.page import Page
from service.accounts.db.accounts import Account
from service.cli.context import opened
from service.cli.language import described, shown, words
from service.maps import coverage_maps
from service.maps.kept_pages import kept_page
from service.maps.patrol_maps import PatrolMapQuestion, opening_period, patrol_page
from service.maps.progress_maps import ProgressMapQuestion, progress_page
from service.maps.question import MapQuestion
from service.plans.indicators import words_in_use
from service.plots.db.plots import VersionName
from service.plots.filters import counties_below
from service.progress.answers import plans_of
from service.progress.book import Reader
from service.progress.progress_row import ProgressQuestion
from service.settings import load
from service.web.atomic_write import write_whole
from service.web.periods import parse_period
from service.web.timestamps import day_of, now, parse_moment

app = typer.Typer(
    help=words("制作地图文件。", "Maps as files that open anywhere."),
    no_args_is_help=True,
)

FileOut = Annotated[Path, typer.Argument(help="An .html file; it needs no network.")]
District = Annotated[str | None, typer.Option(help="Only this district.")]
Since = Annotated[str | None, typer.Option(help="Show the change from that date or time.")]

Draw = Callable[[Connection, Account, MapQuestion, int], Page]
Version = Annotated[
    VersionName,
    typer.Option(
        help="working: the newest versions; the page says how many are unreviewed.",
        case_sensitive=False,
    ),
]


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_moment(text)
    except InvalidValueError as error:
        raise typer.BadParameter(shown(error.message), param_hint="--since") from None


def _write(
    file: Path,
    district: str | None,
    since: str | None,
    draw: Draw,
    version: VersionName = "approved",
    *,
    details: tuple[object, ...],
) -> None:
    with opened() as db:
        db.settle()
        lasts = timedelta(days=db.settings.map_days)
        with db.transaction() as (connection, account):
            below = (
                None if district is None else tuple(counties_below(connection, district, account))
            )
            question = MapQuestion(
                district=district,
                counties=below,
                since=_moment(since),
                expires=day_of(now() + lasts),
                version=version,
                plot_limit=db.settings.map_plot_limit,
            )
            asked = (*details, question)
            page = kept_page(
                connection,
                account,
                db.settings,
                asked,
                lambda: draw(connection, account, question, db.settings.patrol_limit),
            ).page
    write_whole(file, page.html)
    typer.echo(f"{file}（{len(page.html.encode()) / 1e6:.1f} MB）")


@app.command()
@described("覆盖率地图。")
def coverage(file: FileOut, district: District = None, since: Since = None) -> None:
    """Coverage by county and above, plots on it."""
    _write(
        file,
        district,
        since,
        lambda connection, account, question, _: (
            coverage_maps.coverage_page(connection, account, question).page
        ),
        details=("coverage",),
    )


@app.command()
@described("造林绿化图斑地图。")
def afforestation(file: FileOut, district: District = None, version: Version = "approved") -> None:
    """Approved plots by stage, year, programme and kind."""
    _write(
        file,
        district,
        None,
        lambda connection, account, question, _: coverage_maps.afforestation_page(
            connection, account, question
        ),
        version,
        details=("afforestation",),
    )


@app.command()
@described("巡护地图。")
def patrol(
    file: FileOut,
    period: Annotated[
        str | None,
        typer.Option(
            help="2026, 2026-H1, 2026-Q3 or 2026-09; default: this quarter, or the newest one with "
            "patrols."
        ),
    ] = None,
    district: District = None,
    names: Annotated[bool, typer.Option("--names", help="Let names of people enter it.")] = False,
) -> None:
    """Zones by duty, tracks by day, findings; without names unless asked."""
    try:
        named = parse_period(period.upper()) if period is not None else None
    except InvalidValueError as error:
        raise typer.BadParameter(shown(error.message), param_hint="--period") from None

    def draw(
        connection: Connection, account: Account, map_question: MapQuestion, limit: int
    ) -> Page:
        stretch, notes = (
            (named, ())
            if named is not None
            else opening_period(connection, account, map_question.counties)
        )
        question = PatrolMapQuestion(
            stretch,
            map_question.district,
            map_question.counties,
            names,
            map_question.expires,
            {},
            limit,
            notes,
        )
        return patrol_page(connection, account, question)

    _write(file, district, None, draw, details=("patrol", named, names))


@app.command()
@described("任务进度地图。")
def progress(
    file: FileOut,
    plan: Annotated[list[str] | None, typer.Option(help="Code of a plan; default: all.")] = None,
    district: District = None,
) -> None:
    """Districts by rate, with target, reported, mapped and accepted."""
    plans = None if plan is None else list(plan)

    def draw(connection: Connection, account: Account, question: MapQuestion, _limit: int) -> Page:
        reader = Reader(connection, account, load(), words_in_use(connection))
        asked = ProgressMapQuestion(ProgressQuestion(district=question.district), question.expires)
        return progress_page(reader, plans_of(connection, account, plans), asked)

    _write(file, district, None, draw, details=("progress", tuple(plans or ())))
