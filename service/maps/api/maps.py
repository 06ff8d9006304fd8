"""``/maps``: folium pages, scoped to whoever asks."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from data.districts.code_patterns import DISTRICT
from maps.page import Page
from maps.words import Pair
from service.accounts.api.deps import AccountDep
from service.maps import coverage_maps
from service.maps.coverage_maps import MapQuestion
from service.maps.patrol_maps import PatrolMapQuestion, opening_period, patrol_page
from service.patrol.api.query_params import PeriodOrNewestDep
from service.plots.db.plots import VersionName
from service.plots.filters import counties_below, past_moment
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep
from service.web.periods import other_periods
from service.web.thread_route import ThreadRoute
from service.web.timestamps import day_of, now, today

router = APIRouter(prefix="/maps", tags=["maps"], route_class=ThreadRoute)

# Only a header can say who may frame a page.
FRAMING = "frame-ancestors 'self'"


async def map_question(
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
    )


MapDep = Annotated[MapQuestion, Depends(map_question)]


def _answer(page: Page, question: MapQuestion, name: str) -> HTMLResponse:
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": f"{page.csp}; {FRAMING}",
    }
    if question.expires is not None:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return HTMLResponse(page.html, headers=headers)


@router.get("/coverage", operation_id="coverageMap", response_class=HTMLResponse)
@in_lane("heavy")
def coverage_map(account: AccountDep, connection: ConnectionDep, question: MapDep) -> Any:
    """Coverage by county and above, forest and urban apart and together, plots on it."""
    made = coverage_maps.coverage_page(connection, account, question)
    return _answer(made.page, question, "coverage.html")


@router.get("/afforestation", operation_id="afforestationMap", response_class=HTMLResponse)
@in_lane("heavy")
def afforestation_map(
    account: AccountDep,
    connection: ConnectionDep,
    question: MapDep,
    version: Annotated[
        VersionName,
        Query(description="`working`: the newest versions; the page says how many are unreviewed."),
    ] = "approved",
) -> Any:
    """Approved plots by stage, year, programme and kind, planned beside done."""
    page = coverage_maps.afforestation_page(connection, account, replace(question, version=version))
    return _answer(page, question, "afforestation.html")


@router.get("/patrol", operation_id="patrolMap", response_class=HTMLResponse)
@in_lane("heavy")
def patrol_map(
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    period: PeriodOrNewestDep,
    district: Annotated[
        str | None, Query(pattern=DISTRICT, description="Only this district.")
    ] = None,
    download: Annotated[bool, Query(description="As one file, its expiry stamped in.")] = False,
    names: Annotated[bool, Query(description="Names of people, for inspectors only.")] = False,
) -> Any:
    """Zones by duty, tracks for who may see them, findings, the share walked."""
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
    )
    page = patrol_page(connection, account, question)
    return _answer(page, MapQuestion(expires=question.expires), "patrol.html")
