"""``/api/patrols``: tracks, for inspectors and administrators only."""

import json
import shutil
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Depends, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from shapely import LineString
from shapely.errors import ShapelyError
from sqlalchemy import Connection

from data.patrol.tracks import read_tracks
from data.scratch import Scratch, room_needed
from gis.errors import GeometryError
from gis.messages import Message
from service.accounts.api.deps import InspectorDep, before_body, signed_in_as
from service.accounts.db.accounts import Account
from service.errors import not_found
from service.patrol.api.query_params import DistrictParam, OptionalPeriodDep, refuse_nul
from service.patrol.tracks import edit as patrol_editing
from service.patrol.tracks import store
from service.patrol.tracks.db import patrols
from service.patrol.tracks.db.edit import timeless_fixes
from service.patrol.tracks.db.patrols import PatrolFilter
from service.patrol.tracks.edit import PatrolEdit
from service.patrol.tracks.evaluate import RecordedTrack
from service.patrol.tracks.importing import (
    TIMELESS_TOLD,
    apart_notes,
    import_tracks,
    timeless_notes,
    track_limits,
)
from service.patrol.tracks.schemas import (
    PatrolFeature,
    PatrolList,
    PatrolNamed,
    PatrolOut,
    PatrolPatch,
    TracksStored,
    patrol_properties,
)
from service.patrol.tracks.store import TrackRefused
from service.plots.filters import counties_below
from service.web.admission import in_lane
from service.web.body_validation import validate_body
from service.web.deps import ConnectionDep, SettingsDep, begun
from service.web.etags import MatchDep, OptionalMatchDep, etag
from service.web.feature_list import PageDep, feature_list, number_cursor
from service.web.feature_list import feature as feature_text
from service.web.geojson_response import GeoJson
from service.web.idempotency import OnceRoute, done_once
from service.web.kept_refusals import file_name
from service.web.language import localised
from service.web.merge_patch import merge_patch_body
from service.web.text_types import Reason

router = APIRouter(
    prefix="/api/patrols", tags=["patrols"], default_response_class=GeoJson, route_class=OnceRoute
)

PRIVATE = {"Cache-Control": "private, no-store"}
# Codes of what is wrong with the moments of a track, not with its line.
OF_TIMES = ("in_future", "too_early")
PatrolId = Annotated[int, Path(ge=1, le=2**63 - 1)]


def feature(row: Any, zones: Any = None, timeless_fixes: Any = ()) -> str:
    """One Feature as JSON text; the geometry is text already."""
    properties = patrol_properties(row, zones, timeless_fixes)
    return feature_text(row["id"], row["geometry"], properties)


async def patrol_filter(
    account: InspectorDep,
    connection: ConnectionDep,
    period: OptionalPeriodDep,
    district: DistrictParam = None,
    zone: Annotated[str | None, Query(max_length=32, description="Walked for it or in it.")] = None,
    ranger: Annotated[str | None, Query(max_length=200, description="Name.")] = None,
    apart: Annotated[bool | None, Query(description="Those that do not count.")] = None,
) -> PatrolFilter:
    """Query parameters as a filter."""
    refuse_nul(zone=zone, ranger=ranger)
    return PatrolFilter(
        first=period and period.first,
        after=period and period.after,
        counties=None if district is None else counties_below(connection, district, account),
        zone=zone,
        ranger=ranger,
        apart=apart,
    )


FilterDep = Annotated[PatrolFilter, Depends(patrol_filter)]


@router.get("", response_model=PatrolList, operation_id="listPatrols")
def list_patrols(
    account: InspectorDep,
    connection: ConnectionDep,
    filters: FilterDep,
    page: PageDep,
) -> Any:
    """Patrols of the scope, page by page."""
    rows = patrols.list_patrols(
        connection, account, filters, after=page.after, limit=page.row_limit
    )
    on_page, following = page.split(rows, number_cursor)
    matched = patrols.count_patrols(connection, account, filters)
    return feature_list(
        map(feature, on_page), matched=matched, following=following, headers=PRIVATE
    )


@router.post("", status_code=201, response_model=PatrolOut, operation_id="createPatrol")
def create_patrol(
    sent: PatrolFeature, account: InspectorDep, connection: ConnectionDep, settings: SettingsDep
) -> Any:
    """Store a track: cleaned, attributed to its zones and judged by their rules.

    What cannot count is stored apart with its reason (`apart`); the same track twice is 409.
    """
    properties = sent.properties
    track = RecordedTrack(
        _line(sent.geometry),
        properties.times,
        properties.zone,
        properties.ranger,
        properties.source,
    )
    (outcome,) = store.store_tracks(
        connection, account, [track], fix_limit=settings.track_fix_limit
    )
    if isinstance(outcome, TrackRefused):
        raise outcome.problem("properties.times" if outcome.code in OF_TIMES else "geometry")
    return answer(connection, account, outcome.patrol_id, 201)


