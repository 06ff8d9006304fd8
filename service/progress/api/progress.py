"""``/api/progress``: targets beside what is reported, mapped and accepted; what makes them up."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlalchemy import Connection

from data.districts.code_patterns import DISTRICT
from gis.messages import Message
from service.accounts.api.deps import AccountDep
from service.accounts.db.accounts import Account
from service.plans.indicators import words_in_use
from service.plans.targets import plan_of, read_target
from service.plots.api.filter_params import AsOfDep
from service.plots.api.plots import PlotsPageDep, plots_page
from service.plots.db.plots import PlotFilter
from service.plots.filters import counties_below, past_moment
from service.progress.answers import MAX_PLANS, Progress, plans_of, progress
from service.progress.api.schemas import MovesOut, ProgressPlots, ProgressRows, RecordRows
from service.progress.behind import plots_behind, records_of_target
from service.progress.book import Reader
from service.progress.db.plots import numbered
from service.progress.moves import moves_of
from service.progress.progress_row import ProgressQuestion, known_indicators
from service.progress.table import csv_table, workbook
from service.settings import Settings
from service.units.naming import known_units
from service.web.admission import by_length, in_lane
from service.web.deps import ConnectionDep, SettingsDep, bad_query
from service.web.etags import IfNoneMatch, has_tag
from service.web.file_answers import file_answers
from service.web.geojson_response import GeoJson
from service.web.language import localised
from service.web.thread_route import ThreadRoute
from service.web.timestamps import now

router = APIRouter(prefix="/api/progress", tags=["progress"], route_class=ThreadRoute)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LANGUAGE = Message("-zh", "-en")
Level = Literal["province", "city", "county"]
TargetId = Annotated[int, Path(ge=1, le=2**63 - 1)]


async def progress_question(
    account: AccountDep,
    connection: ConnectionDep,
    as_of: AsOfDep,
    indicator: Annotated[
        list[str] | None, Query(max_length=50, description="Codes or labels of `indicator`.")
    ] = None,
    level: Annotated[
        Level | None, Query(description="A row for each district of the level; else each target.")
    ] = None,
    parent: Annotated[
        str | None, Query(pattern=DISTRICT, description="It and what lies below.")
    ] = None,
    unit: Annotated[
        str | None, Query(max_length=200, description="Holder, lead or taking part: code or name.")
    ] = None,
) -> ProgressQuestion:
    """Which rows are asked for."""
    if parent is not None:
        counties_below(connection, parent, account)
    return ProgressQuestion(
        None if indicator is None else known_indicators(connection, indicator),
        level,
        parent,
        None if unit is None else known_units(connection, [unit])[0],
        as_of,
    )


QuestionDep = Annotated[ProgressQuestion, Depends(progress_question)]


@router.get(
    "",
    response_model=ProgressRows,
    operation_id="readProgress",
    responses=file_answers(["text/csv", XLSX])
    | {200: {"content": {"text/csv": {"schema": {"type": "string"}}, XLSX: {}}}},
)
@in_lane("heavy")
def read_progress(
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    question: QuestionDep,
    plan: Annotated[
        list[str] | None,
        Query(max_length=MAX_PLANS, description="Codes; without it all that you see."),
    ] = None,
    format: Literal["json", "csv", "xlsx"] = "json",  # noqa: A002 - the contract's name
    if_none_match: IfNoneMatch = None,
) -> Any:
    """Targets with what is reported, on the map and accepted, their rates, state and pace.

    Targets count once they are issued. Nothing is clamped; where there is no rate, `reason` says
    why. A past moment (`as_of`) is read from the history. 304 for who has these rows by their ETag.
    """
    plans = plans_of(connection, account, plan)
    found = progress(_reader(connection, account, settings), plans, question)
    return _answer(found, format, if_none_match)


def _reader(connection: Connection, account: Account, settings: Settings) -> Reader:
    return Reader(connection, account, settings, words_in_use(connection))


def _answer(found: Progress, wanted: str, if_none_match: str | None) -> Response:
    headers = {"Cache-Control": "private, no-cache"}
    if found.tag is not None:
        # The workbook is in the words of the reader.
        words = localised(LANGUAGE) if wanted == "xlsx" else ""
        headers["ETag"] = f'"{found.tag}-{wanted}{words}"'
        if has_tag(if_none_match, headers["ETag"]):
            return Response(None, 304, headers)
    if wanted == "json":
        return Response(found.body, media_type="application/json", headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="progress.{wanted}"'
    if wanted == "csv":
        return Response(
            csv_table(found.rows), media_type="text/csv; charset=utf-8", headers=headers
        )
    return Response(workbook(found), media_type=XLSX, headers=headers)


@router.get(
    "/{target_id}/plots",
    response_model=ProgressPlots,
    response_class=GeoJson,
    operation_id="listProgressPlots",
)
@in_lane(by_length)
def list_progress_plots(
    target_id: TargetId,
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    page: PlotsPageDep,
    as_of: AsOfDep,
    district: Annotated[
        str | None, Query(pattern=DISTRICT, description="Only those that count there.")
    ] = None,
) -> Any:
    """The plots that make the mapped figure of a target, page by page, with what each brings."""
    row = read_target(connection, account, target_id)
    plan = plan_of(connection, account, row["plan"])
    behind = plots_behind(_reader(connection, account, settings), plan, row, as_of, district)
    filters = PlotFilter(version="approved", as_of=as_of, among=numbered(list(behind.counted)))
    moment = as_of or now()
    return plots_page(connection, account, filters, page, of_page=behind.of, as_of=moment)


@router.get("/{target_id}/records", response_model=RecordRows, operation_id="listProgressRecords")
@in_lane("heavy")
def list_progress_records(
    target_id: TargetId,
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    as_of: AsOfDep,
) -> Any:
    """The records of a register that a target counts."""
    row = read_target(connection, account, target_id)
    plan = plan_of(connection, account, row["plan"])
    rows = records_of_target(_reader(connection, account, settings), plan, row, as_of)
    return {"rows": rows, "numberMatched": len(rows), "next": None}


@router.get("/{target_id}/moves", response_model=MovesOut, operation_id="readProgressMoves")
@in_lane("heavy")
def read_moves(
    target_id: TargetId,
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    since: Annotated[str, Query(max_length=40, description="A day, its end; or a time.")],
    until: Annotated[str | None, Query(max_length=40, description="Likewise; now.")] = None,
) -> Any:
    """What moved of a target between two moments; the changes add up to the differences."""
    row = read_target(connection, account, target_id)
    plan = plan_of(connection, account, row["plan"])
    first = past_moment("since", since)
    last = now() if until is None else past_moment("until", until)
    _in_order(first, last)
    return moves_of(_reader(connection, account, settings), plan, row, first, last)


def _in_order(first: datetime, last: datetime) -> None:
    if first >= last:
        message = Message("since 应早于 until", "`since` comes before `until`")
        raise bad_query("since", message)
