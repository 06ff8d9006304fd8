"""Reporting areas on the coverage map: each kind is a level beside those of districts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd
from geopandas import GeoDataFrame
from sqlalchemy import Connection

from maps.words import Pair
from service.accounts.db.accounts import Account
from service.areas.db.areas import AreaFilter, area_frame, shares_in_counties
from service.codes.db.codes import codes
from service.coverage.areas import WHOLE_SHARE, AreaQuestion, area_coverage
from service.coverage.db.figures import EVERY
from service.coverage.frames import coverage_frame
from service.coverage.rollup import CoverageAnswer
from service.errors import Problem
from service.maps.question import MapQuestion

__all__ = ["MapAreas", "map_areas", "with_areas", "with_figures"]

# An area may have the code of a district: on a map each has one of its own.
_OWN = "area:"
_FIGURES = ["code", "green_class", "green_m2", "district_m2"]
_TOO_MANY: Pair = (
    "统计片区内图斑过多，片区数字未上图",
    "too many plots in the reporting areas: their figures are not on the map",
)


@dataclass(frozen=True)
class MapAreas:
    """Areas as rows of the map, and their figures; None where there are none."""

    frame: GeoDataFrame | None = None
    by_class: pd.DataFrame | None = None
    before: pd.DataFrame | None = None
    levels: Mapping[str, Pair] = field(default_factory=dict)
    """What the levels are called: areas of one kind share no ground, those of several do."""


def map_areas(
    connection: Connection, account: Account, question: MapQuestion
) -> tuple[MapAreas, tuple[Pair, ...]]:
    """The areas that have figures today, and what the map says where it leaves them out.

    Of a map of one district those that lie wholly in it: the figures of others are of more ground
    than the map shows.
    """
    asked = AreaQuestion(counties=question.counties, plot_limit=question.plot_limit)
    try:
        answer = area_coverage(connection, account, asked)
        inside = _inside(connection, answer, question)
        if not inside:
            return MapAreas(), ()
        asked = replace(asked, codes=inside)
        by_class = area_coverage(connection, account, replace(asked, by="green_class"))
        before = None
        if question.since is not None:
            choice = replace(EVERY, as_of=question.since)
            before = area_coverage(connection, account, replace(asked, choice=choice))
    except Problem as problem:
        if problem.code != "too_many_plots":
            raise
        return MapAreas(), (_TOO_MANY,)
    rows = [row for row in answer.rows if row.code in set(inside)]
    frame = coverage_frame(
        replace(answer, rows=type(answer.rows)(rows)),
        area_frame(connection, AreaFilter(codes=inside)),
    )
    frame["level"] = [_OWN + (row.area_kind or "") for row in rows]
    frame["parent_name"] = None
    frame["code"] = _OWN + frame["code"]
    levels = {
        _OWN + row["code"]: (f"统计片区：{row['label_zh']}", f"areas: {row['label_en']}")
        for row in codes(connection, "area_kind")
    }
    return MapAreas(
        frame, _figures(by_class), None if before is None else _figures(before), levels
    ), ()


def with_areas(districts: GeoDataFrame, areas: GeoDataFrame | None) -> GeoDataFrame:
    """Both, districts first."""
    if areas is None:
        return districts
    together = pd.concat([districts, areas], ignore_index=True)
    return GeoDataFrame(together, geometry="geometry", crs=districts.crs)


def with_figures(figures: pd.DataFrame, of_areas: pd.DataFrame | None) -> pd.DataFrame:
    """Both, as far as there are any of areas."""
    if of_areas is None or of_areas.empty:
        return figures
    return pd.concat([figures, of_areas[list(figures.columns)]], ignore_index=True)


def _inside(connection: Connection, answer: CoverageAnswer, question: MapQuestion) -> list[str]:
    codes_ = [row.code for row in answer.rows]
    if question.counties is None or not codes_:
        return codes_
    shares = shares_in_counties(connection, codes_, question.counties)
    return [code for code in codes_ if shares.get(code, 0.0) >= WHOLE_SHARE]


def _figures(answer: CoverageAnswer) -> pd.DataFrame:
    rows = [(_OWN + row.code, row.group, row.green_m2, row.district_m2) for row in answer.rows]
    return pd.DataFrame(rows, columns=_FIGURES)
