"""``/api/zones``: zones of forest chiefs and rangers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from service.accounts.api.deps import AccountDep, InspectorDep
from service.errors import InvalidValueError, not_found
from service.patrol.api.query_params import DistrictParam, refuse_nul
from service.patrol.zones import edit as zone_rules
from service.patrol.zones.db import zones
from service.patrol.zones.db.zones import ZoneFilter
from service.patrol.zones.edit import ZoneEdit
from service.patrol.zones.schemas import (
    Level,
    ZoneFeature,
    ZoneList,
    ZoneOut,
    ZonePatch,
    ZoneVersions,
    zone_properties,
)
from service.plots.filters import counties_below
from service.web.day_types import Day
from service.web.deps import (
    AcknowledgedDep,
    Bbox,
    ConnectionDep,
    SettingsDep,
    bad_query,
    parse_bbox,
)
from service.web.etags import IfNoneMatch, MatchDep, etag, unchanged
from service.web.feature_list import PageDep, feature_list, number_cursor
from service.web.feature_list import feature as feature_text
from service.web.geojson_response import GeoJson
from service.web.idempotency import OnceRoute
from service.web.merge_patch import merge_patch_body
from service.web.text_types import Reason
from service.web.timestamps import today

router = APIRouter(
    prefix="/api/zones", tags=["zones"], default_response_class=GeoJson, route_class=OnceRoute
)

ZoneId = Annotated[int, Path(ge=1, le=2**63 - 1)]
OnDay = Annotated[Day | None, Query(description="What holds on that day; today if empty.")]


def feature(row: Any) -> str:
    """One Feature as JSON text; the geometry is text already."""
    return feature_text(row["id"], row["geometry"], zone_properties(row))


def zone_response(row: Any, status: int = 200, if_none_match: str | None = None) -> Response:
    """A zone with its ETag; 304 if the client has it already."""
    headers = {"ETag": etag(row["version"]), "Cache-Control": "private, no-cache"}
    if unchanged(if_none_match, row["version"]):
        return Response(None, 304, headers)
    if status == 201:
        headers["Location"] = f"/api/zones/{row['id']}"
    return Response(feature(row), status, headers, GeoJson.media_type)


def answer(edit: ZoneEdit, status: int = 200) -> Response:
    """The newest version of the zone that was written. Raises `Problem` 404."""
    row = zones.read_zone(edit.connection, edit.account, edit.zone_id)
    if row is None:
        raise not_found("此责任区")
    return zone_response(row, status)


async def zone_filter(
    account: AccountDep,
    connection: ConnectionDep,
    level: Annotated[Level | None, Query(description="List `zone_level`.")] = None,
    district: DistrictParam = None,
    parent: Annotated[str | None, Query(max_length=32, description="Zones right below it.")] = None,
    bbox: Bbox = None,
    on: OnDay = None,
) -> ZoneFilter:
    """Query parameters as a filter. Raises `Problem` 422."""
    box = None
    if bbox is not None:
        try:
            box = parse_bbox(bbox)
        except InvalidValueError as error:
            raise bad_query("bbox", error.message) from None
    refuse_nul(parent=parent)
    counties = None if district is None else counties_below(connection, district, account)
    return ZoneFilter(on or today(), level, counties, parent, box)


ZoneFilterDep = Annotated[ZoneFilter, Depends(zone_filter)]


@router.get("", response_model=ZoneList, operation_id="listZones")
def list_zones(
    account: AccountDep,
    connection: ConnectionDep,
    filters: ZoneFilterDep,
    page: PageDep,
) -> Any:
    """Zones that hold on a day, page by page; names of people for inspectors only."""
    rows = zones.list_zones(connection, account, filters, after=page.after, limit=page.row_limit)
    on_page, following = page.split(rows, number_cursor)
    matched = zones.count_zones(connection, account, filters)
    return feature_list(map(feature, on_page), matched=matched, following=following)


@router.post("", status_code=201, response_model=ZoneOut, operation_id="createZone")
def create_zone(
    drawn: ZoneFeature,
    account: InspectorDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    seen: AcknowledgedDep,
) -> Any:
    """Write a zone. Overlaps and ground outside the zone above are warned of by 409."""
    zone_id = zone_rules.draw_zone(connection, account, drawn, settings, seen)
    return answer(ZoneEdit(connection, account, settings, zone_id, ()), 201)


@router.get("/{zone_id:number}", response_model=ZoneOut, operation_id="readZone")
def read_zone(
    zone_id: ZoneId,
    account: AccountDep,
    connection: ConnectionDep,
    on: OnDay = None,
    if_none_match: IfNoneMatch = None,
) -> Any:
    """The newest version of a zone, or the one that held on a day."""
    row = zones.read_zone(connection, account, zone_id, on)
    if row is None:
        raise not_found("此责任区")
    return zone_response(row, if_none_match=None if on else if_none_match)


@router.get(
    "/{zone_id:number}/versions",
    response_model=ZoneVersions,
    response_class=JSONResponse,
    operation_id="listZoneVersions",
)
def list_versions(zone_id: ZoneId, account: AccountDep, connection: ConnectionDep) -> Any:
    """Who was responsible for which ground, from when to when."""
    rows = zones.zone_versions(connection, account, zone_id)
    if not rows:
        raise not_found("此责任区")
    body = jsonable_encoder({"code": rows[0]["code"], "versions": rows})
    return Response(
        ZoneVersions.model_validate(body).model_dump_json(), media_type="application/json"
    )


async def zone_edit(
    zone_id: ZoneId,
    account: InspectorDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    seen: MatchDep,
    acknowledged: AcknowledgedDep,
    reason: Annotated[Reason | None, Query(description="Kept in the log.")] = None,
) -> ZoneEdit:
    """What every change of a zone says beside its body."""
    return ZoneEdit(connection, account, settings, zone_id, seen, reason, acknowledged)


EditDep = Annotated[ZoneEdit, Depends(zone_edit)]


@router.put("/{zone_id:number}", response_model=ZoneOut, operation_id="replaceZone")
def replace_zone(edit: EditDep, drawn: ZoneFeature) -> Any:
    """Replace a zone; with a later `valid_from` a new version begins and the old one ends."""
    zone_rules.replace_zone(edit, drawn)
    return answer(edit)


@router.patch(
    "/{zone_id:number}",
    response_model=ZoneOut,
    operation_id="patchZone",
    openapi_extra=merge_patch_body("ZonePatch"),
)
def patch_zone(edit: EditDep, patch: ZonePatch) -> Any:
    """Change what the merge patch names: a new chief from a day on, a corrected border."""
    zone_rules.patch_zone(edit, patch)
    return answer(edit)


@router.delete(
    "/{zone_id:number}", status_code=204, response_class=Response, operation_id="deleteZone"
)
def delete_zone(edit: EditDep) -> None:
    """Delete a zone on which nothing hangs; others end by `valid_to`."""
    zone_rules.delete_zone(edit)
