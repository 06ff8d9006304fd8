"""``/api/duties`` and ``/api/calendar``: what is due when, and what was done."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, BeforeValidator, Field

from data.districts.code_patterns import DISTRICT
from data.years import FIRST_YEAR, LAST_YEAR
from gis.messages import InvalidValueError, Message
from service.accounts.api.deps import AccountDep
from service.duties.calendar import MAX_DAYS, as_ics, as_workbook, read_calendar
from service.duties.duties import DutyQuestion, read_duties
from service.duties.rules import parse_duty_period
from service.patrol.zones.schemas import Level
from service.plots.filters import counties_below
from service.units.naming import known_units
from service.web import paging
from service.web.admission import in_lane
from service.web.day_types import Day
from service.web.deps import ConnectionDep, bad_query
from service.web.feature_list import PageDep
from service.web.file_answers import file_answers
from service.web.text_types import Short
from service.web.thread_route import ThreadRoute
from service.web.timestamps import today

router = APIRouter(prefix="/api", tags=["duties"], route_class=ThreadRoute)

What = Literal["patrol", "register", "report", "meeting", "bulletin"]
MEDIA = {
    "ics": "text/calendar",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class DutyOut(BaseModel):
    """A duty of one zone, district or unit that falls due in the period."""

    rule: str = Field(description="Code of `duty_rule`, of `patrol_rule` for patrols.")
    what: str
    label_zh: str
    label_en: str
    level: str | None
    code: str = Field(description="Of the zone, district or unit.")
    name: str
    unit: str | None
    every: str
    due: int = Field(description="Times that are due in the period.")
    done: int
    missed: int = Field(description="Missing when their time was over.")
    overdue_days: int
    state: str = Field(description="List `duty_state`: met, open, late, overdue.")
    due_on: date = Field(description="The next last day, the last one when all have passed.")
    recipient: str | None
    source: str


class Duties(BaseModel):
    """Duties of a period."""

    rows: list[DutyOut]
    numberMatched: int  # noqa: N815 - OGC's word
    next: str | None
    period: str
    first: date
    last: date
    as_of: date


class CalendarEntry(BaseModel):
    """What falls due on a day by one rule, register or plan."""

    day: date
    what: str = Field(description="patrol, register, report …, record, finding or target.")
    code: str = Field(description="Of the rule, register or plan.")
    label_zh: str
    label_en: str
    due: int
    open: int = Field(description="Of those, what is not done.")
    subjects: list[str] = Field(description="Who has not done it, the first twenty.")
    recipient: str | None
    source: str


class CalendarOut(BaseModel):
    """A calendar, the first day first."""

    rows: list[CalendarEntry]
    numberMatched: int  # noqa: N815 - OGC's word
    next: str | None = None


@router.get("/duties", response_model=Duties, operation_id="listDuties")
@in_lane("heavy")
def list_duties(
    account: AccountDep,
    connection: ConnectionDep,
    page: PageDep,
    period: Annotated[
        str | None,
        Query(max_length=10, description="2026, 2026-H1, 2026-Q3, 2026-09, 2026-W40; this year."),
    ] = None,
    what: What | None = None,
    unit: Annotated[Short | None, Query(description="Code or name.")] = None,
    level: Annotated[Level | None, Query(description="List `zone_level`.")] = None,
    district: Annotated[str | None, Query(pattern=DISTRICT)] = None,
) -> Any:
    """Duties that fall due in a period: patrols, orders, meetings, reports, bulletins.

    What is due is data: the lists `patrol_rule` and `duty_rule`.
    """
    day = today()
    try:
        asked = parse_duty_period(period or str(day.year))
    except InvalidValueError as error:
        raise bad_query("period", error.message) from None
    duties = read_duties(
        connection,
        account,
        DutyQuestion(
            asked,
            day,
            what,
            None if unit is None else known_units(connection, [unit])[0],
            level,
            None if district is None else counties_below(connection, district, account),
        ),
    )
    numbered = [{"id": n, **duty.row()} for n, duty in enumerate(duties, start=1)]
    rows, following = page.split(
        numbered[page.after : page.after + page.row_limit],
        lambda row: paging.cursor(row["id"]),
    )
    return {
        "rows": rows,
        "numberMatched": len(duties),
        "next": following,
        "period": asked.name,
        "first": asked.first,
        "last": asked.last,
        "as_of": day,
    }


@router.get(
    "/calendar",
    response_model=CalendarOut,
    operation_id="readCalendar",
    responses=file_answers(MEDIA.values()),
)
@in_lane("heavy")
def read_days(
    account: AccountDep,
    connection: ConnectionDep,
    first: Annotated[
        Day | None, Query(alias="from", description="First day; the first of this month.")
    ] = None,
    last: Annotated[
        Day | None, Query(alias="to", description="Last day; three months later.")
    ] = None,
    format: Annotated[  # noqa: A002 - the contract's name
        Literal["json", "ics", "xlsx"], BeforeValidator(str.lower)
    ] = "json",
) -> Any:
    """What falls due from day to day: duties, deadlines of records and findings, targets."""
    first = first or today().replace(day=1)
    last = last or min(first, date.max - timedelta(days=93)) + timedelta(days=92)
    if not (FIRST_YEAR < first.year <= LAST_YEAR and last.year <= LAST_YEAR):
        raise bad_query("from", Message("年份超出范围", "the year is out of range"), "out_of_range")
    if last < first or (last - first).days >= MAX_DAYS:
        raise bad_query(
            "to",
            Message(
                f"to 须不早于 from，且相隔不超过 {MAX_DAYS} 天",
                f"to is not before from, and at most {MAX_DAYS} days after it",
            ),
            "out_of_range",
        )
    entries = read_calendar(connection, account, first, last)
    if format == "json":
        rows = [entry.row() for entry in entries]
        return {"rows": rows, "numberMatched": len(rows), "next": None}
    content = as_ics(entries) if format == "ics" else as_workbook(entries)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="calendar.{format}"',
    }
    return Response(content, media_type=MEDIA[format], headers=headers)
