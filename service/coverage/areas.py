"""Coverage of reporting areas: the union of the plots in each, computed when it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas
import pandas as pd
from sqlalchemy import Connection

from gis.coverage import coverage as cover
from gis.messages import Message
from service.accounts.db.accounts import Account
from service.areas.db.areas import AreaFilter, area_frame, shares_in_counties
from service.coverage.db.areas import plots_in_areas
from service.coverage.db.figures import EVERY, By, Choice
from service.coverage.db.refusal import allowed_on
from service.coverage.rollup import (
    CoverageAnswer,
    CoverageRows,
    DistrictCoverage,
    own_choice,
)
from service.errors import Problem
from service.plots.db.plots import GREEN_STAGES, PlotFilter, list_records
from service.plots.frames import plots_frame
from service.web.timestamps import day_of, now

# What of an area may lie in counties of others before its figures are called incomplete.
WHOLE_SHARE = 1 - 1e-6


@dataclass(frozen=True)
class AreaQuestion:
    """Which figures of areas are asked for; None leaves a condition out."""

    codes: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    counties: Sequence[str] | None = None
    """Those that share ground with one of these counties."""
    by: By | None = None
    choice: Choice = EVERY
    plot_limit: int = 200_000


def area_coverage(
    connection: Connection, account: Account, question: AreaQuestion
) -> CoverageAnswer:
    """Coverage of the areas that have figures on the day, with the plots that the account may see.

    An area has a row without plots too; for an account of units alone, which sees no ground but its
    plots', those areas have one that hold some. ``complete`` is false where a part lies outside the
    account's districts: plots there are not counted.

    Raises
    ------
    Problem
        422 ``too_many_plots``: there are more plots in the areas than ``plot_limit``.
    """
    choice = own_choice(account, question.choice)
    counties = question.counties
    if counties is None and account.counties:
        counties = account.counties
    day = day_of(choice.as_of or now())
    asked = AreaFilter(question.codes, question.kinds, day, counties, at=choice.as_of)
    areas = area_frame(connection, asked)
    codes = areas["code"].tolist()
    filters = _counted(choice, plots_in_areas(codes, choice.as_of))
    limit = question.plot_limit
    plots = list_records(connection, account, filters, limit=limit + 1) if codes else []
    if len(plots) > limit:
        raise Problem(
            422,
            "too_many_plots",
            Message(
                f"所选片区内图斑超过 {limit} 个，请用 area、area_kind 或 year 缩小范围",
                f"more than {limit} plots lie in these areas: narrow it by area, area_kind or year",
            ),
        )
    frame = plots_frame(plots)
    ground = areas[["code", "geometry"]]
    table = cover(ground, frame, by=question.by, checked=True)
    table["allowed_m2"] = table["green_m2"]
    whole = frame.geometry.to_numpy()
    stages, kinds = frame["stage"].tolist(), frame["kind"].tolist()
    allowed = allowed_on(connection, whole, stages, kinds, choice.as_of)
    if any(some is not all_ for some, all_ in zip(allowed, whole, strict=True)):
        rest = frame.set_geometry(geopandas.GeoSeries(allowed, index=frame.index, crs=frame.crs))
        table["allowed_m2"] = cover(ground, rest, by=question.by, checked=True)["green_m2"]
    shares = dict.fromkeys(codes, 1.0)
    if account.counties is not None:
        shares = shares_in_counties(connection, codes, account.counties, choice.as_of)
    named = areas.set_index("code")
    rows = CoverageRows(
        _row(row, named, question.by, whole=shares.get(row.code, 0.0) >= WHOLE_SHARE)
        for row in table.itertuples()
    )
    if account.counties == ():
        there = {row.code for row in rows if row.plot_count}
        rows = CoverageRows(row for row in rows if row.code in there)
    return CoverageAnswer(rows, choice.as_of or now(), "area", question.by)


@dataclass(frozen=True)
class AreaGround:
    """The plots behind the figure of an area, and the outline that it stands on."""

    code: str
    filters: PlotFilter
    boundary: str


def plots_of_area(
    connection: Connection, account: Account, code: str, choice: Choice
) -> AreaGround | None:
    """Which plots make the figure of an area; None where it has no figure on the day.

    They are of the plots that the account may see.
    """
    choice = own_choice(account, choice)
    day = day_of(choice.as_of or now())
    counties = account.counties or None
    areas = area_frame(connection, AreaFilter([code], None, day, counties, at=choice.as_of))
    if not len(areas):
        return None
    among = plots_in_areas([code], choice.as_of, sharing=True)
    return AreaGround(code, _counted(choice, among), _outline(areas["version"].iloc[0]))


def _counted(choice: Choice, among: Any) -> PlotFilter:
    return PlotFilter(
        version="approved",
        stages=GREEN_STAGES,
        year=choice.year,
        kinds=choice.kinds,
        programmes=choice.programmes,
        themes=choice.themes,
        work_types=choice.work_types,
        units=choice.units,
        as_of=choice.as_of,
        among=among,
    )


def _outline(version: int) -> str:
    return f"area v{version}"


def _row(row: Any, areas: pd.DataFrame, by: By | None, *, whole: bool) -> DistrictCoverage:
    area = areas.loc[row.code]
    group = None if by is None else getattr(row, by)
    district_m2 = float(area["area_m2"])
    # As of districts: refused is what of the union no plot is allowed that covers it.
    green_m2 = min(float(row.allowed_m2), float(row.green_m2))
    refused_m2, overlap_m2 = float(row.green_m2) - green_m2, float(row.overlap_m2)
    return DistrictCoverage(
        code=row.code,
        name=area["name"],
        level="area",
        parent=None,
        group=group,
        district_m2=district_m2,
        green_m2=green_m2,
        coverage=green_m2 / district_m2 if district_m2 > 0 else None,
        plot_count=int(row.plot_count),
        sum_m2=green_m2 + overlap_m2 + refused_m2,
        overlap_m2=overlap_m2,
        refused_m2=refused_m2,
        complete=whole,
        boundary=_outline(area["version"]),
        area_kind=area["kind"],
    )
