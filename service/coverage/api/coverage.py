"""``/api/coverage``: green area and its rate, district by district."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field
from pydantic_core import to_json

from data.districts.code_patterns import DISTRICT
from data.writing.csv import as_csv as table_as_csv
from data.years import FIRST_YEAR, LAST_YEAR
from gis.messages import Message
from service.accounts.api.deps import AccountDep
from service.coverage.areas import AreaQuestion, area_coverage, plots_of_area
from service.coverage.db.figures import By, Choice, count_plots_behind, plots_behind
from service.coverage.rollup import (
    CoverageAnswer,
    CoverageQuestion,
    boundary_words,
    coverage,
    districts_behind,
    own_choice,
)
from service.errors import not_found
from service.plots.api.filter_params import AsOfDep, Themes, Units, WorkTypes
from service.plots.api.plot_schemas import PlotList
from service.plots.api.plots import PlotsPageDep, plots_page
from service.plots.db import plots
from service.plots.db.plots import GREEN_STAGES, PlotFilter
from service.plots.filters import counties_below, day_until_today, known_codes
from service.units.naming import known_units
from service.web.admission import by_length, in_lane
from service.web.day_types import Day
from service.web.deps import ConnectionDep, SettingsDep
from service.web.geojson_response import GeoJson
from service.web.language import localised
from service.web.thread_route import ThreadRoute
from service.web.timestamps import now

router = APIRouter(prefix="/api/coverage", tags=["coverage"], route_class=ThreadRoute)

FigureLevel = Literal["province", "city", "county", "town", "village", "group", "area"]


# Of a district, or of an area, whose codes are freer.
_PLACE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$"
_OF_DISTRICT = re.compile(DISTRICT)


class CoverageOut(BaseModel):
    """A district's figures; areas in square metres on the ellipsoid."""

    code: str
    name: str
    level: FigureLevel
    parent: str | None
    group: str | None = Field(None, description="Only with `by`.")
    district_m2: float
    green_m2: float = Field(description="Ground under plots, counted once, without refused ground.")
    coverage: float | None = Field(description="green_m2 / district_m2, a ratio.")
    plot_count: int
    sum_m2: float = Field(
        description="The plots' own areas added up, overlaps as often as they occur; "
        "of a plot on the border its share."
    )
    overlap_m2: float = Field(
        description="Ground beyond its first plot: sum_m2 = green_m2 + overlap_m2 + refused_m2."
    )
    refused_m2: float = Field(
        description="Ground under plots, counted once, on layers of role `block` in force on the "
        "day, whose rules hold for every plot there: it is not green."
    )
    complete: bool = Field(description="false: some of its counties are unknown or not yours.")
    boundary: str = Field(description="Boundary that the figures stand on.")
    area_kind: str | None = Field(None, description="Of a reporting area: list `area_kind`.")


class CoverageTable(BaseModel):
    """Figures with their moment and their boundaries."""

    rows: list[CoverageOut]
    as_of: datetime
    boundary: str
    pending_cells: int = Field(
        0, description="Cells not yet counted anew after a bulk change; 0: exact at `as_of`."
    )
    pending_since: datetime | None = Field(
        None, description="When the oldest of them was touched; the figures are from before."
    )
    outside_m2: float = Field(
        description="What of the plots lies in no known county; below the county, of those that "
        "rows count, what lies in no known district of the level. All `sum_m2` and this add up to "
        "the plots' own areas."
    )
    note: str | None = None


GROUP_NOTE = Message(
    "各组之间可能重叠，合计可能大于总数",
    "groups may share ground: their sum may exceed the total",
)


def as_csv(answer: CoverageAnswer) -> str:
    """The rows with the API's names as heads; begins with a byte order mark, for Excel.

    What lies in no known district is a last row without a code, so that the column adds up.
    """
    left_out = {"group"} if answer.by is None else set()
    if not any(row.area_kind for row in answer.rows):
        left_out.add("area_kind")
    names = [name for name in CoverageOut.model_fields if name not in left_out]
    outside = [dict.fromkeys(names) | row for row in answer.outside_rows()]
    return table_as_csv(names, [*answer.table(), *outside])


def as_json(answer: CoverageAnswer) -> bytes:
    """The figures as the contract has them; without groups nothing is said of groups."""
    details: dict[str, Any] = {
        "as_of": answer.as_of,
        "boundary": answer.boundary,
        "pending_cells": answer.pending_cells,
        "pending_since": answer.pending_since,
        "outside_m2": answer.outside_m2,
    }
    if answer.by is not None:
        details["note"] = localised(GROUP_NOTE)
    return b'{"rows":' + answer.rows.as_json + b"," + to_json(details).removeprefix(b"{")


