"""``/maps``: folium pages, scoped to whoever asks."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.datastructures import QueryParams

from data.districts.code_patterns import DISTRICT
from maps.page import Page
from maps.words import Pair
from service.accounts.api.deps import AccountDep
from service.accounts.db.accounts import Account
from service.maps import coverage_maps
from service.maps.kept_pages import kept_page
from service.maps.patrol_maps import PatrolMapQuestion, opening_period, patrol_page
from service.maps.progress_maps import ProgressMapQuestion, progress_page
from service.maps.question import MapQuestion
from service.patrol.api.query_params import PeriodOrNewestDep
from service.plans.indicators import words_in_use
from service.plots.api.filter_params import AsOfDep
from service.plots.db.plots import VersionName
from service.plots.filters import counties_below, past_moment
from service.progress.answers import MAX_PLANS, plans_of
from service.progress.book import Reader
from service.progress.progress_row import ProgressQuestion, known_indicators
from service.settings import Settings
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep
from service.web.etags import IfNoneMatch, has_tag
from service.web.periods import other_periods
from service.web.thread_route import ThreadRoute
from service.web.timestamps import day_of, now, today

router = APIRouter(prefix="/maps", tags=["maps"], route_class=ThreadRoute)

# Only a header can say who may frame a page.
FRAMING = "frame-ancestors 'self'"


@dataclass(frozen=True)
class _Asking:
    """Who asks, and which pages they have."""

    account: Account
    connection: Connection
    settings: Settings
    if_none_match: str | None


async def _asking(
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    if_none_match: IfNoneMatch = None,
) -> _Asking:
    return _Asking(account, connection, settings, if_none_match)


AskingDep = Annotated[_Asking, Depends(_asking)]


async def map_question(
    request: Request,
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    district: Annotated[
        str | None, Query(pattern=DISTRICT, description="Only this district.")
    ] = None,
    since: Annotated[
        str | None, Query(max_length=40, description="Show the change from that date or time.")
    ] = None,
    download: Annotated[bool, Query(description="As one file, its expiry stamped in.")] = False,
) -> MapQuestion:
    """Which part, since when, until when."""
    lasts = timedelta(days=settings.map_days)
    return MapQuestion(
        district=district,
        counties=None if district is None else tuple(counties_below(connection, district, account)),
        since=None if since is None else past_moment("since", since),
        expires=day_of(now() + lasts) if download else None,
        plot_limit=settings.map_plot_limit,
        download="" if download else _as_file(request.query_params),
    )


def _as_file(params: QueryParams) -> str:
    """The address of the same map as a file."""
    given = [(name, value) for name, value in params.multi_items() if name != "download"]
    return "?" + urlencode([*given, ("download", "true")])


MapDep = Annotated[MapQuestion, Depends(map_question)]


def _answer(
    asking: _Asking, name: str, question: object, draw: Callable[[], Page], *, as_file: bool
) -> Response:
    """The map, from its file when nothing changed since it was drawn; 304 for who has it."""
    made = kept_page(asking.connection, asking.account, asking.settings, (name, question), draw)
    headers = {"Cache-Control": "private, no-cache"}
    if made.tag is not None:
        headers["ETag"] = made.tag
        if has_tag(asking.if_none_match, made.tag):
            return Response(None, 304, headers)
    headers["Content-Security-Policy"] = f"{made.page.csp}; {FRAMING}"
    if as_file:
        headers["Content-Disposition"] = f'attachment; filename="{name}.html"'
    return HTMLResponse(made.page.html, headers=headers)


@router.get("/coverage", operation_id="coverageMap", response_class=HTMLResponse)
@in_lane("heavy")
def coverage_map(asking: AskingDep, question: MapDep) -> Any:
    """Coverage by county and above, forest and urban apart and together, plots on it."""

    def draw() -> Page:
        return coverage_maps.coverage_page(asking.connection, asking.account, question).page

    return _answer(asking, "coverage", question, draw, as_file=question.expires is not None)


@router.get("/afforestation", operation_id="afforestationMap", response_class=HTMLResponse)
@in_lane("heavy")
def afforestation_map(
    asking: AskingDep,
    question: MapDep,
    version: Annotated[
        VersionName,
        Query(description="`working`: the newest versions; the page says how many are unreviewed."),
    ] = "approved",
) -> Any:
    """Approved plots by stage, year, programme and kind, planned beside done."""
    question = replace(question, version=version)

    def draw() -> Page:
        return coverage_maps.afforestation_page(asking.connection, asking.account, question)

    return _answer(asking, "afforestation", question, draw, as_file=question.expires is not None)


@router.get("/patrol", operation_id="patrolMap", response_class=HTMLResponse)
@in_lane("heavy")
def patrol_map(
    request: Request,
    asking: AskingDep,
    period: PeriodOrNewestDep,
    district: Annotated[
        str | None, Query(pattern=DISTRICT, description="Only this district.")
    ] = None,
    download: Annotated[bool, Query(description="As one file, its expiry stamped in.")] = False,
    names: Annotated[bool, Query(description="Names of people, for inspectors only.")] = False,
) -> Any:
    """Zones by duty, tracks for who may see them, findings, the share walked."""
    account, connection, settings = asking.account, asking.connection, asking.settings
    lasts = timedelta(days=settings.map_days)
    counties = None if district is None else tuple(counties_below(connection, district, account))
    notes: tuple[Pair, ...] = ()
    if period is None:
        period, notes = opening_period(connection, account, counties)
    params = {"district": district, "names": "true" if names else None}
    query = {name: value for name, value in params.items() if value is not None}
    links = {
        way: (other.name, "?" + urlencode({"period": other.name, **query}))
        for way, other in other_periods(period, today()).items()
    }
    question = PatrolMapQuestion(
        period,
        district,
        counties,
        names,
        day_of(now() + lasts) if download else None,
        {} if download else links,
        settings.patrol_limit,
        notes,
        "" if download else _as_file(request.query_params),
    )

    def draw() -> Page:
        return patrol_page(connection, account, question)

    return _answer(asking, "patrol", question, draw, as_file=download)


@router.get("/progress", operation_id="progressMap", response_class=HTMLResponse)
@in_lane("heavy")
def progress_map(
    request: Request,
    asking: AskingDep,
    as_of: AsOfDep,
    plan: Annotated[
        list[str] | None, Query(max_length=MAX_PLANS, description="Codes; all that you see.")
    ] = None,
    indicator: Annotated[
        list[str] | None, Query(max_length=50, description="Codes or labels of `indicator`.")
    ] = None,
    district: Annotated[
        str | None, Query(pattern=DISTRICT, description="Only this district.")
    ] = None,
    download: Annotated[bool, Query(description="As one file, its expiry stamped in.")] = False,
) -> Any:
    """Districts by rate, with target, reported, mapped and accepted."""
    account, connection, settings = asking.account, asking.connection, asking.settings
    if district is not None:
        counties_below(connection, district, account)
    plans = plans_of(connection, account, plan)
    chosen = None if indicator is None else known_indicators(connection, indicator)
    expires = day_of(now() + timedelta(days=settings.map_days)) if download else None
    question = ProgressMapQuestion(
        ProgressQuestion(chosen, None, district, None, as_of),
        expires,
        "" if download else _as_file(request.query_params),
    )

    def draw() -> Page:
        reader = Reader(connection, account, settings, words_in_use(connection))
        return progress_page(reader, plans, question)

    codes = tuple((row["code"], row["version"]) for row in plans)
    return _answer(asking, "progress", (codes, question), draw, as_file=download)
