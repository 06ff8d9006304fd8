"""``/api/imports/{id}/rows`` and ``/report``: what is said of each row."""

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from service.accounts.api.deps import PlannerDep
from service.imports.api.imports import ImportId, readable
from service.imports.api.schemas import Code, problem_out
from service.imports.db.rows import RowFilter, count_rows, list_rows
from service.imports.report import ReportFormat, report_file
from service.plots.api.check_schemas import Found
from service.web.admission import in_lane
from service.web.deps import ConnectionDep
from service.web.feature_list import PageDep, feature, feature_list
from service.web.file_answers import file_answers
from service.web.geojson_response import GeoJson
from service.web.paging import cursor as number_cursor
from service.web.thread_route import ThreadRoute

router = APIRouter(prefix="/api/imports", tags=["imports"], route_class=ThreadRoute)


class Match(BaseModel):
    """The plot that is there under the county, year and number of a row."""

    state: Literal["new", "same", "changed"]
    plot_id: int | None
    version: int | None = Field(description="Of the plot, when it was compared.")
    fields: list[str] = Field(description="Properties in which the row differs.")


class RowProblem(Found):
    """A verdict on a row."""

    field: str = Field(description="Property that has to be changed, or geometry.")


class RowProperties(BaseModel):
    """Attributes as the file says them, and what is said of the row."""

    model_config = ConfigDict(extra="allow")

    row: int = Field(description="Of the file, from 1.")
    district: str | None
    problems: list[RowProblem]
    match: Match
    outline: dict[str, JsonValue] | None = Field(
        description="Rings and lines of a shape that cannot be used, as a MultiLineString."
    )


class RowOut(BaseModel):
    """A row of the file."""

    type: Literal["Feature"] = "Feature"
    id: int
    geometry: dict[str, JsonValue] | None
    properties: RowProperties


class RowList(BaseModel):
    """A page of rows."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    numberMatched: int  # noqa: N815 - OGC's word
    numberReturned: int  # noqa: N815
    next: str | None
    features: list[RowOut]


def _feature(row: Any) -> str:
    properties = {
        **row["properties"],
        "row": row["row"],
        "district": row["district"],
        "problems": [problem_out(problem) for problem in row["problems"]],
        "match": {
            "state": row["match"],
            **{name: row[name] for name in ("plot_id", "version", "fields")},
        },
        "outline": None if row["outline"] is None else json.loads(row["outline"]),
    }
    return feature(row["row"], row["geometry"], properties)


@router.get(
    "/{import_id:number}/rows",
    response_model=RowList,
    response_class=GeoJson,
    operation_id="listImportRows",
)
def list_import_rows(
    import_id: ImportId,
    account: PlannerDep,
    connection: ConnectionDep,
    page: PageDep,
    severity: Annotated[
        Literal["block", "warn", "info", "none"] | None, Query(description="The worst of a row.")
    ] = None,
    code: Annotated[Code | None, Query(description="Of a verdict.")] = None,
    match: Annotated[
        Literal["new", "same", "changed"] | None, Query(description="Of rows that are not blocked.")
    ] = None,
) -> Any:
    """Rows of the file with their verdicts, page by page."""
    readable(connection, account, import_id)
    wanted = RowFilter(severity, code, match)
    rows = list_rows(connection, import_id, wanted, after=page.after, limit=page.row_limit)
    on_page, following = page.split(rows, lambda row: number_cursor(row["row"]))
    return feature_list(
        map(_feature, on_page),
        matched=count_rows(connection, import_id, wanted),
        following=following,
    )


MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": GeoJson.media_type,
}


@router.get(
    "/{import_id:number}/report",
    operation_id="reportImport",
    response_class=Response,
    responses=file_answers(MEDIA.values()),
)
@in_lane("heavy")
def report_import(
    import_id: ImportId,
    account: PlannerDep,
    connection: ConnectionDep,
    format: Annotated[ReportFormat, Query()] = "xlsx",  # noqa: A002
) -> Response:
    """Every row that something is said of: number, place, reason and remedy."""
    row = readable(connection, account, import_id)
    content = report_file(connection, account, row, format)
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="import-{import_id}.{format}"',
    }
    return Response(content, media_type=MEDIA[format], headers=headers)