class CoveragePlots(PlotList):
    """A page of the plots behind a figure, and what the figure is of."""

    code: str
    as_of: datetime
    boundary: str
    numberElsewhere: int = Field(  # noqa: N815 - beside numberMatched
        description="Plots of the figure that reach in from districts beyond yours: not shown."
    )


async def plot_choice(
    connection: ConnectionDep,
    _account: AccountDep,
    as_of: AsOfDep,
    year: Annotated[
        int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Task year; all.")
    ] = None,
    kind: Annotated[
        list[str] | None, Query(max_length=50, description="Code or label of the list `kind`.")
    ] = None,
    programme: Annotated[
        list[str] | None, Query(max_length=50, description="Code or label of `programme`.")
    ] = None,
    theme: Themes = None,
    work_type: WorkTypes = None,
    unit: Units = None,
    borders_on: Annotated[
        Day | None,
        Query(description="A day: by the borders that held on it, not by those of the moment."),
    ] = None,
) -> Choice:
    """Which plots count in the figures."""
    lists = {"kind": kind, "programme": programme, "theme": theme, "work_type": work_type}
    return Choice(
        year=year,
        **{
            f"{name}s": known_codes(connection, name, values)
            for name, values in lists.items()
            if values is not None
        },
        units=None if unit is None else known_units(connection, unit),
        as_of=as_of,
        borders_on=None if borders_on is None else day_until_today("borders_on", borders_on),
    )


ChoiceDep = Annotated[Choice, Depends(plot_choice)]


@router.get(
    "",
    response_model=CoverageTable,
    operation_id="readCoverage",
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def read_coverage(
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    choice: ChoiceDep,
    level: FigureLevel = "county",
    parent: Annotated[
        str | None, Query(pattern=DISTRICT, description="All below it; areas: all that meet it.")
    ] = None,
    area: Annotated[
        list[str] | None, Query(max_length=50, description="Codes of areas; with `level=area`.")
    ] = None,
    area_kind: Annotated[
        list[str] | None, Query(max_length=50, description="Codes of `area_kind`, likewise.")
    ] = None,
    by: By | None = None,
    format: Literal["json", "csv"] = "json",  # noqa: A002 - the contract's name
) -> Any:
    """Green area and coverage of every district of a level, 0 for those without plots.

    With `level=area`, `area` or `area_kind` of reporting areas: the union of the approved plots in
    each, made when it is asked for, of the plots that you may see.
    """
    if level == "area" or area is not None or area_kind is not None:
        answer = area_coverage(
            connection,
            account,
            AreaQuestion(
                area,
                area_kind,
                None if parent is None else counties_below(connection, parent, account),
                by,
                choice,
                settings.export_limit,
            ),
        )
    else:
        question = CoverageQuestion(level, parent, by, choice, settings.coverage_exact_cells)
        answer = coverage(connection, account, question)
    headers = {"Cache-Control": "private, no-cache"}
    if format == "csv":
        headers["Content-Disposition"] = 'attachment; filename="coverage.csv"'
        return Response(as_csv(answer), media_type="text/csv; charset=utf-8", headers=headers)
    return Response(as_json(answer), media_type="application/json", headers=headers)


@router.get(
    "/{code}/plots",
    response_model=CoveragePlots,
    response_class=GeoJson,
    operation_id="listCoveragePlots",
)
@in_lane(by_length)
def list_coverage_plots(
    code: Annotated[str, Path(pattern=_PLACE, description="Code of a district or of an area.")],
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    choice: ChoiceDep,
    page: PlotsPageDep,
    level: Annotated[
        Literal["area"] | None,
        Query(description="`area`: of a reporting area whose code could be a district's too."),
    ] = None,
) -> Any:
    """The plots that make the figure of a district or a reporting area, page by page.

    Of an area they are those that you may see, as its figure is.
    """
    if level == "area" or _OF_DISTRICT.fullmatch(code) is None:
        ground = plots_of_area(connection, account, code, choice)
        if ground is None:
            raise not_found("此片区")
        return plots_page(
            connection,
            account,
            ground.filters,
            page,
            code=code,
            as_of=choice.as_of or now(),
            boundary=ground.boundary,
            numberElsewhere=0,
        )
    choice = own_choice(account, choice)
    behind = districts_behind(connection, account, code, choice)
    if not behind:
        raise not_found("此行政区")
    codes = [node.code for node in behind]
    few = settings.coverage_exact_cells
    filters = PlotFilter(
        version="approved",
        stages=GREEN_STAGES,
        as_of=choice.as_of,
        among=plots_behind(codes, choice, exact_cells=few),
    )
    elsewhere = count_plots_behind(connection, codes, choice, exact_cells=few)
    elsewhere -= plots.count_plots(connection, account, filters)
    return plots_page(
        connection,
        account,
        filters,
        page,
        code=code,
        as_of=choice.as_of or now(),
        boundary=boundary_words(behind),
        numberElsewhere=elsewhere,
    )
