"""``/api/chiefs``: the lists of forest chiefs, 目标任务、资源、问题清单."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from data.writing.csv import as_csv
from gis.messages import Message
from service.accounts.api.deps import AccountDep
from service.codes.db.codes import codes
from service.patrol.chiefs.lists import read_lists
from service.patrol.chiefs.schemas import COLUMNS, ChiefLists
from service.patrol.chiefs.workbook import as_workbook
from service.patrol.duty.api.routes import ALSO_TABLES, XLSX, DutyQueryDep
from service.patrol.findings.schemas import State
from service.patrol.zones.frames import MaxRows
from service.patrol.zones.schemas import Level
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep, bad_query
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/chiefs", tags=["duty"], route_class=ThreadRoute)

Which = Literal["rows", "tasks", "resources", "problems"]
NAMES: tuple[Which, ...] = ("rows", "tasks", "resources", "problems")


class ChiefOut(BaseModel):
    """A zone that a chief answers for."""

    zone: str
    name: str
    level: Level
    parent: str | None
    district: str
    chief: str | None = Field(description="For inspectors only.")
    chief_title: str | None
    office: str | None
    board: str | None
    vacant: bool = Field(description="Nobody is its chief.")
    area_m2: float
    state: str = Field(description="List `duty_state`.")
    zones_below: int
    open_findings: int = Field(description="In the zone and below it.")
    overdue_findings: int


class TaskOut(BaseModel):
    """目标任务清单: what is due and what is done."""

    zone: str
    item: Literal["visits", "zones_below", "planting", "findings"]
    of: str | None = Field(description="Code of the rule, the level, the kind.")
    of_label: str | None
    unit: Literal["visits", "days", "zones", "m2", "findings"]
    due: float
    done: float
    share: float | None = Field(description="done / due, never clamped; null when nothing is due.")
    overdue: int | None


class ResourceOut(BaseModel):
    """资源清单: ground of approved plots in the zone, counted once, and the zones below."""

    zone: str
    item: Literal["zone", "green", "green_class", "kind", "zones_below", "rangers"]
    of: str | None = Field(description="Code of the class, the kind, the level.")
    of_label: str | None
    area_m2: float | None
    share: float | None = Field(description="Of the zone's area.")
    count: int | None


class ProblemOut(BaseModel):
    """问题清单: what was found, in its state of the day."""

    zone: str = Field(description="The chief's.")
    at_zone: str = Field(description="The zone in which it was found.")
    finding: int
    kind: str
    kind_label: str
    found_on: date
    state: State
    state_label: str
    since: date = Field(description="Day on which it came to that state.")
    deadline: date | None
    overdue_days: int
    letter_no: str | None
    note: str | None
    lon: float
    lat: float


class ChiefListsOut(BaseModel):
    """The chiefs' zones and their three lists."""

    rows: list[ChiefOut]
    tasks: list[TaskOut]
    resources: list[ResourceOut]
    problems: list[ProblemOut]
    period: str
    first: date
    last: date
    as_of: date


@router.get(
    "/lists",
    response_model=ChiefListsOut,
    operation_id="readChiefLists",
    responses=ALSO_TABLES,
)
@in_lane("heavy")
def read(
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    query: DutyQueryDep,
    format: Literal["json", "csv", "xlsx"] = "json",  # noqa: A002 - the contract's name
    table: Annotated[
        Which | None, Query(alias="list", description="The one that a CSV is to hold.")
    ] = None,
) -> Any:
    """What is due, what stands and what was found in each chief's zone and below it."""
    if format == "csv" and table is None:
        raise bad_query(
            "list",
            Message(
                f"CSV 只能含一张清单，请加 list={'·'.join(NAMES)}",
                f"a CSV holds one table: add list={'·'.join(NAMES)}",
            ),
        )
    max_rows = MaxRows(settings.plots_limit_max, settings.export_limit)
    lists = read_lists(connection, account, query, max_rows)
    headers = {"Cache-Control": "private, no-store"}
    if format == "json":
        chosen = NAMES if table is None else (table,)
        return JSONResponse(jsonable_encoder(as_json(lists, chosen)), headers=headers)
    name = f"chief-{table or 'lists'}-{lists.period.name}.{format}"
    headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if format == "csv":
        assert table is not None
        text = as_csv(COLUMNS[table], lists.table(table))
        return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
    words = {
        name: {code["code"]: code["label_zh"] for code in codes(connection, name)}
        for name in ("zone_level", "duty_state")
    }
    return Response(as_workbook(lists, account, words), media_type=XLSX, headers=headers)


def as_json(lists: ChiefLists, chosen: tuple[Which, ...]) -> dict[str, Any]:
    """The answer by the API's names; lists that were not asked for are empty."""
    return {
        **{name: lists.table(name) if name in chosen else [] for name in NAMES},
        "period": lists.period.name,
        "first": lists.period.first,
        "last": lists.period.last,
        "as_of": lists.as_of,
    }
