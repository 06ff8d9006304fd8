"""``POST /api/plans/{plan}/targets/files``: a task table, taken whole or refused cell by cell."""

import codecs
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from pydantic import BaseModel, Field

from data.reading.cells import SheetCells, sheet_of_text
from data.reading.limits import Limits
from data.reading.workbooks import read_sheets
from data.scratch import Scratch, room_needed
from data.task_tables import read_task_table
from gis.messages import Message
from service.accounts.api.deps import before_body, signed_in_as
from service.errors import Problem
from service.plans.api.plans import PlanCode
from service.plans.importing import MAX_TOLD, TableImport, TargetsImported, import_table
from service.web.admission import in_lane
from service.web.deps import AcknowledgedDep, SettingsDep, begun
from service.web.idempotency import OnceRoute, done_once
from service.web.kept_refusals import file_name
from service.web.language import localised
from service.web.text_types import refuse_unstorable

router = APIRouter(prefix="/api/plans", tags=["plans"], route_class=OnceRoute)

MAX_PASTED = 1_000_000
MAX_UNREAD = 20


class CellFault(BaseModel):
    """What is wrong with a cell."""

    cell: str = Field(description="`Sheet1!D7`")
    field: str
    code: str
    message: str


class SumFault(BaseModel):
    """A task that is not the sum of its parts."""

    parent: int
    name: str
    difference: float
    message: str


class TargetsTaken(BaseModel):
    """What a task table did, or would do."""

    file: str
    sheet: str
    layout: str = Field(description="`long` or `matrix`.")
    dry_run: bool
    new: int
    changed: int = Field(description="Drafts that were changed.")
    revised: int = Field(description="Issued targets that were revised.")
    same: int
    problems: list[CellFault] = Field(description="Of a try; else the table is refused.")
    problems_left_out: int = Field(description="How many more there are.")
    unread: list[str] = Field(description="Columns and notes that are no part of a target.")
    warnings: list[SumFault] = Field(description="Tasks that are not the sum of their parts.")


@router.post(
    "/{plan}/targets/files",
    operation_id="uploadTargets",
    response_model=TargetsTaken,
    dependencies=[Depends(before_body("gis"))],
)
@in_lane("upload")
def upload_targets(
    plan: PlanCode,
    request: Request,
    settings: SettingsDep,
    acknowledged: AcknowledgedDep,
    file: Annotated[
        UploadFile,
        File(description=".xlsx, .csv, or text that is copied out of a spreadsheet (.tsv)."),
    ],
    reason: Annotated[
        str, Form(max_length=2_000, description="Why issued targets are revised.")
    ] = "",
    dry_run: Annotated[bool, Query(description="Only say what the table would do.")] = False,
) -> Any:
    """Take the targets of a 任务分解表: new cells become drafts, issued ones are revised.

    Long or matrix, 合计 checked; 422 `targets_refused` names each cell (`Sheet1!D7`). Nothing is
    deleted; columns that the table lacks stay as they are.
    """
    name = file_name(file.filename, "targets.xlsx")
    refuse_unstorable(reason)
    limits = Limits(file_bytes=settings.upload_limit_bytes, features=settings.import_limit)
    sheets = _sheets(file, name, limits)
    how = TableImport(name, reason.strip() or None, acknowledged, dry_run)
    with begun(request) as connection:
        account = signed_in_as(request, connection, "gis")

        def work() -> Response:
            done = import_table(
                connection, account, plan, lambda names: read_task_table(sheets, names), how
            )
            return Response(_taken(done, how).model_dump_json(), media_type="application/json")

        return done_once(connection, account.id, work)


def _sheets(file: UploadFile, name: str, limits: Limits) -> list[SheetCells]:
    if Path(name).suffix.lower() in (".tsv", ".txt"):
        return [_pasted(file.file.read)]
    with Scratch() as folder:
        path = folder / name
        with room_needed(), path.open("wb") as copy:
            shutil.copyfileobj(file.file, copy)
        return read_sheets(path, limits)


def _pasted(read: Callable[[int], bytes]) -> SheetCells:
    content = read(MAX_PASTED + 1)
    if len(content) > MAX_PASTED:
        raise Problem(
            413,
            "body_too_large",
            Message(
                f"粘贴的表超过 {MAX_PASTED} 字节，请存成 .xlsx 上传",
                f"more than {MAX_PASTED} bytes were pasted: send them as .xlsx",
            ),
        )
    # Spreadsheets save text with tabs in UTF-16, with a mark, or in the encoding of the system.
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return sheet_of_text(refuse_unstorable(content.decode(encoding)))
        except UnicodeDecodeError:
            continue
    raise Problem(
        422,
        "not_text",
        Message("表不是 UTF-8、UTF-16 或 GBK 文本", "the table is no text in UTF-8, UTF-16 or GBK"),
    )


def _taken(done: TargetsImported, how: TableImport) -> TargetsTaken:
    return TargetsTaken(
        file=done.file,
        sheet=done.sheet,
        layout=done.layout,
        dry_run=how.dry_run,
        new=done.new,
        changed=done.changed,
        revised=done.revised,
        same=done.same,
        problems=[
            CellFault(
                cell=problem.cell,
                field=problem.field,
                code=problem.code,
                message=localised(problem.message),
            )
            for problem in done.problems[:MAX_TOLD]
        ],
        problems_left_out=max(0, len(done.problems) - MAX_TOLD),
        unread=done.unread[:MAX_UNREAD],
        warnings=[
            SumFault(
                parent=one.parent,
                name=one.name,
                difference=float(one.difference),
                message=localised(one.as_entry()["message"]),
            )
            for one in done.differences
        ],
    )
