"""Files below ``/api/plots/{id}``, ``/api/registers/{register}/{id}``, ``/api/reported/{id}``."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Path, Response, UploadFile

from service.accounts.api.deps import AccountDep, PlannerDep, ReviewerDep
from service.files.api.owned_files import INLINE, FileList, FileOut, OwnedFiles
from service.registers.definition import WORD
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, SettingsDep
from service.web.feature_list import PageDep
from service.web.idempotency import OnceRoute

router = APIRouter(prefix="/api", tags=["files"], route_class=OnceRoute)

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
RegisterCode = Annotated[str, Path(pattern=WORD)]
Sent = Annotated[UploadFile, File(description="JPEG, PNG, WebP, PDF, DOCX, XLSX or ZIP.")]
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in (*INLINE, "application/octet-stream")}}
}


async def _of_plot(plot_id: Number, account: ReviewerDep, connection: ConnectionDep) -> OwnedFiles:
    return OwnedFiles(connection, account, "plot_id", plot_id)


async def _of_record(
    register: RegisterCode, record_id: Number, account: ReviewerDep, connection: ConnectionDep
) -> OwnedFiles:
    return OwnedFiles(connection, account, "record_id", record_id, register)


async def _of_reported(
    reported_id: Number, account: AccountDep, connection: ConnectionDep
) -> OwnedFiles:
    return OwnedFiles(connection, account, "reported_id", reported_id)


async def _of_draft(
    reported_id: Number, account: PlannerDep, connection: ConnectionDep
) -> OwnedFiles:
    return OwnedFiles(connection, account, "reported_id", reported_id)


async def _file_number(file_id: Number) -> int:
    return file_id


PlotFiles = Annotated[OwnedFiles, Depends(_of_plot)]
RecordFiles = Annotated[OwnedFiles, Depends(_of_record)]
ReportedFiles = Annotated[OwnedFiles, Depends(_of_reported)]
DraftFiles = Annotated[OwnedFiles, Depends(_of_draft)]
# FastAPI lists parameters of dependencies first: so this one comes after what the file belongs to.
FileId = Annotated[int, Depends(_file_number)]


@router.get("/plots/{plot_id:number}/files", operation_id="listPlotFiles")
def list_plot_files(owned: PlotFiles, page: PageDep) -> FileList:
    """Photos and papers of a plot."""
    return owned.page(page)


@router.post("/plots/{plot_id:number}/files", status_code=201, operation_id="addPlotFile")
@in_lane("upload")
def add_plot_file(owned: PlotFiles, settings: SettingsDep, file: Sent) -> FileOut:
    """Keep a photo or paper of a plot; time and place of a photo are those of its camera."""
    return owned.keep(file, settings)


@router.get(
    "/plots/{plot_id:number}/files/{file_id:number}",
    operation_id="readPlotFile",
    response_class=Response,
    responses=CONTENT,
)
def read_plot_file(owned: PlotFiles, file_id: FileId) -> Response:
    """The file itself: pictures to be looked at, everything else to be saved."""
    return owned.content(file_id)


@router.delete(
    "/plots/{plot_id:number}/files/{file_id:number}",
    status_code=204,
    response_class=Response,
    operation_id="deletePlotFile",
)
def delete_plot_file(owned: PlotFiles, file_id: FileId) -> None:
    """Delete a file of your own; those of others as inspector or GIS staff."""
    owned.remove(file_id)


@router.get("/registers/{register}/{record_id:number}/files", operation_id="listRecordFiles")
def list_record_files(owned: RecordFiles, page: PageDep) -> FileList:
    """Photos and papers of a record."""
    return owned.page(page)


@router.post(
    "/registers/{register}/{record_id:number}/files",
    status_code=201,
    operation_id="addRecordFile",
)
@in_lane("upload")
def add_record_file(owned: RecordFiles, settings: SettingsDep, file: Sent) -> FileOut:
    """Keep a photo or paper of a record."""
    return owned.keep(file, settings)


@router.get(
    "/registers/{register}/{record_id:number}/files/{file_id:number}",
    operation_id="readRecordFile",
    response_class=Response,
    responses=CONTENT,
)
def read_record_file(owned: RecordFiles, file_id: FileId) -> Response:
    """The file itself: pictures to be looked at, everything else to be saved."""
    return owned.content(file_id)


@router.delete(
    "/registers/{register}/{record_id:number}/files/{file_id:number}",
    status_code=204,
    response_class=Response,
    operation_id="deleteRecordFile",
)
def delete_record_file(owned: RecordFiles, file_id: FileId) -> None:
    """Delete a file of your own; those of others as inspector or GIS staff."""
    owned.remove(file_id)


@router.get("/reported/{reported_id:number}/files", operation_id="listReportedFiles")
def list_reported_files(owned: ReportedFiles, page: PageDep) -> FileList:
    """Papers that a reported figure is taken from."""
    return owned.page(page)


@router.post(
    "/reported/{reported_id:number}/files", status_code=201, operation_id="addReportedFile"
)
@in_lane("upload")
def add_reported_file(owned: DraftFiles, settings: SettingsDep, file: Sent) -> FileOut:
    """Keep the paper that a figure is taken from, as long as the figure is a draft or returned."""
    return owned.keep(file, settings)


@router.get(
    "/reported/{reported_id:number}/files/{file_id:number}",
    operation_id="readReportedFile",
    response_class=Response,
    responses=CONTENT,
)
def read_reported_file(owned: ReportedFiles, file_id: FileId) -> Response:
    """The file itself: pictures to be looked at, everything else to be saved."""
    return owned.content(file_id)


@router.delete(
    "/reported/{reported_id:number}/files/{file_id:number}",
    status_code=204,
    response_class=Response,
    operation_id="deleteReportedFile",
)
def delete_reported_file(owned: DraftFiles, file_id: FileId) -> None:
    """Delete a file of your own, as long as the figure is a draft or returned."""
    owned.remove(file_id)
