"""Files below ``/api/plots/{id}``, ``/api/registers/{register}/{id}``, ``/api/reported/{id}``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Path, Response, UploadFile
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from service.accounts.api.deps import AccountDep, PlannerDep, ReviewerDep
from service.accounts.db.accounts import Account
from service.errors import not_found
from service.files import files as rules
from service.files.db import files
from service.files.db.files import Owner
from service.registers.definition import WORD
from service.settings import Settings
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep
from service.web.feature_list import Page, PageDep, number_cursor
from service.web.idempotency import OnceRoute
from service.web.kept_refusals import file_name

router = APIRouter(prefix="/api", tags=["files"], route_class=OnceRoute)

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
RegisterCode = Annotated[str, Path(pattern=WORD)]
Sent = Annotated[UploadFile, File(description="JPEG, PNG, WebP, PDF, DOCX, XLSX or ZIP.")]
INLINE = ("image/jpeg", "image/png", "image/webp")
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in (*INLINE, "application/octet-stream")}}
}


class FileOut(BaseModel):
    """A file, without its content."""

    id: int
    name: str
    media_type: str
    bytes: int
    sha256: str
    taken_at: datetime | None = Field(description="By the camera.")
    at: list[float] | None = Field(
        min_length=2, max_length=2, description="Where, by the camera: [lon, lat]."
    )
    made_by: str | None
    made_at: datetime


class FileList(BaseModel):
    """Files in the order in which they came."""

    rows: list[FileOut]
    numberMatched: int  # noqa: N815 - OGC's word
    next: str | None


def file_out(row: Mapping[str, Any]) -> FileOut:
    """A file as it is answered."""
    at = None if row["longitude"] is None else (row["longitude"], row["latitude"])
    return FileOut.model_validate({**row, "at": at})


def _listed(connection: Connection, owner: Owner, number: int, page: Page) -> FileList:
    rows = files.list_files(connection, owner, number, after=page.after, limit=page.row_limit)
    on_page, following = page.split(rows, number_cursor)
    return FileList(
        rows=[file_out(row) for row in on_page],
        numberMatched=files.count_files(connection, owner, number),
        next=following,
    )


def _kept(
    connection: Connection,
    account: Account,
    owner: Owner,
    number: int,
    sent: UploadFile,
    settings: Settings,
) -> FileOut:
    # One byte more than a file may have: so a longer one is noticed.
    content = sent.file.read(settings.file_limit_bytes + 1)
    name = file_name(sent.filename, "file")
    stored = rules.keep(connection, account, owner, number, name, content, settings)
    (row,) = files.list_files(connection, owner, number, after=stored - 1, limit=1)
    return file_out(row)


def _content(connection: Connection, owner: Owner, number: int, file_id: int) -> Response:
    row = files.read_content(connection, owner, number, file_id)
    if row is None:
        raise not_found("此附件")
    inline = row["media_type"] in INLINE
    way = "inline" if inline else "attachment"
    return Response(
        row["content"],
        media_type=row["media_type"] if inline else "application/octet-stream",
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": f"{way}; filename*=UTF-8''{quote(row['name'], safe='')}",
        },
    )


@router.get("/plots/{plot_id:number}/files", operation_id="listPlotFiles")
def list_plot_files(
    plot_id: Number, account: ReviewerDep, connection: ConnectionDep, page: PageDep
) -> FileList:
    """Photos and papers of a plot."""
    rules.refuse_unseen(connection, account, "plot_id", plot_id)
    return _listed(connection, "plot_id", plot_id, page)


@router.post("/plots/{plot_id:number}/files", status_code=201, operation_id="addPlotFile")
@in_lane("upload")
def add_plot_file(
    plot_id: Number,
    account: ReviewerDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    file: Sent,
) -> FileOut:
    """Keep a photo or paper of a plot; time and place of a photo are those of its camera."""
    rules.refuse_unseen(connection, account, "plot_id", plot_id)
    return _kept(connection, account, "plot_id", plot_id, file, settings)


@router.get(
    "/plots/{plot_id:number}/files/{file_id:number}",
    operation_id="readPlotFile",
    response_class=Response,
    responses=CONTENT,
)
def read_plot_file(
    plot_id: Number, file_id: Number, account: ReviewerDep, connection: ConnectionDep
) -> Response:
    """The file itself: pictures to be looked at, everything else to be saved."""
    rules.refuse_unseen(connection, account, "plot_id", plot_id)
    return _content(connection, "plot_id", plot_id, file_id)


@router.delete(
    "/plots/{plot_id:number}/files/{file_id:number}",
    status_code=204,
    response_class=Response,
    operation_id="deletePlotFile",
)
def delete_plot_file(
    plot_id: Number, file_id: Number, account: ReviewerDep, connection: ConnectionDep
) -> None:
    """Delete a file of your own; those of others as inspector or GIS staff."""
    rules.refuse_unseen(connection, account, "plot_id", plot_id)
    rules.remove(connection, account, "plot_id", plot_id, file_id)


@router.get("/registers/{register}/{record_id:number}/files", operation_id="listRecordFiles")
def list_record_files(
    register: RegisterCode,
    record_id: Number,
    account: ReviewerDep,
    connection: ConnectionDep,
    page: PageDep,
) -> FileList:
    """Photos and papers of a record."""
    rules.refuse_unseen(connection, account, "record_id", record_id, register)
    return _listed(connection, "record_id", record_id, page)


@router.post(
    "/registers/{register}/{record_id:number}/files",
    status_code=201,
    operation_id="addRecordFile",
)
@in_lane("upload")
def add_record_file(
    register: RegisterCode,
    record_id: Number,
    account: ReviewerDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    file: Sent,
) -> FileOut:
    """Keep a photo or paper of a record."""
    rules.refuse_unseen(connection, account, "record_id", record_id, register)
    return _kept(connection, account, "record_id", record_id, file, settings)


@router.get(
    "/registers/{register}/{record_id:number}/files/{file_id:number}",
    operation_id="readRecordFile",
    response_class=Response,
    responses=CONTENT,
)
def read_record_file(
    register: RegisterCode,
    record_id: Number,
    file_id: Number,
    account: ReviewerDep,
    connection: ConnectionDep,
) -> Response:
    """The file itself: pictures to be looked at, everything else to be saved."""
    rules.refuse_unseen(connection, account, "record_id", record_id, register)
    return _content(connection, "record_id", record_id, file_id)


@router.delete(
    "/registers/{register}/{record_id:number}/files/{file_id:number}",
    status_code=204,
    response_class=Response,
    operation_id="deleteRecordFile",
)
def delete_record_file(
    register: RegisterCode,
    record_id: Number,
    file_id: Number,
    account: ReviewerDep,
    connection: ConnectionDep,
) -> None:
    """Delete a file of your own; those of others as inspector or GIS staff."""
    rules.refuse_unseen(connection, account, "record_id", record_id, register)
    rules.remove(connection, account, "record_id", record_id, file_id)


@router.get("/reported/{reported_id:number}/files", operation_id="listReportedFiles")
def list_reported_files(
    reported_id: Number, account: AccountDep, connection: ConnectionDep, page: PageDep
) -> FileList:
    """Papers that a reported figure is taken from."""
    rules.refuse_unseen(connection, account, "reported_id", reported_id)
    return _listed(connection, "reported_id", reported_id, page)


@router.post(
    "/reported/{reported_id:number}/files", status_code=201, operation_id="addReportedFile"
)
@in_lane("upload")
def add_reported_file(
    reported_id: Number,
    account: PlannerDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    file: Sent,
) -> FileOut:
    """Keep the paper that a figure is taken from, as long as the figure is a draft or returned."""
    rules.refuse_unseen(connection, account, "reported_id", reported_id)
    return _kept(connection, account, "reported_id", reported_id, file, settings)


@router.get(
    "/reported/{reported_id:number}/files/{file_id:number}",
    operation_id="readReportedFile",
    response_class=Response,
    responses=CONTENT,
)
def read_reported_file(
    reported_id: Number, file_id: Number, account: AccountDep, connection: ConnectionDep
) -> Response:
    """The file itself: pictures to be looked at, everything else to be saved."""
    rules.refuse_unseen(connection, account, "reported_id", reported_id)
    return _content(connection, "reported_id", reported_id, file_id)


@router.delete(
    "/reported/{reported_id:number}/files/{file_id:number}",
    status_code=204,
    response_class=Response,
    operation_id="deleteReportedFile",
)
def delete_reported_file(
    reported_id: Number, file_id: Number, account: PlannerDep, connection: ConnectionDep
) -> None:
    """Delete a file of your own, as long as the figure is a draft or returned."""
    rules.refuse_unseen(connection, account, "reported_id", reported_id)
    rules.remove(connection, account, "reported_id", reported_id, file_id)
