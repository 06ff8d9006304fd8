"""``/api/imports``: a file on its way in, from the upload to the batch."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Path, Request, Response, UploadFile
from pydantic import ValidationError
from sqlalchemy import Connection

from gis.messages import Message
from service.accounts.api.deps import PlannerDep, before_body, signed_in_as
from service.accounts.db.accounts import Account
from service.errors import Problem, not_found
from service.imports.api.schemas import (
    Commit,
    Import,
    ImportList,
    ImportPatch,
    ImportSettings,
    Undo,
    import_out,
)
from service.imports.conversation import (
    cancel,
    read_anew,
    settle,
    take_file,
)
from service.imports.db import batch, imports
from service.imports.queue import ImportQueue
from service.imports.undoing import undo
from service.imports.working import Work, work_for
from service.web.admission import in_lane
from service.web.deps import ConnectionDep, begun
from service.web.feature_list import PageDep
from service.web.idempotency import OnceRoute, done_once
from service.web.kept_refusals import file_name
from service.web.paging import cursor as number_cursor
from service.web.paging import number_after

router = APIRouter(prefix="/api/imports", tags=["imports"], route_class=OnceRoute)

ImportId = Annotated[int, Path(ge=1, le=2**63 - 1)]


def readable(connection: Connection, account: Account, number: int) -> Any:
    """An import that the account may see. Raises `Problem` 404."""
    row = imports.read_import(connection, account, number)
    if row is None:
        raise not_found("此导入")
    return row


def answer(connection: Connection, account: Account, number: int) -> Import:
    """An import as it is now. Raises `Problem` 404."""
    row = readable(connection, account, number)
    reviews = batch.batch_reviews(connection, number) if row["state"] == "live" else {}
    return import_out(row, reviews)


def queued(request: Request, work: Callable[[Connection, Account, list[Work]], int]) -> Response:
    """Do the work of a request in its own transaction; what it hands on waits after the commit."""
    waiting: list[Work] = []
    queue: ImportQueue = request.app.state.imports
    with begun(request) as connection:
        account: Account = signed_in_as(request, connection, "planner")

        def done() -> Response:
            queue.refuse_when_full()
            number = work(connection, account, waiting)
            body = answer(connection, account, number)
            headers = {"Location": f"/api/imports/{number}"}
            return Response(body.model_dump_json(), 202, headers, "application/json")

        response = done_once(connection, account.id, done)
    # Only now does the worker see the import.
    for piece in waiting:
        queue.put(piece)
    return response


def settings_of(text: str) -> ImportSettings:
    """Settings that come as JSON in a form.

    Raises
    ------
    Problem
        422 ``invalid_request`` with the setting that is wrong.
    """
    try:
        return ImportSettings.model_validate_json(text or "{}")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(["settings", *map(str, first["loc"])])
        words = Message(
            f"{where} 有误（{first['msg']}），settings 应为 JSON 对象",
            f"{where} is wrong ({first['msg']}): settings is a JSON object",
        )
        errors = [{"field": where, "code": first["type"], "message": words}]
        raise Problem(422, "invalid_request", words, errors=errors) from None


@router.post(
    "",
    status_code=202,
    response_model=Import,
    operation_id="createImport",
    dependencies=[Depends(before_body("planner"))],
)
@in_lane("upload")
def create_import(
    request: Request,
    file: Annotated[UploadFile, File(description=".zip, .gpkg, .geojson, .kml …")],
    settings: Annotated[
        str,
        Form(max_length=100_000, description="JSON: what, layer, crs, encoding, fields, set …"),
    ] = "",
) -> Any:
    """Take a file; it is read and checked in the background, and nothing is live before a commit.

    Ask for its state until it is `staged` or `refused`.
    """
    wishes = settings_of(settings).wishes()
    name = file_name(file.filename, "plots.zip")

    def work(connection: Connection, account: Account, waiting: list[Work]) -> int:
        number = take_file(connection, account, name, file.file, wishes)
        waiting.append(work_for(connection, account.id, number, "stage"))
        return number

    return queued(request, work)


@router.get("", operation_id="listImports")
def list_imports(account: PlannerDep, connection: ConnectionDep, page: PageDep) -> ImportList:
    """Your imports, the newest first; for GIS staff also those of others in their districts."""
    before = number_after(page.cursor)
    rows = imports.list_imports(connection, account, before=before, limit=page.row_limit)
    on_page, following = page.split(rows, lambda row: number_cursor(row["id"]))
    return ImportList(
        rows=[
            import_out(row, batch.batch_reviews(connection, row["id"]))
            if row["state"] == "live"
            else import_out(row, {})
            for row in on_page
        ],
        numberMatched=imports.count_imports(connection, account),
        next=following,
    )


@router.get("/{import_id:number}", operation_id="readImport")
def read_import(import_id: ImportId, account: PlannerDep, connection: ConnectionDep) -> Import:
    """What the file seems to be, how far it is, and what is said of its rows."""
    return answer(connection, account, import_id)


@router.patch(
    "/{import_id:number}",
    status_code=202,
    response_model=Import,
    operation_id="patchImport",
    dependencies=[Depends(before_body("planner"))],
)
def patch_import(request: Request, import_id: ImportId, patch: ImportPatch) -> Any:
    """Change settings; the file is read and checked anew."""

    def work(connection: Connection, account: Account, waiting: list[Work]) -> int:
        row = readable(connection, account, import_id)
        before = ImportSettings.model_validate(row["settings"])
        changed = before.model_copy(
            update={name: getattr(patch, name) for name in patch.model_fields_set}
        )
        read_anew(connection, row, changed.wishes())
        waiting.append(work_for(connection, account.id, import_id, "stage"))
        return import_id

    return queued(request, work)


@router.post(
    "/{import_id:number}/commit",
    status_code=202,
    response_model=Import,
    operation_id="commitImport",
    dependencies=[Depends(before_body("planner"))],
)
def commit_import(request: Request, import_id: ImportId, how: Commit) -> Any:
    """Let the staged rows become your drafts, in one transaction; ask until it is `live`."""

    def work(connection: Connection, account: Account, waiting: list[Work]) -> int:
        row = readable(connection, account, import_id)
        settle(connection, account, row, how.model_dump())
        waiting.append(work_for(connection, account.id, import_id, "commit"))
        return import_id

    return queued(request, work)


@router.post("/{import_id:number}/undo", operation_id="undoImport")
def undo_import(
    import_id: ImportId, why: Undo, account: PlannerDep, connection: ConnectionDep
) -> Import:
    """Take the batch out whole; plots that it changed get their earlier version back."""
    row = readable(connection, account, import_id)
    undo(connection, account, import_id, row["file"], why.reason)
    return answer(connection, account, import_id)


@router.delete(
    "/{import_id:number}", status_code=204, response_class=Response, operation_id="cancelImport"
)
def cancel_import(import_id: ImportId, account: PlannerDep, connection: ConnectionDep) -> None:
    """Leave an import that is not live: its file and rows are taken out."""
    cancel(connection, readable(connection, account, import_id))
