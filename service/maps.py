"""Frames from the database to maps, for routes and the command line alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd
from geopandas import GeoDataFrame
from sqlalchemy import Connection

from gis.coverage import coverage as coverage_in_memory
from maps import afforestation_map, coverage_map
from maps.caption import Caption
from maps.page import Page
from service.coverage import (
    CoverageAnswer,
    CoverageQuestion,
    CoverageRows,
    coverage,
    coverage_of_levels,
)
from service.db import districts as district_queries
from service.db import plots as plot_queries
from service.db.accounts import Account
from service.db.codes import codes
from service.db.plots import GREEN_STAGES, PlotFilter
from service.frames import coverage_frame, plots_frame
from service.moments import in_words

if TYPE_CHECKING:
    from service.db.districts import DistrictTree

# Every plot of a province: the maps themselves count in squares what is too much to draw.
MOST_PLOTS = 2_000_000
LEVELS = ("county", "city", "province")
CODED = (
    "stage",
    "review",
    "kind",
    "green_class",
    "programme",
    "category",
    "method",
    "species",
    "land_ownership",
    "tree_ownership",
)


@dataclass(frozen=True)
class MapQuestion:
    """What a map is to show; ``since`` adds the change from that moment, ``expires`` is stamped in.

    ``counties`` are those of ``district``.
    """

    district: str | None = None
    counties: tuple[str, ...] | None = None
    since: datetime | None = None
    expires: date | None = None


@dataclass(frozen=True)
class CoverageMap:
    """The page, and the figures of the counties that it shows."""

    page: Page
    answer: CoverageAnswer


def coverage_page(
    connection: Connection, who: Account, asked: MapQuestion | None = None
) -> CoverageMap:
    """Coverage of the account's counties and of what lies above them, approved plots on it."""
    asked = asked or MapQuestion()
    answers = coverage_of_levels(connection, who, CoverageQuestion(), LEVELS)
    answers = [_narrowed(answer, asked) for answer in answers]
    answer = answers[0]
    shown = CoverageAnswer(
        CoverageRows(row for one in answers for row in one.rows), answer.as_of, answer.boundary
    )
    districts = _figures(connection, shown)
    plots = _plots(connection, who, asked, version="approved")
    page = coverage_map.build(
        districts,
        plots,
        caption=_caption(connection, who, asked, answer, plots, title="绿化覆盖率"),
        by_class=_by_class(connection, who, answer),
        before=_before(connection, who, asked, districts),
        labels=_labels(connection),
    )
    return CoverageMap(page, answer)


def afforestation_page(
    connection: Connection, who: Account, asked: MapQuestion | None = None
) -> Page:
    """Plots by stage, year, programme and kind; those under review for who may see them."""
    asked = asked or MapQuestion()
    answer = _narrowed(coverage(connection, who, CoverageQuestion()), asked)
    sees_reviews = who.role != "viewer"
    plots = _plots(connection, who, asked, version="working" if sees_reviews else "approved")
    return afforestation_map.build(
        _figures(connection, answer),
        plots,
        caption=_caption(connection, who, asked, answer, plots, title="造林绿化落地上图"),
        labels=_labels(connection),
        show_review=sees_reviews,
    )


def _narrowed(answer: CoverageAnswer, asked: MapQuestion) -> CoverageAnswer:
    """Only the counties asked for; what lies above them would promise more than is shown."""
    if asked.counties is None:
        return answer
    rows = CoverageRows(row for row in answer.rows if row.code in set(asked.counties))
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
    connection: Connection, who: Account, asked: MapQuestion, *, version: plot_queries.VersionName
) -> GeoDataFrame:
    chosen = PlotFilter(version=version, counties=asked.counties)
    return plots_frame(plot_queries.stored_plots(connection, who, chosen, limit=MOST_PLOTS))


def _by_class(connection: Connection, who: Account, answer: CoverageAnswer) -> pd.DataFrame:
    found = coverage(connection, who, CoverageQuestion(by="green_class"))
    shown = {row.code for row in answer.rows}
    rows = [row for row in found.table() if row["code"] in shown]
    columns = ["code", "group", "green_m2", "district_m2"]
    return pd.DataFrame(rows, columns=columns).rename(columns={"group": "green_class"})


def _before(
    connection: Connection, who: Account, asked: MapQuestion, districts: GeoDataFrame
) -> pd.DataFrame | None:
    """Coverage as the approved versions stood at ``since``, on today's borders."""
    if asked.since is None:
        return None
    then = PlotFilter(version="approved", stages=GREEN_STAGES, as_of=asked.since)
    plots = plots_frame(plot_queries.stored_plots(connection, who, then, limit=MOST_PLOTS))
    counties = districts[districts["level"] == "county"][["code", "geometry"]].dropna()
    figures = coverage_in_memory(counties, plots[["geometry"]], checked=True)
    return figures[["code", "coverage"]]


def _caption(
    connection: Connection,
    who: Account,
    asked: MapQuestion,
    answer: CoverageAnswer,
    plots: GeoDataFrame,
    *,
    title: str,
) -> Caption:
    return Caption(
        title=title,
        source="落图 Luotu",
        as_of=in_words(answer.as_of),
        scope=_scope_words(connection, who, asked),
        vintage=answer.boundary,
        compared=asked.since and in_words(asked.since),
        expires=asked.expires,
        invented=bool(len(plots)) and bool(plots["demo"].any()),
    )


def _labels(connection: Connection) -> dict[str, dict[str, tuple[str, str]]]:
    """Words for the codes that a map shows."""
    return {
        name: {one["code"]: (one["label_zh"], one["label_en"]) for one in codes(connection, name)}
        for name in CODED
    }


def _scope_words(connection: Connection, who: Account, asked: MapQuestion) -> str:
    names = district_queries.tree(connection)
    given: Sequence[str] = who.scope if asked.district is None else (asked.district,)
    return "、".join(names[code].name for code in given if code in names) or "全部行政区"
