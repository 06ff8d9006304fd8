"""``luotu coverage``: the table of coverage."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from data.years import FIRST_YEAR, LAST_YEAR
from gis.measure import M2_PER_MU
from gis.messages import Message
from service.cli.context import opened
from service.cli.export_options import LevelOut
from service.cli.language import described, label, terminal_language
from service.coverage.api.borders import comparison_out
from service.coverage.api.coverage import as_csv
from service.coverage.areas import AreaQuestion, area_coverage
from service.coverage.borders import BorderComparison, compare_borders
from service.coverage.db.figures import By, Choice
from service.coverage.rollup import CoverageAnswer, CoverageQuestion
from service.coverage.rollup import coverage as read_coverage
from service.errors import Problem
from service.plots.filters import counties_below, day_until_today, known_codes, past_moment
from service.units.naming import known_units
from service.web.timestamps import in_words

# What the table would show.
SHOWN_M2 = 0.05 * M2_PER_MU
CODE, DISTRICT, GROUP = (
    Message("代码", "code"),
    Message("行政区", "district"),
    Message("组别", "group"),
)
BORDER, GROUND = Message("界线", "border"), Message("土地 亩", "ground 亩")
FROM, TO = Message("原属", "from"), Message("现属", "to")
FIGURES = (
    Message("图斑", "plots"),
    Message("绿化面积 亩", "green 亩"),
    Message("公顷", "ha"),
    Message("覆盖率 %", "coverage %"),
    Message("重叠 亩", "overlap 亩"),
    Message("不计 亩", "refused 亩"),
)


def coverage_table(answer: CoverageAnswer) -> Table:
    """The figures for a terminal, areas in 亩 and hectares."""
    grouped = answer.by is not None
    table = Table(
        title=f"{label('绿化覆盖率', 'coverage')} · {in_words(answer.as_of)} · {answer.boundary}",
        title_justify="left",
    )
    language = terminal_language() or "zh"  # both would not fit beside each other
    for name in (CODE, DISTRICT, *((GROUP,) if grouped else ())):
        table.add_column(name.text(language), no_wrap=True)
    for name in FIGURES:
        table.add_column(name.text(language), justify="right", no_wrap=True)
    for row in answer.rows:
        rate = "—" if row.coverage is None else f"{row.coverage * 100:.4f}"
        table.add_row(
            row.code,
            row.name,
            *((row.group or "",) if grouped else ()),
            f"{row.plot_count:,}",
            f"{row.green_m2 / M2_PER_MU:,.1f}",
            f"{row.green_m2 / 10_000:,.2f}",
            rate if row.complete else f"{rate} *",
            f"{row.overlap_m2 / M2_PER_MU:,.1f}",
            f"{row.refused_m2 / M2_PER_MU:,.1f}",
        )
    remarks = []
    if not all(row.complete for row in answer.rows):
        remarks.append("* " + label("下级行政区不全", "some of its counties are not known"))
    if any(row.refused_m2 >= SHOWN_M2 for row in answer.rows):
        remarks.append(
            label(
                "不计：位于禁止造林绿化的控制线内，不计入绿化面积",
                "refused: on layers where nothing may be planted, not green",
            )
        )
    if answer.outside_m2 >= SHOWN_M2:
        outside = f"{answer.outside_m2 / M2_PER_MU:,.1f}"
        remarks.append(
            label(
                f"另有 {outside} 亩不在任何已知行政区内",
                f"{outside} 亩 more lie in no known district",
            )
        )
    table.caption = "\n".join(remarks) or None
    return table


def print_coverage(answer: CoverageAnswer) -> None:
    """The table on standard output, never cut to the width of a pipe."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    console.print(coverage_table(answer))


