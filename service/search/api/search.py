"""``/api/search``: what I look for."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints

from service.accounts.api.deps import AccountDep
from service.search.palette import find
from service.web.deps import ConnectionDep, SettingsDep
from service.web.text_types import Storable
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api", tags=["work"], route_class=ThreadRoute)


class FoundPlot(BaseModel):
    """A plot that bears the words."""

    id: int
    by: Literal["plot_no", "id", "name", "pinyin"] = Field(description="What of it they are.")
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


class FoundRecord(BaseModel):
    """A record of a register (台账) that bears the words."""

    id: int
    register_: str = Field(alias="register")
    label_zh: str = Field(description="Of the register.")
    label_en: str
    number: str | None
    name: str
    district: str | None = Field(description="Its county; null: of none.")


class FoundZone(BaseModel):
    """A zone of patrols (责任区) that holds today."""

    id: int
    code: str
    name: str
    level: str
    district: str


class Search(BaseModel):
    """What the words were found in."""

    plots: list[FoundPlot]
    districts: list[FoundDistrict]
    records: list[FoundRecord]
    zones: list[FoundZone]
    more: list[Literal["plot_no", "name", "districts", "records", "zones"]] = Field(
        description="Where more bear the words than are told: ask more narrowly."
    )


Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, strip_whitespace=True),
    Storable,
]


@router.get("/search", operation_id="search")
def search(
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    q: Annotated[
        Words,
        Query(
            description="图斑号 or its beginning, a system number, a part of a name or its pinyin, "
            "a district's name, pinyin or code; or district, year and number: `农安 2026 00010`; "
            "a part of a record's name or number; a zone's name, or how its code begins."
        ),
    ],
    lon: Annotated[float | None, Query(ge=-180, le=180, description="Of where one looks.")] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90, description="Of where one looks.")] = None,
) -> Search:
    """Plots by number, name or pinyin, districts by name, pinyin or code, records and zones.

    Plots of the very number come first, then those whose number begins so; the nearest first.
    """
    near = None if lon is None or lat is None else (lon, lat)
    result = find(connection, account, q, limit=settings.page_limit, near=near)
    return Search.model_validate(result)
