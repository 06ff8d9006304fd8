"""``/api/zones/checks``: gaps, overlaps and parents of zones, and the forest that they hold."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from service.accounts.api.deps import AccountDep
from service.patrol.api.query_params import DistrictParam
from service.patrol.zones.consistency import ZoneCheckQuery, check_zones
from service.patrol.zones.frames import MaxRows
from service.patrol.zones.schemas import Level
from service.plots.filters import counties_below
from service.web.admission import in_lane
from service.web.day_types import Day
from service.web.deps import ConnectionDep, SettingsDep
from service.web.language import localised
from service.web.thread_route import ThreadRoute
from service.web.timestamps import today

router = APIRouter(prefix="/api/zones", tags=["zones"], route_class=ThreadRoute)


class ZoneFinding(BaseModel):
    """Something that a set of zones lacks, or has twice."""

    code: str = Field(
        description="`overlap`, `outside_parent`, `gap`, `unknown_parent`, `parent_level`, "
        "`no_chief`, `no_ranger`, `two_grids`."
    )
    zones: list[str] = Field(description="Codes of the zones; of a gap the zone above it.")
    message: str
    area_m2: float | None
    at: tuple[float, float] | None = Field(description="[lon, lat] of a point inside the place.")


class ZonesHeld(BaseModel):
    """How much of a county its zones of one level hold; a county without zones holds nothing."""

    district: str
    name: str
    level: Level
    zones: int
    district_m2: float
    zones_m2: float = Field(description="Ground of the zones within the county, counted once.")
    ground_share: float | None
    forest_m2: float = Field(description="Approved forest plots of the county, counted once.")
    forest_in_zones_m2: float
    forest_share: float | None = Field(description="null where no forest is on the map.")


class ZoneChecks(BaseModel):
    """Findings, the worst places first, and shares by county and level."""

    rows: list[ZoneFinding]
    held: list[ZonesHeld]
    as_of: date
    min_m2: float = Field(description="Smaller places are within the tolerance.")


@router.get("/checks", response_model=ZoneChecks, operation_id="checkZones")
@in_lane("heavy")
def check(
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    district: DistrictParam = None,
    level: Annotated[Level | None, Query(description="Only zones of this level.")] = None,
    as_of: Annotated[
        Day | None, Query(description="Zones and plots of that day; today if empty.")
    ] = None,
) -> Any:
    """Whether zones share the ground out: gaps, overlaps, parents, people, forest held."""
    day = min(as_of or today(), today())
    query = ZoneCheckQuery(
        day,
        None if district is None else counties_below(connection, district, account),
        level,
        settings.outside_m2,
        MaxRows(settings.plots_limit_max, settings.export_limit),
    )
    checks = check_zones(connection, account, query)
    body = {
        "rows": [{**row, "message": localised(row["message"])} for row in checks.table()],
        "held": checks.held_table(),
        "as_of": day,
        "min_m2": settings.outside_m2,
    }
    return JSONResponse(jsonable_encoder(body), headers={"Cache-Control": "private, no-store"})
