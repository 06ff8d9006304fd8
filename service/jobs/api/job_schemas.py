"""Jobs as requests and answers of the API."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from data.districts.code_patterns import DISTRICT
from data.schemas import Encoding
from data.writing.formats import PlotFormat
from data.years import FIRST_YEAR, LAST_YEAR
from service.plots.api.plot_schemas import Review, Stage
from service.plots.cql2 import MAX_CHARACTERS

State = Literal["queued", "running", "done", "failed", "cancelled"]
Words = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=50)]


class ExportFilter(BaseModel):
    """Which plots: the filters of `GET /api/plots`, by the same names; a text alone is CQL2."""

    model_config = ConfigDict(extra="forbid")

    district: str | None = Field(None, pattern=DISTRICT)
    stage: list[Stage] | None = Field(None, max_length=5)
    review: list[Review] | None = Field(None, max_length=4)
    kind: Words | None = None
    year: int | None = Field(None, ge=FIRST_YEAR, le=LAST_YEAR)
    programme: Words | None = None
    theme: Words | None = None
    work_type: Words | None = None
    unit: Words | None = None
    version: Literal["approved", "working"] | None = None
    bbox: str | None = Field(None, max_length=200)
    as_of: str | None = Field(None, max_length=40)
    cql2: str | None = Field(
        None, max_length=MAX_CHARACTERS, description="As `filter` of `GET /api/plots`."
    )


def _named(given: Any) -> Any:
    return {"cql2": given} if isinstance(given, str) else given


class ExportIn(BaseModel):
    """A file of plots that is to be written in the background."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    what: Literal["plots"] = "plots"
    filter: Annotated[ExportFilter, BeforeValidator(_named)] = ExportFilter()
    format: PlotFormat = "shp"
    schema_name: str | None = Field(None, alias="schema", max_length=32, pattern="^[a-z]+$")
    encoding: Encoding = "UTF-8"
    crs: str | None = Field(None, max_length=64)
    replace: bool = False
    acceptances: bool = False


class JobProgress(BaseModel):
    """How far a job is; `total` and `rows_per_s` are null until they are known."""

    done: int
    total: int | None
    rows_per_s: float | None
    left_s: float | None = Field(description="Seconds that it will still take, at this pace.")


class JobError(BaseModel):
    """Why a job failed, in the language of the request."""

    code: str
    detail: str
    errors: list[dict[str, Any]] = Field(description="Single faults: row, id, field, message.")


class JobOut(BaseModel):
    """A job."""

    id: int
    kind: Literal["export", "handin"]
    state: State
    params: dict[str, Any]
    progress: JobProgress
    attempts: int
    result: dict[str, Any] | None
    error: JobError | None
    file: str | None = Field(description="Name of the file at `/api/jobs/{id}/file`.")
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class JobList(BaseModel):
    """Jobs, newest first."""

    rows: list[JobOut]
    numberMatched: int  # noqa: N815 - the name of OGC API Features
    next: str | None
