"""Frames from the database to maps, for routes and the command line alike."""

from dataclasses import dataclass

from sqlalchemy import Connection

from maps import coverage_map
from maps.caption import Caption
from maps.page import Page
from service.coverage import CoverageAnswer, CoverageQuestion, coverage
from service.db import districts as district_queries
from service.db import plots as plot_queries
from service.db.accounts import Account
from service.db.codes import codes
from service.db.plots import PlotFilter
from service.frames import coverage_frame, plots_frame

TITLE = "绿化覆盖率"


@dataclass(frozen=True)
class CoverageMap:
    """The page, and the figures that it shows."""

    page: Page
    answer: CoverageAnswer


def coverage_page(
    connection: Connection,
    who: Account,
    *,
    district: str | None = None,
    counties: list[str] | None = None,
) -> CoverageMap:
    """Coverage of the counties in the account's scope, approved plots above it.

    ``district`` and its ``counties`` narrow it. Too many plots are aggregated by the map, which
    says so.
    """
    answer = coverage(connection, who, CoverageQuestion())
    if counties is not None:
        asked_for = [row for row in answer.rows if row.code in set(counties)]
        answer = CoverageAnswer(asked_for, answer.as_of, answer.boundary)
    shapes = district_queries.frame(connection, [row.code for row in answer.rows])
    asked = PlotFilter(version="approved", counties=counties)
    rows = plot_queries.stored_plots(connection, who, asked, limit=1_000_000)
    plots = plots_frame(rows)
    caption = Caption(
        title=TITLE,
        source="落图 Luotu",
        as_of=f"{answer.as_of:%Y-%m-%d %H:%M} UTC",
        scope=_scope_words(connection, who, district),
        vintage=answer.boundary,
        invented=bool(len(plots)) and bool(plots["demo"].any()),
    )
    page = coverage_map.build(
        coverage_frame(answer, shapes), plots, caption=caption, labels=_labels(connection)
    )
    return CoverageMap(page, answer)


def _labels(connection: Connection) -> dict[str, dict[str, tuple[str, str]]]:
    """Words for the codes that a map shows."""
    lists = ("stage", "kind", "green_class", "programme")
    return {
        name: {one["code"]: (one["label_zh"], one["label_en"]) for one in codes(connection, name)}
        for name in lists
    }


def _scope_words(connection: Connection, who: Account, district: str | None) -> str:
    names = district_queries.tree(connection)
    codes = [district] if district is not None else list(who.scope)
    return "、".join(names[code].name for code in codes if code in names) or "全部行政区"
