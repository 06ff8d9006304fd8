"""``/api/duty``: the duty meter."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, JsonValue

from data.writing.csv import as_csv
from data.writing.xlsx import as_xlsx
from data.years import FIRST_YEAR
from gis.messages import Message
from service.accounts.api.deps import AccountDep
from service.accounts.db.accounts import Account
from service.codes.db.codes import codes
from service.patrol.api.query_params import DistrictParam, PeriodDep, ZoneParam, refuse_nul
from service.patrol.duty.compliance import COLUMNS, DutyAnswer, DutyQuery, read_duty
from service.patrol.zones.schemas import Level
from service.plots.filters import counties_below
from service.web.day_types import Day
from service.web.deps import ConnectionDep, SettingsDep, bad_query
from service.web.thread_route import ThreadRoute
from service.web.timestamps import today

router = APIRouter(prefix="/api/duty", tags=["duty"], route_class=ThreadRoute)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# For the document, of answers that are handed out as files of tables too.
ALSO_TABLES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
        }
    }
}
SHARES = ("walked_share", "walked_share_sum")
HEADS = {
    "zone": "责任区 zone",
    "name": "名称 name",
    "level": "级别 level",
    "parent": "上级 parent",
    "district": "行政区 district",
    "person": "责任人 person",
    "rule": "规则 rule",
    "state": "状态 state",
    "visits_due": "应巡 visits due",
    "visits_done": "已巡 visits done",
    "visits_missed": "漏巡 visits missed",
    "days_due": "应巡天数 days due",
    "effective_days": "有效天数 effective days",
    "overdue_days": "逾期天数 days overdue",
    "longest_gap_days": "最长间隔（天） longest gap, days",
    "streak": "连续完成 streak",
    "last_visit": "最近巡护 last visit",
    "patrols": "巡护次数 patrols",
    "length_km": "里程 km length, km",
    "hours": "时长 h hours",
    "zone_m2": "责任区面积 m² zone, m²",
    "walked_m2": "巡到面积 m² walked, m²",
    "walked_share": "巡护覆盖率 walked share",
    "walked_share_sum": "累计覆盖率（重复计算） share, unmerged",
    "open_findings": "未结问题 open findings",
    "overdue_findings": "逾期问题 overdue findings",
}


class DutyRowOut(BaseModel):
    """The duty of one zone; lengths and areas on the ellipsoid."""

    zone: str
    name: str
    level: Level
    parent: str | None
    district: str
    person: str | None = Field(description="Chief or ranger; for inspectors only.")
    rule: str | None
    state: str = Field(description="List `duty_state`.")
    visits_due: int = Field(description="Visits, or effective days, due in units that end here.")
    visits_done: int
    visits_missed: int = Field(description="Missing when their time was over.")
    days_due: int | None = Field(description="Effective days due, where the rule asks for days.")
    effective_days: int = Field(description="Days of the period with an effective patrol.")
    overdue_days: int = Field(description="Days on which a visit was outstanding, up to `as_of`.")
    longest_gap_days: int
    streak: int = Field(description="Units met one after the other, back from the last.")
    last_visit: date | None
    patrols: int = Field(description="Patrols in the zone, whoever walked.")
    length_km: float = Field(description="Walked in the zone, whoever walked.")
    hours: float
    zone_m2: float
    walked_m2: float | None = Field(description="Ground within the swath, counted once.")
    walked_share: float | None = Field(description="null: some of the ground is forgotten.")
    walked_share_sum: float = Field(description="Each patrol's share added up.")
    open_findings: int
    overdue_findings: int


class DutyTable(BaseModel):
    """Duties with the period, the day of judgement and the rules that they stand on."""

    rows: list[DutyRowOut]
    period: str
    first: date
    last: date
    as_of: date
    rule: list[dict[str, JsonValue]]
    apart: dict[str, int] = Field(description="Patrols that count for nothing, by reason.")


async def duty_query(
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    period: PeriodDep,
    level: Annotated[Level | None, Query(description="List `zone_level`.")] = None,
    zone: ZoneParam = None,
    person: Annotated[
        str | None, Query(max_length=200, description="Chief or ranger; for inspectors.")
    ] = None,
    district: DistrictParam = None,
    as_of: Annotated[
        Day | None, Query(description="Judged as it stood on that day; today if empty.")
    ] = None,
) -> DutyQuery:
    """Query parameters as a question. Raises `Problem` 422."""
    refuse_nul(zone=zone, person=person)
    if as_of is not None and as_of.year < FIRST_YEAR:
        raise bad_query(
            "as_of",
            Message(
                f"as_of 早于 {FIRST_YEAR} 年，请用较晚的日期",
                f"as_of lies before {FIRST_YEAR}: name a later day",
            ),
        )
    return DutyQuery(
        period,
        min(as_of or today(), today()),
        None if district is None else counties_below(connection, district, account),
        level,
        zone,
        person,
        settings.plots_limit_max,
    )


DutyQueryDep = Annotated[DutyQuery, Depends(duty_query)]


@router.get(
    "",
    response_model=DutyTable,
    operation_id="readDuty",
    responses=ALSO_TABLES,
)
def read(
    account: AccountDep,
    connection: ConnectionDep,
    query: DutyQueryDep,
    format: Literal["json", "csv", "xlsx"] = "json",  # noqa: A002 - the contract's name
) -> Any:
    """What was due in each zone, what was done, and how much of the zone was walked."""
    answer = read_duty(connection, account, query)
    headers = {"Cache-Control": "private, no-store"}
    if format == "json":
        return JSONResponse(jsonable_encoder(as_table(answer)), headers=headers)
    name = f"duty-{answer.period.name}.{format}"
    headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if format == "csv":
        text = as_csv(COLUMNS, answer.table())
        return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
    words = {code["code"]: code["label_zh"] for code in codes(connection, "duty_state")}
    rows = [{**row, "state": words.get(row["state"], row["state"])} for row in answer.table()]
    book = as_xlsx("巡林履职", HEADS, rows, notes(answer, account), shares=SHARES)
    return Response(book, media_type=XLSX, headers=headers)


def as_table(answer: DutyAnswer) -> dict[str, Any]:
    """The answer by the contract's names."""
    rows = [{name: row[name] for name in COLUMNS} for row in answer.table()]
    return {
        "rows": rows,
        "period": answer.period.name,
        "first": answer.period.first,
        "last": answer.period.last,
        "as_of": answer.as_of,
        "rule": answer.rules_table(),
        "apart": answer.apart,
    }


def notes(answer: DutyAnswer, account: Account) -> list[str]:
    """What the figures of a workbook are."""
    lines = [
        f"时段 period: {answer.period.name}（{answer.period.first} – {answer.period.last}）",
        f"截至 as of: {answer.as_of}",
        f"导出人 by: {account.name}",
        "应巡、已巡按规则，只计为本责任区所巡；里程与覆盖率计区内全部巡护。"
        "Visits count what was walked for the zone; lengths and shares what was walked in it.",
        "巡护覆盖率：巡护带（规则 swath_m）合并后的面积 / 责任区面积。"
        "Walked share: ground within the swath, merged, over the zone's.",
    ]
    lines += [
        f"规则 {rule['code']}: {rule['label_zh']}（{rule['source']}）" for rule in answer.rules
    ]
    lines += [f"未计入 apart: {reason} × {count}" for reason, count in answer.apart.items()]
    return lines
