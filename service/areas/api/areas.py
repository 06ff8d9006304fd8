"""``/api/areas``: ground that is no district and gets figures; GIS staff keep it."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from data.districts.code_patterns import DISTRICT
from gis.messages import InvalidValueError
from gis.polygons import from_geojson
from service.accounts.api.deps import AccountDep, holding
from service.accounts.db.accounts import Account
from service.areas.db.areas import AreaFilter, count_areas, list_areas
from service.areas.edit import NewArea, put_areas, remove_area
from service.errors import not_found
from service.plots.filters import counties_below
from service.web.day_types import Day
from service.web.deps import Bbox, ConnectionDep, bad_query, parse_bbox
from service.web.etags import OptionalMatchDep, etag
from service.web.feature_list import PageDep, feature_list, number_cursor
from service.web.geojson_response import GeoJson
from service.web.text_types import Name, Short
from service.web.thread_route import ThreadRoute

router = APIRouter(
    prefix="/api/areas",
    tags=["areas"],
    default_response_class=GeoJson,
    route_class=ThreadRoute,
)

GisDep = Annotated[Account, Depends(holding("gis"))]
AreaCode = Annotated[str, Path(max_length=64, description="Code of the area: `JL-XQ`.")]


class AreaProperties(BaseModel):
    """What people say of an area."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    kind: Short = Field(description="片区类别: code or label of the list `area_kind`.")
    unit: Short | None = Field(None, description="责任单位: code or name of a unit.")
    valid_from: Day | None = None
    valid_to: Day | None = Field(None, description="Last day on which it has figures.")


class AreaFeature(BaseModel):
    """An area as GIS staff write it."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "example": {
                "type": "Feature",
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [
                        [[125.0, 43.0], [125.1, 43.0], [125.1, 43.1], [125.0, 43.1], [125.0, 43.0]]
                    ],
                },
                "properties": {"name": "高新技术开发区", "kind": "KFQ"},
            }
        },
    )

    type: Literal["Feature"]
    geometry: dict[str, JsonValue]
    properties: AreaProperties


class StoredProperties(BaseModel):
    """An area as stored."""

    code: str
    name: str
    kind: str
    unit: str | None
    valid_from: date | None
    valid_to: date | None
    area_m2: float
    version: int
    demo: bool


class AreaOut(BaseModel):
    """An area as a Feature; the geometry is null unless it is asked for."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: dict[str, JsonValue] | None
    properties: StoredProperties


class AreaList(BaseModel):
    """Areas in the order in which they were made."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    numberMatched: int  # noqa: N815 - OGC's word
    numberReturned: int  # noqa: N815
    next: str | None = None
    features: list[AreaOut]


def feature(row: dict[str, Any]) -> str:
    """One Feature as JSON text; the geometry is text already."""
    properties = StoredProperties.model_validate(row).model_dump_json()
    return (
        f'{{"type":"Feature","id":{json.dumps(row["code"])},'
        f'"geometry":{row.get("geometry") or "null"},"properties":{properties}}}'
    )


@router.get("", response_model=AreaList, operation_id="listAreas")
def list_of_areas(
    account: AccountDep,
    connection: ConnectionDep,
    page: PageDep,
    kind: Annotated[
        list[str] | None, Query(max_length=50, description="Codes of the list `area_kind`.")
    ] = None,
    district: Annotated[
        str | None, Query(pattern=DISTRICT, description="Those that share ground with it.")
    ] = None,
    on: Annotated[Day | None, Query(description="Those that have figures on that day.")] = None,
    bbox: Bbox = None,
    geometry: bool = False,
) -> Any:
    """Reporting areas (开发区, 流域, 林带 …), page by page; shapes with ``geometry=true``."""
    box = None
    if bbox is not None:
        try:
            box = parse_bbox(bbox)
        except InvalidValueError as error:
            raise bad_query("bbox", error.message) from None
    counties = None if district is None else counties_below(connection, district, account)
    filters = AreaFilter(kinds=kind, counties=counties, on=on, bbox=box)
    rows = list_areas(
        connection, filters, after=page.after, limit=page.row_limit, geometry=geometry
    )
    on_page, following = page.split(rows, number_cursor)
    matched = count_areas(connection, filters)
    return feature_list(map(feature, on_page), matched=matched, following=following)


@router.get("/{code}", response_model=AreaOut, operation_id="readArea")
def read_area(code: AreaCode, _account: AccountDep, connection: ConnectionDep) -> Any:
    """An area with its exact shape and its ETag."""
    for row in list_areas(connection, AreaFilter(codes=[code]), geometry=True):
        headers = {"ETag": etag(row["version"]), "Cache-Control": "private, no-cache"}
        return Response(feature(row), media_type=GeoJson.media_type, headers=headers)
    raise not_found("此片区")


@router.put(
    "/{code}",
    operation_id="putArea",
    response_model=AreaOut,
    responses={201: {"model": AreaOut, "description": "The area is new."}},
)
def write_area(
    code: AreaCode,
    body: AreaFeature,
    account: GisDep,
    connection: ConnectionDep,
    seen: OptionalMatchDep,
) -> Any:
    """Make an area or change it whole; `If-Match` is honoured and not needed.

    Areas of one kind share no ground on one day: 422 `area_overlap` tells how much, and where.
    """
    values = {**body.properties.model_dump(), "code": code}
    put_areas(connection, account, [NewArea(values, from_geojson(body.geometry))], seen)
    (row,) = list_areas(connection, AreaFilter(codes=[code]), geometry=True)
    headers = {"ETag": etag(row["version"]), "Cache-Control": "private, no-store"}
    status = 201 if row["version"] == 1 else 200
    if status == 201:
        headers["Location"] = f"/api/areas/{code}"
    return Response(feature(row), status, headers, GeoJson.media_type)


@router.delete("/{code}", operation_id="deleteArea", status_code=204, response_class=Response)
def delete_area(
    code: AreaCode, account: GisDep, connection: ConnectionDep, seen: OptionalMatchDep
) -> None:
    """Delete an area; its plots stay as they are. `If-Match` is honoured and not needed."""
    remove_area(connection, account, code, seen)
