"""``/api/layers/{code}/versions``: files that replace the ground of a layer whole."""

import shutil
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Path, Request, Response, UploadFile
from pydantic import BaseModel

from data.scratch import Scratch, room_needed
from service.accounts.api.deps import AccountDep, before_body, signed_in_as
from service.accounts.db.accounts import Account
from service.accounts.work import work_secret
from service.errors import not_found
from service.layers.api.layers import LayerCode, existing_layer
from service.layers.db import import_layer as imports
from service.layers.importing import layer_of, refuse_day
from service.layers.queue import LayerFile, LayerQueue
from service.web.admission import in_lane
from service.web.day_types import Day
from service.web.deps import ConnectionDep, begun
from service.web.idempotency import OnceRoute, done_once
from service.web.kept_refusals import (
    ImportRefusal,
    file_name,
    refuse_unreadable,
    spoken,
    words_of,
)
from service.web.timestamps import today

router = APIRouter(prefix="/api/layers", tags=["layers"], route_class=OnceRoute)

LAST_IMPORTS = 50
State = Literal["reading", "committing", "live", "refused", "failed"]


class LayerImport(BaseModel):
    """A file on its way to a version; nothing is changed before it is `live`."""

    id: int
    what: Literal["layer"] = "layer"
    layer: str
    file: str
    valid_from: date
    state: State
    version_id: int | None
    features: int | None
    notes: list[str]
    error: ImportRefusal | None
    created_at: datetime
    ended_at: datetime | None


class LayerImports(BaseModel):
    """The last imports of a layer, the newest first."""

    rows: list[LayerImport]
    numberMatched: int  # noqa: N815 - OGC's word


def import_out(row: Any) -> LayerImport:
    """An import for an answer, in the language of the request."""
    notes = [words_of(words) for words in row["notes"]]
    return LayerImport.model_validate({**row, "error": spoken(row["error"]), "notes": notes})


@router.post(
    "/{code}/versions",
    status_code=202,
    response_model=LayerImport,
    operation_id="importLayerVersion",
    dependencies=[Depends(before_body("gis"))],
)
@in_lane("upload")
def import_version(
    code: LayerCode,
    request: Request,
    file: Annotated[UploadFile, File(description=".zip, .gpkg, .geojson …")],
    valid_from: Annotated[
        Day | None, Form(description="First day in Beijing; today if empty.")
    ] = None,
    layer: Annotated[str, Form(max_length=200, description="Where the file has several.")] = "",
    crs: Annotated[
        str, Form(max_length=100, description="EPSG:4547 …, if the file's is wrong.")
    ] = "",
    encoding: Annotated[str, Form(max_length=20, description="UTF-8 or GBK.")] = "",
    class_column: Annotated[
        str, Form(max_length=200, description="The column that holds the classes.")
    ] = "",
) -> Any:
    """Take a file that replaces the layer whole from a day on; it is read in the background.

    The answer is an import: ask for its state until it is `live` or `refused`.
    """
    files: LayerQueue = request.app.state.layer_files
    day = valid_from or today()
    name = file_name(file.filename, "layer.zip")
    refuse_unreadable(name, crs=crs.strip(), encoding=encoding.strip())
    waiting: list[LayerFile] = []
    with begun(request) as connection:
        account: Account = signed_in_as(request, connection, "gis")
        refuse_day(layer_of(connection, code), day)

        def work() -> Response:
            files.refuse_when_full()
            number = imports.begin_import(connection, account, code, name, day)
            folder = Scratch()
            path = folder.path / name
            try:
                with room_needed(), path.open("wb") as copy:
                    shutil.copyfileobj(file.file, copy)
            except BaseException:
                folder.remove()
                raise
            options = {"layer": layer, "crs": crs, "encoding": encoding}
            waiting.append(
                LayerFile(
                    number,
                    work_secret(connection, account.id),
                    code,
                    folder,
                    path,
                    day,
                    {name: value.strip() or None for name, value in options.items()},
                    {"class": class_column.strip()} if class_column.strip() else {},
                )
            )
            body = import_out(imports.read_import(connection, code, number))
            return Response(
                body.model_dump_json(),
                202,
                {"Location": f"/api/layers/{code}/imports/{number}"},
                "application/json",
            )

        answer = done_once(connection, account.id, work)
    # Only now does the reader see the import.
    for waiting_file in waiting:
        files.put(waiting_file)
    return answer


@router.get("/{code}/imports", operation_id="listLayerImports")
def list_imports(code: LayerCode, _account: AccountDep, connection: ConnectionDep) -> LayerImports:
    """The last imports of a layer, the newest first."""
    existing_layer(connection, code)
    rows = [import_out(row) for row in imports.list_imports(connection, code, LAST_IMPORTS)]
    return LayerImports(rows=rows, numberMatched=imports.count_imports(connection, code))


@router.get("/{code}/imports/{import_id:number}", operation_id="readLayerImport")
def read_import(
    code: LayerCode,
    import_id: Annotated[int, Path(ge=1, le=2**63 - 1)],
    _account: AccountDep,
    connection: ConnectionDep,
) -> LayerImport:
    """How far an import is, and why it was refused."""
    row = imports.read_import(connection, code, import_id)
    if row is None:
        raise not_found("此导入")
    return import_out(row)
