"""``POST /api/registers/{register}/files``: many records at once, stored whole or not at all."""

import shutil
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from pydantic import BaseModel
from sqlalchemy import Connection

from data.import_result import Imported, ImportRefused
from data.reading.limits import Limits
from data.records import RecordTable, read_records
from data.scratch import Scratch, room_needed
from service.accounts.api.deps import before_body, signed_in_as
from service.accounts.db.accounts import Account
from service.errors import Problem
from service.registers.api.registers import RegisterCode
from service.registers.definitions import existing_register
from service.registers.importing import field_words, import_records
from service.web.admission import in_lane
from service.web.deps import SettingsDep, begun
from service.web.idempotency import OnceRoute, done_once
from service.web.kept_refusals import file_name
from service.web.language import localised

router = APIRouter(prefix="/api/registers", tags=["registers"], route_class=OnceRoute)

# One request writes them, row by row: a larger file is imported at the command line.
MAX_ROWS = 5_000


class RecordsStored(BaseModel):
    """What a file of records did."""

    file: str
    rows: int
    stored: int
    dry_run: bool
    ids: list[int]
    notes: list[str]


@router.post(
    "/{register}/files",
    operation_id="uploadRecords",
    response_model=RecordsStored,
    dependencies=[Depends(before_body("planner", "inspector"))],
)
@in_lane("upload")
def upload_records(
    request: Request,
    register: RegisterCode,
    settings: SettingsDep,
    file: Annotated[UploadFile, File(description=".xlsx, .csv, .zip, .gpkg, .geojson …")],
    dry_run: bool = False,
    layer: Annotated[str, Form(max_length=200, description="Where the file has several.")] = "",
    crs: Annotated[
        str, Form(max_length=100, description="EPSG:4547 …, if the file's is wrong.")
    ] = "",
    encoding: Annotated[str, Form(max_length=20, description="UTF-8 or GBK.")] = "",
) -> Any:
    """Store the records of a file: those of a number that is there are changed, others are new.

    One wrong row refuses the file: 422 `records_refused` with each fault, its row and its place.
    `dry_run` checks everything and stores nothing. A table needs no places where the register
    needs none.
    """
    name = file_name(file.filename, "records.csv")
    limits = Limits(
        file_bytes=settings.upload_limit_bytes, features=min(settings.import_limit, MAX_ROWS)
    )
    with begun(request) as connection:
        signed_in_as(request, connection, "planner", "inspector")
        definition = existing_register(connection, register).definition
    with Scratch() as folder:
        path = folder / name
        with room_needed(), path.open("wb") as copy:
            shutil.copyfileobj(file.file, copy)
        table = read_records(
            path,
            field_words(definition),
            layer=layer.strip() or None,
            crs=crs.strip() or None,
            encoding=encoding.strip() or None,
            limits=limits,
        )
    with begun(request) as connection:
        account = signed_in_as(request, connection, "planner", "inspector")

        def work() -> Response:
            with connection.begin_nested() as trial:
                done = _stored(connection, account, register, table, name)
                if dry_run:
                    trial.rollback()
                    done = replace(done, ids=[])
            body = RecordsStored(
                file=done.file,
                rows=done.rows,
                stored=0 if dry_run else done.rows,
                dry_run=dry_run,
                ids=list(done.ids),
                notes=[localised(note) for note in done.notes],
            )
            return Response(body.model_dump_json(), media_type="application/json")

        return done_once(connection, account.id, work)


def _stored(
    connection: Connection, account: Account, register: str, table: RecordTable, name: str
) -> Imported:
    try:
        return import_records(connection, account, register, table, name)
    except ImportRefused as refused:
        faults = [
            {
                "row": fault.row,
                "code": fault.code,
                "message": fault.message,
                **({} if fault.at is None else {"at": list(fault.at)}),
            }
            for fault in refused.rejections
        ]
        raise Problem(422, "records_refused", refused.message, errors=faults) from None
