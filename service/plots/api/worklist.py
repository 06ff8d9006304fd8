"""``/api/me/work``, ``/api/search``: what waits for me, what I look for."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints

from service.accounts.api.deps import AccountDep
from service.plots.db import worklist
from service.web.deps import ConnectionDep, SettingsDep
from service.web.text_types import Storable
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api", tags=["work"], route_class=ThreadRoute)


class WorkPlot(BaseModel):
    """A plot that waits for somebody."""

    id: int
    name: str | None
    plot_no: str
    district: str
    year: int
    review: str
    return_reason: str | None
    area_m2: float
    changed_at: datetime


class WorkList(BaseModel):
    """The oldest of a list, and how many there are in all."""

    count: int
    plots: list[WorkPlot]


class Work(BaseModel):
    """Everything that waits for me."""

    drafts: WorkList
    returned: WorkList
    waiting: WorkList | None = None


class FoundPlot(BaseModel):
    """A plot that bears the words."""

    id: int
    by: Literal["plot_no", "name"] = Field(description="What of it they are.")
    name: str | None
    plot_no: str
    district: str
    year: int
    at: tuple[float, float]


class FoundDistrict(BaseModel):
    """A district that bears the words."""

    code: str
    name: str
    level: str


class Search(BaseModel):
    """What the words were found in."""

    plots: list[FoundPlot]
    districts: list[FoundDistrict]
    more: list[Literal["plot_no", "name", "districts"]] = Field(
        description="Where more bear the words than are told: ask more narrowly."
    )


Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, strip_whitespace=True),
    Storable,
]


@router.get("/me/work", operation_id="readWork")
def read_work(account: AccountDep, connection: ConnectionDep, settings: SettingsDep) -> Work:
    """My drafts, what was returned to me, and (for inspectors) what waits to be approved."""
    return Work.model_validate(worklist.work(connection, account, limit=settings.page_limit))


@router.get("/search", operation_id="search")
def search(
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    q: Annotated[
        Words,
        Query(description="图斑号 or its beginning, a part of a name, a district's name or code."),
    ],
    lon: Annotated[float | None, Query(ge=-180, le=180, description="Of where one looks.")] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90, description="Of where one looks.")] = None,
) -> Search:
    """Plots by number and by name, districts by name or code.

    Plots of the very number come first, then those whose number begins so; the nearest first.
    """
    near = None if lon is None or lat is None else (lon, lat)
    result = worklist.search(connection, account, q, limit=settings.page_limit, near=near)
    return Search.model_validate(result)
