"""Frames from the database to maps, for routes and the command line alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd
from geopandas import GeoDataFrame
from sqlalchemy import Connection

from gis.coverage import coverage as coverage_in_memory
from gis.measure import M2_PER_MU
from gis.messages import Message
from maps import afforestation_map, coverage_map
from maps.caption import ALL_DISTRICTS, Caption, Words
from maps.page import Page
from maps.words import Pair
from service.accounts.db.accounts import Account
from service.codes.db.codes import codes
from service.coverage.db.refusal import allowed_on
from service.coverage.frames import coverage_frame
from service.coverage.rollup import (
    CoverageAnswer,
    CoverageQuestion,
    CoverageRows,
    coverage,
    coverage_of_levels,
)
from service.districts.db import districts as district_queries
from service.errors import Problem
from service.maps.areas_of_map import MapAreas, map_areas, with_areas, with_figures
from service.maps.question import MapQuestion
from service.plots.db import plots as plot_queries
from service.plots.db.plots import GREEN_STAGES, PlotFilter
from service.plots.filters import refuse_unapproved
from service.plots.frames import plots_frame
from service.web.row_limits import PLOTS, MapLimit
from service.web.timestamps import in_both_languages

if TYPE_CHECKING:
    from service.districts.db.districts import DistrictTree

LEVELS = ("county", "city", "province")
ALWAYS_APART = ("forest", "urban")
GREEN_CLASSES = ("forest", "urban", "grass", "wetland", "sand", "karst")
CODED = (
    "stage",
    "review",
    "kind",
    "green_class",
    "programme",
    "theme",
    "work_type",
    "category",
    "method",
    "species",
    "land_ownership",
    "tree_ownership",
)


@dataclass(frozen=True)
class CoverageMap:
    """The page, and the figures of the counties that it shows."""

    page: Page
    answer: CoverageAnswer


def coverage_page(
    connection: Connection, account: Account, question: MapQuestion | None = None
) -> CoverageMap:
    """Coverage of the account's counties and of what lies above them, with the plots behind it."""
    question = question or MapQuestion()
    answers = coverage_of_levels(connection, account, CoverageQuestion(), LEVELS)
    answers = [_narrowed(answer, question) for answer in answers]
    answer = answers[0]
    areas, without = map_areas(connection, account, question)
    shown = CoverageAnswer(
        CoverageRows(row for of_level in answers for row in of_level.rows),
        answer.as_of,
        answer.boundary,
    )
    districts = with_areas(_figures(connection, shown), areas.frame)
    # Those that the figures count: neither planned nor cancelled ground, and none under review.
    counted = PlotFilter(version="approved", counties=question.counties, stages=GREEN_STAGES)
    plots, marks = _plots(connection, account, counted, question, coverage_map.COLUMNS)
    page = coverage_map.build(
        districts,
        plots,
        caption=replace(
            _caption(
                connection,
                account,
                question,
                answer,
                plots,
                title=("绿化覆盖率", "Greening coverage"),
            ),
            marks=(*marks, *_outside(answer), *without),
        ),
        by_class=with_figures(_by_class(connection, account, shown), areas.by_class),
        before=_before(connection, account, question, districts, areas),
        labels={**_labels(connection), "level": areas.levels},
    )
    return CoverageMap(page, answer)


def afforestation_page(
    connection: Connection, account: Account, question: MapQuestion | None = None
) -> Page:
    """Approved plots by stage, year, programme and kind; with ``version`` the newest of each.

    Raises
    ------
    Problem
        403 when a viewer asks for what is not approved.
    """
    question = question or MapQuestion()
    refuse_unapproved(account, question.version)
    answer = _narrowed(coverage(connection, account, CoverageQuestion()), question)
    chosen = PlotFilter(version=question.version, counties=question.counties)
    plots, marks = _plots(connection, account, chosen, question, afforestation_map.COLUMNS)
    return afforestation_map.build(
        _figures(connection, answer),
        plots,
        caption=replace(
            _caption(
                connection,
                account,
                question,
                answer,
                plots,
                title=("造林绿化落地上图", "Greening plots"),
            ),
            marks=marks,
        ),
        labels=_labels(connection),
        show_review=question.version == "working",
    )


def _outside(answer: CoverageAnswer) -> tuple[Pair, ...]:
    """What a map says of ground that it does not show: plots in no known district."""
    mu = f"{answer.outside_m2 / M2_PER_MU:,.1f}"
    if answer.outside_m2 < 0.05 * M2_PER_MU:
        return ()
    return ((f"另有 {mu} 亩不在任何已知行政区内", f"{mu} mu more lie in no known district"),)


def _narrowed(answer: CoverageAnswer, question: MapQuestion) -> CoverageAnswer:
    """Only the counties asked for: figures of districts above would cover more than is shown."""
    if question.counties is None:
        return answer
    rows = CoverageRows(row for row in answer.rows if row.code in set(question.counties))
    return CoverageAnswer(rows, answer.as_of, answer.boundary)