def answer(connection: Connection, account: Account, patrol_id: int, status: int = 200) -> Response:
    """A patrol with its ETag and its zones. Raises `Problem` 404 outside the scope."""
    row = patrols.read_patrol(connection, account, patrol_id)
    if row is None:
        raise not_found("此巡护")
    zones = patrols.zones_of(connection, patrol_id)
    timeless = timeless_fixes(connection, patrol_id, TIMELESS_TOLD)
    headers = {**PRIVATE, "ETag": etag(row["version"])}
    if status == 201:
        headers["Location"] = f"/api/patrols/{patrol_id}"
    return Response(feature(row, zones, timeless), status, headers, GeoJson.media_type)


def _line(geometry: dict[str, Any]) -> LineString:
    """A LineString; GeometryError ``not_a_line`` for anything else."""
    shape = None
    if geometry.get("type") == "LineString":
        try:
            shape = shapely.from_geojson(json.dumps(geometry))
        except (ShapelyError, ValueError):
            shape = None
    if not isinstance(shape, LineString):
        raise GeometryError(
            Message(
                "应为 LineString，位置是 [经度, 纬度]。",
                "A track is a LineString of [lon, lat] positions.",
            ),
            code="not_a_line",
        )
    return shape


@router.post(
    "/files",
    operation_id="uploadPatrols",
    response_model=TracksStored,
    response_class=JSONResponse,
    dependencies=[Depends(before_body("inspector"))],
)
@in_lane("upload")
def upload_patrols(
    request: Request,
    file: Annotated[UploadFile, File(description="GPX, KML or GeoJSON.")],
    settings: SettingsDep,
    zone: Annotated[
        str, Form(max_length=32, description="Code of the zone of tracks that name none.")
    ] = "",
    ranger: Annotated[
        str, Form(max_length=200, description="巡护人 of tracks that name none.")
    ] = "",
) -> Any:
    """Store the tracks of a file; each is told of by its row, those that are refused too.

    `zone` and `ranger` are for tracks that name none themselves, as those of GPX; without them the
    zone is found by place.
    """
    unnamed = _named_with_upload(zone, ranger)
    name = file_name(file.filename, "tracks.gpx")
    with Scratch() as folder:
        path = folder / name
        with room_needed(), path.open("wb") as copy:
            shutil.copyfileobj(file.file, copy)
        table = read_tracks(path, limits=track_limits(settings))
    with begun(request) as connection:
        inspector = signed_in_as(request, connection, "inspector")

        def work() -> Response:
            outcomes = import_tracks(
                connection,
                inspector,
                table,
                name,
                fix_limit=settings.track_fix_limit,
                unnamed=unnamed,
            )
            stored = sum(outcome.patrol is not None for outcome in outcomes)
            body = TracksStored(
                stored=stored,
                refused=len(outcomes) - stored,
                rows=outcomes,
                notes=[
                    localised(note)
                    for note in (
                        *table.notes,
                        *timeless_notes(outcomes),
                        *apart_notes(outcomes, table),
                    )
                ],
            )
            return Response(body.model_dump_json(), media_type="application/json", headers=PRIVATE)

        return done_once(connection, inspector.id, work)


def _named_with_upload(zone: str, ranger: str) -> PatrolNamed:
    """What the form says, held to the same as a body's; 422 with the field."""
    names = {"zone": zone.strip() or None, "ranger": ranger.strip() or None}
    return validate_body(PatrolNamed, names)


@router.get("/{patrol_id:number}", response_model=PatrolOut, operation_id="readPatrol")
def read_patrol(patrol_id: PatrolId, account: InspectorDep, connection: ConnectionDep) -> Any:
    """One patrol with what of it lies in which zone."""
    return answer(connection, account, patrol_id)


async def patrol_edit(
    patrol_id: PatrolId, account: InspectorDep, connection: ConnectionDep, seen: MatchDep
) -> PatrolEdit:
    """What every change of a patrol says beside its body."""
    return PatrolEdit(connection, account, patrol_id, seen)


EditDep = Annotated[PatrolEdit, Depends(patrol_edit)]


@router.patch(
    "/{patrol_id:number}",
    response_model=PatrolOut,
    operation_id="patchPatrol",
    openapi_extra=merge_patch_body("PatrolPatch"),
)
def patch_patrol(edit: EditDep, patch: PatrolPatch) -> Any:
    """Give a patrol another zone or walker: it is judged anew, and the rest of its months too.

    With `zone: null` its zone is found anew, by the walker or by place.
    """
    patrol_editing.patch_patrol(edit, patch)
    return answer(edit.connection, edit.account, edit.patrol_id)


@router.delete(
    "/{patrol_id:number}", status_code=204, response_class=Response, operation_id="deletePatrol"
)
def delete_patrol(
    patrol_id: PatrolId,
    account: InspectorDep,
    connection: ConnectionDep,
    reason: Annotated[Reason, Query(description="Kept in the audit log.")],
    seen: OptionalMatchDep,
) -> None:
    """Take a patrol out that should not be there, with a reason.

    `If-Match` is honoured and not needed.
    """
    if seen is not None:
        patrol_editing.hold(PatrolEdit(connection, account, patrol_id, seen))
    if not store.remove_patrol(connection, account, patrol_id, reason):
        raise not_found("此巡护")
