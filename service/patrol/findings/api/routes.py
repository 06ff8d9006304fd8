"""``/api/findings``: what patrols found, and what became of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from service.accounts.api.deps import AccountDep, InspectorDep
from service.errors import not_found
from service.patrol.api.query_params import (
    DistrictParam,
    OptionalPeriodDep,
    ZoneParam,
    refuse_nul,
)
from service.patrol.findings import edit as finding_rules
from service.patrol.findings.db import findings
from service.patrol.findings.db.findings import FINDING, FindingFilter
from service.patrol.findings.edit import FindingEdit
from service.patrol.findings.schemas import (
    FindingFeature,
    FindingList,
    FindingOut,
    FindingPatch,
    State,
    StepIn,
    StepOut,
    finding_properties,
)
from service.plots.filters import counties_below
from service.registers.api.states import defined_states
from service.registers.db import records, steps
from service.registers.definitions import existing_register
from service.web.deps import ConnectionDep
from service.web.etags import IfNoneMatch, MatchDep, etag, unchanged
from service.web.feature_list import PageDep, feature_list, number_cursor
from service.web.feature_list import feature as feature_text
from service.web.geojson_response import GeoJson
from service.web.idempotency import OnceRoute
from service.web.merge_patch import merge_patch_body
from service.web.text_types import Reason
from service.web.timestamps import midnight, today

router = APIRouter(
    prefix="/api/findings", tags=["findings"], default_response_class=GeoJson, route_class=OnceRoute
)

STEP = tuple(StepOut.model_fields)
FindingId = Annotated[int, Path(ge=1, le=2**63 - 1)]


def feature(row: Any, steps: Any = None) -> str:
    """One Feature as JSON text; the geometry is text already."""
    return feature_text(row["id"], row["geometry"], finding_properties(row, steps))


async def finding_filter(
    account: AccountDep,
    connection: ConnectionDep,
    period: OptionalPeriodDep,
    district: DistrictParam = None,
    zone: ZoneParam = None,
    state: Annotated[list[State] | None, Query(max_length=50)] = None,
    kind: Annotated[str | None, Query(max_length=12, description="List `finding_kind`.")] = None,
    overdue: Annotated[bool | None, Query(description="Past their deadline, or not.")] = None,
) -> FindingFilter:
    """Query parameters as a filter."""
    refuse_nul(zone=zone, kind=kind)
    definition = existing_register(connection, FINDING).definition
    return FindingFilter(
        today(),
        None if district is None else counties_below(connection, district, account),
        zone,
        defined_states(definition, state),
        kind,
        overdue,
        period and midnight(period.first),
        period and midnight(period.after),
    )


FilterDep = Annotated[FindingFilter, Depends(finding_filter)]


@router.get("", response_model=FindingList, operation_id="listFindings")
def list_findings(
    account: AccountDep,
    connection: ConnectionDep,
    filters: FilterDep,
    page: PageDep,
) -> Any:
    """Findings of the scope (问题清单), page by page."""
    rows = findings.list_findings(
        connection, account, filters, after=page.after, limit=page.row_limit
    )
    on_page, following = page.split(rows, number_cursor)
    matched = findings.count_findings(connection, account, filters)
    return feature_list(map(feature, on_page), matched=matched, following=following)


def answer(edit: FindingEdit, status: int = 200, if_none_match: str | None = None) -> Response:
    """The finding as it stands, with its steps. Raises `Problem` 404."""
    row = findings.read_finding(edit.connection, edit.account, edit.finding_id, today())
    if row is None:
        raise not_found("此问题")
    headers = {"ETag": etag(row["version"]), "Cache-Control": "private, no-cache"}
    if unchanged(if_none_match, row["version"]):
        return Response(None, 304, headers)
    if status == 201:
        headers["Location"] = f"/api/findings/{row['id']}"
    taken = steps.steps_of(edit.connection, edit.finding_id)
    return Response(
        feature(row, [{name: step[name] for name in STEP} for step in taken]),
        status,
        headers,
        GeoJson.media_type,
    )


@router.post("", status_code=201, response_model=FindingOut, operation_id="createFinding")
def create_finding(sent: FindingFeature, account: InspectorDep, connection: ConnectionDep) -> Any:
    """Report a finding; without `zone` it belongs to the smallest zone around it."""
    number = finding_rules.report(connection, account, sent)
    return answer(FindingEdit(connection, account, number, ()), 201)


@router.get("/{finding_id:number}", response_model=FindingOut, operation_id="readFinding")
def read_finding(
    finding_id: FindingId,
    account: AccountDep,
    connection: ConnectionDep,
    if_none_match: IfNoneMatch = None,
) -> Any:
    """One finding with its steps: who, when, and which letter."""
    return answer(FindingEdit(connection, account, finding_id, ()), if_none_match=if_none_match)


async def finding_edit(
    finding_id: FindingId, account: InspectorDep, connection: ConnectionDep, seen: MatchDep
) -> FindingEdit:
    """What every change of a finding says beside its body."""
    return FindingEdit(connection, account, finding_id, seen)


EditDep = Annotated[FindingEdit, Depends(finding_edit)]


@router.patch(
    "/{finding_id:number}",
    response_model=FindingOut,
    operation_id="patchFinding",
    openapi_extra=merge_patch_body("FindingPatch"),
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
    records.delete_record(edit.connection, edit.account, held.id, reason)