def _figures(connection: Connection, answer: CoverageAnswer) -> GeoDataFrame:
    shapes = district_queries.frame(connection, [row.code for row in answer.rows])
    frame = coverage_frame(answer, shapes)
    tree = district_queries.tree(connection)
    frame["parent_name"] = [_name(tree, code) for code in frame["parent"]]
    return frame


def _name(tree: "DistrictTree", code: str | None) -> str | None:
    return tree[code].name if code is not None and code in tree else None


def _plots(
    connection: Connection,
    account: Account,
    chosen: PlotFilter,
    question: MapQuestion,
    columns: tuple[str, ...],
) -> tuple[GeoDataFrame, tuple[Pair, ...]]:
    """The plots, and what the page says beside its title when they are not all."""
    rows = plot_queries.list_records(
        connection,
        account,
        chosen,
        limit=question.plot_limit + 1,
        columns=(*columns, "demo"),
    )
    bound = MapLimit(question.plot_limit)
    return plots_frame(bound.within(rows, PLOTS)), tuple(bound.marks)


def _by_class(connection: Connection, account: Account, shown: CoverageAnswer) -> pd.DataFrame:
    """Figures of each green class for every district of the map; a class without plots has 0."""
    question = CoverageQuestion(by="green_class")
    answers = coverage_of_levels(connection, account, question, LEVELS)
    areas = {(row.code, row.group): row.green_m2 for of_level in answers for row in of_level.rows}
    # Forest and town stand apart always; grass, wetland, sand and karst where there is some.
    present = {group for _, group in areas}
    rows = [
        (row.code, green_class, areas.get((row.code, green_class), 0.0), row.district_m2)
        for green_class in GREEN_CLASSES
        if green_class in ALWAYS_APART or green_class in present
        for row in shown.rows
    ]
    return pd.DataFrame(rows, columns=["code", "green_class", "green_m2", "district_m2"])


def _before(
    connection: Connection,
    account: Account,
    question: MapQuestion,
    districts: GeoDataFrame,
    areas: MapAreas,
) -> pd.DataFrame | None:
    """Coverage as the approved versions stood at ``since``, on today's borders.

    Ground counts as the layers of that day let it; areas have the outline of that day.

    Raises
    ------
    Problem
        422 when there were too many plots: a figure of some of them would be wrong.
    """
    if question.since is None:
        return None
    then = PlotFilter(version="approved", stages=GREEN_STAGES, as_of=question.since)
    rows = plot_queries.list_records(
        connection, account, then, limit=question.plot_limit + 1, columns=("stage", "kind")
    )
    if len(rows) > question.plot_limit:
        raise Problem(
            422,
            "too_many_plots",
            Message(
                f"当时的图斑超过 {question.plot_limit} 块，无法比较，请去掉 since 或调大 "
                "LUOTU_MAP_PLOT_LIMIT",
                f"more than {question.plot_limit} plots stood then, which a map does not compare: "
                "leave `since` out, or raise LUOTU_MAP_PLOT_LIMIT",
            ),
        )
    plots = plots_frame(rows)
    stages, kinds = plots["stage"].tolist(), plots["kind"].tolist()
    shapes = plots.geometry.to_numpy()
    plots["geometry"] = allowed_on(connection, shapes, stages, kinds, question.since)
    counties = districts[districts["level"] == "county"][["code", "parent", "geometry"]]
    counties = counties.dropna(subset="geometry")
    figures = coverage_in_memory(counties[["code", "geometry"]], plots[["geometry"]], checked=True)
    return with_figures(_with_those_above(figures, districts), areas.before)


def _with_those_above(figures: pd.DataFrame, districts: GeoDataFrame) -> pd.DataFrame:
    """Figures of counties, and of the districts above them as the sums of theirs."""
    parent = dict(zip(districts["code"], districts["parent"], strict=True))
    columns = ["code", "green_m2", "district_m2"]
    levels = [figures[columns]]
    above = figures[columns].assign(code=figures["code"].map(parent)).dropna(subset="code")
    while len(above):
        levels.append(above.groupby("code", as_index=False).sum())
        above = above.assign(code=above["code"].map(parent)).dropna(subset="code")
    return pd.concat(levels, ignore_index=True)


def _caption(
    connection: Connection,
    account: Account,
    question: MapQuestion,
    answer: CoverageAnswer,
    plots: GeoDataFrame,
    *,
    title: Pair,
) -> Caption:
    return Caption(
        title=title,
        source="落图 Luotu",
        as_of=in_both_languages(answer.as_of),
        scope=_scope_words(connection, account, question),
        vintage=answer.boundary,
        compared=question.since and in_both_languages(question.since),
        expires=question.expires,
        download=question.download,
        invented=bool(len(plots)) and bool(plots["demo"].any()),
    )


def _labels(connection: Connection) -> dict[str, dict[str, tuple[str, str]]]:
    """Words for the codes that a map shows."""
    return {
        name: {row["code"]: (row["label_zh"], row["label_en"]) for row in codes(connection, name)}
        for name in CODED
    }


def _scope_words(connection: Connection, account: Account, question: MapQuestion) -> Words:
    names = district_queries.tree(connection)
    given: Sequence[str] = account.scope if question.district is None else (question.district,)
    return "、".join(names[code].name for code in given if code in names) or ALL_DISTRICTS
