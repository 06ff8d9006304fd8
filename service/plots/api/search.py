"""``/api/search``: what I look for."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints

from service.accounts.api.deps import AccountDep
from service.plots import search as looking
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


@router.get("/search", operation_id="search")
def search(
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    q: Annotated[
        Words,
        Query(
            description="图斑号 or its beginning, a system number, a part of a name or its pinyin, "
            "a district's name, pinyin or code; or district, year and number: `农安 2026 00010`."
        ),
    ],
    lon: Annotated[float | None, Query(ge=-180, le=180, description="Of where one looks.")] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90, description="Of where one looks.")] = None,
) -> Search:
    """Plots by number, name or pinyin, districts by name, pinyin or code.

    Plots of the very number come first, then those whose number begins so; the nearest first.
    """
    near = None if lon is None or lat is None else (lon, lat)
    result = looking.search(connection, account, q, limit=settings.page_limit, near=near)
    return Search.model_validate(result)
