"""``/api/coverage``: green area and its rate, district by district."""

import csv
import io
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from service.api.districts import CODE, Level
from service.coverage import CoverageAnswer, CoverageQuestion, coverage
from service.db.coverage import By
from service.deps import AccountDep, ConnectionDep, SettingsDep

router = APIRouter(prefix="/api/coverage", tags=["coverage"])


class CoverageOut(BaseModel):
    """A district's figures; areas in square metres on the ellipsoid."""

    code: str
    name: str
    level: Level
    parent: str | None
    group: str | None = Field(None, description="Only with `by`.")
    district_m2: float
    green_m2: float = Field(description="Ground under plots, counted once.")
    coverage: float | None = Field(description="green_m2 / district_m2, a ratio.")
    plot_count: int
    sum_m2: float = Field(description="The plots' areas added up, overlaps as often as they occur.")
    overlap_m2: float = Field(description="sum_m2 - green_m2.")
    complete: bool = Field(description="false: some of its counties are unknown or not yours.")


class CoverageTable(BaseModel):
    """Figures with their moment and their boundaries."""

    rows: list[CoverageOut]
    as_of: datetime
    boundary: str
    pending_cells: int = Field(
        0, description="Cells not yet counted anew after a bulk change; 0: exact at `as_of`."
    )
    pending_since: datetime | None = Field(
        None, description="When the oldest of them was touched; the figures are from before."
    )
    note: str | None = None


GROUP_NOTE = (
    "各组之间可能重叠，合计可能大于总数；groups may share ground: their sum may exceed the total"
)


def as_csv(answer: CoverageAnswer) -> str:
    """The rows with the API's names as heads; begins with a byte order mark, for Excel."""
    text = io.StringIO()
    names = [name for name in CoverageOut.model_fields if answer.by is not None or name != "group"]
    table = csv.DictWriter(text, names, lineterminator="\r\n")
    table.writeheader()
    table.writerows({name: _inert(row[name]) for name in names} for row in answer.table())
    return "\ufeff" + text.getvalue()


def _inert(value: Any) -> Any:
    """A spreadsheet runs text that begins like a formula; names are not to be run."""
    if isinstance(value, str) and value[:1] in "=+-@\t\r":
        return "'" + value
    return value


@router.get(
    "",
    response_model=CoverageTable,
    operation_id="readCoverage",
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def read_coverage(
    who: AccountDep,
    connection: ConnectionDep,
    settings: SettingsDep,
    level: Level = "county",
    parent: Annotated[str | None, Query(pattern=CODE, description="All below it.")] = None,
    year: Annotated[int | None, Query(ge=1949, le=2100, description="Task year; all.")] = None,
    by: By | None = None,
    format: Literal["json", "csv"] = "json",  # noqa: A002 - the contract's name
) -> Any:
    """Green area and coverage of every district of a level, 0 for those without plots."""
    asked = CoverageQuestion(level, parent, year, by, settings.coverage_exact_cells)
    answer = coverage(connection, who, asked)
    headers = {"Cache-Control": "private, no-cache"}
    if format == "csv":
        headers["Content-Disposition"] = 'attachment; filename="coverage.csv"'
        return Response(as_csv(answer), media_type="text/csv; charset=utf-8", headers=headers)
    table = CoverageTable(
        rows=[CoverageOut.model_validate(row) for row in answer.table()],
        as_of=answer.as_of,
        boundary=answer.boundary,
        pending_cells=answer.pending_cells,
        pending_since=answer.pending_since,
    )
    if by is not None:
        table.note = GROUP_NOTE
    # Without groups neither `group` nor the note on groups has anything to say.
    text = table.model_dump_json(exclude_unset=by is None)
    return Response(text, media_type="application/json", headers=headers)
