"""``/api/exports`` in the background, ``/api/jobs``: long work, its progress and its file."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse, JSONResponse

from data.writing.dispatch import Form
from data.writing.formats import FORMATS
from gis.messages import Message
from service.accounts.api.deps import AccountDep, ExporterDep, require_role
from service.accounts.db.audit import note
from service.errors import Problem, not_found
from service.jobs import files
from service.jobs.api.job_schemas import ExportIn, JobList, JobOut
from service.jobs.asking import ask
from service.jobs.db import jobs
from service.jobs.exports import filter_of
from service.jobs.kinds import ROLES
from service.plots.export import refuse_plot_form
from service.web.deps import ConnectionDep, SettingsDep
from service.web.feature_list import PageDep, number_cursor
from service.web.file_answers import file_answers
from service.web.idempotency import OnceRoute
from service.web.language import localised
from service.web.timestamps import now

router = APIRouter(prefix="/api", tags=["jobs"], route_class=OnceRoute)

MEDIA_TYPES = [form.media_type for form in FORMATS.values()]
JobId = Annotated[int, Path(ge=1, le=2**63 - 1)]


def job_out(row: Mapping[str, Any]) -> JobOut:
    """A job of the database as the API answers it, in the language of the request."""
    same = ("id", "kind", "state", "params", "attempts", "made_at", "started_at", "ended_at")
    return JobOut.model_validate(
        {name: row[name] for name in same}
        | {
            "progress": _progress(row),
            "result": None if row["result"] is None else _localised(row["result"]),
            "error": None if row["error"] is None else _error(row["error"]),
            "file": row["file_name"] if row["state"] == "done" else None,
        }
    )


def accepted(row: Mapping[str, Any]) -> JSONResponse:
    """202 with a job that was asked for and where to ask for it again."""
    headers = {"Location": f"/api/jobs/{row['id']}"}
    return JSONResponse(job_out(row).model_dump(mode="json"), 202, headers=headers)


def _progress(row: Mapping[str, Any]) -> dict[str, Any]:
    done, total, began = row["done"], row["total"], row["started_at"]
    seconds = 0.0 if began is None else ((row["ended_at"] or now()) - began).total_seconds()
    pace = done / seconds if done and seconds > 0 else None
    left = (total - done) / pace if pace and total is not None and not row["ended_at"] else None
    return {"done": done, "total": total, "rows_per_s": pace, "left_s": left}


def _localised(result: Mapping[str, Any]) -> dict[str, Any]:
    """What a job says, each sentence in the language of the request."""
    return {name: _in_language(value) for name, value in result.items()}


def _in_language(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.keys() == {"zh", "en"}:
            if isinstance(value["zh"], str):
                return localised(Message(value["zh"], value["en"]))
            lines = zip(value["zh"], value["en"], strict=True)
            return [localised(Message(zh, en)) for zh, en in lines]
        return {name: _in_language(part) for name, part in value.items()}
    return [_in_language(part) for part in value] if isinstance(value, list) else value


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    faults = [
        {
            **{name: fault[name] for name in ("row", "id", "field", "code")},
            "message": localised(Message(fault["zh"], fault["en"])),
        }
        for fault in error.get("errors", ())
    ]
    return {
        "code": error["code"],
        "detail": localised(Message(error["zh"], error["en"])),
        "errors": faults,
    }


@router.post("/exports", status_code=202, response_model=JobOut, operation_id="startExport")
def start_export(body: ExportIn, account: ExporterDep, connection: ConnectionDep) -> Any:
    """Write plots as a file in the background, without a limit on their number.

    The same filters, formats and fields as `GET /api/exports/plots`. The answer is the job: ask
    for it again to see how far it is, then fetch `/api/jobs/{id}/file`.
    """
    wanted = body.model_dump(mode="json", by_alias=True)
    filter_of(connection, account, wanted["filter"])
    refuse_plot_form(Form(body.format, body.schema_name, body.encoding, body.crs))
    return accepted(ask(connection, account, "export", wanted))


@router.get("/jobs", response_model=JobList, operation_id="listJobs")
def list_jobs(account: AccountDep, connection: ConnectionDep, page: PageDep) -> Any:
    """Your own jobs, newest first."""
    rows = jobs.list_jobs(connection, account, before=page.after or None, limit=page.row_limit)
    on_page, following = page.split(rows, number_cursor)
    return {
        "rows": [job_out(row) for row in on_page],
        "numberMatched": jobs.count_jobs(connection, account),
        "next": following,
    }


@router.get("/jobs/{job_id:number}", response_model=JobOut, operation_id="readJob")
def read_job(job_id: JobId, account: AccountDep, connection: ConnectionDep) -> Any:
    """A job of your own: its state, its progress, what came of it or why it failed."""
    row = jobs.read_job(connection, account, job_id)
    if row is None:
        raise not_found("此任务")
    return job_out(row)


@router.get(
    "/jobs/{job_id:number}/file",
    response_class=FileResponse,
    operation_id="fetchJobFile",
    responses=file_answers(MEDIA_TYPES),
)
def fetch_job_file(
    job_id: JobId, account: AccountDep, connection: ConnectionDep, settings: SettingsDep
) -> Any:
    """The file of a job that is done; it is kept for `LUOTU_JOB_DAYS`.

    For the role that asks for such jobs: an account that lost it since has no file either.
    """
    row = jobs.read_job(connection, account, job_id)
    if row is None:
        raise not_found("此任务")
    require_role(account, *ROLES[row["kind"]])
    if row["state"] != "done":
        raise Problem(
            409,
            "job_not_done",
            Message(f"任务尚未完成（{row['state']}）", f"the job is not done: {row['state']}"),
        )
    path = files.folder_of(settings, job_id) / (row["file_name"] or "")
    if row["file_name"] is None or not path.is_file():
        raise Problem(
            410,
            "file_gone",
            Message("文件已过保存期，请重新导出", "the file is no longer kept: export it again"),
        )
    note(connection, account, "export", {"job": job_id, "file": row["file_name"]})
    return FileResponse(
        path,
        media_type=row["media_type"],
        filename=row["file_name"],
        headers={"Cache-Control": "private, no-store"},
    )


@router.delete("/jobs/{job_id:number}", status_code=204, operation_id="cancelJob")
def cancel_job(job_id: JobId, account: AccountDep, connection: ConnectionDep) -> Response:
    """Cancel a job that waits or runs; one that has ended stays as it is."""
    if jobs.read_job(connection, account, job_id) is None:
        raise not_found("此任务")
    jobs.cancel(connection, account, job_id)
    return Response(status_code=204)
