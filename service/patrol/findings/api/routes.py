"""``/api/findings``: what patrols found, and what became of it."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.encoders import jsonable_encoder

from service.accounts.api.deps import AccountDep, InspectorDep
from service.errors import not_found
from service.patrol.findings import edit as finding_rules
from service.patrol.findings.db import findings
from service.patrol.findings.db.findings import FindingFilter
from service.patrol.findings.edit import FindingEdit
from service.patrol.findings.schemas import (
    FindingFeature,
    FindingList,
    FindingOut,
    FindingPatch,
    State,
    StepIn,
    finding_properties,
)
from service.plots.filters import counties_below
from service.web import paging
from service.web.deps import ConnectionDep, SettingsDep, bad_query
from service.web.etags import IfNoneMatch, MatchDep, etag, unchanged
from service.web.geojson_response import GeoJson
from service.web.idempotency import OnceRoute
from service.web.periods import parse_period
from service.web.text_types import Reason
from service.web.timestamps import midnight, today

router = APIRouter(
    prefix="/api/findings", tags=["findings"], default_response_class=GeoJson, route_class=OnceRoute
)

GEOJSON = "application/geo+json"
FindingId = Annotated[int, Path(ge=1, le=2**63 - 1)]
MERGE_PATCH = {
    "requestBody": {
        "content": {
            "application/merge-patch+json": {
                "schema": {"$ref": "#/components/schemas/FindingPatch"}
            }
        }
    }
}


def feature(row: Any, steps: Any = None) -> str:
    """One Feature as JSON text; the geometry is text already."""
    body = json.dumps(jsonable_encoder(finding_properties(row, steps)), ensure_ascii=False)
    return f'{{"type":"Feature","id":{row["id"]},"geometry":{row["geometry"]},"properties":{body}}}'


def finding_filter(
    who: AccountDep,
    connection: ConnectionDep,
    district: Annotated[
        str | None, Query(pattern="^[0-9]{6}([0-9]{3}){0,3}$", description="County or above.")
    ] = None,
    zone: Annotated[str | None, Query(max_length=32, description="Code of one zone.")] = None,
    state: Annotated[list[State] | None, Query(max_length=5)] = None,
    kind: Annotated[str | None, Query(max_length=12, description="List `finding_kind`.")] = None,
    overdue: Annotated[bool | None, Query(description="Past their deadline, or not.")] = None,
    period: Annotated[
        str | None, Query(max_length=20, description="Found in 2026, 2026-H1, 2026-Q3 or 2026-09.")
    ] = None,
) -> FindingFilter:
    """Query parameters as a filter."""
    stretch = None
    if period is not None:
        try:
            stretch = parse_period(period)
        except ValueError as error:
            raise bad_query("period", str(error), "bad_period") from None
    for name, value in (("zone", zone), ("kind", kind)):
        if value is not None and "\x00" in value:
            raise bad_query(name, f"{name} 含非法字符；{name} contains NUL")
    return FindingFilter(
        today(),
        None if district is None else counties_below(connection, district, who),
        zone,
        state,
        kind,
        overdue,
        stretch and midnight(stretch.first),
        stretch and midnight(stretch.after),
    )


FilterDep = Annotated[FindingFilter, Depends(finding_filter, scope="function")]


@router.get("", response_model=FindingList, operation_id="listFindings")
def list_findings(
    request: Request,
    who: AccountDep,
    connection: ConnectionDep,
    asked: FilterDep,
    settings: SettingsDep,
    limit: Annotated[int | None, Query(ge=1, description="Features on a page.")] = None,
    cursor: Annotated[str | None, Query(max_length=64, description="From `next`.")] = None,
) -> Any:
    """Findings of the scope (问题清单), page by page."""
    size = limit or settings.page_limit
    if size > settings.page_limit_max:
        raise bad_query("limit", f"limit 不得超过 {settings.page_limit_max}；at most that many")
    after = paging.number_after(cursor) or 0
    rows = findings.list_findings(connection, who, asked, after=after, limit=size + 1)
    more, rows = len(rows) > size, rows[:size]
    following = "null"
    if more:
        url = request.url.include_query_params(cursor=paging.cursor(rows[-1]["id"]))
        following = json.dumps(f"{url.path}?{url.query}")
    matched = findings.count_findings(connection, who, asked)
    return Response(
        f'{{"type":"FeatureCollection","numberMatched":{matched},"numberReturned":{len(rows)},'
        f'"next":{following},"features":[{",".join(map(feature, rows))}]}}',
        media_type=GEOJSON,
        headers={"Cache-Control": "private, no-cache"},
    )


def answer(edit: FindingEdit, status: int = 200, if_none_match: str | None = None) -> Response:
    """The finding as it stands, with its steps."""
    row = findings.read_finding(edit.connection, edit.who, edit.finding_id, today())
    if row is None:
        raise not_found("此问题")
    headers = {"ETag": etag(row["version"]), "Cache-Control": "private, no-cache"}
    if unchanged(if_none_match, row["version"]):
        return Response(None, 304, headers)
    if status == 201:
        headers["Location"] = f"/api/findings/{row['id']}"
    steps = findings.steps_of(edit.connection, edit.finding_id)
    return Response(feature(row, steps), status, headers, GEOJSON)


@router.post("", status_code=201, response_model=FindingOut, operation_id="createFinding")
def create_finding(sent: FindingFeature, who: InspectorDep, connection: ConnectionDep) -> Any:
    """Report a finding; without `zone` it belongs to the smallest zone around it."""
    number = finding_rules.report(connection, who, sent)
    return answer(FindingEdit(connection, who, number, ()), 201)


@router.get("/{finding_id:number}", response_model=FindingOut, operation_id="readFinding")
def read_finding(
    finding_id: FindingId,
    who: AccountDep,
    connection: ConnectionDep,
    if_none_match: IfNoneMatch = None,
) -> Any:
    """One finding with its steps: who, when, and which letter."""
    return answer(FindingEdit(connection, who, finding_id, ()), if_none_match=if_none_match)


def finding_edit(
    finding_id: FindingId, who: InspectorDep, connection: ConnectionDep, seen: MatchDep
) -> FindingEdit:
    """What every change of a finding says beside its body."""
    return FindingEdit(connection, who, finding_id, seen)


EditDep = Annotated[FindingEdit, Depends(finding_edit, scope="function")]


@router.patch(
    "/{finding_id:number}",
    response_model=FindingOut,
    operation_id="patchFinding",
    openapi_extra=MERGE_PATCH,
)
def patch_finding(edit: EditDep, sent: FindingPatch) -> Any:
    """Change place, kind, deadline, note or photo; the state changes by steps."""
    finding_rules.patch(edit, sent)
    return answer(edit)


@router.post(
    "/{finding_id:number}/steps",
    status_code=201,
    response_model=FindingOut,
    operation_id="stepFinding",
)
def step_finding(edit: EditDep, sent: StepIn) -> Any:
    """The next step: 工作提示单, 督办函, rectified, closed; with who and when."""
    finding_rules.step(edit, sent)
    return answer(edit, 201)


@router.delete(
    "/{finding_id:number}", status_code=204, response_class=Response, operation_id="deleteFinding"
)
def delete_finding(
    edit: EditDep, reason: Annotated[Reason, Query(description="Kept in the log.")]
) -> None:
    """Take a finding out that should not be there, with a reason."""
    held = finding_rules.hold(edit)
    findings.delete_finding(edit.connection, edit.who, held, reason)