@described("各行政区绿化面积与覆盖率。")
def coverage(
    level: LevelOut = "county",
    areas: Annotated[bool, typer.Option("--areas", help="Of reporting areas instead.")] = False,
    parent: Annotated[str | None, typer.Option(help="Only what lies below this code.")] = None,
    year: Annotated[
        int | None, typer.Option(min=FIRST_YEAR, max=LAST_YEAR, help="Task year.")
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Code or label of `kind`.")] = None,
    programme: Annotated[list[str] | None, typer.Option(help="Code or label.")] = None,
    theme: Annotated[list[str] | None, typer.Option(help="Code or label.")] = None,
    work_type: Annotated[list[str] | None, typer.Option(help="Code or label.")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="Code or name of a unit.")] = None,
    by: Annotated[By | None, typer.Option(help="Groups.", case_sensitive=False)] = None,
    as_of: Annotated[
        str | None, typer.Option(help="What stood then: 2026-05-01 (its end) or RFC 3339.")
    ] = None,
    borders_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="By the borders that held on this day."),
    ] = None,
    format: Annotated[  # noqa: A002 - the contract's name
        Literal["table", "csv", "json"],
        typer.Option(help="Form of the answer.", case_sensitive=False),
    ] = "table",
) -> None:
    """Green area and coverage, ground counted once."""
    moment = None if as_of is None else past_moment("as_of", as_of)
    day = None if borders_on is None else day_until_today("borders_on", borders_on.date())
    with opened() as db:
        db.settle()
        with db.transaction() as (connection, account):
            lists = {"kind": kind, "programme": programme, "theme": theme, "work_type": work_type}
            choice = Choice(
                year=year,
                **{
                    f"{name}s": known_codes(connection, name, values)
                    for name, values in lists.items()
                    if values
                },
                units=known_units(connection, unit) if unit else None,
                as_of=moment,
                borders_on=day,
            )
            if areas:
                counties = None if parent is None else counties_below(connection, parent, account)
                answer = area_coverage(
                    connection, account, AreaQuestion(counties=counties, by=by, choice=choice)
                )
            else:
                question = CoverageQuestion(level, parent, by, choice)
                answer = read_coverage(connection, account, question)
    if parent is not None and not answer.rows and not areas:
        raise Problem(
            422,
            "unknown_district",
            Message(
                f"{parent} 以下没有 {level} 级行政区",
                "no districts of that level below it: `luotu export districts` shows what there is",
            ),
        )
    show(answer, format)


def show(answer: CoverageAnswer, form: Literal["table", "csv", "json"]) -> None:
    """The figures on standard output."""
    if form == "table":
        print_coverage(answer)
    elif form == "csv":
        typer.echo(as_csv(answer).removeprefix("\ufeff"), nl=False)
    else:
        rows = {
            "rows": answer.table(),
            "as_of": answer.as_of,
            "boundary": answer.boundary,
            "pending_cells": answer.pending_cells,
            "pending_since": answer.pending_since,
            "outside_m2": answer.outside_m2,
        }
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=_iso))


def borders_tables(comparison: BorderComparison) -> Iterator[Table]:
    """Both figures of each county, and the ground that moved, for a terminal."""
    figures = Table(
        title=f"{label('界线变更', 'borders')} · {comparison.since} → {comparison.until}",
        title_justify="left",
    )
    language = terminal_language() or "zh"
    for name in (CODE, DISTRICT, BORDER):
        figures.add_column(name.text(language), no_wrap=True)
    for name in (*FIGURES[:2], FIGURES[3]):
        figures.add_column(name.text(language), justify="right", no_wrap=True)
    for county in comparison.rows:
        for row in (county.before, county.after):
            rate = "—" if row.coverage is None else f"{row.coverage * 100:.4f}"
            green = f"{row.green_m2 / M2_PER_MU:,.1f}"
            figures.add_row(row.code, row.name, row.boundary, f"{row.plot_count:,}", green, rate)
    yield figures
    moved = Table()
    for name in (FROM, TO):
        moved.add_column(name.text(language), no_wrap=True)
    for name in (FIGURES[0], FIGURES[1], GROUND):
        moved.add_column(name.text(language), justify="right", no_wrap=True)
    nowhere = label("不在任何区县内", "no county")
    for ground in comparison.moved:
        moved.add_row(
            comparison.name(ground.from_code) or nowhere,
            comparison.name(ground.to_code) or nowhere,
            f"{ground.plots:,}",
            f"{ground.green_m2 / M2_PER_MU:,.1f}",
            f"{ground.ground_m2 / M2_PER_MU:,.1f}",
        )
    yield moved


@described("界线变更前后对照：同样的图斑按旧界、新界各是多少，哪些地块改了归属。")
def borders(
    since: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="A day of the old borders.")
    ],
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day of the new ones; today.")
    ] = None,
    format: Annotated[  # noqa: A002 - the contract's name
        Literal["table", "json"], typer.Option(help="Form of the answer.", case_sensitive=False)
    ] = "table",
) -> None:
    """The same plots by the borders of two days, and the ground that changed its county."""
    with opened() as db:
        db.settle()
        with db.transaction() as (connection, account):
            day = None if until is None else until.date()
            comparison = compare_borders(connection, account, since.date(), day)
    if format == "json":
        answer = comparison_out(comparison)
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=1, default=_iso))
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    console.print(*borders_tables(comparison))


def _iso(day: date) -> str:
    """A day or a moment, as the API writes it."""
    return day.isoformat()
