"""``/api/registers/{register}``: the records of a register as GeoJSON Features."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import shapely
from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator
from starlette.requests import HTTPConnection

from data.districts.code_patterns import DISTRICT
from gis.messages import InvalidValueError, Message
from gis.shapes import drawn_shape, kind_of
from service.accounts.api.deps import AccountDep, ReviewerDep, require_role
from service.accounts.db.audit import note
from service.errors import Problem, not_found
from service.plots.filters import counties_below
from service.registers import edit as rules
from service.registers import links
from service.registers.api.registers import RegisterCode
from service.registers.api.schemas import (
    RecordFeature,
    RecordLinkIn,
    RecordList,
    RecordOut,
    RecordPatch,
    RecordProperties,
    RecordStepIn,
    RecordVersions,
    record_properties,
    record_versions,
)
from service.registers.api.states import defined_states
from service.registers.db import records, steps
from service.registers.db.records import RecordFilter
from service.registers.definition import Definition
from service.registers.definitions import existing_register
from service.registers.edit import NewRecord, RecordEdit
from service.registers.frames import records_frame
from service.registers.office import office
from service.registers.steps import step as take_step
from service.registers.tables import records_file
from service.settings import Settings
from service.web import paging
from service.web.admission import Lane, in_lane
from service.web.body_validation import validate_body
from service.web.deps import Bbox, ConnectionDep, SettingsDep, bad_query, parse_bbox
from service.web.etags import IfNoneMatch, MatchDep, etag, unchanged
from service.web.feature_list import PageDep, feature, feature_list, number_cursor
from service.web.file_answers import file_answers
from service.web.geojson_response import GeoJson
from service.web.idempotency import OnceRoute
from service.web.merge_patch import merge_patch_body, merged
from service.web.row_limits import FileLimit
from service.web.text_types import Reason, Short
from service.web.timestamps import today
from service.web.vertices import refuse_many_vertices

router = APIRouter(
    prefix="/api/registers",
    tags=["registers"],
    default_response_class=GeoJson,
    route_class=OnceRoute,
)

RecordId = Annotated[int, Path(ge=1, le=2**63 - 1)]
ReasonQuery = Annotated[Reason | None, Query(description="Kept in the history.")]


def sees_people(account: AccountDep) -> bool:
    """Whether personal values are shown: not to viewers."""
    return account.holds("planner") or account.holds("inspector")


# Async although it awaits nothing: see `ThreadRoute`.
async def record_filter(
    register: RegisterCode,
    account: AccountDep,
    connection: ConnectionDep,
    bbox: Bbox = None,
    state: Annotated[list[Short] | None, Query(max_length=50)] = None,
    overdue: Annotated[bool | None, Query(description="Past their deadline, or not.")] = None,
    district: Annotated[str | None, Query(pattern=DISTRICT)] = None,
    zone: Annotated[Short | None, Query(description="Code.")] = None,
    unit: Annotated[Short | None, Query(description="Code.")] = None,
    plan: Annotated[Short | None, Query(description="Code.")] = None,
    plot: Annotated[
        int | None, Query(ge=1, le=2**63 - 1, description="Records that are linked to it.")
    ] = None,
) -> tuple[Definition, RecordFilter]:
    """Query parameters as a filter, and the definition of the register.

    Raises
    ------
    Problem
        404 for a register that is not there; 422 for a box, district or state that is none.
    """
    definition = existing_register(connection, register).definition
    box = None
    if bbox is not None:
        try:
            box = parse_bbox(bbox)
        except InvalidValueError as error:
            raise bad_query("bbox", error.message) from None
    counties, below = None, None
    if district is not None and len(district) > 6:
        below = district
    elif district is not None:
        counties = counties_below(connection, district, account)
    return definition, RecordFilter(
        register,
        today(),
        definition.done,
        counties,
        below,
        defined_states(definition, state),
        overdue,
        zone,
        unit,
        plan,
        box,
        plot,
    )


FilterDep = Annotated[tuple[Definition, RecordFilter], Depends(record_filter)]


def by_format(request: HTTPConnection) -> Lane:
    """A table of all records is heavy."""
    return "read" if request.query_params.get("format", "json").lower() == "json" else "heavy"


MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get(
    "/{register}",
    response_model=RecordList,
    operation_id="listRecords",
    responses=file_answers([GeoJson.media_type, *MEDIA.values()]),
)
@in_lane(by_format)
def list_records(
    account: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    asked: FilterDep,
    page: PageDep,
    format: Annotated[  # noqa: A002 - the contract's name
        Literal["json", "csv", "xlsx"],
        BeforeValidator(str.lower),
        Query(description="json page by page; csv and xlsx hold all, up to the row limit."),
    ] = "json",
) -> Any:
    """Records of the scope, page by page, or all of them as a table (planners, inspectors)."""
    definition, filters = asked
    if format != "json":
        require_role(account, "planner", "inspector")
        bound = FileLimit(settings.export_limit, "LUOTU_EXPORT_LIMIT")
        frame = records_frame(connection, account, definition, filters, bound, personal=True)
        name = f"{filters.register}.{format}"
        note(connection, account, "export", {"file": name, "rows": len(frame)})
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": f'attachment; filename="{name}"',
        }
        content = records_file(frame, definition, format)
        return Response(content, media_type=MEDIA[format], headers=headers)
    rows = records.list_records(
        connection, account, filters, after=page.after, limit=page.row_limit
    )
    on_page, following = page.split(rows, number_cursor)
    personal = sees_people(account)
    features = [
        feature(row["id"], row["geometry"], record_properties(row, definition, personal=personal))
        for row in on_page
    ]
    matched = records.count_records(connection, account, filters)
    return feature_list(features, matched=matched, following=following)


def answer(edit: RecordEdit, status: int = 200, if_none_match: str | None = None) -> Response:
    """The record as it stands, with its steps and links. Raises `Problem` 404."""
    definition = existing_register(edit.connection, edit.register).definition
    filters = RecordFilter(edit.register, today(), definition.done, number=edit.number)
    rows = records.list_records(edit.connection, edit.account, filters, limit=1)
    if not rows:
        raise not_found("此记录")
    (row,) = rows
    headers = {"ETag": etag(row["version"]), "Cache-Control": "private, no-cache"}
    if unchanged(if_none_match, row["version"]):
        return Response(status_code=304, headers=headers)
    if status == 201:
        headers["Location"] = f"/api/registers/{edit.register}/{edit.number}"
    properties = record_properties(
        row,
        definition,
        personal=sees_people(edit.account),
        steps=steps.steps_of(edit.connection, edit.number),
        links=steps.links_of(edit.connection, edit.number),
    )
    return Response(
        feature(row["id"], row["geometry"], properties), status, headers, GeoJson.media_type
    )


def new_record(
    geometry: Mapping[str, Any] | None, properties: RecordProperties, settings: Settings
) -> NewRecord:
    """What a request says as a record. Raises `Problem` 422, `GeometryError`."""
    said = properties.model_dump()
    said["field_values"] = said.pop("values")
    if geometry is None:
        return NewRecord(said)
    refuse_many_vertices(geometry, settings)
    return NewRecord(said, *drawn_shape(geometry))


@router.post("/{register}", status_code=201, response_model=RecordOut, operation_id="createRecord")
def create_record(
    register: RegisterCode,
    body: RecordFeature,
    account: ReviewerDep,
    connection: ConnectionDep,
    settings: SettingsDep,
) -> Any:
    """Write a record; its county is that of its largest part, or the one that is named."""
    new = new_record(body.geometry, body.properties, settings)
    number = rules.create(office(connection, account, register), new)
    return answer(RecordEdit(connection, account, register, number, ()), 201)


@router.get("/{register}/{record_id:number}", response_model=RecordOut, operation_id="readRecord")
def read_record(
    register: RegisterCode,
    record_id: RecordId,
    account: AccountDep,
    connection: ConnectionDep,
    if_none_match: IfNoneMatch = None,
) -> Any:
    """One record with its steps, its links and what may follow."""
    edit = RecordEdit(connection, account, register, record_id, ())
    return answer(edit, if_none_match=if_none_match)


async def record_edit(
    register: RegisterCode,
    record_id: RecordId,
    account: ReviewerDep,
    connection: ConnectionDep,
    seen: MatchDep,
) -> RecordEdit:
    """What every change of a record says beside its body."""
    return RecordEdit(connection, account, register, record_id, seen)


EditDep = Annotated[RecordEdit, Depends(record_edit)]


@router.put(
    "/{register}/{record_id:number}", response_model=RecordOut, operation_id="replaceRecord"
)
def replace_record(edit: EditDep, body: RecordFeature, settings: SettingsDep) -> Any:
    """Write a record anew, all of it; the state changes by steps."""
    rules.change(edit, new_record(body.geometry, body.properties, settings), whole=True)
    return answer(edit)


@router.patch(
    "/{register}/{record_id:number}",
    response_model=RecordOut,
    operation_id="patchRecord",
    openapi_extra=merge_patch_body("RecordPatch"),
)
def patch_record(edit: EditDep, body: RecordPatch, settings: SettingsDep) -> Any:
    """Change what the patch names; null takes a value away. The state changes by steps."""
    held = rules.hold(edit)
    before = {name: value for name, value in held.values.items() if name != "field_values"}
    before["deadline"] = None if held.values["deadline"] is None else str(held.values["deadline"])
    given = dict(body.properties)
    # Values may stand beside the other properties here, too.
    apart = {name: given.pop(name) for name in list(given) if name not in _SAID}
    nested = given.get("values")
    given["values"] = {**apart, **(nested if isinstance(nested, dict) else {})}
    stored = {**before, "values": dict(held.values["field_values"])}
    properties = validate_body(RecordProperties, merged(stored, given), "properties")
    if body.geometry == {} and held.shape is not None:
        # As it is stored, to the last vertex.
        said = new_record(None, properties, settings).values
        new = NewRecord(said, kind_of(held.shape), held.shape)
    else:
        before_shape = None if held.shape is None else json.loads(shapely.to_geojson(held.shape))
        geometry = body.geometry and merged(before_shape, body.geometry)
        new = new_record(geometry or None, properties, settings)
    rules.change(edit, new, whole=True)
    return answer(edit)


_SAID = frozenset(RecordProperties.model_fields)


@router.delete(
    "/{register}/{record_id:number}",
    status_code=204,
    response_class=Response,
    operation_id="deleteRecord",
)
def delete_record(edit: EditDep, reason: ReasonQuery = None) -> None:
    """Delete a record: your own in its first state, others with a reason (inspector, GIS staff)."""
    rules.remove(edit, reason)


@router.post(
    "/{register}/{record_id:number}/steps", response_model=RecordOut, operation_id="stepRecord"
)
def step_record(edit: EditDep, body: RecordStepIn) -> Any:
    """Take a record to its next state; 409 `no_such_step` names the states that may follow."""
    take_step(edit, body.model_dump())
    return answer(edit)


@router.get(
    "/{register}/{record_id:number}/versions",
    response_model=RecordVersions,
    response_class=JSONResponse,
    operation_id="listRecordVersions",
)
def list_versions(
    register: RegisterCode,
    record_id: RecordId,
    account: AccountDep,
    connection: ConnectionDep,
    page: PageDep,
    response: Response,
) -> Any:
    """Who changed the record when, why and what, the newest first; also of a deleted one."""
    definition = existing_register(connection, register).definition
    before = paging.number_after(page.cursor)
    entries = steps.versions_of(
        connection, account, register, record_id, before=before, limit=page.row_limit + 1
    )
    if not entries and before is None:
        raise not_found("此记录")
    # One entry more than the page shows what its last one changed.
    on_page, following = page.split(entries, number_cursor)
    shown = record_versions(entries[: len(on_page) + 1], definition.personal)[: len(on_page)]
    response.headers["Cache-Control"] = "private, no-cache"
    return {"versions": shown, "next": following}


@router.post(
    "/{register}/{record_id:number}/links", response_model=RecordOut, operation_id="linkRecord"
)
def link_record(edit: EditDep, body: RecordLinkIn) -> Any:
    """Link a record with a plot, another record, a zone or a patrol of your scope."""
    thing = body.thing()
    if thing is None:
        message = Message(
            "plot、record、zone、patrol 须恰好写一个",
            "name exactly one of plot, record, zone, patrol",
        )
        raise Problem(422, "nothing_to_link", message, errors=[{"message": message}])
    links.link(edit, *thing)
    return answer(edit)


@router.delete(
    "/{register}/{record_id:number}/links/{link_id:number}",
    response_model=RecordOut,
    operation_id="unlinkRecord",
)
def unlink_record(edit: EditDep, link_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> Any:
    """Take a link away; the record stays."""
    links.unlink(edit, link_id)
    return answer(edit)
