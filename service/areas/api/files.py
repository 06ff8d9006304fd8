"""``POST /api/areas/files``: a file of reporting areas, stored whole or not at all."""

import shutil
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from pydantic import BaseModel
from sqlalchemy import Connection

from data.areas import AreaTable, read_areas
from data.import_result import Imported, ImportRefused
from data.reading.limits import WHOLE_FILE_FEATURES, Limits
from data.scratch import Scratch, room_needed
from service.accounts.api.deps import before_body, signed_in_as
from service.accounts.db.accounts import Account
from service.areas.importing import import_areas
from service.errors import Problem
from service.web.admission import in_lane
from service.web.deps import SettingsDep, begun
from service.web.idempotency import OnceRoute, done_once
from service.web.kept_refusals import file_name
from service.web.language import localised

router = APIRouter(prefix="/api/areas", tags=["areas"], route_class=OnceRoute)


class AreasStored(BaseModel):
    """What a file of areas did."""

    file: str
    rows: int
    notes: list[str]


@router.post(
    "/files",
    operation_id="uploadAreas",
    response_model=AreasStored,
    dependencies=[Depends(before_body("gis"))],
)
@in_lane("upload")
def upload_areas(
    request: Request,
    settings: SettingsDep,
    file: Annotated[UploadFile, File(description=".zip, .gpkg, .geojson …")],
    kind: Annotated[
        str, Form(max_length=64, description="Kind of the rows that name none: `KFQ`.")
    ] = "",
    layer: Annotated[str, Form(max_length=200, description="Where the file has several.")] = "",
    crs: Annotated[
        str, Form(max_length=100, description="EPSG:4547 …, if the file's is wrong.")
    ] = "",
    encoding: Annotated[str, Form(max_length=20, description="UTF-8 or GBK.")] = "",
) -> Any:
    """Store the areas of a file: those of known codes are changed, none is deleted.

    One wrong row refuses the file: 422 `areas_refused` with each fault, its row and its place.
    """
    name = file_name(file.filename, "areas.zip")
    most = min(settings.import_limit, WHOLE_FILE_FEATURES)
    limits = Limits(file_bytes=settings.upload_limit_bytes, features=most)
    with Scratch() as folder:
        path = folder / name
        with room_needed(), path.open("wb") as copy:
            shutil.copyfileobj(file.file, copy)
        table = read_areas(
            path,
            kind=kind.strip() or None,
            layer=layer.strip() or None,
            crs=crs.strip() or None,
            encoding=encoding.strip() or None,
            limits=limits,
        )
    with begun(request) as connection:
        account = signed_in_as(request, connection, "gis")

        def work() -> Response:
            done = _stored(connection, account, table, name)
            body = AreasStored(
                file=done.file, rows=done.rows, notes=[localised(note) for note in done.notes]
            )
            return Response(body.model_dump_json(), media_type="application/json")

        return done_once(connection, account.id, work)


def _stored(connection: Connection, account: Account, table: AreaTable, name: str) -> Imported:
    try:
        return import_areas(connection, account, table, name)
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
        raise Problem(422, "areas_refused", refused.message, errors=faults) from None
